// Reads the logs of the containers whose Logs tab is in front. Lines come as fast as they can be shown, in slices, so that the
// keyboard never waits; where a container writes faster than anybody reads, what is in between is left in the file.
import type { Engine, LogsOptions } from '../../engine/index.js';
import { LogBuffer, MAX_LINES, type LogLine, type LogSource } from '../logs/buffer.js';
import { LogView } from '../logs/view.js';
import { failureOf } from './failure.js';
import type { Ports } from './ports.js';

/** Lines read at first, and each time that somebody scrolls to the oldest. */
const TAIL_LINES = 2000;
/** Lines taken before the event loop gets its turn. */
const SLICE_LINES = 250;
/** Lines taken in one window, of all containers together; more are not read by any eye, only paid for. */
const WINDOW_LINES = 2000;
const WINDOW_MS = 100;
/** This far behind the writer, reading goes on at the end instead, ms. */
const BEHIND_MS = 1500;
/** How long a filter or a search looks through what is kept before the keyboard gets its turn, ms. */
const WORK_MS = 6;

const tooFast = (lines?: number): string =>
  `${lines === undefined ? 'some' : lines} lines came faster than they can be read: they are in the file only`;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whose logs are wanted, and which stretch of them. */
export interface LogWanted {
  readonly key: string;
  readonly sources: readonly LogSource[];
  /** ms since the epoch */
  readonly from?: number;
  readonly until?: number;
}

export class LogFollower {
  view = new LogView(new LogBuffer(undefined));
  private wanted: LogWanted | undefined;
  private reading: AbortController | undefined;
  private isOlderAsked = false;
  private isWorking = false;
  private reads = 0;
  private waiting: (() => void)[] = [];
  /** the frame that shows what came in a flood */
  private soon: NodeJS.Timeout | undefined;

  constructor(private readonly ports: Ports) {}

  /** From now on these logs, or none. Asked again with the same, nothing changes. */
  follow(wanted: LogWanted | undefined): void {
    if (this.view.id === wanted?.key) return;
    this.reading?.abort();
    this.wanted = wanted;
    const buffer = new LogBuffer(wanted?.key, wanted?.sources);
    this.view = new LogView(buffer);
    this.waiting = [];
    if (wanted === undefined) return;
    this.reading = new AbortController();
    buffer.state = 'reading';
    this.reads = wanted.sources.length;
    wanted.sources.forEach(({ id }, source) => void this.read(id, source, buffer, wanted, this.reading!.signal));
  }

  /** A container was started again: its log goes on. */
  again(): void {
    const { wanted } = this;
    if (this.view.state !== 'ended') return;
    this.follow(undefined);
    this.follow(wanted);
  }

  close(): void {
    this.reading?.abort();
    clearTimeout(this.soon);
  }

  /** What is shown and searched for. What is kept is looked through in slices; `then` is called when that is done. */
  show(filter: string, search: string, then?: () => void): void {
    if (!this.view.set(filter, search)) {
      then?.();
      return;
    }
    if (then) this.waiting.push(then);
    if (!this.isWorking) void this.work();
  }

  /** Calls back once what is kept has been looked through: at once, mostly. */
  whenFound(then: () => void): void {
    if (this.view.found.complete) then();
    else this.waiting.push(then);
  }

  private async work(): Promise<void> {
    this.isWorking = true;
    while (!this.view.work(WORK_MS)) await turn();
    this.isWorking = false;
    for (const then of this.waiting.splice(0)) then();
    this.ports.invalidate();
  }

  /** Puts older lines before the oldest, if there are any. */
  async older(): Promise<void> {
    const { view, wanted } = this;
    const { buffer } = view;
    if (wanted === undefined || this.isOlderAsked || buffer.length === 0 || buffer.isFull) return;
    this.isOlderAsked = true;
    try {
      let count = 0;
      for (const [source, { id }] of wanted.sources.entries()) {
        const oldest = oldestOf(buffer, source);
        if (oldest === undefined) continue;
        const lines = await linesBefore(this.ports.engine, id, source, oldest, wanted.from);
        if (this.view === view) count += buffer.prepend(lines);
      }
      if (count > 0) this.ports.invalidate();
    } catch (error) {
      this.ports.dispatch({ type: 'notice', kind: 'warning', text: failureOf(error).message });
    } finally {
      this.isOlderAsked = false;
    }
  }

  private async read(
    id: string,
    source: number,
    buffer: LogBuffer,
    { from, until }: LogWanted,
    signal: AbortSignal,
  ): Promise<void> {
    const bounds: LogsOptions = {
      ...(from === undefined ? {} : { since: from }),
      ...(until === undefined ? { follow: true } : { until }),
    };
    try {
      // A stretch that has an end is read from its beginning; else as many as can be kept, from the end.
      let tail: number | undefined = until !== undefined ? undefined : from === undefined ? TAIL_LINES : MAX_LINES;
      while (!signal.aborted) {
        const last = await this.readUntilBehind(
          id,
          source,
          buffer,
          { ...bounds, ...(tail === undefined ? {} : { tail }) },
          signal,
        );
        if (last === undefined) break;
        buffer.gap(last, tooFast(), source);
        tail = WINDOW_LINES / 4;
      }
      this.reads -= signal.aborted ? 0 : 1;
      if (!signal.aborted && this.reads === 0) buffer.state = 'ended';
    } catch (error) {
      if (!signal.aborted) buffer.state = { failed: failureOf(error).message };
    }
    if (!signal.aborted) this.ports.invalidate();
  }

  /** @returns the time of the last line where the writer is so far ahead that reading shall go on at the end */
  private async readUntilBehind(
    id: string,
    source: number,
    buffer: LogBuffer,
    options: LogsOptions,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { clock, engine, invalidate } = this.ports;
    const inner = new AbortController();
    const stop = (): void => inner.abort();
    signal.addEventListener('abort', stop, { once: true });
    const openedAt = clock.now();
    const quiet = setTimeout(() => this.caughtUp(buffer), WINDOW_MS);
    const window = Math.max(SLICE_LINES, Math.floor(WINDOW_LINES / buffer.sources.length));
    let windowAt = openedAt;
    let inWindow = 0;
    try {
      for await (const entries of engine.logBatches(id, { ...options, signal: inner.signal })) {
        const writtenAt = Date.parse(entries.at(-1)?.time ?? '');
        // What was written before one looked is read as it is: it was asked for.
        const isNew = writtenAt > openedAt;
        const room = isNew ? window - inWindow : Infinity;
        const taken = entries.length > room ? entries.slice(-room) : entries;
        if (taken.length < entries.length) buffer.gap(taken[0]!.time, tooFast(entries.length - taken.length), source);
        for (let i = 0; i < taken.length; i += SLICE_LINES) {
          if (i > 0) await turn();
          if (signal.aborted) return undefined;
          for (const entry of taken.slice(i, i + SLICE_LINES)) buffer.add(entry, source);
        }
        const now = clock.now();
        if (isNew) inWindow += taken.length;
        if (inWindow <= SLICE_LINES) invalidate();
        else this.tellSoon();
        if (isNew && now - writtenAt > BEHIND_MS) return taken.at(-1)!.time;
        const isFull = inWindow >= window;
        if (isFull) await pause(windowAt + WINDOW_MS - now);
        else if (!isNew) await turn();
        if (isFull || now - windowAt >= WINDOW_MS) {
          windowAt = clock.now();
          inWindow = 0;
        }
      }
      return undefined;
    } finally {
      clearTimeout(quiet);
      signal.removeEventListener('abort', stop);
      inner.abort();
    }
  }

  /** A flood passes unread: it is painted once a window, so that it does not take the time of whoever presses a key. */
  private tellSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.ports.invalidate();
    }, WINDOW_MS);
  }

  private caughtUp(buffer: LogBuffer): void {
    if (buffer.state !== 'reading') return;
    buffer.state = 'following';
    this.ports.invalidate();
  }
}

function oldestOf(buffer: LogBuffer, source: number): string | undefined {
  for (let i = 0; i < buffer.length; i++) if (buffer.at(i).source === source) return buffer.at(i).time;
  return undefined;
}

/** Up to TAIL_LINES lines from before a time of a log line (RFC 3339, compared as text: one clock writes them all). */
async function linesBefore(
  engine: Engine,
  id: string,
  source: number,
  time: string,
  since: number | undefined,
): Promise<LogLine[]> {
  const older = new LogBuffer(id);
  // The engine counts in ms, lines in ns: what is of the same ms is asked for too and left out again.
  const bounds = { until: Date.parse(time) + 1, tail: TAIL_LINES, ...(since === undefined ? {} : { since }) };
  for await (const entries of engine.logBatches(id, bounds)) {
    for (const entry of entries) if (entry.time < time) older.add(entry, source);
    await turn();
  }
  return Array.from({ length: older.length }, (_, i) => older.at(i));
}
