// Everybody who is attached to one container, and the last of its terminal's output for those who come later.
import type { Socket } from 'node:net';
import type { ExitStatus } from '../model.js';
import type { LogStream } from './cri.js';
import { Outbox } from './outbox.js';
import { controlFrame, dataFrame, exitToWire, FRAME } from './protocol.js';

/** A terminal's last screens: what 200 × 60 cells full of colour take, a few times. */
const REPLAY_BYTES = 64 * 1024;

/** The last bytes of a stream. */
export class Replay {
  #ring: Buffer | undefined;
  #written = 0;

  push(chunk: Buffer): void {
    this.#ring ??= Buffer.allocUnsafeSlow(REPLAY_BYTES);
    const last = chunk.subarray(Math.max(0, chunk.length - REPLAY_BYTES));
    const at = (this.#written + chunk.length - last.length) % REPLAY_BYTES;
    const before = Math.min(last.length, REPLAY_BYTES - at);
    last.copy(this.#ring, at, 0, before);
    last.copy(this.#ring, 0, before);
    this.#written += chunk.length;
  }

  bytes(): Buffer {
    if (this.#ring === undefined) return Buffer.alloc(0);
    if (this.#written <= REPLAY_BYTES) return this.#ring.subarray(0, this.#written);
    const at = this.#written % REPLAY_BYTES;
    return Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]);
  }

  clear(): void {
    this.#ring = undefined;
    this.#written = 0;
  }
}

export class Audience {
  readonly #outboxes = new Set<Outbox>();
  readonly #replay = new Replay();
  #onProgress: (() => void) | undefined;

  constructor(
    /** where a client's backlog may lie */
    private readonly directory: string,
    /** called when a client has left */
    private readonly onLeave: () => void,
  ) {}

  get size(): number {
    return this.#outboxes.size;
  }

  /** The disk is behind with somebody's backlog: the source should wait for onProgress. */
  get isBehind(): boolean {
    for (const outbox of this.#outboxes) if (outbox.isBehind) return true;
    return false;
  }

  onProgress(listener: () => void): void {
    this.#onProgress = listener;
  }

  /** From now on until it closes, this socket gets what the container writes. */
  join(socket: Socket, { replay }: { replay: boolean }): void {
    const outbox = new Outbox(socket, this.directory, () => this.#onProgress?.());
    this.#outboxes.add(outbox);
    socket.on('close', () => {
      this.#outboxes.delete(outbox);
      this.#onProgress?.();
      this.onLeave();
    });
    const recent = replay ? this.#replay.bytes() : Buffer.alloc(0);
    if (recent.length > 0) outbox.send(dataFrame(FRAME.stdout, recent));
  }

  send(stream: LogStream, chunk: Buffer, { tty }: { tty: boolean }): void {
    if (tty) this.#replay.push(chunk);
    if (this.#outboxes.size === 0) return;
    const frame = dataFrame(FRAME[stream], chunk);
    for (const outbox of this.#outboxes) outbox.send(frame);
  }

  /** The run has ended: everybody is told after the last of its output, and let go. */
  dismiss(status: ExitStatus): void {
    const frame = controlFrame({ exit: exitToWire(status) });
    for (const outbox of this.#outboxes) outbox.end(frame);
    this.#outboxes.clear();
    this.#replay.clear();
  }
}
