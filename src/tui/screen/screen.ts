// The screen: takes the terminal, paints frames, hands out events, gives the terminal back whatever happens.
//
// blessed keeps the two grids (what is shown, what shall be shown), their size and a tree with one element, the painter; the
// app paints cells on it. A frame is made at most every 16 ms (the answer to a key sooner), only after `invalidate()`, and only
// once the terminal has taken the frame before: a slow line makes frames fewer, never the dashboard late. Nothing changed,
// nothing written.
import type { ReadStream, WriteStream } from 'node:tty';
import blessed from 'blessed';
import { BlessedProgram } from './blessed-program.js';
import type { Hit, Look } from './canvas.js';
import { Canvas } from './canvas.js';
import { type Attr, type Cell, PLAIN } from './cells.js';
import { Differ } from './draw.js';
import { holdStderr } from './held-stderr.js';
import { InputParser, type TerminalEvent } from './input.js';
import { abandonTerminal } from './lost-terminal.js';
import { onProcessEnd } from './process-end.js';
import { clean } from './sanitize.js';
import { unblock, writeBeforeTheEnd } from './slow-terminal.js';
import {
  FRAME_BEGIN,
  FRAME_END,
  MOTION_OFF,
  MOTION_ON,
  enterSequence,
  leaveSequence,
  mouseSequence,
} from './terminal-modes.js';
import { coloursOn, isCrowded, takeBack } from './true-colours.js';

/** What happened at the terminal. A mouse event comes with what was hit. */
export type ScreenEvent = TerminalEvent | { readonly type: 'resize'; readonly width: number; readonly height: number };

export interface ScreenOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly look: Look;
  /** Whether the mouse is taken from the terminal; true where absent. */
  readonly mouse?: boolean;
  /** Paints one whole frame on a canvas that is empty. */
  paint(canvas: Canvas): void;
  onEvent(event: ScreenEvent, hit: Hit | undefined): void;
}

export interface Screen {
  readonly width: number;
  readonly height: number;
  /** Set anew, the next frame looks so. */
  look: Look;
  /** Something changed: a frame is due. Cheap, call it as often as you like. */
  invalidate(): void;
  /** Everything is painted again, whatever the terminal is thought to show (ctrl-l). */
  redraw(): void;
  /** What the last frame has at a place. */
  hit(x: number, y: number): Hit | undefined;
  /**
   * Puts `text` on the user's clipboard by OSC 52; terminals may refuse it, silently.
   *
   * @returns false where it is longer than terminals take, and nothing was copied
   */
  copy(text: string): boolean;
  setTitle(text: string): void;
  /** Whether the mouse is the dashboard's or the terminal's own. */
  takeMouse(on: boolean): void;
  /** Whether the mouse is reported without a button too. */
  trackMotion(on: boolean): void;
  /** Gives the terminal back and stops this process, as ctrl-z does to other programs; SIGCONT takes it again. */
  suspend(): void;
  /** Gives the terminal back for good. May be called more than once. */
  close(): void;
  /** Frames written and bytes in them, since the start: what drawing costs the terminal. */
  readonly written: { readonly frames: number; readonly bytes: number };
}

/** One frame at most in this time: 60 a second is what terminals and eyes take. */
const FRAME_MS = 16;

/** What a person did is answered sooner: they wait for it, and other things that move must not make them wait longer. */
const ANSWER_MS = 4;

/** Clipboard limit of common terminals for OSC 52, in bytes of base64. */
const MAX_CLIPBOARD = 100_000;

class TerminalScreen implements Screen {
  readonly written = { frames: 0, bytes: 0 };
  readonly #options: ScreenOptions;
  readonly #program: BlessedProgram;
  readonly #grid: BlessedGrid;
  #look: Look;
  #differ: Differ;
  readonly #parser = new InputParser();
  readonly #removeHandlers: (() => void)[] = [];
  #canvas: Canvas;
  #flushTimer: NodeJS.Timeout | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  #lastFrameAt = -Infinity;
  #dirty = false;
  /** whether somebody waits for the frame that is due */
  #owed = false;
  /** Bytes on their way that the terminal has not taken yet: writes, not bytes. */
  #writing = 0;
  #cursor = '';
  #mouse: boolean;
  #motion = false;
  #open = false;
  #releaseStderr: (() => void) | undefined;
  #closed = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#look = options.look;
    this.#mouse = options.mouse ?? true;
    this.#differ = new Differ(options.look.theme.depth, options.look.glyphs.ascii);
    this.#program = new BlessedProgram(options.output.columns || 80, options.output.rows || 24);
    this.#grid = openGrid(this.#program, () => this.invalidate());
    this.#canvas = new Canvas(this.#grid.lines, this.look);
    this.#grid.addPainter(() => this.#paint());
    this.#takeTerminal();
    this.#listen();
  }

  get width(): number {
    return this.#program.cols;
  }

  get height(): number {
    return this.#program.rows;
  }

  get look(): Look {
    return this.#look;
  }

  set look(look: Look) {
    const { theme, glyphs } = this.#look;
    this.#look = look;
    // The same cells are now written otherwise.
    if (look.theme.depth !== theme.depth || look.glyphs.ascii !== glyphs.ascii) {
      this.#differ = new Differ(look.theme.depth, look.glyphs.ascii);
      this.#grid.screen.alloc();
    }
    this.invalidate();
  }

  invalidate(): void {
    this.#dirty = true;
    if (this.#frameTimer === undefined) this.#frameAfter(FRAME_MS);
  }

  /** @param leastMs from one frame to the next */
  #frameAfter(leastMs: number): void {
    if (this.#writing > 0 || !this.#open) return;
    const wait = Math.max(0, this.#lastFrameAt + leastMs - performance.now());
    // A timer even for 0 ms: what else changes in this turn of the loop belongs into the same frame.
    this.#frameTimer = setTimeout(() => this.#frame(), wait);
  }

  redraw(): void {
    this.#grid.screen.alloc();
    this.invalidate();
  }

  hit(x: number, y: number): Hit | undefined {
    return this.#canvas.hit(x, y);
  }

  copy(text: string): boolean {
    const encoded = Buffer.from(text).toString('base64');
    if (encoded.length > MAX_CLIPBOARD) return false;
    this.#write(`\x1b]52;c;${encoded}\x07`);
    return true;
  }

  setTitle(text: string): void {
    this.#write(`\x1b]2;${clean(text)}\x07`);
  }

  takeMouse(on: boolean): void {
    if (on === this.#mouse) return;
    this.#mouse = on;
    if (!on) this.#motion = false;
    this.#write(mouseSequence(on));
  }

  trackMotion(on: boolean): void {
    if (on === this.#motion || !this.#mouse) return;
    this.#motion = on;
    this.#write(on ? MOTION_ON : MOTION_OFF);
  }

  suspend(): void {
    this.#giveTerminal();
    // SIGSTOP, not SIGTSTP: that one has our handler.
    process.kill(process.pid, 'SIGSTOP');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#flushTimer);
    for (const remove of this.#removeHandlers) remove();
    this.#giveTerminal();
    this.#options.input.pause();
  }

  #listen(): void {
    const { input, output } = this.#options;
    const onData = (bytes: Buffer): void => this.#read(bytes);
    const onResize = (): void => this.#resize();
    // A hang-up comes as the end of input, as an error of either stream, as SIGHUP, in any order: all of them are one.
    const onHangUp = (): void => {
      if (!this.#closed) process.emit('SIGHUP', 'SIGHUP');
    };
    input.on('data', onData).on('end', onHangUp).on('error', onHangUp);
    output.on('resize', onResize).on('error', onHangUp);
    const stopListening = onProcessEnd({
      restore: () => this.close(),
      stop: () => this.suspend(),
      resume: () => this.#takeTerminal(),
    });
    this.#removeHandlers.push(
      stopListening,
      () => input.off('data', onData).off('end', onHangUp),
      () => output.off('resize', onResize),
      // The listeners for errors stay: one that comes late must not become an exception.
    );
  }

  #takeTerminal(): void {
    if (this.#open || this.#closed) return;
    this.#open = true;
    const { input, output } = this.#options;
    if (input.isTTY) input.setRawMode(true);
    input.resume();
    unblock(output);
    this.#releaseStderr = holdStderr();
    this.#write(enterSequence(this.#mouse) + (this.#motion ? MOTION_ON : ''));
    // Another size while we were stopped gives no signal, and what the terminal shows now is not ours.
    this.#resize();
    if (this.written.frames > 0) this.redraw();
    this.invalidate();
  }

  /** Synchronously: this may be the last thing the process does. */
  #giveTerminal(): void {
    if (!this.#open) return;
    this.#open = false;
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    const { input, output } = this.#options;
    try {
      writeBeforeTheEnd(output, leaveSequence());
      if (input.isTTY) input.setRawMode(false);
    } catch {
      // There is nobody to give it back to.
      abandonTerminal();
    }
    this.#releaseStderr?.();
    this.#releaseStderr = undefined;
  }

  #read(bytes: Buffer): void {
    clearTimeout(this.#flushTimer);
    this.#emit(this.#parser.feed(bytes));
    const wait = this.#parser.waitMs;
    if (wait !== undefined) this.#flushTimer = setTimeout(() => this.#emit(this.#parser.flush()), wait);
  }

  #emit(events: TerminalEvent[]): void {
    for (const event of events) {
      if (this.#closed) return;
      this.#options.onEvent(event, event.type === 'mouse' ? this.hit(event.x, event.y) : undefined);
    }
    if (events.some(isDeed)) this.#answer();
  }

  /** The frame that is due does not wait for its turn, nor for a turn of the event loop. */
  #answer(): void {
    this.#owed = this.#dirty && this.#open;
    if (!this.#owed || this.#writing > 0) return;
    clearTimeout(this.#frameTimer);
    if (performance.now() - this.#lastFrameAt >= ANSWER_MS) this.#frame();
    else this.#frameAfter(ANSWER_MS);
  }

  #resize(): void {
    const { columns, rows } = this.#options.output;
    if (!columns || !rows || (columns === this.width && rows === this.height)) return;
    this.#program.cols = columns;
    this.#program.rows = rows;
    // blessed allocates the grids anew on this.
    this.#program.emit('resize');
    this.#options.onEvent({ type: 'resize', width: columns, height: rows }, undefined);
    this.invalidate();
  }

  #paint(): void {
    const { lines } = this.#grid;
    const { text } = this.#look.theme;
    for (const line of lines) {
      for (const cell of line) {
        cell[0] = text;
        cell[1] = ' ';
      }
    }
    this.#canvas = new Canvas(lines, this.look);
    this.#options.paint(this.#canvas);
  }

  #frame(): void {
    this.#frameTimer = undefined;
    if (!this.#open || !this.#dirty) return;
    this.#dirty = this.#owed = false;
    this.#lastFrameAt = performance.now();
    if (isCrowded() && takeBack(coloursOn(this.#grid.shown))) this.#differ.forget();
    this.#grid.render();
    const cleared = this.#program.needsClear ? '\x1b[0m\x1b[2J' : '';
    this.#program.needsClear = false;
    const drawn = cleared + this.#differ.draw(this.#grid.lines, this.#grid.shown);
    const at = this.#canvas.cursor;
    const cursor = at ? `\x1b[${at.y + 1};${at.x + 1}H\x1b[?25h` : '\x1b[?25l';
    if (drawn === '' && cursor === this.#cursor) return;
    this.#cursor = cursor;
    const frame = `${FRAME_BEGIN}\x1b[?25l${drawn}${cursor}${FRAME_END}`;
    this.written.frames += 1;
    this.written.bytes += Buffer.byteLength(frame);
    this.#write(frame);
  }

  #write(text: string): void {
    if (!this.#open) return;
    this.#writing += 1;
    this.#options.output.write(text, () => {
      this.#writing -= 1;
      if (this.#writing > 0 || !this.#dirty) return;
      if (this.#owed) this.#answer();
      else this.invalidate();
    });
  }
}

/** Whether it is something that a person waits for the answer to; a mouse that is moved reports a hundred times a second. */
const isDeed = (event: TerminalEvent): boolean =>
  event.type === 'key' || event.type === 'paste' || (event.type === 'mouse' && event.action === 'press');

/** blessed's Screen, as far as it is used here. */
interface BlessedGrid {
  readonly screen: blessed.Widgets.Screen;
  /** What shall be shown, and what is. */
  readonly lines: Cell[][];
  readonly shown: Cell[][];
  /** Adds the element that paints the whole grid. */
  addPainter(paint: () => void): void;
  /** Lets every element of the tree paint. */
  render(): void;
}

/** blessed's private fields that are part of its drawing contract. */
interface ScreenInternals {
  /** The attribute of a cell that nobody has painted. */
  dattr: Attr;
  lines: Cell[][];
  olines: Cell[][];
  draw: () => void;
  render: () => void;
}

function openGrid(program: BlessedProgram, onRender: () => void): BlessedGrid {
  // blessed would put handlers of its own on exit, signals and exceptions (process-end.ts has ours).
  (blessed.screen as unknown as { _bound: boolean })._bound = true;
  const screen = blessed.screen({ program: program as unknown as blessed.BlessedProgram });
  const internals = screen as unknown as ScreenInternals;
  internals.draw = () => undefined;
  internals.dattr = PLAIN;
  screen.alloc();
  const render = internals.render.bind(screen);
  internals.render = onRender;
  return {
    screen,
    render,
    addPainter(paint) {
      const element = blessed.box({ parent: screen, top: 0, left: 0, width: '100%', height: '100%' });
      (element as unknown as { render: () => void }).render = paint;
    },
    get lines() {
      return internals.lines;
    },
    get shown() {
      return internals.olines;
    },
  };
}

/** Takes the terminal. From here on it is given back on every way out of the process but SIGKILL. */
export function openScreen(options: ScreenOptions): Screen {
  return new TerminalScreen(options);
}
