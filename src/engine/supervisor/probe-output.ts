// What a probe writes: the beginning of it is kept, the rest is read and dropped, so that nobody writes into a full pipe for
// ever. It is read in rounds and not as it comes: a probe that does nothing but write would keep its supervisor from the logs
// of everybody else.
import { closeSync } from 'node:fs';
import { openPipe, rawSyscall, setNonblocking } from '../../native/index.js';

/** Docker keeps as much. */
const KEPT_BYTES = 4096;
/** ms between two rounds: from there to there, the longer the less there is. */
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 160;
/** Reads of a round: with the shortest pause, 100 MB a second. */
const READS = 16;

/** One for all probes: what is kept is copied out of it at once. */
let room: Buffer | undefined;

export class ProbeOutput {
  readonly #readFd: number;
  #writeFd: number | undefined;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #isCut = false;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    const { readFd, writeFd } = openPipe();
    this.#readFd = readFd;
    this.#writeFd = writeFd;
    setNonblocking(readFd);
  }

  /** The end for the process: open until `read` is called. */
  get fd(): number {
    return this.#writeFd!;
  }

  /** The process has its end: it is read from now on. */
  read(): void {
    this.#closeWriteEnd();
    this.#readIn(SHORTEST_PAUSE_MS * 2);
  }

  /** What was kept, with "..." behind it where that is not all. */
  text(): string {
    this.#take();
    return `${Buffer.concat(this.#kept).toString('utf8')}${this.#isCut ? '...' : ''}`;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closeWriteEnd();
    closeSync(this.#readFd);
  }

  #readIn(pauseMs: number): void {
    this.#timer = setTimeout(() => {
      const isFull = this.#take();
      this.#readIn(isFull ? SHORTEST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
    }, pauseMs);
  }

  /** @returns whether there is likely more */
  #take(): boolean {
    room ??= Buffer.allocUnsafeSlow(64 * 1024);
    for (let i = 0; i < READS; i += 1) {
      const count = Number(rawSyscall('read', this.#readFd, room, room.length));
      // The errno of a pipe that is empty, or the end.
      if (count <= 0) return i > 0;
      this.#keep(room.subarray(0, count));
    }
    return true;
  }

  #keep(chunk: Buffer): void {
    const fits = chunk.subarray(0, KEPT_BYTES - this.#keptBytes);
    if (fits.length > 0) this.#kept.push(Buffer.from(fits));
    this.#keptBytes += fits.length;
    if (fits.length < chunk.length) this.#isCut = true;
  }

  #closeWriteEnd(): void {
    if (this.#writeFd !== undefined) closeSync(this.#writeFd);
    this.#writeFd = undefined;
  }
}
