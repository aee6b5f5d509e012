// The master side of a terminal as a stream that never blocks the event loop.
import { readSync, writeSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { ReadStream } from 'node:tty';
import { setNonblocking } from './descriptors.js';
import { setWindowSize, type WindowSize } from './pty.js';

/** Bytes that may wait to be read or written before the other side is told to pause. */
const highWaterMark = 65536;
/** Longest pause before a terminal whose reader is slow is written to again, ms. */
const longestPause = 5;

/**
 * Reads and writes a terminal by its master, which it owns from now on and closes when it is destroyed. Ends when the last
 * process has closed the other end. Reading is by tty.ReadStream, that is by epoll: node:fs would keep a thread
 * for each idle terminal, and net.Socket refuses terminals.
 */
export class PtyStream extends Duplex {
  readonly #fd: number;
  readonly #tty: ReadStream;
  #retry: NodeJS.Timeout | undefined;
  #hungUp = false;

  constructor(masterFd: number) {
    super({ highWaterMark, allowHalfOpen: false });
    this.#fd = masterFd;
    this.#tty = new ReadStream(masterFd);
    // libuv leaves a master blocking: writing to a terminal whose reader sleeps would stop everything.
    setNonblocking(masterFd);
    this.#tty.pause();
    this.#tty.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) this.#tty.pause();
    });
    // A hang-up is an EIO or an end of file, whichever comes first; nothing else can go wrong with reading it.
    this.#tty.on('end', () => {
      this.#readRest();
      this.#hangUp();
    });
    this.#tty.on('error', () => this.#hangUp());
  }

  /** Tells the terminal, and by SIGWINCH the processes in it, how large it is. */
  resize(size: WindowSize): void {
    if (!this.#hungUp && !this.destroyed) setWindowSize(this.#fd, size);
  }

  override _read(): void {
    this.#tty.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#writeFrom(chunk, 0, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#retry);
    this.#hungUp = true;
    this.#tty.destroy();
    done(error);
  }

  /**
   * libuv takes a hang-up together with a short read for the end, but a terminal's reads are always short: up to some
   * ten kilobytes may still be there. The descriptor is open while 'end' is told, and empty when it answers EIO.
   */
  #readRest(): void {
    const room = Buffer.allocUnsafe(highWaterMark);
    try {
      for (;;) {
        const length = readSync(this.#fd, room);
        if (length === 0) return;
        this.push(Buffer.from(room.subarray(0, length)));
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EIO' && code !== 'EAGAIN') this.destroy(error as Error);
    }
  }

  #hangUp(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    this.push(null);
  }

  /** Writes what the terminal takes, and the rest when it takes more. What is left at a hang-up has nobody to read it. */
  #writeFrom(chunk: Buffer, offset: number, done: (error?: Error) => void, pause = 0): void {
    let at = offset;
    try {
      while (at < chunk.length && !this.#hungUp) at += writeSync(this.#fd, chunk, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        const next = at > offset ? 0 : Math.min(pause + 1, longestPause);
        this.#retry = setTimeout(() => this.#writeFrom(chunk, at, done, next), next);
        return;
      }
      if (code !== 'EIO') {
        done(error as Error);
        return;
      }
    }
    done();
  }
}
