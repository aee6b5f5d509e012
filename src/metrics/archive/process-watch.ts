// Looks at the processes of one target: which have most CPU time, memory and IO, and what those wait for. Looking costs some
// ten microseconds a process, so it is done seldom, and of a crowd only a part is looked at.
import { readFileSync } from 'node:fs';
import type { CgroupPaths } from '../model.js';
import { processesOf } from './cgroup-processes.js';
import { MOST_PROCESSES, type PastProcess, type PastProcesses } from './processes.js';
import { parseIo, parseStat, type ProcessStat } from './process-files.js';

/** Of so many at most the CPU time is asked, and of so many the IO. */
const MOST_LOOKED_AT = 128;
const MOST_IO = 16;

interface Seen extends ProcessStat {
  readonly at: number;
  readBytes: number;
  writeBytes: number;
}

export class ProcessWatch {
  private before: ReadonlyMap<number, Seen> = new Map();

  constructor(
    private cgroup: CgroupPaths,
    private readonly procRoot = '/proc',
  ) {}

  aim(cgroup: CgroupPaths): void {
    this.cgroup = cgroup;
  }

  /** @param monotonicMs now; since the machine began, as the start times of processes are */
  look(monotonicMs: number): Omit<PastProcesses, 'at'> {
    const { pids, count } = processesOf(this.cgroup, MOST_LOOKED_AT);
    const seen = pids.flatMap((pid) => this.stat(pid, monotonicMs) ?? []);
    const rates = seen.map((process) => ({ process, cores: this.cores(process) }));
    rates.sort((a, b) => b.cores - a.cores || b.process.rssBytes - a.process.rssBytes);
    const byMemory = [...rates].sort((a, b) => b.process.rssBytes - a.process.rssBytes);
    const asked = new Set([...rates.slice(0, MOST_IO - 4), ...byMemory.slice(0, 4)]);
    const all = [...asked].map(({ process, cores }) => this.withIo(process, cores));
    this.before = new Map(seen.map((process) => [process.pid, process]));
    return { count, top: choose(all).map((process) => this.withWchan(process)) };
  }

  private stat(pid: number, at: number): Seen | undefined {
    const stat = this.read(pid, 'stat', parseStat);
    return stat === undefined ? undefined : { ...stat, at, readBytes: NaN, writeBytes: NaN };
  }

  /** Since the last look; of one that was not there then, since it began. */
  private cores({ pid, startedMs, cpuMs, at }: Seen): number {
    const before = this.before.get(pid);
    const [since, had] = before?.startedMs === startedMs ? [before.at, before.cpuMs] : [startedMs, 0];
    return at > since ? (cpuMs - had) / (at - since) : 0;
  }

  private withIo(process: Seen, cores: number): PastProcess {
    const { pid, name, state, threads, rssBytes, startedMs, at } = process;
    const io = this.read(pid, 'io', parseIo);
    if (io !== undefined) Object.assign(process, io);
    const known = this.before.get(pid);
    const before = known?.startedMs === startedMs ? known : { at: startedMs, readBytes: 0, writeBytes: 0 };
    const rate = (now: number, then: number): number =>
      at > before.at ? (Math.max(0, now - then) / (at - before.at)) * 1000 : NaN;
    const readBytes = rate(process.readBytes, before.readBytes);
    const writeBytes = rate(process.writeBytes, before.writeBytes);
    return {
      pid,
      name,
      state,
      threads,
      cores,
      rssBytes,
      ...(!Number.isNaN(readBytes) && { readBytes }),
      ...(!Number.isNaN(writeBytes) && { writeBytes }),
    };
  }

  private withWchan(process: PastProcess): PastProcess {
    const waitsIn = this.read(process.pid, 'wchan', (bytes) => bytes.toString('latin1'));
    return waitsIn === undefined || waitsIn === '0' || waitsIn === '' ? process : { ...process, waitsIn };
  }

  /** undefined where it has ended meanwhile. */
  private read<T>(pid: number, file: string, parse: (bytes: Buffer) => T | undefined): T | undefined {
    try {
      return parse(readFileSync(`${this.procRoot}/${pid}/${file}`));
    } catch {
      return undefined;
    }
  }
}

/** The two with most IO, the two with most memory, and the rest by CPU time; most CPU time first. */
function choose(all: readonly PastProcess[]): PastProcess[] {
  const io = ({ readBytes = 0, writeBytes = 0 }: PastProcess): number => readBytes + writeBytes;
  const by = (value: (process: PastProcess) => number): PastProcess[] => [...all].sort((a, b) => value(b) - value(a));
  const byCpu = by(({ cores = 0 }) => cores);
  const chosen = new Set([
    ...by(io)
      .slice(0, 2)
      .filter((process) => io(process) > 0),
    ...by(({ rssBytes }) => rssBytes).slice(0, 2),
  ]);
  for (const process of byCpu) if (chosen.size < MOST_PROCESSES) chosen.add(process);
  return byCpu.filter((process) => chosen.has(process));
}
