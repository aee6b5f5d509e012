// A cgroup of a test's own, below tscontain/ in every hierarchy that counts something, on v1, hybrid and v2 hosts alike:
// processes are started in it, limits are set, and it is gone afterwards with all that ran in it.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Emulated machines are slower: patience is multiplied by this. */
export const slowness = Number(process.env['TEST_SLOWNESS'] ?? 1);

const CONTROLLERS = ['cpu', 'cpuacct', 'memory', 'blkio', 'pids'];

interface CgroupFolders {
  readonly controllers: Readonly<Record<string, string>>;
  readonly unified?: string;
}

/** Where the cgroup hierarchies of this machine are mounted (proc(5), /proc/PID/mountinfo). */
export function cgroupMounts(): CgroupFolders {
  const controllers: Record<string, string> = {};
  let unified: string | undefined;
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [mount, kind] = line.split(' - ').map((half) => half.split(' '));
    const folder = mount?.[4];
    if (folder === undefined || kind === undefined) continue;
    if (kind[0] === 'cgroup2') unified = folder;
    if (kind[0] !== 'cgroup') continue;
    const options = kind[2]?.split(',') ?? [];
    for (const controller of CONTROLLERS) if (options.includes(controller)) controllers[controller] = folder;
  }
  return { controllers, ...(unified !== undefined && { unified }) };
}

/** Controllers go down the tree only where each parent hands them on (cgroup-v2.rst). */
function handOn(folder: string): void {
  const has = readFileSync(`${folder}/cgroup.controllers`, 'utf8').split(/\s+/);
  for (const controller of ['cpu', 'memory', 'io', 'pids'])
    if (has.includes(controller)) writeFileSync(`${folder}/cgroup.subtree_control`, `+${controller}`);
}

export class TestCgroup {
  private readonly name: string;
  private readonly mounts = cgroupMounts();
  readonly paths: CgroupFolders;

  constructor(word: string) {
    this.name = `tscontain/test-${process.pid}-${word}`;
    const below = (mount: string): string => `${mount}/${this.name}`;
    this.paths = {
      controllers: Object.fromEntries(Object.entries(this.mounts.controllers).map(([key, at]) => [key, below(at)])),
      ...(this.mounts.unified !== undefined && { unified: below(this.mounts.unified) }),
    };
    this.make();
  }

  make(): void {
    for (const folder of this.folders) mkdirSync(folder, { recursive: true });
    if (this.isV2) {
      handOn(this.mounts.unified!);
      handOn(`${this.mounts.unified!}/tscontain`);
    }
  }

  get isV2(): boolean {
    return this.mounts.unified !== undefined && !('memory' in this.mounts.controllers);
  }

  private get folders(): string[] {
    const { controllers, unified } = this.paths;
    return [...new Set([...Object.values(controllers), ...(unified === undefined ? [] : [unified])])];
  }

  private write(controller: string, v1File: string, v2File: string, v1Value: number, v2Value = String(v1Value)): void {
    if (this.isV2) writeFileSync(`${this.paths.unified!}/${v2File}`, v2Value);
    else writeFileSync(`${this.paths.controllers[controller]!}/${v1File}`, String(v1Value));
  }

  limitCpu(cores: number): void {
    this.write('cpu', 'cpu.cfs_quota_us', 'cpu.max', cores * 100_000, `${cores * 100_000} 100000`);
  }

  limitMemory(bytes: number): void {
    this.write('memory', 'memory.limit_in_bytes', 'memory.max', bytes);
  }

  limitPids(count: number): void {
    this.write('pids', 'pids.max', 'pids.max', count);
  }

  /** Starts a program that is in the cgroup from its first instruction. */
  spawn(command: readonly string[], stdio: StdioOptions = 'ignore'): ChildProcess {
    const join = this.folders.map((folder) => `echo 0 > ${folder}/cgroup.procs`).join(' && ');
    return spawn('/bin/sh', ['-c', `${join} && exec "$@"`, 'sh', ...command], { stdio });
  }

  private get processes(): number[] {
    return this.folders
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map(Number);
  }

  /** Kills what runs in it and removes it. */
  async remove(): Promise<void> {
    const deadline = Date.now() + 5000 * slowness;
    for (let left = this.processes; left.length > 0 && Date.now() < deadline; left = this.processes) {
      for (const pid of new Set(left)) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It went by itself in the meantime.
        }
      }
      await sleep(10);
    }
    for (const folder of this.folders) {
      if (!existsSync(folder)) continue;
      rmdirSync(folder);
      try {
        rmdirSync(folder.slice(0, folder.lastIndexOf('/')));
      } catch {
        // Others use tscontain/ too.
      }
    }
  }
}
