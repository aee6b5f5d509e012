// What a container's cgroup costs: making it with limits and device rules, being born in it, removing it; and, for
// comparison, moving a process into it by its pid, which is what joining costs others.
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_DEVICE_RULES, openCgroupDriver, type Limits } from '../src/engine/cgroup/index.js';
import { launch, onChildExit, type LaunchOptions, type Program } from '../src/native/index.js';
import { median, quantile, report } from './report.js';

const ROUNDS = 50;
/** Containers are not started in one go: after a pause the kernel's locks and RCU are as idle as they are in life. */
const PAUSE_MS = 50;

const LIMITS: Limits = { memory: 256 * 1024 * 1024, nanoCpus: 0.5e9, cpuShares: 512, pidsLimit: 100 };

const now = () => Number(process.hrtime.bigint()) / 1000;

function timeUs(work: () => void): number {
  const begun = now();
  work();
  return now() - begun;
}

/** µs that a launch spends in clone3 and in the steps that join: what being born in a cgroup adds to. */
async function launchUs(joins: Program, options: LaunchOptions): Promise<number> {
  const execve: Program = [{ name: 'true', call: 'execve', args: ['/bin/true', ['true'], []] }];
  const { pid, pidfd, cloneUs, steps } = await launch([...joins, ...execve], { ...options, timing: true });
  await new Promise((resolve) => onChildExit(pid, resolve));
  closeSync(pidfd);
  const first = steps.findIndex(({ name }) => name === joins[0]?.name);
  const joining = first < 0 ? 0 : steps[first + joins.length - 1]!.atUs - (steps[first - 1]?.atUs ?? 0);
  return cloneUs + joining;
}

async function main(): Promise<void> {
  const driver = openCgroupDriver();
  const figures: Record<'create' | 'open' | 'joined' | 'bare' | 'enter' | 'remove', number[]> = {
    create: [],
    open: [],
    joined: [],
    bare: [],
    enter: [],
    remove: [],
  };
  // The directories of the project stay, as they do while a supervisor or another container is there.
  const keeper = driver.paths('bench', 'keeper');
  driver.create(keeper, {});
  for (let round = -5; round < ROUNDS; round += 1) {
    const paths = driver.paths('bench', `c${round}`);
    const create = timeUs(() => driver.create(paths, LIMITS, DEFAULT_DEVICE_RULES));
    await delay(PAUSE_MS);
    const begun = now();
    const join = driver.joinFds(paths);
    const open = now() - begun;
    const writes: Program = join.tasks.map(({ name, fd }) => ({
      name: `join ${name}`,
      call: 'write',
      args: [fd, Buffer.from('0'), 1],
    }));
    const joined = await launchUs(writes, join.cloneInto === undefined ? {} : { cgroupFd: join.cloneInto });
    join.close();
    await delay(PAUSE_MS);
    const bare = await launchUs([], {});
    const stranger = spawn('/bin/sleep', ['60']);
    await delay(PAUSE_MS);
    const enter = timeUs(() => driver.enter(paths, stranger.pid!));
    stranger.kill('SIGKILL');
    await new Promise((resolve) => stranger.once('exit', resolve));
    await delay(PAUSE_MS);
    const removal = now();
    await driver.remove(paths);
    const remove = now() - removal;
    if (round < 0) continue;
    for (const [name, value] of Object.entries({ create, open, joined, bare, enter, remove }))
      figures[name as keyof typeof figures].push(value);
  }
  await driver.remove(keeper);
  const say = (what: string, values: readonly number[], extra = {}) => {
    const note = `${driver.host.kind} host, 95 % within ${quantile(values, 0.95).toFixed(0)} µs`;
    report({ what, unit: 'µs', ours: Math.round(median(values)), note, ...extra });
  };
  say('make the cgroup of a container, with four limits and the device rules', figures.create);
  say('open what a launch joins it by', figures.open);
  const bare = median(figures.bare);
  say(
    'be born in it',
    figures.joined.map((value) => value - bare),
    { peers: { 'write the pid to cgroup.procs': Math.round(median(figures.enter)) } },
  );
  say('remove it', figures.remove);
}

void main();
