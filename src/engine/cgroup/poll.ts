// Files that change and notify nobody, as memory.oom_control of v1: all those of this process are looked at by one timer and one
// call a second, and as long as their bytes are what they were, nothing else is done.
import { closeSync, openSync, readSync } from 'node:fs';
import { READ_RECORD_WORDS, readAll } from '../../native/index.js';

/** ms between two looks at what does not notify. */
export const LOOK_INTERVAL_MS = 1_000;
/** What such a file says is three short lines; what is beyond is not looked at. */
const SLOT_BYTES = 128;

interface Polled {
  readonly fd: number;
  readonly changed: () => void;
}

export class Poll {
  #files: readonly Polled[] = [];
  #table = new Int32Array();
  #now = Buffer.alloc(0);
  #before = Buffer.alloc(0);
  #timer: NodeJS.Timeout | undefined;

  /**
   * Calls when the file says something else than it does now.
   * @returns the way to stop; undefined where there is no such file
   */
  add(path: string, changed: () => void): (() => void) | undefined {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      return undefined;
    }
    const file = { fd, changed };
    this.#become([...this.#files, file]);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#become(this.#files.filter((each) => each !== file));
      closeSync(fd);
    };
  }

  /** What has changed is told; the timer does it by itself. */
  look(): void {
    if (this.#files.length === 0) return;
    this.#read();
    if (this.#now.equals(this.#before)) return;
    const slot = (buffer: Buffer, i: number): Buffer => buffer.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES);
    const told = this.#files.filter((_, i) => !slot(this.#now, i).equals(slot(this.#before, i)));
    [this.#now, this.#before] = [this.#before, this.#now];
    for (const { changed } of told) changed();
  }

  /** What the others have changed until now must not be lost with the places that they had. */
  #become(files: readonly Polled[]): void {
    this.look();
    this.#files = files;
    this.#now = Buffer.alloc(files.length * SLOT_BYTES);
    this.#before = Buffer.alloc(files.length * SLOT_BYTES);
    this.#table = new Int32Array(files.length * READ_RECORD_WORDS);
    files.forEach(({ fd }, i) => this.#table.set([fd, i * SLOT_BYTES, SLOT_BYTES], i * READ_RECORD_WORDS));
    this.#read();
    [this.#now, this.#before] = [this.#before, this.#now];
    if (files.length === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    if (files.length > 0 && this.#timer === undefined) this.#wait();
  }

  /** Until the next whole second of the process: what else is done in it every second is done then, and to wake costs more than to look. */
  #wait(): void {
    const ms = Math.ceil(LOOK_INTERVAL_MS - (performance.now() % LOOK_INTERVAL_MS));
    this.#timer = setTimeout(() => {
      this.#wait();
      this.look();
    }, ms).unref();
  }

  /** Of a file that is gone there is nothing, which is a change like any other. */
  #read(): void {
    this.#now.fill(0);
    const together = readAll();
    if (together !== undefined) together(this.#table, this.#files.length, this.#now);
    else this.#files.forEach(({ fd }, i) => readAlone(fd, this.#now, i * SLOT_BYTES));
  }
}

function readAlone(fd: number, into: Buffer, at: number): void {
  try {
    readSync(fd, into, at, SLOT_BYTES, 0);
  } catch {
    // Its cgroup was removed.
  }
}
