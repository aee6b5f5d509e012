// A launch program: what a process does between clone3 and execve, as data. Pure: this file says what a program is and how
// it lies in memory; trampoline.*.S runs it there, launch.ts starts it, describe.ts prints it.
import { errnoNumber } from './errno.js';
import { type Architecture, architecture, syscallNumber, type SyscallName } from './syscalls.js';

/**
 * One argument of a system call: a number as it is; a string (NUL is added) or bytes by their address, and the kernel may
 * write into those bytes; an argv or envp vector; the result of an earlier step that was stored under a name; or a
 * struct of 64-bit words, each of which may be an address or a result again (struct sock_fprog is `[length, bytes]`).
 */
export type StepArg =
  | number
  | bigint
  | string
  | Uint8Array
  | readonly string[]
  | { readonly result: string }
  | { readonly words: readonly StepArg[] };

export interface Step {
  /** What the step is for, shown to people: 'mount /proc'. */
  readonly name: string;
  readonly call: SyscallName;
  readonly args: readonly StepArg[];
  /** errno names that are no failure here; at most eight. */
  readonly tolerate?: readonly string[];
  /** Keep the result under this name, for `{ result }` in later steps. */
  readonly store?: string;
  /** A clone3 that forks: the one that called it reports the pid and leaves, its child goes on with the next step. */
  readonly fork?: boolean;
  /** The sentence a person gets when this step fails. */
  readonly hint?: string;
}

/** Steps in order. The last is an execve, or several alternatives that tolerate ENOENT. */
export type Program = readonly Step[];

/** Offsets in the memory that the trampoline walks; the same numbers stand at the top of trampoline.*.S. */
const header = { size: 64, steps: 0, timing: 8, reportFd: 16, current: 24, errno: 32 };
const record = {
  size: 104,
  number: 0,
  args: 8,
  flags: 56,
  tolerated: 64,
  store: 72,
  result: 80,
  seconds: 88,
  nanos: 96,
};
const FORK = 0x100;

/** The address that a launched process maps its program at, and the most it may be long (trampoline.*.S has both). */
export const programAddress = 0x10000000n;
export const programLimit = 0x2000000;

export interface LayoutOptions {
  /** Where the first byte will lie. */
  readonly address: bigint;
  /** Take the time after each step. */
  readonly timing?: boolean;
  /** The descriptor to which a fork step writes the new pid. */
  readonly reportFd?: number;
  readonly arch?: Architecture;
}

const PADDING = Array.from({ length: 8 }, (_, length) => new Uint8Array(length));

/**
 * 64 bits, little end first, two's complement. By halves: there are hundreds of words in a program, and a BigInt for each would be
 * most of what laying it out costs.
 */
function writeWord(bytes: Buffer, value: number | bigint, at: number): void {
  if (typeof value === 'bigint') {
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at);
    return;
  }
  bytes.writeUInt32LE(value >>> 0, at);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32) >>> 0, at + 4);
}

/** Pieces of memory laid one after the other; each is told its address at once and may be filled until `bytes()`. */
class Memory {
  readonly #pieces: Uint8Array[];
  #length: number;

  constructor(
    readonly address: number,
    first: Uint8Array,
  ) {
    this.#pieces = [first];
    this.#length = first.length;
  }

  put(bytes: Uint8Array): number {
    const at = this.address + this.#length;
    const padding = (8 - (bytes.length % 8)) % 8;
    this.#pieces.push(bytes);
    if (padding > 0) this.#pieces.push(PADDING[padding]!);
    this.#length += bytes.length + padding;
    return at;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#pieces, this.#length);
  }
}

interface ResultArg {
  readonly result: string;
}

const isResult = (arg: StepArg): arg is ResultArg => typeof arg === 'object' && 'result' in arg;
const isStruct = (arg: StepArg): arg is { readonly words: readonly StepArg[] } =>
  typeof arg === 'object' && 'words' in arg;

function terminated(text: string): Uint8Array {
  if (text.includes('\0')) throw new RangeError(`${JSON.stringify(text)} holds a NUL byte: no system call can take it`);
  return Buffer.from(`${text}\0`);
}

/** One a byte. */
function writeTolerated(bytes: Buffer, names: readonly string[], at: number): void {
  if (names.length > 8) throw new RangeError(`a step can tolerate eight errnos, not ${names.length}`);
  names.forEach((name, i) => bytes.writeUInt8(errnoNumber(name), at + i));
}

/**
 * Lays a program out in memory. Throws RangeError for a program that cannot be: text with a NUL, a result that no earlier
 * step stores, more than six arguments or eight tolerated errnos, more than programLimit bytes.
 */
export function layOut(program: Program, options: LayoutOptions): Buffer {
  const { timing = false, reportFd = 0, arch = architecture() } = options;
  // Addresses of processes have 47 bits.
  const address = Number(options.address);
  const table = Buffer.alloc(header.size + record.size * program.length);
  const memory = new Memory(address, table);
  writeWord(table, program.length, header.steps);
  writeWord(table, timing ? 1 : 0, header.timing);
  writeWord(table, reportFd, header.reportFd);

  /** Words of structs that wait for a result: the step that has it writes it there, so nothing need be copied later. */
  const waiting = new Map<string, number>();

  function words(args: readonly StepArg[]): number {
    const bytes = Buffer.alloc(8 * args.length);
    const at = memory.put(bytes);
    for (let i = 0; i < args.length; i += 1) {
      const arg = args[i]!;
      if (!isResult(arg)) writeWord(bytes, word(arg), 8 * i);
      else if (waiting.has(arg.result)) throw new RangeError(`result "${arg.result}" can stand in one struct only`);
      else waiting.set(arg.result, at + 8 * i);
    }
    return at;
  }

  /** The 64 bits of an argument that is known now. */
  function word(arg: Exclude<StepArg, ResultArg>): number | bigint {
    if (typeof arg === 'number' || typeof arg === 'bigint') return arg;
    if (typeof arg === 'string') return memory.put(terminated(arg));
    if (arg instanceof Uint8Array) return memory.put(arg);
    return words(isStruct(arg) ? arg.words : [...arg, 0]);
  }

  const args = program.map((step) => {
    if (step.args.length > 6) throw new RangeError(`step "${step.name}" has more than six arguments`);
    return step.args.map((arg) => (isResult(arg) ? arg : word(arg)));
  });

  const stored = new Map<string, number>();
  for (let index = 0; index < program.length; index += 1) {
    const step = program[index]!;
    const values = args[index]!;
    const at = header.size + record.size * index;
    let flags = step.fork === true ? FORK : 0;
    for (let i = 0; i < values.length; i += 1) {
      let value = values[i]!;
      if (typeof value === 'object') {
        const place = stored.get(value.result);
        if (place === undefined)
          throw new RangeError(`step "${step.name}" needs "${value.result}", not stored before it`);
        flags |= 1 << i;
        value = place;
      }
      writeWord(table, value, at + record.args + 8 * i);
    }
    writeWord(table, syscallNumber(step.call, arch), at + record.number);
    writeWord(table, flags, at + record.flags);
    writeTolerated(table, step.tolerate ?? [], at + record.tolerated);
    if (step.store !== undefined) {
      const place = waiting.get(step.store);
      writeWord(table, place ?? 0, at + record.store);
      stored.set(step.store, place ?? address + at + record.result);
    }
  }
  for (const name of waiting.keys()) if (!stored.has(name)) throw new RangeError(`no step stores "${name}"`);
  const bytes = memory.bytes();
  if (bytes.length > programLimit)
    throw new RangeError(`the program takes ${bytes.length} bytes, ${programLimit} are allowed`);
  return bytes;
}

/** How far a program came: the step that was last begun (its length when all are done) and the errno it failed with, or 0. */
export interface Progress {
  readonly index: number;
  readonly errno: number;
}

export const progressBytes = header.size;

export function readProgress(memory: Buffer): Progress {
  return { index: Number(memory.readBigInt64LE(header.current)), errno: Number(memory.readBigInt64LE(header.errno)) };
}

/** Bytes from the start of a program's memory that hold every step's result. */
export function resultBytes(steps: number): number {
  return header.size + record.size * steps;
}

/** What a step returned, and when it was done (CLOCK_MONOTONIC, ns; 0 when no time was taken). */
export function readResult(memory: Buffer, index: number): { result: bigint; doneAtNs: bigint } {
  const at = header.size + record.size * index;
  const doneAtNs =
    memory.readBigInt64LE(at + record.seconds) * 1_000_000_000n + memory.readBigInt64LE(at + record.nanos);
  return { result: memory.readBigInt64LE(at + record.result), doneAtNs };
}
