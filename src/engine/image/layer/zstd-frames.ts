// Where the frames of a zstd stream begin and end, read from their headers alone (RFC 8878). Decompressors differ in what they do
// when a frame is over and another one follows, when the stream ends in the middle of one, and in how much memory they take
// because a frame asks for it; this knows, whoever decompresses. Pure. Tests: test/pure/engine/layer/zstd-frames.test.ts.
import { tooMuch } from './limits.js';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** the longest header: magic, descriptor, window, dictionary, size */
const MAX_HEADER_BYTES = 4 + 1 + 1 + 4 + 8;

export class ZstdError extends Error {
  override readonly name = 'ZstdError';
}

export class ZstdFrames {
  readonly #maxWindow: number;
  #awaited: 'frame' | 'block' = 'frame';
  /** the beginning of a header that is not whole */
  #head: Buffer = Buffer.alloc(0);
  /** bytes of a block, a checksum or a frame to be skipped that are to come */
  #left = 0;
  #hasChecksum = false;

  constructor(maxWindow: number) {
    this.#maxWindow = maxWindow;
  }

  /**
   * The same bytes, cut where frames end: a part never holds bytes of two.
   * @throws ZstdError for what is no frame, TscontainError for one that wants too much memory
   */
  *split(piece: Buffer): Generator<Buffer> {
    let begin = 0;
    for (let at = 0; at < piece.length;) {
      at += this.#take(piece, at);
      if (!this.#isBetween && at < piece.length) continue;
      yield piece.subarray(begin, at);
      begin = at;
    }
  }

  /** @throws ZstdError when the stream ends in the middle of a frame */
  finish(): void {
    if (!this.#isBetween) throw new ZstdError('it ends in the middle');
  }

  get #isBetween(): boolean {
    return this.#awaited === 'frame' && this.#left === 0 && this.#head.length === 0;
  }

  /** @returns how many bytes were taken */
  #take(piece: Buffer, at: number): number {
    if (this.#left > 0) {
      const length = Math.min(this.#left, piece.length - at);
      this.#left -= length;
      return length;
    }
    const before = this.#head.length;
    const whole = Buffer.concat([this.#head, piece.subarray(at, at + MAX_HEADER_BYTES)]);
    const length = this.#awaited === 'block' ? this.#readBlock(whole) : this.#readFrame(whole);
    if (length === undefined) {
      this.#head = whole;
      return whole.length - before;
    }
    this.#head = Buffer.alloc(0);
    return length - before;
  }

  /** @returns the length of the header, undefined when it is not whole */
  #readFrame(bytes: Buffer): number | undefined {
    if (bytes.length < 5) return undefined;
    const magic = bytes.readUInt32LE(0);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      if (bytes.length < 8) return undefined;
      this.#left = bytes.readUInt32LE(4);
      return 8;
    }
    if (magic !== MAGIC) throw new ZstdError('something else follows what was compressed');
    const descriptor = bytes[4]!;
    const isSingle = (descriptor & 0x20) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >>> 6]!;
    const length = 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
    if (bytes.length < length) return undefined;
    if ((descriptor & 0x08) !== 0) throw new ZstdError('a frame is of a form that is not known');
    if (bytes.subarray(length - sizeBytes - dictionaryBytes, length - sizeBytes).some((byte) => byte !== 0))
      throw new ZstdError('a frame needs a dictionary');
    const window = isSingle ? sizeOf(bytes, length - sizeBytes, sizeBytes) : windowOf(bytes[5]!);
    if (window > this.#maxWindow) throw tooMuch(`wants ${window} bytes of memory`, 'window', window);
    this.#hasChecksum = (descriptor & 0x04) !== 0;
    this.#awaited = 'block';
    return length;
  }

  #readBlock(bytes: Buffer): number | undefined {
    if (bytes.length < 3) return undefined;
    const header = bytes.readUIntLE(0, 3);
    const kind = (header >>> 1) & 3;
    if (kind === 3) throw new ZstdError('a block is of a kind that is not known');
    const isLast = (header & 1) !== 0;
    // A block of kind 1 is one byte that is repeated.
    this.#left = (kind === 1 ? 1 : header >>> 3) + (isLast && this.#hasChecksum ? 4 : 0);
    if (isLast) this.#awaited = 'frame';
    return 3;
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}

function sizeOf(bytes: Buffer, at: number, length: number): number {
  if (length === 8) return Number(bytes.readBigUInt64LE(at));
  const value = bytes.readUIntLE(at, length);
  return length === 2 ? value + 256 : value;
}
