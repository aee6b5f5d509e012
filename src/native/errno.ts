// Names of the kernel's errors, and the one error that everything in src/native throws.
import { getSystemErrorMap } from 'node:util';
import { printable } from './printable.js';

/** errno names in order of their numbers, the same on x86-64 and arm64 (asm-generic/errno-base.h, errno.h); '' is a gap. */
const names = (
  ' EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ' +
  'ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ' +
  'ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP  ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT ' +
  'EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT  EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ' +
  'ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC ' +
  'EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT ' +
  'EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ' +
  'ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ' +
  'ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED ' +
  'EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON'
).split(' ');

const numbers = new Map(names.map((name, number) => [name, number]));

/** The name of an errno ('ENOENT'); 'E<number>' for one that has none. */
export function errnoName(errno: number): string {
  const name = names[errno];
  return name === undefined || name === '' ? `E${errno}` : name;
}

/** The number of an errno name. Throws RangeError for a name that the kernel does not have. */
export function errnoNumber(name: string): number {
  const number = numbers.get(name === 'EWOULDBLOCK' ? 'EAGAIN' : name === 'ENOTSUP' ? 'EOPNOTSUPP' : name);
  if (number === undefined || name === '') throw new RangeError(`there is no errno named ${JSON.stringify(name)}`);
  return number;
}

/** What an errno means, in the words Node has for it ('no such file or directory'); '' where it has none. */
export function errnoMeaning(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[1] ?? '';
}

/** A system call that failed: which, on what, and why. `code` is what one compares ('ENOENT'). */
export class SyscallError extends Error {
  readonly syscall: string;
  readonly errno: number;
  readonly code: string;
  declare readonly path?: string;

  /** @param errno positive; @param message replaces the usual 'mount /proc: ENOENT, no such file or directory' */
  constructor(syscall: string, errno: number, path?: string, message?: string) {
    const meaning = errnoMeaning(errno);
    const subject = path === undefined ? syscall : `${syscall} ${printable(path)}`;
    super(message ?? `${subject}: ${errnoName(errno)}${meaning === '' ? '' : `, ${meaning}`}`);
    this.name = 'SyscallError';
    this.syscall = syscall;
    this.errno = errno;
    this.code = errnoName(errno);
    if (path !== undefined) this.path = path;
  }
}
