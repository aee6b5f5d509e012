// How machine code of ours is put where it can run: in a sealed memfd, mapped from there as any library is, so no page is ever
// both writable and executable.
import { writeSync } from 'node:fs';
import { SyscallError } from './errno.js';
import {
  F_ADD_SEALS,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  MAP_PRIVATE,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  MFD_EXEC,
  PROT_EXEC,
  PROT_READ,
} from './flags.js';
import { rawSyscall, syscall } from './kernel.js';

const EINVAL = 22;

/** A memfd that may be executed. MFD_EXEC says so since Linux 6.3; before, every memfd might. */
function executableMemfd(name: string): number {
  const flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  const fd = Number(rawSyscall('memfd_create', name, flags | MFD_EXEC));
  if (fd >= 0) return fd;
  if (fd === -EINVAL) return syscall('memfd_create', name, flags);
  throw new SyscallError('memfd_create', -fd, name);
}

/** A sealed memfd with these bytes, close-on-exec. Throws SyscallError. */
export function sealedCode(name: string, bytes: Uint8Array): number {
  const fd = executableMemfd(name);
  writeSync(fd, bytes, 0, bytes.length, 0);
  syscall('fcntl', fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  return fd;
}

/** Maps it to be run. @returns the address */
export function mapCode(fd: number, length: number): bigint {
  return BigInt(syscall('mmap', null, length, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
}
