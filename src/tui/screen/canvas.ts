// The grid of cells that everything paints on. Coordinates are absolute on the screen; `within` narrows what may be touched,
// so a widget can paint without counting. While painting, a widget also says which places can be clicked (`region`).
import type { Attr, Cell, Rect, Span } from './cells.js';
import { PLAIN, contains, intersect } from './cells.js';
import type { Glyphs } from './glyphs.js';
import { eachCluster, isAscii } from './text.js';
import type { Theme } from './theme.js';

/** How things look: given once, the same for every widget. */
export interface Look {
  readonly theme: Theme;
  readonly glyphs: Glyphs;
}

/** What a click at a place means. The app gives the names: `key` + 'n', `row` + 4, `tab` + 2, … */
export interface Target {
  readonly kind: string;
  readonly id?: string;
  readonly index?: number;
}

/** A target where a click fell, with the place inside its rectangle. */
export interface Hit {
  readonly target: Target;
  readonly rect: Rect;
  /** Cells from the left and top of `rect`. */
  readonly x: number;
  readonly y: number;
}

/** What one frame leaves behind besides its cells; shared by a canvas and all its narrower views. */
interface FrameNotes {
  regions: { rect: Rect; target: Target }[];
  cursor: { x: number; y: number } | undefined;
}

export class Canvas {
  readonly #lines: Cell[][];
  readonly #clip: Rect;
  readonly #notes: FrameNotes;
  readonly theme: Theme;
  readonly glyphs: Glyphs;
  /** The whole grid, whatever this view is narrowed to. */
  readonly width: number;
  readonly height: number;

  constructor(
    lines: Cell[][],
    readonly look: Look,
    clip?: Rect,
    notes?: FrameNotes,
  ) {
    this.#lines = lines;
    this.theme = look.theme;
    this.glyphs = look.glyphs;
    this.width = lines[0]?.length ?? 0;
    this.height = lines.length;
    this.#clip = clip ?? { x: 0, y: 0, width: this.width, height: this.height };
    this.#notes = notes ?? { regions: [], cursor: undefined };
  }

  /** A canvas of its own, for tests and for pictures. */
  static blank(width: number, height: number, look: Look): Canvas {
    const lines = Array.from({ length: height }, () => Array.from({ length: width }, (): Cell => [PLAIN, ' ']));
    return new Canvas(lines, look);
  }

  /** The whole grid as a rectangle. */
  get rect(): Rect {
    return { x: 0, y: 0, width: this.width, height: this.height };
  }

  /** The same grid; only cells inside `rect` can be changed through it. */
  within(rect: Rect): Canvas {
    return new Canvas(this.#lines, this.look, intersect(this.#clip, rect), this.#notes);
  }

  /** The cell at a place, or undefined outside. */
  cell(x: number, y: number): Readonly<Cell> | undefined {
    return this.#lines[y]?.[x];
  }

  /** Puts one printable cluster of `width` cells. Outside the view nothing happens; half a wide character becomes a space. */
  put(x: number, y: number, cluster: string, attr: Attr, width: 1 | 2 = 1): void {
    const clip = this.#clip;
    if (y < clip.y || y >= clip.y + clip.height || x < clip.x || x >= clip.x + clip.width) return;
    const line = this.#lines[y]!;
    const fits = width === 1 || x + 1 < clip.x + clip.width;
    this.#set(line, x, fits ? cluster : ' ', attr);
    if (width === 2 && fits) this.#set(line, x + 1, '', attr);
  }

  /** Sets a cell and keeps wide characters whole: where one of their halves is overwritten the other becomes a space. */
  #set(line: Cell[], x: number, ch: string, attr: Attr): void {
    const cell = line[x]!;
    if (cell[1] === '' && ch !== '' && x > 0) line[x - 1]![1] = ' ';
    const next = line[x + 1];
    if (next?.[1] === '') next[1] = ' ';
    cell[0] = attr;
    cell[1] = ch;
  }

  /**
   * Writes `text` from (x, y) on, over at most `max` cells, cut without a mark (see `truncate`).
   *
   * @returns how many cells it took, those outside the view included
   */
  text(x: number, y: number, text: string, attr: Attr, max = Infinity): number {
    if (isAscii(text)) {
      const length = Math.min(text.length, max);
      const first = Math.max(0, this.#clip.x - x);
      const last = Math.min(length, this.#clip.x + this.#clip.width - x);
      for (let i = first; i < last; i++) this.put(x + i, y, text[i]!, attr);
      return length;
    }
    let used = 0;
    eachCluster(text, (cluster, width) => {
      if (used + width > max) return false;
      this.put(x + used, y, cluster, attr, width);
      used += width;
      return true;
    });
    return used;
  }

  /** Writes spans one after the other, over at most `max` cells. @returns how many cells they took */
  spans(x: number, y: number, spans: readonly Span[], max = Infinity): number {
    let used = 0;
    for (const span of spans) {
      if (used >= max) break;
      used += this.text(x + used, y, span.text, span.attr, max - used);
    }
    return used;
  }

  /** Fills a rectangle with one character of width 1. */
  fill(rect: Rect, attr: Attr = PLAIN, ch = ' '): void {
    const area = intersect(rect, this.#clip);
    for (let y = area.y; y < area.y + area.height; y++) {
      for (let x = area.x; x < area.x + area.width; x++) this.put(x, y, ch, attr);
    }
  }

  /** Changes the look of what is painted already: a selection over a row, the dimming of what lies behind a dialog. */
  restyle(rect: Rect, change: (attr: Attr) => Attr): void {
    const area = intersect(rect, this.#clip);
    for (let y = area.y; y < area.y + area.height; y++) {
      for (let x = area.x; x < area.x + area.width; x++) {
        const cell = this.#lines[y]![x]!;
        cell[0] = change(cell[0]);
      }
    }
  }

  /** A rounded border along the edge of `rect`; what is inside stays as it is. */
  box(rect: Rect, attr: Attr): void {
    const { x, y, width, height } = rect;
    if (width < 2 || height < 2) return;
    const { box } = this.glyphs;
    const right = x + width - 1;
    const bottom = y + height - 1;
    for (let i = x + 1; i < right; i++) {
      this.put(i, y, box.horizontal, attr);
      this.put(i, bottom, box.horizontal, attr);
    }
    for (let i = y + 1; i < bottom; i++) {
      this.put(x, i, box.vertical, attr);
      this.put(right, i, box.vertical, attr);
    }
    this.put(x, y, box.topLeft, attr);
    this.put(right, y, box.topRight, attr);
    this.put(x, bottom, box.bottomLeft, attr);
    this.put(right, bottom, box.bottomRight, attr);
  }

  /** A click inside `rect` means `target`; what is declared later lies above what was declared before, unless it is `below` all. */
  region(rect: Rect, target: Target, below = false): void {
    const area = intersect(rect, this.#clip);
    if (area.width <= 0 || area.height <= 0) return;
    if (below) this.#notes.regions.unshift({ rect: area, target });
    else this.#notes.regions.push({ rect: area, target });
  }

  /** Forgets every clickable place declared so far: a dialog takes the mouse for itself. */
  coverRegions(): void {
    this.#notes.regions = [];
  }

  /** Where the terminal's cursor shall stand after this frame; it is hidden unless somebody asks for it. */
  showCursor(x: number, y: number): void {
    if (contains(this.#clip, x, y)) this.#notes.cursor = { x, y };
  }

  get cursor(): { readonly x: number; readonly y: number } | undefined {
    return this.#notes.cursor;
  }

  hideCursor(): void {
    this.#notes.cursor = undefined;
  }

  /** The topmost region of a kind at a place, whatever lies above it. */
  regionOf(kind: string, x: number, y: number): Rect | undefined {
    return this.#notes.regions.findLast(({ rect, target }) => target.kind === kind && contains(rect, x, y))?.rect;
  }

  /** The topmost target at a place. */
  hit(x: number, y: number): Hit | undefined {
    for (let i = this.#notes.regions.length - 1; i >= 0; i--) {
      const { rect, target } = this.#notes.regions[i]!;
      if (contains(rect, x, y)) return { target, rect, x: x - rect.x, y: y - rect.y };
    }
    return undefined;
  }

  /** The text of a rectangle as a person would copy it: trailing spaces cut, lines joined by newlines. */
  textIn(rect: Rect = this.rect): string {
    const area = intersect(rect, this.rect);
    const rows: string[] = [];
    for (let y = area.y; y < area.y + area.height; y++) {
      let row = '';
      for (let x = area.x; x < area.x + area.width; x++) row += this.#lines[y]![x]![1];
      rows.push(row.trimEnd());
    }
    return rows.join('\n');
  }
}
