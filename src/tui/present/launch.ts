// The steps of a launch as lines a person can read: neighbours that do one thing are taken together ("mask", 13 steps).
import type { LaunchReport, LaunchStep } from '../../engine/index.js';
import type { Line } from '../state/overlays.js';
import { milliseconds } from './units.js';

export interface LaunchLine {
  /** the system call that does it */
  readonly title: string;
  readonly detail: string;
  readonly atUs: number;
  readonly durationUs: number;
  readonly steps: readonly LaunchStep[];
}

const wordOf = (step: LaunchStep): string => step.name.split(' ', 1)[0]!;
const restOf = (step: LaunchStep): string => step.name.slice(wordOf(step).length).trim();

/** Words of steps that furnish the tree of the container; those are taken together by the top of the path they are about. */
const FURNISHING = ['make', 'mount', 'link', 'seal'];

/** Steps of one kind that follow each other are one line. */
function kindOf(step: LaunchStep): string {
  const top = /^\/[^/]+/.exec(restOf(step))?.[0];
  return FURNISHING.includes(wordOf(step)) && top !== undefined ? top : wordOf(step);
}

export function launchLines(report: LaunchReport): readonly LaunchLine[] {
  const groups: LaunchStep[][] = [];
  for (const step of report.steps) {
    const group = groups.at(-1);
    if (group && kindOf(group[0]!) === kindOf(step)) group.push(step);
    else groups.push([step]);
  }
  return groups.map((steps) => ({
    title: callOf(steps),
    detail: detailOf(steps),
    // A step is stamped when it is done; its line begins where it began.
    atUs: Math.max(0, steps[0]!.atUs - steps[0]!.durationUs),
    durationUs: steps.reduce((sum, { durationUs }) => sum + durationUs, 0),
    steps,
  }));
}

/** The call that stands for a group: mount where there is one, else the most frequent, of equals the last. */
function callOf(steps: readonly LaunchStep[]): string {
  const counts = new Map<string, number>();
  for (const { call } of steps) counts.set(call, (counts.get(call) ?? 0) + 1);
  if (counts.has('mount')) return 'mount';
  const most = Math.max(...counts.values());
  return [...counts].findLast(([, count]) => count === most)![0];
}

/** The words with which all of these begin: "join cgroup" of "join cgroup cpu" and "join cgroup memory". */
function commonWords(names: readonly string[]): string {
  const [first = '', ...others] = names;
  const words = first.split(' ');
  let count = words.length;
  for (const other of others) {
    const theirs = other.split(' ');
    const differs = words.findIndex((word, i) => word !== theirs[i]);
    if (differs >= 0) count = Math.min(count, differs);
  }
  return words.slice(0, count).join(' ');
}

function detailOf(steps: readonly LaunchStep[]): string {
  const [first] = steps as [LaunchStep, ...LaunchStep[]];
  const names = [...new Set(steps.map(({ name }) => name))];
  const number = steps.length > 1 ? `   ${steps.length} steps` : '';
  if (names.length === 1) return `${first.name === first.call ? first.args : first.name}${number}`;
  const common = commonWords(names);
  if (common === '') return `furnish ${[...new Set(steps.map(restOf))].join(' ')}`;
  return [common, ...names.map((name) => name.slice(common.length).trim())].join(' ');
}

interface Purpose {
  /** one sentence for somebody who sees the call for the first time */
  readonly what: string;
  readonly manPage: string;
}

const PURPOSES: Readonly<Record<string, Purpose>> = {
  clone3: {
    what: 'Makes the process that becomes the container, in new namespaces: it sees processes, mounts, hosts and networks of its own.',
    manPage: 'clone(2), namespaces(7)',
  },
  clone: {
    what: 'Makes the process that becomes the container, in new namespaces of its own.',
    manPage: 'clone(2), namespaces(7)',
  },
  setns: { what: 'Enters the namespaces of a container that runs already.', manPage: 'setns(2)' },
  unshare: { what: 'Leaves a namespace shared so far and takes a new one.', manPage: 'unshare(2)' },
  mount: {
    what: 'Puts a file system into the tree of the container, or changes how one in it behaves.',
    manPage: 'mount(2), mount_namespaces(7)',
  },
  fsopen: { what: 'Opens a file system that is not in any tree yet.', manPage: 'fsopen(2)' },
  fsconfig: { what: 'Sets an option of a file system that is being opened.', manPage: 'fsconfig(2)' },
  fsmount: {
    what: 'Makes a mount of it that stands by itself: nothing on the host shows it, nothing is left behind.',
    manPage: 'fsmount(2)',
  },
  open_tree: { what: 'Takes a copy of a mount, so that it can be put somewhere else.', manPage: 'open_tree(2)' },
  move_mount: { what: 'Puts a mount that stood by itself to its place in the tree.', manPage: 'move_mount(2)' },
  mount_setattr: {
    what: 'Makes a mount read-only, or takes setuid programs and devices from it.',
    manPage: 'mount_setattr(2)',
  },
  pivot_root: {
    what: 'Makes the root of the container the root of everything it can see; the tree of the host goes out of sight.',
    manPage: 'pivot_root(2)',
  },
  umount2: { what: 'Takes a mount away: after pivot_root it is the tree of the host.', manPage: 'umount2(2)' },
  chroot: { what: 'Makes a directory the root of what the process sees.', manPage: 'chroot(2)' },
  fchdir: { what: 'Changes the working directory to one that is open already.', manPage: 'chdir(2)' },
  chdir: { what: 'Changes the working directory.', manPage: 'chdir(2)' },
  getcwd: {
    what: 'Asks where the working directory is; outside of the container it must not be.',
    manPage: 'getcwd(2)',
  },
  mknodat: { what: 'Makes a device node: /dev/null, /dev/zero, /dev/random and their like.', manPage: 'mknod(2)' },
  mkdirat: { what: 'Makes a directory for something to be mounted on.', manPage: 'mkdir(2)' },
  symlinkat: { what: 'Makes a symbolic link, such as /dev/fd.', manPage: 'symlink(2)' },
  openat: { what: 'Opens a file.', manPage: 'open(2)' },
  openat2: { what: 'Opens a file and refuses to be led out of the container by links.', manPage: 'openat2(2)' },
  write: {
    what: 'Writes to an open file: joins a control group, sets a kernel parameter.',
    manPage: 'write(2), cgroups(7)',
  },
  sethostname: { what: 'Gives the container a host name of its own.', manPage: 'sethostname(2), uts_namespaces(7)' },
  setdomainname: { what: 'Gives the container a domain name of its own.', manPage: 'setdomainname(2)' },
  socket: { what: 'Opens a socket, to bring the loopback interface up.', manPage: 'socket(2)' },
  ioctl: {
    what: 'Brings an interface up, or makes a terminal the one that controls the process.',
    manPage: 'ioctl(2), netdevice(7)',
  },
  setsid: { what: 'Begins a session of its own, cut off from the terminal of the host.', manPage: 'setsid(2)' },
  prctl: {
    what: 'Changes what the process may become: drops capabilities for good, forbids gaining rights, hides it from debuggers.',
    manPage: 'prctl(2)',
  },
  capset: {
    what: 'Keeps only the capabilities that the container shall have of those of root.',
    manPage: 'capset(2), capabilities(7)',
  },
  seccomp: { what: 'Refuses system calls that a container has no business with.', manPage: 'seccomp(2)' },
  setgroups: { what: 'Sets the supplementary groups.', manPage: 'setgroups(2)' },
  setresgid: { what: 'Becomes the group it shall run as.', manPage: 'setresgid(2)' },
  setresuid: { what: 'Becomes the user it shall run as.', manPage: 'setresuid(2)' },
  prlimit64: { what: 'Sets a resource limit, such as the number of open files.', manPage: 'prlimit(2)' },
  setrlimit: { what: 'Sets a resource limit, such as the number of open files.', manPage: 'setrlimit(2)' },
  rt_sigprocmask: {
    what: 'Lets signals through again that were held back while the process was made.',
    manPage: 'sigprocmask(2)',
  },
  rt_sigaction: { what: 'Gives a signal its usual effect again.', manPage: 'sigaction(2)' },
  dup3: { what: 'Makes a pipe or a terminal the standard input, output or error.', manPage: 'dup(2)' },
  dup2: { what: 'Makes a pipe or a terminal the standard input, output or error.', manPage: 'dup(2)' },
  fcntl: { what: 'Lets a descriptor stay open in the program that is to be run.', manPage: 'fcntl(2)' },
  close_range: {
    what: 'Closes every other descriptor, so that nothing of the host leaks into the container.',
    manPage: 'close_range(2)',
  },
  keyctl: {
    what: 'Begins a keyring of its own, so that keys of the host are out of reach.',
    manPage: 'keyctl(2), keyrings(7)',
  },
  close: { what: 'Closes a descriptor.', manPage: 'close(2)' },
  umask: { what: 'Sets the permissions that new files do not get.', manPage: 'umask(2)' },
  execve: { what: 'Becomes the program that the container runs.', manPage: 'execve(2)' },
};

/** A line of the launch in full: what its calls are for, then each with its arguments, result and time. */
export function purposeLines(line: LaunchLine): readonly Line[] {
  const calls = [...new Set(line.steps.map(({ call }) => call))];
  const purposes = calls.flatMap((call): Line[] => {
    const purpose = PURPOSES[call];
    if (!purpose) return [{ text: call, tone: 'strong' }];
    return [{ text: `${call}  ${purpose.manPage}`, tone: 'strong' }, { text: purpose.what }, { text: '' }];
  });
  const steps = line.steps.flatMap((step): Line[] => [
    { text: `${step.name}   ${milliseconds(step.durationUs)} ms` },
    { text: `  ${step.call}(${step.args}) = ${step.result}`, tone: 'dim' },
  ]);
  return [...purposes, ...steps];
}

/** The report as somebody would paste it somewhere. */
export const launchJson = (report: LaunchReport): string => `${JSON.stringify(report, undefined, 2)}\n`;
