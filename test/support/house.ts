// A state directory of a test's own, the real `tscontain` on it, and proof that nothing is left when the test is over.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { keeperCgroup, keeperPid } from '../../src/engine/network/keeper/identity.js';
import { registered } from '../../src/engine/supervisor/registry.js';
import { patience } from './patience.js';

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** dist/ of the checkout: bundled tests run from its top. */
export const product = (name: string) => resolve('dist', `${name}.cjs`);

export class House {
  readonly root: string;
  private readonly children = new Set<ChildProcess>();

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  }

  /** Starts `tscontain WORDS` and hands back the process. */
  start(...words: string[]): ChildProcess {
    // The -- keeps Node from taking --env-file for itself; the product's first line says it too.
    const child = spawn(process.execPath, ['--', product('tscontain'), ...words], {
      env: { ...process.env, TSCONTAIN_ROOT: this.root },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    return child;
  }

  /** Runs `tscontain WORDS` to its end. */
  run(...words: string[]): Promise<Outcome> {
    return this.runWith('', ...words);
  }

  async runWith(input: string, ...words: string[]): Promise<Outcome> {
    const child = this.start(...words);
    child.stdin!.on('error', () => undefined);
    child.stdin!.end(input);
    return outcome(child, words.join(' '));
  }

  /** Runs `tscontain WORDS`, which must succeed, and gives what it printed. */
  async ok(...words: string[]): Promise<string> {
    const result = await this.run(...words);
    assert.equal(result.code, 0, `tscontain ${words.join(' ')}: ${result.stderr || result.stdout}`);
    return result.stdout.trimEnd();
  }

  /** Starts a container of that name that runs a script. */
  runs(name: string, script: string): Promise<string> {
    return this.ok('run', '-d', '--name', name, 'base', 'sh', '-c', script);
  }

  async inspect(ref: string): Promise<InspectedContainer> {
    return (JSON.parse(await this.ok('inspect', ref)) as [InspectedContainer])[0];
  }

  supervisorPids(): number[] {
    return processesNaming(this.root);
  }

  /** Ends everything under this root and asserts that no process, cgroup or mount of it is left. */
  async close(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    const ids = this.containerIds();
    await this.run('ps', '-a');
    const names = (await this.run('ps', '-aq', '--no-trunc')).stdout.split('\n').filter((line) => line !== '');
    if (names.length > 0) await this.run('rm', '-f', ...names);
    await endKeeper(this.root);
    for (const pid of this.supervisorPids()) {
      // It may have left by itself.
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        continue;
      }
    }
    const left = [...(await this.leftovers(ids)), ...(await ownCgroupsLeft(this.root))];
    rmSync(this.root, { recursive: true, force: true });
    assert.deepEqual(left, [], 'nothing is left behind');
  }

  containerIds(): string[] {
    const folder = join(this.root, 'containers');
    return existsSync(folder) ? readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name)) : [];
  }

  /** Processes, cgroups and mounts of these containers; looked for until there are none or patience ends. */
  async leftovers(ids: readonly string[] = this.containerIds()): Promise<string[]> {
    const deadline = Date.now() + patience(5000);
    for (;;) {
      const left = [
        ...cgroupsOf(ids),
        ...mountsBelow(this.root),
        ...processesNaming(this.root).map((pid) => `process ${pid}`),
      ];
      if (left.length === 0 || Date.now() > deadline) return left;
      await delay(50);
    }
  }
}

/** The part of Docker's container JSON that tests read. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Config: Readonly<Record<string, unknown>>;
}

export function outcome(child: ChildProcess, what: string): Promise<Outcome> {
  return new Promise((done, fail) => {
    let stdout = '';
    let stderr = '';
    child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`${what} did not end: ${stdout}${stderr}`));
    }, patience(60_000));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      done({ code, signal, stdout, stderr });
    });
  });
}

/** Nobody is on a network any more: the keeper takes away what it has made, and leaves. */
export async function endKeeper(root: string): Promise<void> {
  const pid = keeperPid(root);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  for (const deadline = Date.now() + patience(5000); keeperPid(root) === pid && Date.now() < deadline;) await delay(10);
}

const CGROUP_MOUNTS = () =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4]!);

/** Cgroup directories named after these containers, in every hierarchy. */
export function cgroupsOf(ids: readonly string[]): string[] {
  const wanted = new Set(ids);
  return CGROUP_MOUNTS().flatMap((mount) => {
    const top = join(mount, 'tscontain');
    if (!existsSync(top)) return [];
    return readdirSync(top).flatMap((project) => {
      const folder = join(top, project);
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
      return readdirSync(folder)
        .filter((name) => wanted.has(name))
        .map((name) => `cgroup ${join(folder, name)}`);
    });
  });
}

/** Those of supervisors and of the keeper: what was killed with -9 leaves them, empty. @returns what is left of them */
export async function ownCgroupsLeft(root: string): Promise<string[]> {
  // Who was killed a moment ago is in there until the kernel has done with them.
  const deadline = Date.now() + patience(5000);
  for (;;) {
    const left = removeOwnCgroups(root);
    if (left.length === 0 || Date.now() > deadline) return left;
    await delay(20);
  }
}

function removeOwnCgroups(root: string): string[] {
  const names = [...registered(root), keeperCgroup(root)];
  const directories = CGROUP_MOUNTS().flatMap((mount) =>
    names.map((name) => join(mount, 'tscontain/@supervisors', name)),
  );
  return directories.filter(existsSync).flatMap((directory) => {
    try {
      rmdirSync(directory);
      return [];
    } catch {
      return existsSync(directory) ? [`cgroup ${directory}`] : [];
    }
  });
}

function mountsBelow(root: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(root))
    .map((line) => `mount ${line}`);
}

/** Processes whose command line names a path below the root: supervisors and managers. */
export function processesNaming(path: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
          .split('\0')
          .some((word) => word.startsWith(path));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Ends one that was started with -9 after so many ms. @returns whether it was still at it */
export async function killedAfter(child: ChildProcess, ms: number): Promise<boolean> {
  const ended = outcome(child, 'what is killed');
  await Promise.race([delay(ms), ended]);
  child.kill('SIGKILL');
  return (await ended).signal === 'SIGKILL';
}
