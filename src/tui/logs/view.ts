// The lines of a log buffer that are shown (a filter lets pass) and those among them that a search finds. A new filter or
// search looks through what is kept in slices; until it is through, what was shown before stays. Lines that come are looked at as they come.
import { searchPattern, type Pattern } from '../filter.js';
import { LineList, type LogBuffer, type LogLine, type LogLines, type LogListener, type LogSource } from './buffer.js';
import { logFilter, seenText, type LogFilter } from './filter.js';

/** What panels see: the lines that are shown, how many there are in all, and which were found. */
export interface ShownLines extends LogLines {
  /** lines that are kept, shown or not */
  readonly total: number;
  readonly found: {
    readonly count: number;
    /** false while what is kept is still looked through */
    readonly complete: boolean;
    /** "3" of "3 of 41" for a line that is shown; undefined for one that is no find */
    ordinalOf(index: number): number | undefined;
  };
}

/** Lines looked at between two looks at the clock. */
const CHUNK_LINES = 64;

export class LogView implements ShownLines, LogListener {
  private shown: LineList;
  private finds: LineList;
  private filter: LogFilter = logFilter('');
  private filterText = '';
  private search: Pattern | undefined;
  private searchText = '';
  /** What is being made: the first `cursor` lines of the buffer have been looked at. */
  private scan: { readonly shown: LineList; readonly finds: LineList; cursor: number } | undefined;

  constructor(readonly buffer: LogBuffer) {
    this.shown = new LineList(buffer.before);
    this.finds = new LineList(buffer.before);
    for (let i = 0; i < buffer.length; i++) this.shown.add(buffer.at(i));
    buffer.listener = this;
  }

  get length(): number {
    return this.shown.length;
  }

  get base(): number {
    return this.shown.base;
  }

  get id(): string | undefined {
    return this.buffer.id;
  }

  get sources(): readonly LogSource[] {
    return this.buffer.sources;
  }

  get state(): LogLines['state'] {
    return this.buffer.state;
  }

  get total(): number {
    return this.buffer.length;
  }

  get found(): ShownLines['found'] {
    const { finds, shown, scan } = this;
    return {
      count: finds.length,
      complete: scan === undefined,
      ordinalOf: (index) => {
        if (index < 0 || index >= shown.length) return undefined;
        const line = shown.at(index);
        const rank = finds.rank(line);
        return rank < finds.length && finds.at(rank) === line ? rank + 1 : undefined;
      },
    };
  }

  at(index: number): LogLine {
    return this.shown.at(index);
  }

  /** Where a line that is shown stands; where it is not, the first after it. */
  indexOf(line: LogLine): number {
    return Math.min(this.shown.rank(line), Math.max(0, this.shown.length - 1));
  }

  /** The first line from a time on (RFC 3339, as in the file). */
  indexAt(time: string): number {
    return Math.min(
      this.shown.search((line) => line.time < time),
      Math.max(0, this.shown.length - 1),
    );
  }

  /** The find after the line at `index` (or before it), round the ends; undefined where nothing is found. */
  findFrom(index: number, direction: 1 | -1): number | undefined {
    const { finds, shown } = this;
    if (finds.length === 0 || shown.length === 0) return undefined;
    const inside = Math.max(0, Math.min(shown.length - 1, index));
    const line = shown.at(inside);
    const rank = finds.rank(line);
    const isOne = rank < finds.length && finds.at(rank) === line;
    // From beyond an end the line at the end itself counts.
    const isBeyond = inside !== index;
    const next = direction > 0 ? (isOne && !isBeyond ? rank + 1 : rank) : isOne && isBeyond ? rank : rank - 1;
    return shown.rank(finds.at((next + finds.length) % finds.length));
  }

  /** What is shown and searched for from now on. @returns whether anything is to be looked through: call `work` */
  set(filter: string, search: string): boolean {
    if (filter === this.filterText && search === this.searchText) return this.scan !== undefined;
    this.filterText = filter;
    this.searchText = search;
    this.filter = logFilter(filter);
    this.search = search === '' ? undefined : searchPattern(search);
    const { before } = this.buffer;
    this.scan = { shown: new LineList(before), finds: new LineList(before), cursor: 0 };
    return true;
  }

  /** Looks on for so long. @returns true when all has been looked through, and what is shown is the new */
  work(budgetMs: number): boolean {
    const { scan, buffer } = this;
    if (!scan) return true;
    const end = performance.now() + budgetMs;
    while (scan.cursor < buffer.length) {
      const line = buffer.at(scan.cursor++);
      this.judge(line, scan.shown, scan.finds);
      if (scan.cursor % CHUNK_LINES === 0 && performance.now() >= end) return false;
    }
    this.shown = scan.shown;
    this.finds = scan.finds;
    this.scan = undefined;
    return true;
  }

  added(line: LogLine, index: number): void {
    if (this.scan) {
      // Behind the cursor it will be met.
      if (index >= this.scan.cursor) return;
      this.scan.cursor += 1;
      this.judge(line, this.scan.shown, this.scan.finds);
    } else {
      this.judge(line, this.shown, this.finds);
    }
  }

  dropped(line: LogLine): void {
    if (this.scan && this.scan.cursor > 0) this.scan.cursor -= 1;
    for (const list of [this.shown, this.finds, this.scan?.shown, this.scan?.finds])
      if (list !== undefined && list.length > 0 && list.at(0) === line) list.dropFirst();
  }

  private judge(line: LogLine, shown: LineList, finds: LineList): void {
    if (!this.filter.passes(line)) return;
    shown.add(line);
    if (this.search !== undefined && line.stream !== 'gap' && this.search.matches(seenText(line.text))) finds.add(line);
  }
}
