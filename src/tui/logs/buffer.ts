// The log lines that are kept to be looked at: the newest, and older ones as far as somebody scrolled back; of one container
// in the order in which they were written, of several in the order of time. Bounded in lines and in characters, so that a
// container that writes without end costs no more than one that does not.
import type { LogEntry } from '../../engine/index.js';

export interface LogLine {
  /** as in the file: RFC 3339 with nanoseconds */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr' | 'gap';
  readonly text: string;
  /** which of the containers that are read wrote it: an index into `sources` */
  readonly source: number;
  /** its place among all lines of one container, whatever their times say */
  readonly order: number;
}

export interface LogSource {
  readonly id: string;
  readonly name: string;
}

/** What panels see of it. */
export interface LogLines {
  readonly length: number;
  at(index: number): LogLine;
  /** Lines dropped before the oldest, less those put before it: how far indices have moved since the beginning. */
  readonly base: number;
  /** what is read, as `logKey` names it; undefined while nothing has been asked for */
  readonly id: string | undefined;
  readonly sources: readonly LogSource[];
  readonly state: 'empty' | 'reading' | 'following' | 'ended' | { readonly failed: string };
}

/** Who wants to know what becomes of the lines: a view that shows some of them. */
export interface LogListener {
  added(line: LogLine, index: number): void;
  dropped(line: LogLine): void;
}

export const MAX_LINES = 50_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** A line longer than this is cut: nobody reads on, and the file has the rest. */
const MAX_LINE = 64 * 1024;
/** Dropped lines are let go of in blocks, as shifting an array costs its length. */
const DROP_BLOCK = 4096;

export type Before = (a: LogLine, b: LogLine) => boolean;

const byOrder: Before = (a, b) => a.order < b.order;
const byTime: Before = (a, b) => a.time < b.time || (a.time === b.time && a.order < b.order);

/** Lines in an order, cheap to add to at the end and to drop at the beginning. */
export class LineList {
  private lines: LogLine[] = [];
  /** index of the oldest line in `lines` */
  private first = 0;
  private moved = 0;

  constructor(private readonly isBefore: Before) {}

  get length(): number {
    return this.lines.length - this.first;
  }

  get base(): number {
    return this.moved;
  }

  at(index: number): LogLine {
    return this.lines[this.first + index]!;
  }

  /** How many stand before where `line` is, or would be. */
  rank(line: LogLine): number {
    return this.search((at) => this.isBefore(at, line));
  }

  /** How many there are, from the oldest on, of which this is true; it must not become true again. */
  search(isBefore: (line: LogLine) => boolean): number {
    let low = this.first;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.lines[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low - this.first;
  }

  /** @returns where it stands now */
  add(line: LogLine): number {
    const last = this.lines.at(-1);
    if (this.length === 0 || !this.isBefore(line, last!)) return this.lines.push(line) - 1 - this.first;
    const index = this.rank(line);
    if (index === 0) this.moved -= 1;
    this.lines.splice(this.first + index, 0, line);
    return index;
  }

  /** Lines that all stand before the oldest. */
  prepend(older: readonly LogLine[]): void {
    this.lines = [...older, ...this.lines.slice(this.first)];
    this.first = 0;
    this.moved -= older.length;
  }

  dropFirst(): void {
    this.first += 1;
    this.moved += 1;
    if (this.first < DROP_BLOCK) return;
    this.lines = this.lines.slice(this.first);
    this.first = 0;
  }
}

export class LogBuffer implements LogLines {
  state: LogLines['state'] = 'empty';
  listener: LogListener | undefined;
  readonly before: Before;
  private readonly lines: LineList;
  private characters = 0;
  private newest = 0;
  private oldest = -1;
  /** the newest line of a stream, where it is to be gone on with */
  private readonly open = new Map<string, LogLine>();

  constructor(
    readonly id: string | undefined,
    readonly sources: readonly LogSource[] = [],
  ) {
    // The lines of one container stand as they were written: a clock that was set back must not mix them up.
    this.before = sources.length > 1 ? byTime : byOrder;
    this.lines = new LineList(this.before);
  }

  get length(): number {
    return this.lines.length;
  }

  get base(): number {
    return this.lines.base;
  }

  at(index: number): LogLine {
    return this.lines.at(index);
  }

  get isFull(): boolean {
    return this.length >= MAX_LINES || this.characters >= MAX_CHARACTERS;
  }

  add({ time, stream, partial, text }: LogEntry, source = 0): void {
    const key = `${source} ${stream}`;
    const open = this.open.get(key);
    const line = open === undefined ? this.push({ time, stream, text: cut(text), source }) : this.extend(open, text);
    if (partial) this.open.set(key, line);
    else this.open.delete(key);
  }

  /** A line of our own that says that something is missing here. */
  gap(time: string, text: string, source = 0): void {
    for (const key of this.open.keys()) if (key.startsWith(`${source} `)) this.open.delete(key);
    this.push({ time, stream: 'gap', text, source });
  }

  /** Older lines, as far as there is room. @returns how many that were */
  prepend(older: readonly Omit<LogLine, 'order'>[]): number {
    const room = Math.max(0, MAX_LINES - this.length);
    const taken = room === 0 ? [] : older.slice(-room);
    const first = this.oldest - taken.length + 1;
    const lines = taken.map((line, i): LogLine => ({ ...line, order: first + i }));
    this.oldest -= taken.length;
    for (const { text } of lines) this.characters += text.length;
    if (this.before === byOrder) this.lines.prepend(lines);
    // One container's older lines may stand between another's: each finds its place.
    else for (const line of lines) this.listener?.added(line, this.lines.add(line));
    if (this.before === byOrder) for (const line of lines.toReversed()) this.listener?.added(line, 0);
    return lines.length;
  }

  private push(line: Omit<LogLine, 'order'>): LogLine {
    const added: LogLine = { ...line, order: this.newest++ };
    const index = this.lines.add(added);
    this.characters += line.text.length;
    this.listener?.added(added, index);
    while (this.length > MAX_LINES || (this.characters > MAX_CHARACTERS && this.length > 1)) this.drop();
    return added;
  }

  private extend(line: LogLine, more: Buffer): LogLine {
    if (line.text.length >= MAX_LINE) return line;
    const text = (line.text + more.toString('utf8', 0, MAX_LINE)).slice(0, MAX_LINE);
    this.characters += text.length - line.text.length;
    // In place: views hold the very line, and what they know of it they know by its length.
    (line as { text: string }).text = text;
    return line;
  }

  private drop(): void {
    const line = this.lines.at(0);
    this.characters -= line.text.length;
    this.lines.dropFirst();
    this.listener?.dropped(line);
  }
}

function cut(text: Buffer): string {
  return text.toString('utf8', 0, Math.min(text.length, MAX_LINE));
}
