// The log file of one container: entries formatted into blocks, blocks written one after the other in the background,
// the file turned over by size and count.
//
//   chunk ──▶ block being filled ──▶ full blocks ──▶ one write at a time ──▶ container.log ─▶ .1 ─▶ .2 …
//
// While the disk is slow `isBehind` is true, and the source waits. A disk that is full loses log lines, tells so in the
// log as soon as there is room again, and never holds up the container.
import { constants, type Stats } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { LogConfig } from '../model.js';
import { entryPrefixes, formatEntries, timestamp, type Cursor, type LogStream } from './cri.js';

/** Large enough that the cost of a write does not show, small enough that a hundred of them do not either. */
const BLOCK_BYTES = 128 * 1024;
/** More than this waiting to be written, and the source is asked to wait. */
const HIGH_WATER_BYTES = 4 * BLOCK_BYTES;
const NEWLINE = 10;

/** Blocks are lent by one pool for all containers, so that a quiet one costs nothing. */
export class BlockPool {
  readonly #spare: Buffer[] = [];
  constructor(private readonly keep = 8) {}

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  give(block: Buffer): void {
    if (this.#spare.length < this.keep) this.#spare.push(block);
  }
}

interface Block {
  readonly buffer: Buffer;
  used: number;
}

export interface LogWriterOptions {
  readonly path: string;
  readonly config: LogConfig;
  readonly pool: BlockPool;
  /** called once when writing begins to fail, with the reason */
  readonly onLoss?: (reason: string) => void;
}

/** ms since the epoch, with fractions: follows the wall clock when that is set, is finer than it otherwise. */
export function wallClock(): number {
  const coarse = Date.now();
  const fine = clockOffset + performance.now();
  if (fine >= coarse - 1 && fine < coarse + 2) return fine;
  clockOffset = coarse - performance.now();
  return coarse;
}
/** What the first look sets: to ask for it here would have every command load what measures, 1 ms. */
let clockOffset = -Infinity;

export class LogWriter {
  readonly #options: LogWriterOptions;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  /** The file does not end in a newline: a write was cut short. */
  #broken = false;
  #filling: Block | undefined;
  readonly #full: Block[] = [];
  #waitingBytes = 0;
  #pumping: Promise<void> | undefined;
  #onDrain: (() => void) | undefined;
  /** since the last entry that reached the file */
  #lostBytes = 0;
  #lostInAll = 0;
  #lossReason = '';

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** What did not reach the file, as a sentence; undefined when everything did. */
  get lost(): string | undefined {
    return this.#lostInAll === 0 ? undefined : `${this.#lostInAll} bytes of its log were lost: ${this.#lossReason}`;
  }

  /** The disk is behind: the source should wait for onDrain. */
  get isBehind(): boolean {
    return this.#waitingBytes > HIGH_WATER_BYTES;
  }

  /** Takes the whole chunk; it may be used again when this returns. */
  write(stream: LogStream, chunk: Buffer): void {
    const prefixes = entryPrefixes(wallClock(), stream);
    const cursor: Cursor = { taken: 0, put: 0 };
    for (;;) {
      this.#filling ??= { buffer: this.#options.pool.take(), used: 0 };
      cursor.put = this.#filling.used;
      const done = formatEntries(chunk, prefixes, this.#filling.buffer, cursor);
      this.#waitingBytes += cursor.put - this.#filling.used;
      this.#filling.used = cursor.put;
      if (done) break;
      this.#full.push(this.#filling);
      this.#filling = undefined;
    }
    this.#pumping ??= this.#pump();
  }

  /** `listener` is called each time that it is no longer behind. */
  onDrain(listener: () => void): void {
    this.#onDrain = listener;
  }

  /** Resolves when everything taken so far is written, or lost. */
  async flush(): Promise<void> {
    while (this.#pumping !== undefined) await this.#pumping;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file?.close();
    this.#file = undefined;
  }

  async #pump(): Promise<void> {
    for (;;) {
      const block = this.#full.shift() ?? this.#filling;
      if (block === undefined) break;
      if (block === this.#filling) this.#filling = undefined;
      await this.#store(block.buffer.subarray(0, block.used));
      this.#options.pool.give(block.buffer);
      const before = this.#waitingBytes;
      this.#waitingBytes = before - block.used;
      if (before > HIGH_WATER_BYTES && this.#waitingBytes <= HIGH_WATER_BYTES) this.#onDrain?.();
    }
    this.#pumping = undefined;
  }

  /** Writes whole entries, turning the file over between two of them. Never fails: what cannot be written is lost and counted. */
  async #store(entries: Buffer): Promise<void> {
    let rest = entries;
    try {
      this.#file ??= await this.#open();
      if (this.#lostBytes > 0) await this.#tellLoss();
      while (rest.length > 0) {
        const part = rest.subarray(0, this.#roomFor(rest));
        if (part.length === 0) {
          await this.#turnOver();
          continue;
        }
        rest = rest.subarray(await this.#append(part));
      }
    } catch (error) {
      this.#lose(rest.length, error);
    }
  }

  /** How much of these entries goes into the current file: all, or up to its limit, or one entry into an empty file. */
  #roomFor(entries: Buffer): number {
    const { maxSizeBytes } = this.#options.config;
    if (maxSizeBytes < 0) return entries.length;
    const room = maxSizeBytes - this.#fileBytes;
    if (entries.length <= room) return entries.length;
    const lastThatFits = room <= 0 ? -1 : entries.lastIndexOf(NEWLINE, room - 1);
    if (lastThatFits >= 0 || this.#fileBytes > 0) return lastThatFits + 1;
    return entries.indexOf(NEWLINE) + 1;
  }

  /** Appends to the file, keeping account of what arrived even when it fails half-way. */
  async #append(data: Buffer): Promise<number> {
    let written = 0;
    while (written < data.length) {
      const { bytesWritten } = await this.#file!.write(data, written);
      written += bytesWritten;
      this.#fileBytes += bytesWritten;
      this.#broken = data[written - 1] !== NEWLINE;
    }
    return written;
  }

  async #open(): Promise<FileHandle> {
    const { O_CREAT, O_RDWR, O_APPEND } = constants;
    const file = await open(this.#options.path, O_CREAT | O_RDWR | O_APPEND, 0o600);
    const { size }: Stats = await file.stat();
    this.#fileBytes = size;
    if (size > 0) {
      // A supervisor that was killed may have left half an entry.
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
      this.#broken = buffer[0] !== NEWLINE;
      if (this.#broken) this.#fileBytes += (await file.write('\n')).bytesWritten;
    }
    this.#broken = false;
    return file;
  }

  /** container.log becomes .1, .1 becomes .2, …; the last one goes. */
  async #turnOver(): Promise<void> {
    const { path, config } = this.#options;
    await this.#file?.close();
    this.#file = undefined;
    if (config.maxFiles <= 1) {
      await rm(path, { force: true });
    } else {
      for (let n = config.maxFiles - 1; n > 0; n -= 1) {
        await rename(n === 1 ? path : `${path}.${n - 1}`, `${path}.${n}`).catch(ignoreMissing);
      }
    }
    this.#file = await this.#open();
  }

  #lose(bytes: number, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#lostInAll += bytes;
    if (this.#lostBytes === 0) this.#options.onLoss?.(reason);
    this.#lostBytes += bytes;
    this.#lossReason = reason;
  }

  async #tellLoss(): Promise<void> {
    const text = `[tscontain: ${this.#lostBytes} bytes of log are missing here: ${this.#lossReason}]`;
    const line = `${timestamp(wallClock())} stderr F ${text}\n`;
    await this.#append(Buffer.from(this.#broken ? `\n${line}` : line));
    this.#lostBytes = 0;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
