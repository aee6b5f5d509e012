// A shell tab: a pty whose bytes feed a terminal emulator, whose cells are painted. It lives whether it is shown or not.
//
//   program ─► pty ─► emulator ─► paint(canvas)          keys, pastes, mouse ─► encoded as the program asks ─► pty
//                 └─ paused while more than 256 KiB wait to be parsed, so a flood costs neither memory nor the keyboard
import type { IBufferCell, Terminal } from '@xterm/headless';
import { type Canvas, type KeyEvent, type MouseEvent, type PasteEvent, type Rect, clean } from '../screen/index.js';
import { attrOf, putCell } from './buffer-cells.js';
import { encodeArrows, encodeKey, encodePaste } from './keys.js';
import { type WatchedModes, watchModes } from './modes.js';
import { encodeMouse } from './mouse.js';
import type { Pty, PtyExit } from './port.js';
import { type Place, Selection } from './selection.js';
import { ourWidths } from './widths.js';

export interface PaneOptions {
  readonly pty: Pty;
  readonly columns: number;
  readonly rows: number;
  /** Lines kept above the screen; 2000 where absent (about 5 MB at 200 columns). */
  readonly scrollback?: number;
  /** Something to paint has changed; not called again until it was painted. */
  readonly onChange: () => void;
}

/** What a mouse event did in the pane. */
export interface PaneMouseResult {
  /** Selected text for the clipboard, when a selection has just been finished. */
  readonly copy?: string;
}

const PAUSE_BYTES = 256 * 1024;
const RESUME_BYTES = 64 * 1024;
/** More than this in `PATIENCE_MS` is a flood: nobody reads it as it passes, so it is painted less often. */
const FLOOD_BYTES = 64 * 1024;
/** How long a flood, or a frame that the program has announced (mode 2026), may put off painting. */
const PATIENCE_MS = 100;
const WHEEL_ROWS = 3;
const MAX_TITLE = 200;

/** Loads the emulator (12 ms), which is why a pane is opened asynchronously. */
export async function openPane(options: PaneOptions): Promise<TerminalPane> {
  const headless = await import('@xterm/headless');
  const terminal = new headless.default.Terminal({
    cols: Math.max(2, options.columns),
    rows: Math.max(1, options.rows),
    scrollback: options.scrollback ?? 2000,
    allowProposedApi: true,
    logLevel: 'off',
  });
  terminal.unicode.register(ourWidths);
  terminal.unicode.activeVersion = ourWidths.version;
  return new TerminalPane(terminal, options);
}

export class TerminalPane {
  readonly #terminal: Terminal;
  readonly #pty: Pty;
  readonly #onChange: () => void;
  readonly #modes: WatchedModes;
  readonly #selection: Selection;
  #cell: IBufferCell | undefined;
  #backlog = 0;
  #flow = { since: 0, bytes: 0, before: 0 };
  #paused = false;
  #told = false;
  #patience: NodeJS.Timeout | undefined;
  #title = '';
  #rang = false;
  #exit: PtyExit | undefined;
  #disposed = false;

  constructor(terminal: Terminal, { pty, onChange }: PaneOptions) {
    this.#terminal = terminal;
    this.#pty = pty;
    this.#onChange = onChange;
    this.#modes = watchModes(terminal);
    this.#selection = new Selection(terminal);
    terminal.onTitleChange((title) => {
      this.#title = clean(title).slice(0, MAX_TITLE);
      this.#tell();
    });
    terminal.onBell(() => {
      this.#rang = true;
      this.#tell();
    });
    // The emulator answers questions (DA, CPR, DECRQM) by itself; the answers are input to the program.
    terminal.onData((answer) => this.#send(Buffer.from(answer)));
    terminal.onWriteParsed(() => this.#changed());
    // The program may have been started with another size: it learns this one before it writes its first prompt.
    pty.resize(terminal.cols, terminal.rows);
    pty.onData((bytes) => this.#feed(bytes));
    pty.onExit((exit) => this.#ended(exit));
  }

  /** What the program calls itself (OSC 0 and 2), fit to be shown; '' where it says nothing. */
  get title(): string {
    return this.#title;
  }

  /** Whether the bell rang since `clearBell`. */
  get rang(): boolean {
    return this.#rang;
  }

  clearBell(): void {
    this.#rang = false;
  }

  /** Set once the program is gone. */
  get exit(): PtyExit | undefined {
    return this.#exit;
  }

  /** Lines that the view is scrolled back from the end. */
  get scrolledBack(): number {
    const { baseY, viewportY } = this.#terminal.buffer.active;
    return baseY - viewportY;
  }

  /** Whether the program wants motion without a button, which the user's terminal has to be told (Screen.trackMotion). */
  get wantsMotion(): boolean {
    return this.#terminal.modes.mouseTrackingMode === 'any';
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  resize(columns: number, rows: number): void {
    const cols = Math.max(2, columns);
    const lines = Math.max(1, rows);
    if (this.#disposed || (cols === this.columns && lines === this.rows)) return;
    this.#selection.clear();
    this.#terminal.resize(cols, lines);
    if (!this.#exit) this.#pty.resize(cols, lines);
  }

  key(event: KeyEvent): void {
    if (this.#scrollByKey(event.key)) return;
    this.#backToEnd();
    this.#send(encodeKey(event, this.#terminal.modes.applicationCursorKeysMode));
  }

  paste(event: PasteEvent): void {
    this.#backToEnd();
    this.#send(encodePaste(event, this.#terminal.modes.bracketedPasteMode));
  }

  /** The pane, or the whole dashboard, got or lost the focus. */
  focus(focused: boolean): void {
    if (this.#terminal.modes.sendFocusMode) this.#send(Buffer.from(focused ? '\x1b[I' : '\x1b[O'));
  }

  /**
   * A mouse event at (x, y) in the pane, from 0. It goes to the program where that wants it, unless shift is held, which
   * keeps it for selecting as terminals do; else it scrolls or selects.
   */
  mouse(event: MouseEvent, x: number, y: number): PaneMouseResult {
    const { mouseTrackingMode: tracking, applicationCursorKeysMode } = this.#terminal.modes;
    if (tracking !== 'none' && !event.shift) {
      const bytes = encodeMouse(event, x, y, tracking, this.#modes.mouseEncoding);
      if (bytes) this.#send(bytes);
      return {};
    }
    if (event.action === 'wheel-up' || event.action === 'wheel-down') {
      const up = event.action === 'wheel-up';
      // The alternate screen has no scrollback; less and vim take arrows for it, as terminals send them.
      if (this.#terminal.buffer.active.type === 'alternate') {
        this.#send(encodeArrows(up, WHEEL_ROWS, applicationCursorKeysMode));
      } else this.scroll(up ? -WHEEL_ROWS : WHEEL_ROWS);
      return {};
    }
    return this.#select(event, x, y);
  }

  /** Scrolls by so many lines, negative into the past. */
  scroll(lines: number): void {
    this.#terminal.scrollLines(lines);
    this.#tell();
  }

  paint(canvas: Canvas, rect: Rect, focused: boolean): void {
    this.#told = false;
    const view = canvas.within(rect);
    const buffer = this.#terminal.buffer.active;
    const first = buffer.viewportY;
    const columns = Math.min(rect.width, this.columns);
    const hasSelection = this.#selection.range() !== undefined;
    this.#cell ??= buffer.getNullCell();
    for (let row = 0; row < Math.min(rect.height, this.rows); row++) {
      const line = buffer.getLine(first + row);
      if (!line) continue;
      const y = rect.y + row;
      for (let x = 0; x < columns; x++) {
        const cell = line.getCell(x, this.#cell);
        if (!cell) break;
        const width = cell.getWidth();
        // The right half of a wide character: its left half has painted it.
        if (width === 0) continue;
        const attr = attrOf(cell, canvas.theme.terminal);
        const isSelected = hasSelection && this.#selection.contains(first + row, x);
        putCell(view, rect.x + x, y, cell.getChars(), width, isSelected ? canvas.theme.selected(attr, true) : attr);
      }
    }
    if (focused && !this.#exit && this.#modes.cursorVisible && this.scrolledBack === 0) {
      view.showCursor(rect.x + Math.min(buffer.cursorX, columns - 1), rect.y + buffer.cursorY);
    }
  }

  /** Hangs up and forgets everything. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    clearTimeout(this.#patience);
    this.#pty.close();
    this.#terminal.dispose();
  }

  #send(bytes: Buffer): void {
    if (!this.#exit && !this.#disposed) this.#pty.write(bytes);
  }

  #feed(bytes: Uint8Array): void {
    if (this.#disposed) return;
    this.#backlog += bytes.length;
    this.#count(bytes.length);
    if (this.#backlog > PAUSE_BYTES && !this.#paused) {
      this.#paused = true;
      this.#pty.pause();
    }
    this.#terminal.write(bytes, () => {
      this.#backlog -= bytes.length;
      if (this.#paused && this.#backlog < RESUME_BYTES) {
        this.#paused = false;
        this.#pty.resume();
      }
    });
  }

  /** Counts output in slices of time; what came in the slice before counts too, or every slice would begin as a trickle. */
  #count(bytes: number): void {
    const now = performance.now();
    const age = now - this.#flow.since;
    if (age > PATIENCE_MS) {
      this.#flow = { since: now, bytes: 0, before: age > 2 * PATIENCE_MS ? 0 : this.#flow.bytes };
    }
    this.#flow.bytes += bytes;
  }

  get #isFlood(): boolean {
    return Math.max(this.#flow.bytes, this.#flow.before) > FLOOD_BYTES;
  }

  #ended(exit: PtyExit): void {
    // Behind what was written last, which the emulator may not have parsed yet.
    this.#terminal.write('', () => {
      this.#exit = exit;
      this.#tell();
    });
  }

  #changed(): void {
    if (!this.#terminal.modes.synchronizedOutputMode && !this.#isFlood) {
      clearTimeout(this.#patience);
      this.#patience = undefined;
      this.#tell();
    } else {
      this.#patience ??= setTimeout(() => {
        this.#patience = undefined;
        this.#tell();
      }, PATIENCE_MS);
    }
  }

  #tell(): void {
    if (this.#told || this.#disposed) return;
    this.#told = true;
    this.#onChange();
  }

  /** shift-pageup and its like look back, where there is something to look back at. */
  #scrollByKey(key: string): boolean {
    if (this.#terminal.buffer.active.type === 'alternate') return false;
    const page = Math.max(1, this.rows - 1);
    const steps: Readonly<Record<string, number>> = {
      'shift-pageup': -page,
      'shift-pagedown': page,
      'shift-up': -1,
      'shift-down': 1,
      'shift-home': -Infinity,
      'shift-end': Infinity,
    };
    const step = steps[key];
    if (step === undefined) return false;
    if (step === -Infinity) this.#terminal.scrollToTop();
    else if (step === Infinity) this.#terminal.scrollToBottom();
    else this.#terminal.scrollLines(step);
    this.#tell();
    return true;
  }

  #backToEnd(): void {
    if (this.scrolledBack > 0) this.#terminal.scrollToBottom();
    if (this.#selection.range()) {
      this.#selection.clear();
      this.#tell();
    }
  }

  #select(event: MouseEvent, x: number, y: number): PaneMouseResult {
    const place: Place = {
      line: this.#terminal.buffer.active.viewportY + Math.max(0, Math.min(y, this.rows - 1)),
      x: Math.max(0, Math.min(x, this.columns - 1)),
    };
    if (event.button !== 'left' && event.action !== 'release') return {};
    if (event.action === 'press') this.#selection.start(place);
    else if (event.action === 'drag') this.#selection.extend(place);
    else if (event.action === 'release') {
      const copy = this.#selection.text();
      return copy === '' ? {} : { copy };
    } else return {};
    this.#tell();
    return {};
  }
}
