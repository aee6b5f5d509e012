// A process in the user's own terminal: raw mode, terminal size, signals, the detach keys, and the exit code.
import type { ExitStatus, Session, TerminalSize } from '../engine/index.js';
import { TscontainError } from '../engine/index.js';
import type { Context } from './context.js';

export interface ForegroundOptions {
  /** forward what is typed or piped */
  readonly stdin: boolean;
  /** where a signal to this program goes; absent: it keeps its meaning for this program */
  readonly forwardSignal?: (signal: NodeJS.Signals) => Promise<void>;
  /** key sequence that leaves without ending it, as docker's --detach-keys: "ctrl-p,ctrl-q" */
  readonly detachKeys?: string;
}

export type ForegroundEnd = ({ readonly detached: false } & ExitStatus) | { readonly detached: true };

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];

export function terminalSize(stream: NodeJS.WriteStream): TerminalSize {
  return { columns: stream.columns || 80, rows: stream.rows || 24 };
}

/** @returns the bytes of docker's notation: single characters and ctrl-<letter>, separated by commas */
export function parseDetachKeys(keys: string): Buffer {
  const bytes = keys.split(',').map((key) => {
    const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
    if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f;
    if (/^[!-~]$/.test(key)) return key.charCodeAt(0);
    throw new TscontainError('INVALID_VALUE', `--detach-keys "${keys}": "${key}" is no key`, {
      hint: 'separate keys by commas, each one character or ctrl-<letter>, for example ctrl-p,ctrl-q',
    });
  });
  return Buffer.from(bytes);
}

/** Finds a key sequence that may arrive in pieces; what belongs to no sequence is handed on. */
export class DetachKeys {
  private matched = 0;
  constructor(private readonly keys: Buffer) {}

  /** @returns what to forward, and whether the sequence is complete */
  feed(data: Buffer): { forward: Buffer; detach: boolean } {
    const out: number[] = [];
    for (const byte of data) {
      if (byte === this.keys[this.matched]) {
        this.matched += 1;
        if (this.matched === this.keys.length) return { forward: Buffer.from(out), detach: true };
        continue;
      }
      out.push(...this.keys.subarray(0, this.matched));
      this.matched = byte === this.keys[0] ? 1 : 0;
      if (this.matched === 0) out.push(byte);
    }
    return { forward: Buffer.from(out), detach: false };
  }
}

/** Connects the session to this program's terminal until it ends or the user detaches. */
export async function runInForeground(
  context: Context,
  session: Session,
  options: ForegroundOptions,
): Promise<ForegroundEnd> {
  const undo: (() => void)[] = [];
  const raw = session.tty && context.stdin.isTTY;
  const detached = new Promise<{ detached: true }>((resolve) => {
    if (options.stdin)
      forwardInput(context, session, { raw, detachKeys: options.detachKeys ?? 'ctrl-p,ctrl-q' }, undo, () =>
        resolve({ detached: true }),
      );
  });

  session.onOutput((stream, data) => {
    const target = stream === 'stdout' ? context.stdout : context.stderr;
    if (target.write(data)) return;
    session.pause();
    target.once('drain', () => session.resume());
  });

  if (session.tty && context.stdout.isTTY) {
    const resized = () => session.resize(terminalSize(context.stdout));
    context.stdout.on('resize', resized);
    undo.push(() => context.stdout.off('resize', resized));
    resized();
  }

  const { forwardSignal } = options;
  if (forwardSignal !== undefined) {
    for (const signal of FORWARDED) {
      // It may have ended by itself meanwhile; then its exit is on the way and there is nothing to say.
      const forward = () => void forwardSignal(signal).catch(() => undefined);
      process.on(signal, forward);
      undo.push(() => process.off(signal, forward));
    }
  }

  try {
    return await Promise.race([detached, session.exited.then((status) => ({ detached: false as const, ...status }))]);
  } finally {
    for (const step of undo.reverse()) step();
    session.close();
  }
}

function forwardInput(
  context: Context,
  session: Session,
  { raw, detachKeys }: { raw: boolean; detachKeys: string },
  undo: (() => void)[],
  onDetach: () => void,
): void {
  const { stdin } = context;
  const keys = session.tty ? new DetachKeys(parseDetachKeys(detachKeys)) : undefined;
  if (raw) {
    stdin.setRawMode(true);
    undo.push(() => stdin.setRawMode(false));
  }
  const onData = (data: Buffer) => {
    const { forward, detach } = keys?.feed(data) ?? { forward: data, detach: false };
    if (forward.length > 0 && !session.write(forward)) stdin.pause();
    if (detach) onDetach();
  };
  const onEnd = () => session.end();
  session.onDrain(() => stdin.resume());
  stdin.on('data', onData);
  stdin.on('end', onEnd);
  undo.push(() => {
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    stdin.pause();
    // A paused terminal or pipe still holds the program open; a redirected file does not and has no unref.
    if ('unref' in stdin) stdin.unref();
  });
}
