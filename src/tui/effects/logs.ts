// Reads the log of the container whose Logs tab is in front. Lines come as fast as they can be shown, in slices, so that the
// keyboard never waits; where a container writes faster than anybody reads, what is in between is left in the file.
import type { Engine } from '../../engine/index.js';
import { LogBuffer, type LogLine } from '../log-buffer.js';
import { failureOf } from './failure.js';
import type { Ports } from './ports.js';

/** Lines read at first, and each time that somebody scrolls to the oldest. */
const TAIL_LINES = 2000;
/** Lines taken before the event loop gets its turn. */
const SLICE_LINES = 250;
/** Lines taken in one window; more are not read by any eye, only paid for. */
const WINDOW_LINES = 2000;
const WINDOW_MS = 100;
/** This far behind the writer, reading goes on at the end instead, ms. */
const BEHIND_MS = 1500;

const tooFast = (lines?: number): string =>
  `${lines === undefined ? 'some' : lines} lines came faster than they can be read: they are in the file only`;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class LogFollower {
  buffer = new LogBuffer(undefined);
  private reading: AbortController | undefined;
  private isOlderAsked = false;

  constructor(private readonly ports: Ports) {}

  /** From now on the log of this container, or none. Asked again with the same, nothing changes. */
  follow(id: string | undefined): void {
    if (this.buffer.id === id) return;
    this.reading?.abort();
    this.buffer = new LogBuffer(id);
    if (id === undefined) return;
    this.reading = new AbortController();
    void this.read(id, this.buffer, this.reading.signal);
  }

  /** The container was started again: its log goes on. */
  again(): void {
    const { id } = this.buffer;
    if (this.buffer.state !== 'ended') return;
    this.follow(undefined);
    this.follow(id);
  }

  close(): void {
    this.reading?.abort();
  }

  /** Puts older lines before the oldest, if there are any. */
  async older(): Promise<void> {
    const { buffer } = this;
    const { id } = buffer;
    if (id === undefined || this.isOlderAsked || buffer.length === 0 || buffer.isFull) return;
    this.isOlderAsked = true;
    try {
      const { time } = buffer.at(0);
      const lines = await linesBefore(this.ports.engine, id, time);
      if (this.buffer === buffer && buffer.prepend(lines) > 0) this.ports.invalidate();
    } catch (error) {
      this.ports.dispatch({ type: 'notice', kind: 'warning', text: failureOf(error).message });
    } finally {
      this.isOlderAsked = false;
    }
  }

  private async read(id: string, buffer: LogBuffer, signal: AbortSignal): Promise<void> {
    buffer.state = 'reading';
    try {
      let tail = TAIL_LINES;
      while (!signal.aborted) {
        const skipped = await this.readUntilBehind(id, buffer, tail, signal);
        if (!skipped) break;
        buffer.gap(new Date(this.ports.clock.now()).toISOString(), tooFast());
        tail = WINDOW_LINES / 4;
      }
      if (!signal.aborted) buffer.state = 'ended';
    } catch (error) {
      if (!signal.aborted) buffer.state = { failed: failureOf(error).message };
    }
    if (!signal.aborted) this.ports.invalidate();
  }

  /** @returns true where the writer is so far ahead that reading shall go on at the end */
  private async readUntilBehind(id: string, buffer: LogBuffer, tail: number, signal: AbortSignal): Promise<boolean> {
    const { clock, engine, invalidate } = this.ports;
    const inner = new AbortController();
    const stop = (): void => inner.abort();
    signal.addEventListener('abort', stop, { once: true });
    const openedAt = clock.now();
    const quiet = setTimeout(() => this.caughtUp(buffer), WINDOW_MS);
    let windowAt = openedAt;
    let inWindow = 0;
    try {
      for await (const entries of engine.logBatches(id, { follow: true, tail, signal: inner.signal })) {
        const room = WINDOW_LINES - inWindow;
        const taken = entries.slice(-room);
        if (taken.length < entries.length) buffer.gap(taken[0]!.time, tooFast(entries.length - taken.length));
        for (let i = 0; i < taken.length; i += SLICE_LINES) {
          if (i > 0) await turn();
          if (signal.aborted) return false;
          for (const entry of taken.slice(i, i + SLICE_LINES)) buffer.add(entry);
        }
        invalidate();
        inWindow += taken.length;
        const now = clock.now();
        const writtenAt = Date.parse(taken.at(-1)?.time ?? '');
        if (writtenAt > openedAt && now - writtenAt > BEHIND_MS) return true;
        const isFull = inWindow >= WINDOW_LINES;
        if (isFull) await pause(windowAt + WINDOW_MS - now);
        if (isFull || now - windowAt >= WINDOW_MS) {
          windowAt = clock.now();
          inWindow = 0;
        }
      }
      return false;
    } finally {
      clearTimeout(quiet);
      signal.removeEventListener('abort', stop);
      inner.abort();
    }
  }

  private caughtUp(buffer: LogBuffer): void {
    if (buffer.state !== 'reading') return;
    buffer.state = 'following';
    this.ports.invalidate();
  }
}

/** Up to TAIL_LINES lines from before a time of a log line (RFC 3339, compared as text: one clock writes them all). */
async function linesBefore(engine: Engine, id: string, time: string): Promise<LogLine[]> {
  const older = new LogBuffer(id);
  // The engine counts in ms, lines in ns: what is of the same ms is asked for too and left out again.
  for await (const entries of engine.logBatches(id, { until: Date.parse(time) + 1, tail: TAIL_LINES })) {
    for (const entry of entries) if (entry.time < time) older.add(entry);
    await turn();
  }
  return Array.from({ length: older.length }, (_, i) => older.at(i));
}
