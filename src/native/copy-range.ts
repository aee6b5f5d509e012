// Copying from file to file inside of the kernel, on another thread: the bytes pass through nobody's memory, and file systems that can
// share them do not copy at all (copy_file_range(2)).
import type { KoffiFunc } from 'koffi';
import { koffi } from './kernel.js';
import { syscallNumber } from './syscalls.js';

type Call = KoffiFunc<
  (
    number: number,
    from: number,
    fromAt: Uint8Array,
    to: number,
    toAt: Uint8Array,
    length: number,
    flags: number,
  ) => number
>;
let call: Call | undefined;

export interface FilePlace {
  readonly fd: number;
  /** bytes from the beginning of the file */
  readonly at: number;
}

function offset(bytes: number): Uint8Array {
  const memory = Buffer.alloc(8);
  memory.writeBigInt64LE(BigInt(bytes));
  return memory;
}

/**
 * @returns the bytes that were copied, fewer than wanted at the end of a file or of a disk; 0 at the end of what is copied; undefined
 *   where it was not done, and why is found out by reading and writing: which errno it was is known to that thread alone
 */
export function copyRange(from: FilePlace, to: FilePlace, length: number): Promise<number | undefined> {
  call ??= koffi()
    .load(null)
    .func('syscall', 'int64', ['int64', 'int64', 'void *', 'int64', 'void *', 'int64', 'int64']) as Call;
  const [fromAt, toAt] = [offset(from.at), offset(to.at)];
  return new Promise((resolve, reject) => {
    const number = syscallNumber('copy_file_range');
    call!.async(number, from.fd, fromAt, to.fd, toAt, length, 0, (error: unknown, result: number | bigint) => {
      if (error instanceof Error) reject(error);
      else resolve(Number(result) < 0 ? undefined : Number(result));
    });
  });
}
