// One ring file as it is written: records gather in memory and go to the disk together, in the background. Nobody waits for
// it: a disk that is slow or full costs records, never the time of whoever measures.
import { close, constants, ftruncate, open, read } from 'node:fs';
import { promisify } from 'node:util';
import type { PlacedBytes } from '../../native/index.js';
import {
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  placeOf,
  readHead,
  RECORD_HEAD_BYTES,
  recordBytes,
  sealRecord,
  type RecordHead,
  type Shape,
} from './format.js';
import { scanRing } from './scan.js';
import { writeWhole } from './write-together.js';

const ask = {
  open: promisify(open),
  close: promisify(close),
  read: promisify(read),
  truncate: promisify(ftruncate),
};
const { O_CREAT, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
const FLAGS = O_CREAT | O_RDWR | O_NOFOLLOW | O_NONBLOCK;

export class RingWriter {
  private readonly gathered: Buffer;
  private count = 0;

  private constructor(
    private readonly fd: number,
    readonly shape: Shape,
    /** the newest record, gathered or written */
    private newest: RecordHead | undefined,
    room: number,
  ) {
    this.gathered = Buffer.alloc(room * recordBytes(shape));
  }

  /**
   * Goes on with the file, or begins it; one that is not such a ring is begun anew.
   * @param room how many records may gather
   */
  static async open(path: string, shape: Shape, room: number): Promise<RingWriter> {
    const known = await ask.open(path, FLAGS, 0o600);
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      const { bytesRead } = await ask.read(known, header, 0, HEADER_BYTES, 0);
      const found = decodeHeader(header.subarray(0, bytesRead));
      if (found !== undefined && JSON.stringify(found) === JSON.stringify(shape))
        return new RingWriter(known, shape, await newestOf(known, shape), room);
      await ask.truncate(known, 0);
      await writeWhole({ fd: known, bytes: encodeHeader(shape), place: 0 });
      return new RingWriter(known, shape, undefined, room);
    } catch (error) {
      await ask.close(known);
      throw error;
    }
  }

  /** The end of the newest record, ms since the epoch. */
  get end(): number {
    return this.newest?.to ?? -Infinity;
  }

  /** ms that the records which were not written yet usually stand for */
  get gatheredMs(): number {
    return this.count * this.shape.stepMs;
  }

  /** @param fill puts the body at `at` @returns whether there was room for it */
  append(from: number, to: number, fill: (bytes: Buffer, at: number) => void): boolean {
    const at = this.count * recordBytes(this.shape);
    if (at === this.gathered.length) return false;
    const number = (this.newest?.number ?? 0) + 1;
    fill(this.gathered, at + RECORD_HEAD_BYTES);
    sealRecord(this.gathered, at, this.shape, number, from, to);
    this.newest = { number, from, to };
    this.count++;
    return true;
  }

  /** What has gathered and where it belongs, to be written by whoever asks: here it is forgotten. */
  take(): readonly PlacedBytes[] {
    if (this.count === 0) return [];
    const { fd, shape } = this;
    const size = recordBytes(shape);
    const bytes = Buffer.from(this.gathered.subarray(0, this.count * size));
    const first = this.newest!.number - this.count + 1;
    this.count = 0;
    // Up to the end of the ring, and what is left from its beginning.
    const before = (shape.records - ((first - 1) % shape.records)) * size;
    const whole = { fd, bytes: bytes.subarray(0, before), place: placeOf(shape, first) };
    return before < bytes.length ? [whole, { fd, bytes: bytes.subarray(before), place: HEADER_BYTES }] : [whole];
  }

  /** The newest records that end after `time`, oldest first, as whoever opened the file finds them. */
  async readBack(time: number, most: number): Promise<{ readonly head: RecordHead; readonly bytes: Buffer }[]> {
    const found: { head: RecordHead; bytes: Buffer }[] = [];
    const oldest = Math.max(1, (this.newest?.number ?? 0) - Math.min(most, this.shape.records) + 1);
    for (let number = this.newest?.number ?? 0; number >= oldest; number--) {
      const bytes = Buffer.alloc(recordBytes(this.shape));
      const { bytesRead } = await ask.read(this.fd, bytes, 0, bytes.length, placeOf(this.shape, number));
      const head = readHead(bytes.subarray(0, bytesRead), 0, this.shape, (number - 1) % this.shape.records);
      if (head?.number !== number) continue;
      if (head.to <= time) break;
      found.push({ head, bytes });
    }
    return found.reverse();
  }

  /** What has gathered is to be taken before. */
  close(): Promise<void> {
    return ask.close(this.fd);
  }
}

async function newestOf(fd: number, shape: Shape): Promise<RecordHead | undefined> {
  let newest: RecordHead | undefined;
  await scanRing(fd, shape, (head) => {
    if (head.number > (newest?.number ?? 0)) newest = head;
  });
  return newest;
}
