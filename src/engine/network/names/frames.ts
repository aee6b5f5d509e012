// Messages out of a stream, each with its length in front (RFC 1035 4.2.2), however the bytes come.
const LENGTH_BYTES = 2;

export class MessageReader {
  #pending: Buffer = Buffer.alloc(0);

  /** At most what one message may have, and what came with its last piece. */
  push(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
  }

  /** The next whole message; undefined while there is none. */
  next(): Buffer | undefined {
    if (this.#pending.length < LENGTH_BYTES) return undefined;
    const end = LENGTH_BYTES + this.#pending.readUInt16BE(0);
    if (this.#pending.length < end) return undefined;
    const message = this.#pending.subarray(LENGTH_BYTES, end);
    this.#pending = this.#pending.subarray(end);
    return message;
  }
}
