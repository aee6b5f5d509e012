// top: the processes of a container, as the host's /proc tells them. No program of the container is run for it, because it
// would be the container's to say what that program is (CVE-2022-1227).
import { readFileSync } from 'node:fs';
import type { ContainerProcess } from '../model.js';
import { requireMove } from '../states.js';
import type { Parts } from './parts.js';

/** USER_HZ, which is 100 on every architecture that is supported (proc_pid_stat(5), time(7)). */
const TICKS_PER_SECOND = 100;
const KIB = 1024;

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE */
export function top({ store, driver }: Parts, ref: string): ContainerProcess[] {
  const { config, state, cgroup } = store.load(store.resolve(ref));
  requireMove('top', { name: config.name, status: state.status });
  const bootedAt = bootTime();
  return driver
    .processes(cgroup)
    .sort((a, b) => a - b)
    .flatMap((pid) => readProcess(pid, bootedAt) ?? []);
}

/** ms since the epoch */
function bootTime(): number {
  return Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? 0) * 1000;
}

/** undefined: it has ended since the list was read. */
function readProcess(pid: number, bootedAt: number): ContainerProcess | undefined {
  try {
    const files = ['stat', 'status', 'cmdline'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
    return parseProcess(pid, { stat: files[0]!, status: files[1]!, cmdline: files[2]! }, bootedAt);
  } catch {
    return undefined;
  }
}

/** Pure. The formats are those of proc_pid_stat(5), proc_pid_status(5) and proc_pid_cmdline(5). */
export function parseProcess(
  pid: number,
  { stat, status, cmdline }: { stat: string; status: string; cmdline: string },
  bootedAt: number,
): ContainerProcess {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  const number = (name: string) => Number(field(name).split(/\s+/)[0] ?? 0);
  // The name of the program stands in parentheses and may have any character, parentheses too.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const numbers = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  /** by its number in the manual page */
  const ticks = (n: number) => (Number(numbers[n - 3]) * 1000) / TICKS_PER_SECOND;
  const command = cmdline.replace(/\0+$/, '').replaceAll('\0', ' ');
  return {
    pid,
    containerPid: Number(field('NSpid').split(/\s+/).at(-1)) || pid,
    parentPid: number('PPid'),
    uid: number('Uid'),
    state: numbers[0] ?? '?',
    threads: number('Threads'),
    rssBytes: number('VmRSS') * KIB,
    cpuMs: ticks(14) + ticks(15),
    startedAt: bootedAt + ticks(22),
    // A process of the kernel, or one that is a zombie, has no arguments any more.
    command: command === '' ? `[${name}]` : command,
  };
}
