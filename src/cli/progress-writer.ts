// Lines at the end of a terminal that are written again in place, at most fifteen times a second, whatever width the terminal is
// given meanwhile; and a transfer shown by them, or by plain lines where there is no terminal.
import { TransferTally, type OnTransfer, type TransferPhase, type TransferVerb } from '../engine/index.js';
import { terminalSize } from './foreground.js';
import { lineText, plainLine, progressLines, type Piece, type ProgressLine } from './progress.js';

/** Between two updates, ms: fifteen a second. */
const UPDATE_MS = 67;
/** Numbers go on where nothing is told: a speed falls, a wait gets shorter. */
const TICK_MS = 500;

const TONES: Readonly<Record<NonNullable<Piece['tone']>, string>> = { dim: '2', lit: '36', good: '32', bad: '33' };

/** Whether lines can be written again in place there. */
export const canRewrite = (stream: NodeJS.WriteStream, env = process.env): boolean =>
  stream.isTTY && env['TERM'] !== 'dumb';

const isColourful = (stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean =>
  (env['NO_COLOR'] ?? '') === '' && stream.isTTY;

/** No UTF-8 locale (the first of these that is set decides, locale(7)), or the kernel's console with its small font. */
function isAscii(env: NodeJS.ProcessEnv): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return env['TERM'] === 'linux' || !/utf-?8/i.test(locale ?? '');
}

/** What is written last on a terminal, and is written again when it changes. */
export class LiveLines {
  private shown: readonly ProgressLine[] = [];
  private wanted: readonly ProgressLine[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writtenAt = -Infinity;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly env: NodeJS.ProcessEnv = process.env,
    private readonly clock: { now(): number } = Date,
  ) {}

  /** These lines from now on; written soon. */
  show(lines: readonly ProgressLine[]): void {
    this.wanted = lines;
    if (this.timer !== undefined) return;
    const wait = this.writtenAt + UPDATE_MS - this.clock.now();
    if (wait <= 0) this.write();
    else this.timer = setTimeout(() => this.write(), wait);
  }

  /** A line that stays, above them. */
  above(line: string): void {
    this.stream.write(`${this.back()}${line}\n`);
    this.shown = [];
    this.write();
  }

  /** They stay as they are, and are never written again. */
  end(): void {
    this.write();
    this.shown = [];
    this.wanted = [];
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writtenAt = this.clock.now();
    const { shown, wanted } = this;
    if (shown.length === wanted.length && shown.every((line, i) => isSame(line, wanted[i]!))) return;
    this.stream.write(this.back() + wanted.map((line) => `${this.coloured(line)}\n`).join(''));
    this.shown = wanted;
  }

  /** To the first of the lines that are shown, everything from there on cleared. A narrower terminal has broken long ones. */
  private back(): string {
    if (this.shown.length === 0) return '';
    const { columns } = terminalSize(this.stream);
    const rows = this.shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(lineText(line).length / columns)), 0);
    return `\x1b[${rows}A\r\x1b[J`;
  }

  private coloured(line: ProgressLine): string {
    if (!isColourful(this.stream, this.env)) return lineText(line);
    return line.map(({ text, tone }) => (tone === undefined ? text : `\x1b[${TONES[tone]}m${text}\x1b[0m`)).join('');
  }
}

const isSame = (a: ProgressLine, b: ProgressLine): boolean =>
  a.length === b.length && a.every(({ text, tone }, i) => text === b[i]!.text && tone === b[i]!.tone);

export interface TransferDisplay {
  readonly onEvent: OnTransfer;
  /** Nothing more is told: what was shown stays. */
  end(): void;
}

/** Shows how a transfer goes: bars in a terminal, a line for each thing that begins or ends elsewhere. */
export function showTransfer(
  stream: NodeJS.WriteStream,
  verb: TransferVerb,
  options: { readonly env?: NodeJS.ProcessEnv; readonly clock?: { now(): number } } = {},
): TransferDisplay {
  const { env = process.env, clock = Date } = options;
  if (!canRewrite(stream, env)) return plainDisplay(stream, verb);
  const tally = new TransferTally(() => clock.now());
  const live = new LiveLines(stream, env, clock);
  const ascii = isAscii(env);
  let drawnAt = -Infinity;
  const draw = (): void => {
    drawnAt = clock.now();
    live.show(progressLines(tally.progress(), verb, { ...terminalSize(stream), ascii, now: drawnAt }));
  };
  const ticker = setInterval(draw, TICK_MS);
  ticker.unref();
  let soon: NodeJS.Timeout | undefined;
  return {
    onEvent(event) {
      tally.add(event);
      if (soon !== undefined) return;
      // Reckoned no more often than it is written: a chunk of a fast download is nothing that anybody sees.
      const wait = drawnAt + UPDATE_MS - clock.now();
      if (wait <= 0) draw();
      else
        soon = setTimeout(() => {
          soon = undefined;
          draw();
        }, wait);
    },
    end() {
      clearInterval(ticker);
      clearTimeout(soon);
      soon = undefined;
      draw();
      live.end();
    },
  };
}

function plainDisplay(stream: NodeJS.WriteStream, verb: TransferVerb): TransferDisplay {
  const phases = new Map<string, TransferPhase>();
  return {
    onEvent(event) {
      const line = plainLine(event, phases.get(event.digest), verb);
      phases.set(event.digest, event.phase);
      if (line !== undefined) stream.write(`${line}\n`);
    },
    end: () => undefined,
  };
}
