// The log lines of one container that are kept to be looked at: the newest, and older ones as far as somebody scrolled back.
// Bounded in lines and in characters, so that a container that writes without end costs no more than one that does not.
import type { LogEntry } from '../engine/index.js';

export interface LogLine {
  /** as in the file: RFC 3339 with nanoseconds */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr' | 'gap';
  readonly text: string;
}

/** What panels see of it. */
export interface LogLines {
  readonly length: number;
  at(index: number): LogLine;
  /** Lines dropped before the oldest, less those put before it: how far indices have moved since the beginning. */
  readonly base: number;
  /** undefined while nothing has been asked for */
  readonly id: string | undefined;
  readonly state: 'empty' | 'reading' | 'following' | 'ended' | { readonly failed: string };
}

const MAX_LINES = 50_000;
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** A line longer than this is cut: nobody reads on, and the file has the rest. */
const MAX_LINE = 64 * 1024;
/** Dropped lines are let go of in blocks, as shifting an array costs its length. */
const DROP_BLOCK = 4096;

export class LogBuffer implements LogLines {
  state: LogLines['state'] = 'empty';
  private lines: LogLine[] = [];
  /** index of the oldest line in `lines` */
  private first = 0;
  private characters = 0;
  private moved = 0;
  /** whether the newest line of a stream is to be gone on with */
  private readonly open = new Map<LogEntry['stream'], number>();

  constructor(readonly id: string | undefined) {}

  get length(): number {
    return this.lines.length - this.first;
  }

  get base(): number {
    return this.moved;
  }

  at(index: number): LogLine {
    return this.lines[this.first + index]!;
  }

  get isFull(): boolean {
    return this.length >= MAX_LINES || this.characters >= MAX_CHARACTERS;
  }

  add({ time, stream, partial, text }: LogEntry): void {
    const at = this.open.get(stream);
    const open = at === undefined ? undefined : this.lines[at];
    if (at !== undefined && open !== undefined) this.extend(at, open, text);
    else this.push({ time, stream, text: cut(text) });
    if (partial) this.open.set(stream, at ?? this.lines.length - 1);
    else this.open.delete(stream);
  }

  /** A line of our own that says that something is missing here. */
  gap(time: string, text: string): void {
    this.open.clear();
    this.push({ time, stream: 'gap', text });
  }

  /** Older lines before the oldest. @returns how many there was room for */
  prepend(older: readonly LogLine[]): number {
    const room = Math.max(0, MAX_LINES - this.length);
    const taken = room === 0 ? [] : older.slice(-room);
    this.lines = [...taken, ...this.lines.slice(this.first)];
    for (const [stream, at] of this.open) this.open.set(stream, at - this.first + taken.length);
    this.first = 0;
    this.moved -= taken.length;
    for (const { text } of taken) this.characters += text.length;
    return taken.length;
  }

  private push(line: LogLine): void {
    this.lines.push(line);
    this.characters += line.text.length;
    while (this.length > MAX_LINES || (this.characters > MAX_CHARACTERS && this.length > 1)) this.drop();
  }

  private extend(at: number, line: LogLine, more: Buffer): void {
    if (line.text.length >= MAX_LINE) return;
    const text = (line.text + more.toString('utf8', 0, MAX_LINE)).slice(0, MAX_LINE);
    this.characters += text.length - line.text.length;
    this.lines[at] = { ...line, text };
  }

  private drop(): void {
    this.characters -= this.lines[this.first]!.text.length;
    this.first += 1;
    this.moved += 1;
    if (this.first < DROP_BLOCK) return;
    for (const [stream, at] of this.open) this.open.set(stream, at - this.first);
    this.lines = this.lines.slice(this.first);
    this.first = 0;
  }
}

function cut(text: Buffer): string {
  return text.toString('utf8', 0, Math.min(text.length, MAX_LINE));
}
