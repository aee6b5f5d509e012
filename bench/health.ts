// What health checks cost the supervisors that run them: memory a container, and CPU time a probe beside that of an exec by
// whoever asks for one. What the probe itself uses, `true` here, is the container's.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine, type Engine, type Healthcheck } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { layout } from '../src/engine/state/layout.js';
import { cpuMs } from '../test/support/patience.js';
import { cpuSeconds } from '../test/support/vital-signs.js';
import { report } from './report.js';

const CONTAINERS = 50;
const SETTLING_MS = 12_000;
const MEASURED_MS = 30_000;
const EXECS = 200;

const CHECK: Healthcheck = {
  test: ['CMD', 'sh', '-c', 'echo >> /probes'],
  intervalNs: 1e9,
  timeoutNs: 0,
  startPeriodNs: 0,
  startIntervalNs: 0,
  retries: 0,
};

interface Cost {
  readonly cpuMs: number;
  readonly ownKib: number;
  readonly probes: number;
}

function ownKib(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const field = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? NaN);
  return field('Private_Clean') + field('Private_Dirty');
}

/** Of the supervisors of 50 containers that sleep. */
async function supervising(root: string, engine: Engine, healthcheck: Healthcheck | undefined): Promise<Cost> {
  const ids: string[] = [];
  for (let i = 0; i < CONTAINERS; i += 1) {
    const check = healthcheck === undefined ? {} : { healthcheck };
    const { id } = await engine.create({ image: 'base', network: 'none', cmd: ['sleep', '1000'], ...check });
    await engine.start(id);
    ids.push(id);
  }
  await sleep(SETTLING_MS);
  const pids = registered(root).map((id) => readEntry(root, id)!.pid);
  const used = (): number => pids.reduce((all, pid) => all + cpuSeconds(pid), 0) * 1000;
  const probes = (): number =>
    healthcheck === undefined
      ? 0
      : ids.reduce((all, id) => all + readFileSync(join(layout.upper(root, id), 'probes')).length, 0);
  const before = { used: used(), probes: probes() };
  await sleep(MEASURED_MS);
  const cost = {
    cpuMs: used() - before.used,
    ownKib: pids.reduce((all, pid) => all + ownKib(pid), 0),
    probes: probes() - before.probes,
  };
  await Promise.all(ids.map((id) => engine.remove(id, { force: true })));
  for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
  await sleep(1000);
  return cost;
}

/** ms of CPU time that this process takes for one. */
async function execs(engine: Engine): Promise<number> {
  const { id } = await engine.create({ image: 'base', network: 'none', cmd: ['sleep', '1000'] });
  await engine.start(id);
  const once = async (): Promise<void> => {
    const session = await engine.exec(id, { argv: CHECK.test.slice(1) });
    session.onOutput(() => undefined);
    await session.exited;
  };
  for (let i = 0; i < 20; i += 1) await once();
  const before = cpuMs();
  for (let i = 0; i < EXECS; i += 1) await once();
  const each = (cpuMs() - before) / EXECS;
  await engine.remove(id, { force: true });
  return each;
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));
  const engine = await openEngine({ root, supervisorEntry: resolve('dist/supervisor.cjs') });
  try {
    const exec = await execs(engine);
    const without = await supervising(root, engine, undefined);
    const checked = await supervising(root, engine, CHECK);
    const probe = (checked.cpuMs - without.cpuMs) / checked.probes;
    const seconds = MEASURED_MS / 1000;
    report({
      what: `a probe: its supervisor's CPU time, of ${CONTAINERS} containers with one a second`,
      unit: 'ms',
      ours: probe,
      peers: { 'exec by this engine': exec },
      goal: { peer: 'exec by this engine', times: 1 },
      note: `${(checked.probes / seconds).toFixed(1)} probes a second; ${((checked.cpuMs - without.cpuMs) / seconds / 10).toFixed(1)} % of a core`,
    });
    report({
      what: 'a health check: memory of its supervisor',
      unit: 'KiB',
      ours: (checked.ownKib - without.ownKib) / CONTAINERS,
      note: `${(checked.ownKib / 1024).toFixed(1)} MiB for ${CONTAINERS} with, ${(without.ownKib / 1024).toFixed(1)} without`,
    });
  } finally {
    await Promise.all((await engine.list()).map(({ id }) => engine.remove(id, { force: true })));
    engine.close();
    for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
