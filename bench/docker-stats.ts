// What `docker stats` costs: the CPU time of the command itself, and what dockerd, containerd and their shims use more while it
// runs than while it does not.
import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { Emulator } from '../test/support/emulator.js';
import { processesNaming } from '../test/support/house.js';
import { cpuSeconds } from '../test/support/vital-signs.js';
import { isInstalled, openDocker, type PeerEngine } from './peers.js';
import { median } from './report.js';

export interface StatsOptions {
  /** of its own: everything of dockerd is below it */
  readonly directory: string;
  readonly rootfs: string;
  readonly count: number;
  /** what runs in each, by `sh -c` */
  readonly script: string;
  readonly rounds: number;
  /** of each half of a round */
  readonly seconds: number;
  readonly columns: number;
  readonly rows: number;
}

/** Medians, in cores. */
export interface StatsCost {
  /** that really ran: fewer than asked for where dockerd could not run more */
  readonly count: number;
  readonly client: number;
  readonly daemons: number;
}

/** CPU seconds used so far by those of these processes that are still there. */
export function used(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    try {
      sum += cpuSeconds(pid);
    } catch {
      // It has ended.
    }
  }
  return sum;
}

/** How many of the containers run. */
function begin({ command, run }: PeerEngine, count: number, script: string): number {
  const words = `${command} run -d --memory 64m ${run} base sh -c "$SCRIPT"`;
  for (let i = 0; i < count; i += 1) {
    const { status } = spawnSync('sh', ['-c', words], { env: { ...process.env, SCRIPT: script }, stdio: 'ignore' });
    if (status !== 0) return i;
  }
  return count;
}

/** @throws Error that says why it cannot be measured here */
export async function dockerStats(options: StatsOptions): Promise<StatsCost> {
  const { directory, rootfs, rounds, seconds, columns, rows } = options;
  if (!isInstalled('docker')) throw new Error('docker is not installed');
  const docker = await openDocker(directory, rootfs);
  try {
    const count = begin(docker, options.count, options.script);
    if (count === 0) throw new Error('dockerd runs no container here');
    const clients: number[] = [];
    const daemons: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await delay(3000);
      const without = await over(seconds, () => used(processesNaming(directory)));
      const client = new Emulator({ columns, rows, command: ['sh', '-c', `exec ${docker.command} stats`] });
      await client.waitFor('MEM USAGE', 30_000);
      await delay(5000);
      const pid = client.child.pid!;
      const [own, withIt] = await Promise.all([
        over(seconds, () => cpuSeconds(pid)),
        over(seconds, () => used(processesNaming(directory))),
      ]);
      await client.close();
      clients.push(own);
      daemons.push(withIt - without);
    }
    return { count, client: median(clients), daemons: median(daemons) };
  } finally {
    await docker.end();
  }
}

/** Cores that something used in so many seconds, by a count of the CPU seconds that it has used. */
export async function over(seconds: number, count: () => number): Promise<number> {
  const [before, begun] = [count(), performance.now()];
  await delay(seconds * 1000);
  return (count() - before) / ((performance.now() - begun) / 1000);
}
