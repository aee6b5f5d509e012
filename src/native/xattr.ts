// Extended attributes (xattr(7)), which node:fs does not know. Links are never followed.
import { errnoNumber, SyscallError } from './errno.js';
import { rawSyscall, syscall, type KernelArg } from './kernel.js';
import type { SyscallName } from './syscalls.js';

const ERANGE = errnoNumber('ERANGE');
const ENODATA = errnoNumber('ENODATA');

/** A file by its path, or by an open descriptor (not one opened with O_PATH). */
export type FileReference = string | number;

/** Asks again with more room while the answer does not fit. */
function readAll(file: FileReference, call: SyscallName, ...args: KernelArg[]): Buffer | undefined {
  for (let size = 256; ; size *= 4) {
    const room = Buffer.alloc(size);
    const result = Number(rawSyscall(call, file, ...args, room, size));
    if (result >= 0) return room.subarray(0, result);
    if (result === -ENODATA) return undefined;
    if (result !== -ERANGE) throw new SyscallError(call, -result, String(file));
  }
}

/** The value of an attribute; undefined when the file has none of that name. */
export function getXattr(file: FileReference, name: string): Buffer | undefined {
  return readAll(file, typeof file === 'string' ? 'lgetxattr' : 'fgetxattr', name);
}

/** Makes or replaces an attribute. */
export function setXattr(file: FileReference, name: string, value: Uint8Array): void {
  // The null pointer would do for an empty value, but koffi passes none for an empty array on every version.
  const room = value.length === 0 ? Buffer.alloc(1) : value;
  syscall(typeof file === 'string' ? 'lsetxattr' : 'fsetxattr', file, name, room, value.length, 0);
}

/** The names of a file's attributes. */
export function listXattrs(file: FileReference): string[] {
  const names = readAll(file, typeof file === 'string' ? 'llistxattr' : 'flistxattr');
  return names === undefined ? [] : names.toString().split('\0').slice(0, -1);
}

/** Removes an attribute. Throws SyscallError ENODATA when there is none of that name. */
export function removeXattr(file: FileReference, name: string): void {
  syscall(typeof file === 'string' ? 'lremovexattr' : 'fremovexattr', file, name);
}
