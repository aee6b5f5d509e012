// The one way into the kernel: system calls through the C library's syscall(2), by koffi. koffi is loaded at the first
// call (2 ms), not at start, and a binding is made for each shape of arguments when that shape is first used.
import { createRequire } from 'node:module';
import type * as KoffiModule from 'koffi';
import { errnoNumber, SyscallError } from './errno.js';
import { bytesOfName, isEscaped } from './names.js';
import { syscallNumber, type SyscallName } from './syscalls.js';

/** A number, a path or text, memory that the kernel reads or fills, or the null pointer. */
export type KernelArg = number | bigint | string | Uint8Array | null;

type Koffi = typeof KoffiModule;
type Binding = KoffiModule.KoffiFunc<(...args: (KernelArg | undefined)[]) => number | bigint>;

let loaded: Koffi | undefined;
let libc: ReturnType<Koffi['load']> | undefined;
const bindings = new Map<string, Binding>();

/** koffi itself, for the trampoline; nothing else of ours should need it. */
export function koffi(): Koffi {
  return (loaded ??= loadKoffi(createRequire(__filename)));
}

/**
 * koffi comes to its native part by way of a dozen files, 7 ms of every command; here it is loaded by its name. Where it has another
 * one (musl, a build of one's own) koffi itself knows the way.
 */
export function loadKoffi(require: (name: string) => unknown): Koffi {
  try {
    return require(`@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`) as Koffi;
  } catch {
    return require('koffi') as Koffi;
  }
}

function bind(shape: string): Binding {
  libc ??= koffi().load(null);
  const types = { i: 'int64', s: 'str', p: 'void *' };
  const args = Array.from(shape, (letter) => types[letter as keyof typeof types]);
  return libc.func('syscall', 'int64', ['int64', ...args]) as Binding;
}

function bindingFor(shape: string): Binding {
  let binding = bindings.get(shape);
  if (binding === undefined) bindings.set(shape, (binding = bind(shape)));
  return binding;
}

/** As C has it, for a name whose bytes are not UTF-8. */
const cString = (text: string): Buffer => Buffer.concat([bytesOfName(text), Buffer.alloc(1)]);

/** Makes a system call. Answers as the kernel does: the result, or the errno below zero. */
export function rawSyscall(name: SyscallName, ...args: readonly KernelArg[]): number | bigint {
  let shape = '';
  for (const arg of args) {
    if (typeof arg === 'number' || typeof arg === 'bigint') shape += 'i';
    else if (typeof arg === 'string') {
      if (arg.includes('\0')) throw new SyscallError(name, errnoNumber('EINVAL'), arg);
      if (isEscaped(arg))
        return rawSyscall(name, ...args.map((each) => (typeof each === 'string' ? cString(each) : each)));
      shape += 's';
    } else shape += 'p';
  }
  const result = bindingFor(shape)(syscallNumber(name), ...args);
  return result === -1 ? -koffi().errno() : result;
}

/** Makes a system call. Throws SyscallError, whose path is the first text among the arguments. */
export function syscall(name: SyscallName, ...args: readonly KernelArg[]): number {
  const result = rawSyscall(name, ...args);
  if (result < 0)
    throw new SyscallError(
      name,
      -Number(result),
      args.find((arg): arg is string => typeof arg === 'string' && arg !== ''),
    );
  return Number(result);
}

/**
 * Makes a system call in another thread: one that takes long, and is not about the thread that makes it. Nobody may change the bytes
 * among the arguments until it is over. Rejects with SyscallError.
 */
export function syscallInBackground(
  name: SyscallName,
  ...args: readonly (number | Uint8Array | null)[]
): Promise<number> {
  const shape = args.map((arg) => (typeof arg === 'number' ? 'i' : 'p')).join('');
  return new Promise((resolve, reject) => {
    const done = (error: unknown, result: number | bigint) => {
      // The arguments live as long as this function does, which koffi holds until it is over.
      if (error instanceof Error) reject(error);
      else if (args.length > 0 && result === -1) reject(new SyscallError(name, koffi().errno()));
      else resolve(Number(result));
    };
    bindingFor(shape).async(syscallNumber(name), ...args, done);
  });
}
