// The standard streams of a container, as its supervisor holds them.
//
//   without a terminal, three named pipes in the container's run/ directory:
//
//     supervisor ──▶ run/stdin  ──▶ 0 ┐
//     supervisor ◀── run/stdout ◀── 1 │ container
//     supervisor ◀── run/stderr ◀── 2 ┘
//
//   The container has its ends of stdout and stderr open for reading and writing, so a pipe without a supervisor is a pipe that
//   nobody reads for now: nothing written is lost and no SIGPIPE comes. The next supervisor opens them by name and reads on.
//
//   with a terminal, the master of a pty on the container's own devpts. It dies with the supervisor, and the kernel hangs up.
import { chmodSync, closeSync, constants, existsSync, mkdirSync, openSync, unlinkSync } from 'node:fs';
import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';
import { join } from 'node:path';
import { mkfifo, openContainerPty, PtyStream } from '../../native/index.js';
import type { Stdio } from '../launch/facts.js';
import type { TerminalSize } from '../model.js';
import type { LogStream } from './cri.js';

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants;

/** One buffer to read into for every pipe of this process: what was read is dealt with before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** Not yet taken by the container: above this, whoever sends it input waits. */
const STDIN_QUEUE_BYTES = 64 * 1024;

export type OutputListener = (stream: LogStream, chunk: Buffer) => void;

/** The supervisor's side of a container's streams. */
export interface Streams {
  readonly tty: boolean;
  /** Begins to read. A chunk is only valid during the call. Call once, when the container has its ends. */
  read(listener: OutputListener): void;
  /** Resolves when every writer is gone and everything was read. */
  readonly drained: Promise<void>;
  pause(): void;
  resume(): void;
  /** @returns false when the container is behind: wait for onInputDrain. Input that nobody takes is dropped. */
  write(data: Buffer): boolean;
  onInputDrain(listener: () => void): void;
  /** The container reads end of file, once what was written before is read. Nothing with a terminal. */
  endInput(): void;
  resize(size: TerminalSize): void;
  close(): void;
}

/** Streams whose container is still to be started. */
export interface FreshStreams extends Streams {
  /** the container's ends */
  readonly child: Stdio;
  /** Lets go of the container's ends: it has them now, or it will never be. */
  closeChildEnds(): void;
}

export interface PipeWishes {
  readonly runDirectory: string;
  readonly openStdin: boolean;
  /**
   * Who attached before the start gives the input, and its end is the container's end of file (docker run -i). Otherwise
   * the container holds a writing end itself: input never ends, not even with this supervisor (docker run -di).
   */
  readonly inputEnds: boolean;
}

export function makePipes({ runDirectory, openStdin, inputEnds }: PipeWishes): FreshStreams {
  mkdirSync(runDirectory, { recursive: true, mode: 0o700 });
  const childEnds: number[] = [];
  const ourEnds: number[] = [];
  const openEnd = (list: number[], name: StreamName, flags: number) => {
    const fd = openSync(join(runDirectory, name), flags);
    list.push(fd);
    return fd;
  };
  try {
    // New ones for each run: who still holds an end of the last run's pipes writes into nothing.
    for (const name of openStdin ? STREAM_NAMES : OUTPUT_NAMES) makePipe(join(runDirectory, name), PIPE_MODES[name]);
    const outputs = { stdout: openEnd(childEnds, 'stdout', O_RDWR), stderr: openEnd(childEnds, 'stderr', O_RDWR) };
    const ourOutputs = {
      stdout: openEnd(ourEnds, 'stdout', O_RDONLY | O_NONBLOCK),
      stderr: openEnd(ourEnds, 'stderr', O_RDONLY | O_NONBLOCK),
    };
    const closeChildEnds = () => childEnds.splice(0).forEach((fd) => closeSync(fd));
    if (!openStdin)
      return Object.assign(new Pipes(ourOutputs), { child: { tty: false as const, ...outputs }, closeChildEnds });
    // A pipe opens for one direction only while somebody has the other: this end is there to let ours open.
    const both = openEnd(childEnds, 'stdin', O_RDWR);
    const ourInput = openEnd(ourEnds, 'stdin', O_WRONLY | O_NONBLOCK);
    const stdin = inputEnds ? openEnd(childEnds, 'stdin', O_RDONLY) : both;
    const child = { tty: false as const, ...outputs, stdin };
    return Object.assign(new Pipes({ ...ourOutputs, stdin: ourInput }), { child, closeChildEnds });
  } catch (error) {
    for (const fd of [...childEnds, ...ourEnds]) closeSync(fd);
    throw error;
  }
}

/** The pipes of a container that runs already, made by a supervisor that is no more. */
export function reopenPipes(runDirectory: string): Streams {
  const stdout = openSync(join(runDirectory, 'stdout'), O_RDONLY | O_NONBLOCK);
  const stderr = openSync(join(runDirectory, 'stderr'), O_RDONLY | O_NONBLOCK);
  return new Pipes({ stdout, stderr, ...optionalInput(join(runDirectory, 'stdin')) });
}

/** ENXIO: the container has no end of it, ENOENT: it never had. */
function optionalInput(path: string): { stdin?: number } {
  try {
    return { stdin: openSync(path, O_WRONLY | O_NONBLOCK) };
  } catch {
    return {};
  }
}

const OUTPUT_NAMES = ['stdout', 'stderr'] as const;
const STREAM_NAMES = ['stdin', ...OUTPUT_NAMES] as const;
type StreamName = (typeof STREAM_NAMES)[number];

/** Every user of the container may open /dev/stdout again; the directory above is the host's root's alone. */
const PIPE_MODES = { stdin: 0o644, stdout: 0o622, stderr: 0o622 } as const;

function makePipe(path: string, mode: number): void {
  if (existsSync(path)) unlinkSync(path);
  mkfifo(path, mode);
  // The mode that mkfifo was given went through the umask.
  chmodSync(path, mode);
}

class Pipes implements Streams {
  readonly tty = false;
  readonly drained: Promise<void>;
  #markDrained: () => void = () => undefined;
  readonly #outputs: Socket[] = [];
  readonly #input: Socket | undefined;
  #onInputDrain: (() => void) | undefined;
  #unread: { stdout: number; stderr: number } | undefined;

  constructor({ stdin, stdout, stderr }: { stdin?: number; stdout: number; stderr: number }) {
    this.#unread = { stdout, stderr };
    this.drained = new Promise((resolve) => (this.#markDrained = resolve));
    if (stdin === undefined) return;
    this.#input = new Socket({ fd: stdin, readable: false, writable: true });
    this.#input.on('drain', () => this.#onInputDrain?.());
    // EPIPE: the container has closed its stdin, or ended.
    this.#input.on('error', () => this.#onInputDrain?.());
  }

  read(listener: OutputListener): void {
    if (this.#unread === undefined) return;
    const { stdout, stderr } = this.#unread;
    this.#unread = undefined;
    const ends = [readPipe(stdout, 'stdout', listener), readPipe(stderr, 'stderr', listener)];
    this.#outputs.push(...ends.map(({ socket }) => socket));
    void Promise.all(ends.map(({ ended }) => ended)).then(this.#markDrained);
  }

  pause(): void {
    for (const socket of this.#outputs) socket.pause();
  }

  resume(): void {
    for (const socket of this.#outputs) socket.resume();
  }

  write(data: Buffer): boolean {
    if (this.#input?.writable !== true) return true;
    this.#input.write(data);
    return this.#input.writableLength < STDIN_QUEUE_BYTES;
  }

  onInputDrain(listener: () => void): void {
    this.#onInputDrain = listener;
  }

  endInput(): void {
    this.#input?.end();
  }

  resize(): void {
    // A pipe has no size.
  }

  close(): void {
    if (this.#unread !== undefined) for (const fd of Object.values(this.#unread)) closeSync(fd);
    this.#unread = undefined;
    for (const socket of this.#outputs) socket.destroy();
    this.#input?.destroy();
    this.#markDrained();
  }
}

function readPipe(fd: number, name: LogStream, listener: OutputListener): { socket: Socket; ended: Promise<void> } {
  const onread: OnReadOpts = {
    buffer: READ_BUFFER,
    callback: (length) => {
      listener(name, READ_BUFFER.subarray(0, length));
      return true;
    },
  };
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { fd, readable: true, writable: false, onread };
  const socket = new Socket(options);
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('error', () => socket.destroy());
  });
  return { socket, ended };
}

export function makeTerminal(size: TerminalSize): FreshStreams {
  const { mountFd, masterFd, slaveFd } = openContainerPty(size);
  const childEnds = [mountFd, slaveFd];
  return Object.assign(new Terminal(masterFd), {
    child: { tty: true as const, slaveFd, mountFd },
    closeChildEnds: () => childEnds.splice(0).forEach((fd) => closeSync(fd)),
  });
}

/** Of a container that has ended, or whose terminal went with the supervisor that had its master: nothing comes, nothing goes. */
export function lostStreams(tty: boolean): Streams {
  return {
    tty,
    drained: Promise.resolve(),
    read: nothing,
    pause: nothing,
    resume: nothing,
    write: () => true,
    onInputDrain: nothing,
    endInput: nothing,
    resize: nothing,
    close: nothing,
  };
}

function nothing(): void {
  // There is nothing to do it to.
}

class Terminal implements Streams {
  readonly tty = true;
  readonly drained: Promise<void>;
  readonly #pty: PtyStream;

  constructor(masterFd: number) {
    this.#pty = new PtyStream(masterFd);
    this.drained = new Promise((resolve) => {
      this.#pty.on('end', resolve);
      this.#pty.on('close', resolve);
    });
    // Only writing can fail, and only because nobody is there to read any more.
    this.#pty.on('error', nothing);
  }

  read(listener: OutputListener): void {
    this.#pty.on('data', (chunk: Buffer) => listener('stdout', chunk));
  }

  pause(): void {
    this.#pty.pause();
  }

  resume(): void {
    this.#pty.resume();
  }

  write(data: Buffer): boolean {
    return !this.#pty.writable || this.#pty.write(data);
  }

  onInputDrain(listener: () => void): void {
    this.#pty.on('drain', listener);
    this.#pty.on('close', listener);
  }

  endInput(): void {
    // A terminal's end of file is a key that its user types.
  }

  resize(size: TerminalSize): void {
    this.#pty.resize(size);
  }

  close(): void {
    this.#pty.destroy();
  }
}
