// What one attached client still has to get. A client that is behind first fills its socket's queue, then a file of its own
// that has no name; so neither the container nor the other clients wait for it, and `run … | slow` loses nothing. Only a client
// that is behind by more than that file may hold is told of a gap.
//
//   send ─▶ socket                          while it keeps up
//   send ─▶ unnamed file ─▶ socket          while it is behind
//   send ─▶ counted, told as a gap          while the file is full; from the moment on at which the file has been read empty
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { controlFrame } from './protocol.js';

/** In memory, a client. A terminal's worth of output many times over, yet a hundred stopped clients stay bearable. */
const QUEUE_BYTES = 512 * 1024;
/** On disk, a client that is behind. */
const FILE_BYTES = 1024 * 1024 * 1024;
/** Not yet in the file: above this the source should wait, for the disk and not for the client. */
const UNWRITTEN_BYTES = 1024 * 1024;
const READ_BYTES = 64 * 1024;

/** A file that only this process knows, written at its end and read from its beginning. */
class Backlog {
  #file: FileHandle | undefined;
  #written = 0;
  #read = 0;
  #accepted = 0;
  #lost = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: string,
    private readonly onWritten: () => void,
  ) {}

  /** Bytes accepted and not yet in the file. */
  get unwritten(): number {
    return this.#accepted - this.#written;
  }

  /** Bytes that found no room. From the first of them on everything is lost, so that there is one gap and it is at the end. */
  get lost(): number {
    return this.#lost;
  }

  /** Nothing is left that next() has not handed out. */
  get isEmpty(): boolean {
    return this.#read >= this.#accepted;
  }

  put(frame: Buffer): void {
    if (this.#lost > 0 || this.#accepted + frame.length > FILE_BYTES) {
      this.#lost += frame.length;
      return;
    }
    this.#accepted += frame.length;
    this.#tail = this.#tail.then(() => this.#append(frame));
  }

  async #append(frame: Buffer): Promise<void> {
    try {
      if (this.#lost > 0) throw new Error('the file took no more before this');
      this.#file ??= await openUnnamed(this.directory);
      for (let done = 0; done < frame.length;) {
        const { bytesWritten } = await this.#file.write(frame, done, frame.length - done, this.#written + done);
        done += bytesWritten;
      }
      this.#written += frame.length;
    } catch {
      // A full disk: this frame, and whatever was accepted after it.
      this.#lost += frame.length;
      this.#accepted -= frame.length;
    }
    this.onWritten();
  }

  /** The next piece, or undefined when all that was accepted before has been handed out. */
  async next(): Promise<Buffer | undefined> {
    await this.#tail;
    const length = Math.min(READ_BYTES, this.#written - this.#read);
    if (length === 0 || this.#file === undefined) return undefined;
    const piece = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#file.read(piece, 0, length, this.#read);
    this.#read += bytesRead;
    return piece.subarray(0, bytesRead);
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#file?.close();
  }
}

async function openUnnamed(directory: string): Promise<FileHandle> {
  const path = join(directory, `.backlog-${process.pid}-${(nextName += 1)}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}
let nextName = 0;

export class Outbox {
  #backlog: Backlog | undefined;
  #pouring = false;
  #last: Buffer | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly directory: string,
    /** called when `isBehind` may have become false */
    private readonly onProgress: () => void,
  ) {
    socket.on('drain', () => void this.#pour());
    socket.on('close', () => void this.#close());
  }

  /** The disk, not the client, is behind: the source should wait for onProgress. */
  get isBehind(): boolean {
    return (this.#backlog?.unwritten ?? 0) > UNWRITTEN_BYTES;
  }

  /** Takes one whole frame. */
  send(frame: Buffer): void {
    if (this.socket.destroyed || this.#last !== undefined) return;
    if (this.#backlog === undefined && this.socket.writableLength < QUEUE_BYTES) {
      this.socket.write(frame);
      return;
    }
    this.#backlog ??= new Backlog(this.directory, this.onProgress);
    this.#backlog.put(frame);
    void this.#pour();
  }

  /** Sends a last frame after all that came before, and ends the connection. */
  end(frame: Buffer): void {
    this.#last = frame;
    if (this.#backlog === undefined) this.socket.end(frame);
    else void this.#pour();
  }

  /** Moves the backlog on into the socket as far as that takes it. */
  async #pour(): Promise<void> {
    const backlog = this.#backlog;
    if (backlog === undefined || this.#pouring) return;
    this.#pouring = true;
    try {
      while (!this.socket.destroyed && this.socket.writableLength < QUEUE_BYTES) {
        const piece = await backlog.next();
        if (piece !== undefined) this.socket.write(piece);
        else if (backlog.isEmpty) {
          await this.#leaveBacklog(backlog);
          break;
        }
      }
    } catch {
      // The file cannot be read back: better no connection than one with a hole that nobody is told of.
      this.socket.destroy();
    } finally {
      this.#pouring = false;
    }
  }

  async #leaveBacklog(backlog: Backlog): Promise<void> {
    this.#backlog = undefined;
    if (backlog.lost > 0) this.socket.write(controlFrame({ gap: backlog.lost }));
    if (this.#last !== undefined) this.socket.end(this.#last);
    await backlog.close();
  }

  async #close(): Promise<void> {
    const backlog = this.#backlog;
    this.#backlog = undefined;
    await backlog?.close();
    this.onProgress();
  }
}
