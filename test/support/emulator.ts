// A terminal as a person has one: runs a program under a real pty, feeds every byte it writes to an emulator, and tells what
// there is to be seen. Screen tests and the pictures in screenshots/ are made with it.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import unicode11 from '@xterm/addon-unicode11';
import headless, { type IBufferCell, type Terminal } from '@xterm/headless';
import { PtyStream, openHostPty } from '../../src/native/index.js';

/** A colour of the 256 by its number, a true colour as '#rrggbb', or undefined for the terminal's own. */
export type Colour = number | string | undefined;

/** Everything that is to be seen of one cell. */
export interface SeenCell {
  /** '' is the right half of a wide character. */
  readonly char: string;
  readonly width: number;
  readonly fg: Colour;
  readonly bg: Colour;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly strike: boolean;
}

export interface EmulatorOptions {
  readonly command: readonly [string, ...string[]];
  readonly columns?: number;
  readonly rows?: number;
  /** On top of PATH, HOME, TERM=xterm-256color and a UTF-8 locale; nothing else of this process's own is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export class Emulator {
  readonly child: ChildProcess;
  readonly terminal: Terminal;
  /** How the program ended. */
  readonly ended: Promise<Ended>;
  /** Every byte the program wrote. */
  readonly output: Buffer[] = [];
  readonly #pty: PtyStream;
  /** Writes that the emulator has not parsed yet. */
  #parsing = 0;
  readonly #watchers = new Set<() => void>();

  constructor(options: EmulatorOptions) {
    const { columns = 120, rows = 40 } = options;
    this.terminal = new headless.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true });
    this.terminal.loadAddon(new unicode11.Unicode11Addon());
    this.terminal.unicode.activeVersion = '11';
    const { masterFd, slaveFd } = openHostPty({ columns, rows });
    // setsid makes the terminal the program's own, so that it gets SIGWINCH and SIGHUP and has a /dev/tty.
    this.child = spawn('setsid', ['--ctty', '--', ...options.command], {
      stdio: [slaveFd, slaveFd, slaveFd],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        HOME: process.env['HOME'] ?? '/root',
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        ...options.env,
      },
    });
    closeSync(slaveFd);
    this.ended = new Promise((resolve, reject) => {
      this.child.once('exit', (code, signal) => resolve({ code, signal }));
      this.child.once('error', reject);
    });
    // A test that never asks how the program ended must not fail for it.
    this.ended.catch(() => undefined);
    this.#pty = new PtyStream(masterFd);
    this.#pty.on('data', (bytes: Buffer) => this.#feed(bytes));
    this.#pty.on('error', () => undefined);
    this.terminal.onData((answer) => this.#pty.write(answer));
  }

  #feed(bytes: Buffer): void {
    this.output.push(bytes);
    this.#parsing += 1;
    this.terminal.write(bytes, () => {
      this.#parsing -= 1;
      for (const watcher of this.#watchers) watcher();
    });
  }

  get columns(): number {
    return this.terminal.cols;
  }

  get rows(): number {
    return this.terminal.rows;
  }

  /** One row as text, trailing spaces cut. */
  row(y: number): string {
    const buffer = this.terminal.buffer.active;
    return buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '';
  }

  /** The whole screen as text. */
  text(): string {
    return Array.from({ length: this.rows }, (_, y) => this.row(y)).join('\n');
  }

  cellAt(x: number, y: number): SeenCell {
    const buffer = this.terminal.buffer.active;
    const cell = buffer.getLine(buffer.baseY + y)?.getCell(x);
    if (!cell) throw new RangeError(`no cell at ${x},${y} on a screen of ${this.columns}x${this.rows}`);
    return seen(cell);
  }

  /** All cells, row by row. */
  cells(): SeenCell[][] {
    return Array.from({ length: this.rows }, (_, y) =>
      Array.from({ length: this.columns }, (_cell, x) => this.cellAt(x, y)),
    );
  }

  /** Where `text` stands first, reading order; the columns are cells. */
  find(text: string): { x: number; y: number } | undefined {
    for (let y = 0; y < this.rows; y++) {
      let row = '';
      const columns: number[] = [];
      for (let x = 0; x < this.columns; x++) {
        const { char } = this.cellAt(x, y);
        for (let i = 0; i < char.length; i++) columns.push(x);
        row += char;
      }
      const at = row.indexOf(text);
      if (at >= 0) return { x: columns[at]!, y };
    }
    return undefined;
  }

  get cursor(): { x: number; y: number } {
    const { cursorX, cursorY } = this.terminal.buffer.active;
    return { x: cursorX, y: cursorY };
  }

  /** Waits until the screen shows `wanted`, or it is true; fails with the screen as it is then. */
  async waitFor(wanted: string | RegExp | (() => boolean), ms = 5000): Promise<void> {
    const test =
      typeof wanted === 'function'
        ? wanted
        : typeof wanted === 'string'
          ? () => this.text().includes(wanted)
          : () => wanted.test(this.text());
    if (test()) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
      };
      const watcher = (): void => {
        if (!test()) return;
        finish();
        resolve();
      };
      const timer = setTimeout(() => {
        finish();
        const what = typeof wanted === 'function' ? wanted.toString() : String(wanted);
        reject(new Error(`not seen within ${ms} ms: ${what}\n${this.text()}`));
      }, ms);
      this.#watchers.add(watcher);
    });
  }

  /** Waits until nothing was written for `quietMs`: the program has said what it has to say. */
  async settle(quietMs = 60, ms = 5000): Promise<void> {
    const end = Date.now() + ms;
    let count = -1;
    while (count !== this.output.length || this.#parsing > 0) {
      if (Date.now() > end) throw new Error(`still writing after ${ms} ms\n${this.text()}`);
      count = this.output.length;
      await sleep(quietMs);
    }
  }

  /** Types: the bytes go to the program as they are, so '\x1b[A' is the up key. */
  type(keys: string | Uint8Array): void {
    this.#pty.write(keys);
  }

  /** From now on the terminal takes nothing, as after ctrl-s. */
  stall(): void {
    this.#pty.pause();
  }

  /** It reads again. */
  read(): void {
    this.#pty.resume();
  }

  /** A press and a release of the left button, as terminals report them (SGR, 1006). */
  click(x: number, y: number): void {
    this.type(`\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.#pty.resize({ columns, rows });
  }

  /** Everything that was written, as text. */
  transcript(): string {
    return Buffer.concat(this.output).toString('utf8');
  }

  /** Takes the terminal away (the program gets SIGHUP), waits for the program's end, kills it where it does not come. */
  async close(): Promise<void> {
    this.#pty.destroy();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const killer = setTimeout(() => this.child.kill('SIGKILL'), 2000);
      await this.ended.catch(() => undefined);
      clearTimeout(killer);
    }
    this.terminal.dispose();
  }
}

function colour(isRgb: boolean, isDefault: boolean, value: number): Colour {
  if (isDefault) return undefined;
  return isRgb ? `#${value.toString(16).padStart(6, '0')}` : value;
}

function seen(cell: IBufferCell): SeenCell {
  const width = cell.getWidth();
  return {
    char: width === 0 ? '' : cell.getChars() || ' ',
    width,
    fg: colour(cell.isFgRGB(), cell.isFgDefault(), cell.getFgColor()),
    bg: colour(cell.isBgRGB(), cell.isBgDefault(), cell.getBgColor()),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    inverse: cell.isInverse() !== 0,
    strike: cell.isStrikethrough() !== 0,
  };
}
