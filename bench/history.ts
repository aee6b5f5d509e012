// What writing down the past costs: CPU time of the supervisors of 50 containers over a minute, as a share of a core, with the
// recorder that they ship with and, beside it, of supervisors that record nothing. And what the recorder costs in memory is
// in bench/supervising.ts, which measures the supervisors as they are.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine, runSupervisor } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { cpuSeconds } from '../test/support/vital-signs.js';
import { report } from './report.js';

const CONTAINERS = 50;
/** Until the files are there and what is done once is done. */
const SETTLING_MS = 25_000;
const MEASURED_MS = 60_000;

/** % of a core that the supervisors of 50 such containers take, all of them together. */
async function cost(supervisorEntry: string, script: string): Promise<{ percent: number; supervisors: number }> {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));
  const engine = await openEngine({ root, supervisorEntry });
  try {
    for (let i = 0; i < CONTAINERS; i += 1) {
      const { id } = await engine.create({ image: 'base', network: 'none', cmd: ['sh', '-c', script] });
      await engine.start(id);
    }
    await sleep(SETTLING_MS);
    const pids = registered(root).map((id) => readEntry(root, id)!.pid);
    const sum = (): number => pids.reduce((all, pid) => all + cpuSeconds(pid), 0) * 1000;
    const [began, before] = [performance.now(), sum()];
    await sleep(MEASURED_MS);
    const percent = ((sum() - before) / (performance.now() - began)) * 100;
    return { percent, supervisors: pids.length };
  } finally {
    await Promise.all((await engine.list()).map(({ id }) => engine.remove(id, { force: true })));
    engine.close();
    for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
    rmSync(root, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const shipped = resolve('dist/supervisor.cjs');
  const silent = process.argv[1]!;
  for (const [what, script] of [
    ['that sleep', 'exec sleep 1000'],
    ['that wake every second', 'while :; do sleep 1; done'],
  ] as const) {
    const without = await cost(silent, script);
    const all = await cost(shipped, script);
    report({
      what: `history of ${CONTAINERS} containers ${what}: supervisors' CPU time, with less without`,
      unit: '% of a core',
      ours: all.percent - without.percent,
      goal: { most: 0.2 },
      note: `${all.supervisors} supervisors; ${all.percent.toFixed(2)} with, ${without.percent.toFixed(2)} without`,
    });
  }
}

// Started with a root, this very file is the supervisor that records nothing.
const nothing = { begin: () => undefined, end: () => undefined, close: () => Promise.resolve() };
if (process.argv.includes('--root')) runSupervisor(() => nothing);
else void main();
