// The live connection to a process that this very process has started: pipes, a terminal, or nothing.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PtyStream } from '../../native/index.js';
import type { ExitStatus, Session } from '../model.js';

type OutputListener = (stream: 'stdout' | 'stderr', data: Buffer) => void;

/**
 * When the process has ended but somebody whom it left behind holds its output open, what still comes is waited for this
 * long (ms), from the last that came.
 */
const QUIET_MS = 250;

/** It runs by itself: nothing is read or written. */
export function detachedSession(exited: Promise<ExitStatus>, pid: number): Session {
  return {
    tty: false,
    pid,
    exited,
    onOutput: () => undefined,
    write: () => true,
    onDrain: () => undefined,
    end: () => undefined,
    resize: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    close: () => undefined,
  };
}

export function terminalSession(masterFd: number, exited: Promise<ExitStatus>, pid: number): Session {
  const terminal = new PtyStream(masterFd);
  const output = new Output([['stdout', terminal]]);
  return {
    tty: true,
    pid,
    exited: output.after(exited),
    ...output.controls(),
    ...inputTo(terminal),
    // A terminal has no end of input but the character that its line discipline takes for one.
    end: () => undefined,
    resize: (size) => terminal.resize(size),
    close: () => terminal.destroy(),
  };
}

export interface PipeFds {
  readonly stdinFd: number;
  readonly stdoutFd: number;
  readonly stderrFd: number;
}

export function pipeSession(
  { stdinFd, stdoutFd, stderrFd }: PipeFds,
  exited: Promise<ExitStatus>,
  pid: number,
): Session {
  const stdin = new Socket({ fd: stdinFd, readable: false, writable: true });
  const stdout = new Socket({ fd: stdoutFd, readable: true, writable: false });
  const stderr = new Socket({ fd: stderrFd, readable: true, writable: false });
  // Whoever does not read its input, or has ended, does not want it: EPIPE is no failure of ours.
  stdin.on('error', () => undefined);
  const output = new Output([
    ['stdout', stdout],
    ['stderr', stderr],
  ]);
  const close = () => {
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  };
  return {
    tty: false,
    pid,
    exited: output.after(exited).finally(() => stdin.destroy()),
    ...output.controls(),
    ...inputTo(stdin),
    end: () => stdin.end(),
    resize: () => undefined,
    close,
  };
}

function inputTo(stream: Duplex): Pick<Session, 'write' | 'onDrain'> {
  return {
    write: (data) => stream.destroyed || stream.writableEnded || stream.write(data),
    onDrain: (listener) => void stream.on('drain', listener),
  };
}

/** What comes out of the process, held back until somebody listens. */
class Output {
  private readonly listeners: OutputListener[] = [];
  private paused = false;
  private lastAt = performance.now();
  private readonly ended: Promise<unknown>;

  constructor(private readonly streams: readonly (readonly ['stdout' | 'stderr', Duplex])[]) {
    this.ended = Promise.all(streams.map(([, stream]) => new Promise<void>((resolve) => stream.on('close', resolve))));
    // The end of a pipe or of a terminal may also come as an error; it is the end all the same.
    for (const [, stream] of streams) stream.on('error', () => stream.destroy()).on('end', () => stream.destroy());
  }

  controls(): Pick<Session, 'onOutput' | 'pause' | 'resume'> {
    return {
      onOutput: (listener) => {
        this.listeners.push(listener);
        if (this.listeners.length === 1) this.read();
      },
      pause: () => {
        this.paused = true;
        for (const [, stream] of this.streams) stream.pause();
      },
      resume: () => {
        this.paused = false;
        this.lastAt = performance.now();
        if (this.listeners.length > 0) for (const [, stream] of this.streams) stream.resume();
      },
    };
  }

  private read(): void {
    for (const [name, stream] of this.streams) {
      stream.on('data', (data: Buffer) => {
        this.lastAt = performance.now();
        for (const listener of this.listeners) listener(name, data);
      });
      if (this.paused) stream.pause();
    }
  }

  /** How it ended, once all that it wrote has been handed on. */
  async after(exited: Promise<ExitStatus>): Promise<ExitStatus> {
    const status = await exited;
    this.lastAt = performance.now();
    // Nobody listens: there is nobody to hand the rest to.
    if (this.listeners.length > 0) await Promise.race([this.ended, this.quiet()]);
    for (const [, stream] of this.streams) stream.destroy();
    return status;
  }

  private async quiet(): Promise<void> {
    for (;;) {
      const left = this.lastAt + QUIET_MS - performance.now();
      if (left <= 0 && !this.paused) return;
      await new Promise((resolve) => setTimeout(resolve, Math.max(left, QUIET_MS / 10)).unref());
    }
  }
}
