// One end of a supervisor's socket: frames in, frames out. The same at both ends.
import type { Socket } from 'node:net';
import { controlFrame, dataFrame, FrameReader, type FrameType } from './protocol.js';

/** Data is cut into frames of this size. */
const DATA_BYTES = 64 * 1024;

export interface ConnectionHandlers {
  frame(type: FrameType, payload: Buffer): void;
  /** Called once, whatever the reason. */
  closed(error: Error | undefined): void;
}

export class Connection {
  #error: Error | undefined;

  constructor(
    readonly socket: Socket,
    handlers: ConnectionHandlers,
  ) {
    const reader = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk, (type, payload) => handlers.frame(type, payload));
      } catch (error) {
        // Nonsense from the other side: this connection is over, nothing else is.
        this.#error = error as Error;
        socket.destroy();
      }
    });
    socket.on('error', (error) => (this.#error ??= error));
    socket.on('end', () => socket.end());
    socket.on('close', () => handlers.closed(this.#error));
  }

  send(message: object): void {
    if (this.socket.writable) this.socket.write(controlFrame(message));
  }

  /** @returns false when the other side is behind: wait for the socket's 'drain' */
  sendData(type: FrameType, data: Buffer): boolean {
    let keepsUp = true;
    for (let at = 0; at < data.length && this.socket.writable; at += DATA_BYTES) {
      keepsUp = this.socket.write(dataFrame(type, data.subarray(at, at + DATA_BYTES)));
    }
    return keepsUp;
  }

  end(): void {
    this.socket.end();
  }

  close(): void {
    this.socket.destroy();
  }
}
