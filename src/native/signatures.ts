// What each argument of a system call is: which ones are descriptors (launch.ts keeps those open, and no others, in the
// process that runs the program) and which are flags of which group (describe.ts prints them by name).
// Source: the calls' pages in section 2 of the manual.
import type { SyscallName } from './syscalls.js';

/**
 * One word an argument: fd, a descriptor; at, a directory descriptor or AT_FDCWD; int, uint (shown in hexadecimal), mode
 * (octal); text; ptr, memory or null; sig, a signal; cap, a capability; a prefix with '_' at its end, flags of that group;
 * with '=' at its end, one value of that group.
 */
const signatures: Partial<Record<SyscallName, string>> = {
  read: 'fd ptr int',
  write: 'fd ptr int',
  close: 'fd',
  lseek: 'fd int int',
  ioctl: 'fd TIOC|SIOC= ptr',
  rt_sigprocmask: 'SIG_= ptr ptr int',
  dup: 'fd',
  socket: 'AF_= SOCK_ int',
  connect: 'fd ptr int',
  sendto: 'fd ptr int uint ptr int',
  recvfrom: 'fd ptr int uint ptr ptr',
  sendmsg: 'fd ptr uint',
  recvmsg: 'fd ptr uint',
  bind: 'fd ptr int',
  listen: 'fd int',
  setsockopt: 'fd int int ptr int',
  kill: 'int sig',
  fcntl: 'fd F_= int',
  flock: 'fd LOCK_',
  fsync: 'fd',
  truncate: 'text int',
  ftruncate: 'fd int',
  chdir: 'text',
  fchdir: 'fd',
  fchmod: 'fd mode',
  fchown: 'fd int int',
  umask: 'mode',
  setgroups: 'int ptr',
  capset: 'ptr ptr',
  personality: 'uint',
  sched_setscheduler: 'int int ptr',
  pivot_root: 'text text',
  prctl: 'PR_= int int int int',
  chroot: 'text',
  mount: 'text text text MS_ ptr',
  umount2: 'text MNT_|UMOUNT_',
  sethostname: 'text int',
  setdomainname: 'text int',
  fsetxattr: 'fd text ptr int int',
  getdents64: 'fd ptr int',
  ioprio_set: 'int int uint',
  openat: 'at text O_ mode',
  mkdirat: 'at text mode',
  mknodat: 'at text mode uint',
  fchownat: 'at text int int AT_',
  unlinkat: 'at text AT_',
  linkat: 'at text at text AT_',
  symlinkat: 'text at text',
  readlinkat: 'at text ptr int',
  fchmodat: 'at text mode',
  unshare: 'CLONE_',
  utimensat: 'at text ptr AT_',
  fallocate: 'fd int int int',
  dup3: 'fd int O_CLOEXEC',
  pipe2: 'ptr O_CLOEXEC',
  prlimit64: 'int RLIMIT_= ptr ptr',
  setns: 'fd CLONE_',
  renameat2: 'at text at text RENAME_',
  seccomp: 'SECCOMP_= uint ptr',
  memfd_create: 'text MFD_',
  execveat: 'at text ptr ptr AT_',
  execve: 'text ptr ptr',
  copy_file_range: 'fd ptr fd ptr int uint',
  pidfd_send_signal: 'fd sig ptr uint',
  open_tree: 'at text OPEN_TREE_|AT_',
  move_mount: 'at text at text MOVE_MOUNT_',
  fsopen: 'text FSOPEN_',
  fsconfig: 'fd FSCONFIG_= text ptr int',
  fsmount: 'fd FSMOUNT_ MOUNT_ATTR_',
  fspick: 'at text uint',
  pidfd_open: 'int uint',
  clone3: 'ptr int',
  close_range: 'int uint CLOSE_RANGE_',
  openat2: 'at text ptr int',
  pidfd_getfd: 'fd int uint',
  faccessat2: 'at text uint AT_',
  mount_setattr: 'at text AT_ ptr int',
};

const parsed = new Map<SyscallName, readonly string[]>();

/** The words above for a call; an empty list for a call whose arguments are plain numbers and memory. */
export function argumentKinds(call: SyscallName): readonly string[] {
  let kinds = parsed.get(call);
  if (kinds === undefined) parsed.set(call, (kinds = signatures[call]?.split(' ') ?? []));
  return kinds;
}
