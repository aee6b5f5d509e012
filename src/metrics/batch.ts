// Several open files of the kernel read at once into one buffer, a slot each. A file that may be longer than its slot, or that
// could not be read, is left to be read alone: it is rare, and what to do about it is known there (kept-file.ts).
import { READ_RECORD_WORDS, readAll, type ReadAll } from '../native/index.js';
import type { Text } from './proc.js';

/** A page, which is what the kernel's own buffer begins with: no file of a cgroup is longer but in odd cases. */
const SLOT_BYTES = 4096;
/** A file in a sequence of records is handed out a page at a time (seq_file); a shorter answer than this is the whole. */
const MAYBE_MORE_BYTES = 3072;
const SLOTS = 24;

class Slot implements Text {
  length = 0;
  constructor(readonly bytes: Uint8Array) {}
}

export class Batch {
  private readonly buffer = new Uint8Array(SLOTS * SLOT_BYTES);
  private readonly table = new Int32Array(SLOTS * READ_RECORD_WORDS);
  private readonly slots = Array.from(
    { length: SLOTS },
    (_, i) => new Slot(this.buffer.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES)),
  );
  private count = 0;

  private constructor(private readonly readThem: ReadAll) {
    for (let i = 0; i < SLOTS; i++) {
      this.table[i * READ_RECORD_WORDS + 1] = i * SLOT_BYTES;
      this.table[i * READ_RECORD_WORDS + 2] = SLOT_BYTES;
    }
  }

  /** undefined where files can be read one after the other only. */
  static create(): Batch | undefined {
    const readThem = readAll();
    return readThem === undefined ? undefined : new Batch(readThem);
  }

  /** How many files it takes at once. */
  readonly room = SLOTS;

  begin(): void {
    this.count = 0;
  }

  /** @returns its slot; undefined when all are taken */
  add(fd: number): number | undefined {
    if (this.count === SLOTS) return undefined;
    this.table[this.count * READ_RECORD_WORDS] = fd;
    return this.count++;
  }

  read(): void {
    if (this.count > 0) this.readThem(this.table, this.count, this.buffer);
  }

  /** @param isWhole whether one answer is the whole file, as long as it does not fill the slot */
  text(slot: number, isWhole: boolean): Text | undefined {
    const length = this.table[slot * READ_RECORD_WORDS + 3]!;
    if (length < 0 || length >= (isWhole ? SLOT_BYTES : MAYBE_MORE_BYTES)) return undefined;
    const text = this.slots[slot]!;
    text.length = length;
    return text;
  }
}
