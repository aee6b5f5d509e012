// What a sample costs: 100 targets, each a cgroup with a process in a network namespace of its own, pressure and network
// included; once with processes that wake between any two samples, and once with such as sleep. Prints µs a container a sample,
// as the clock and as the CPU count it (they part when other work runs beside it); what the machine's own sample takes is apart.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { openCgroupDriver } from '../src/engine/cgroup/index.js';
import { createSampler, type Sampler, type Target } from '../src/metrics/index.js';
import { CloserLook } from '../src/metrics/neighbours/closer-look.js';
import { quantile, report } from './report.js';

const TARGETS = 100;
const SAMPLES = 200;
/** Between samples, long enough that the containers ran and the caches forgot; the sampler takes it for a second. */
const PAUSE_MS = 50;

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** What samples take, all targets together. */
async function costs(sampler: Sampler): Promise<{ clockUs: number[]; cpuUs: number[] }> {
  const clockUs: number[] = [];
  const cpuUs: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    await delay(PAUSE_MS);
    const before = process.cpuUsage();
    sampler.sample();
    const { user, system } = process.cpuUsage(before);
    clockUs.push(sampler.lastCostUs);
    cpuUs.push(user + system);
  }
  return { clockUs, cpuUs };
}

/** The median, and what 95 of 100 stay within, a container. */
function each(all: readonly number[], alone: readonly number[]): { readonly median: number; readonly most: number } {
  const of = (share: number): number => rounded((quantile(all, share) - quantile(alone, 0.5)) / TARGETS);
  return { median: of(0.5), most: of(0.95) };
}

function closerLook(targets: readonly Target[]): void {
  const look = new CloserLook();
  const looksUs = Array.from({ length: SAMPLES }, (_, i) => {
    const before = process.cpuUsage();
    look.look(targets, i * 1000);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  report({
    what: 'the closer look while somebody suffers, a container that is worth one a sample',
    unit: 'µs',
    ours: rounded(quantile(looksUs, 0.5) / TARGETS),
    note: `CPU, of ${TARGETS} that all are; comes on top of the sample, which has the judge in it`,
  });
}

/** 100 containers in which such a program runs, and what is to be measured of them. */
async function among(program: readonly string[], work: (targets: readonly Target[]) => Promise<void>): Promise<void> {
  const driver = openCgroupDriver();
  const places = Array.from({ length: TARGETS }, (_, i) => driver.paths(`bench-${process.pid}`, `sampling-${i}`));
  try {
    const targets = places.map((cgroup, i) => {
      driver.create(cgroup, { nanoCpus: 1e9, memory: 256 * 2 ** 20, pidsLimit: 100 });
      const child = spawn('unshare', ['--net', ...program], { stdio: 'ignore' });
      driver.enter(cgroup, child.pid!);
      return { id: String(i), cgroup, netPid: child.pid! };
    });
    await delay(2000);
    await work(targets);
  } finally {
    for (const cgroup of places) await driver.remove(cgroup);
  }
}

/** Wakes 30 times a second, so that it has run between any two samples. */
const AWAKE = ['perl', '-e', 'select undef, undef, undef, 0.03 while 1'];
const ASLEEP = ['sleep', '1000'];

async function main(): Promise<void> {
  let seconds = 0;
  const clock = { now: () => seconds * 1000, monotonicMs: () => seconds * 1000 };
  const sampler = createSampler({ clock });
  sampler.onSample(() => seconds++);
  const alone = await costs(sampler);
  const of = async (targets: readonly Target[], what: string, goal?: { readonly most: number }): Promise<void> => {
    sampler.setTargets(targets);
    sampler.sample();
    const all = await costs(sampler);
    const [clockUs, cpuUs] = [each(all.clockUs, alone.clockUs), each(all.cpuUs, alone.cpuUs)];
    report({
      what,
      unit: 'µs',
      ours: clockUs.median,
      ...(goal && { goal }),
      note: `${cpuUs.median} µs of it CPU; 95 of 100 within ${clockUs.most} µs; ${SAMPLES} samples`,
    });
  };
  await among(AWAKE, async (targets) => {
    await of(targets, `sampling of ${TARGETS} containers, pressure files included, a container a sample`, { most: 60 });
    closerLook(targets);
  });
  await among(ASLEEP, (targets) => of(targets, `the same of ${TARGETS} containers in which nothing has run since`));
  report({ what: 'sampling of the machine itself', unit: 'µs', ours: rounded(quantile(alone.clockUs, 0.5)) });
  sampler.close();
}

void main();
