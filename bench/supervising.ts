// What looking after 50 running containers costs in memory. PSS shares Node's own code among all Node programs that run at the
// time; here it is counted in full, as if ours were the only ones.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { report } from './report.js';

const CONTAINERS = 50;
/** Until supervisors have settled after their starts. */
const SETTLING_MS = 4_000;

const root = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));

interface Memory {
  readonly pss: number;
  readonly own: number;
  readonly shared: number;
}

/** KiB; proc_pid_smaps_rollup(5) */
function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const field = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? NaN);
  const own = field('Private_Clean') + field('Private_Dirty');
  return { pss: field('Pss'), own, shared: field('Rss') - own };
}

async function main(): Promise<void> {
  const engine = await openEngine({ root, supervisorEntry: resolve('dist/supervisor.cjs') });
  try {
    for (let i = 0; i < CONTAINERS; i += 1) {
      const { id } = await engine.create({ image: 'base', network: 'none', cmd: ['sleep', '1000'] });
      await engine.start(id);
    }
    await sleep(SETTLING_MS);
    const all = registered(root).map((id) => memoryOf(readEntry(root, id)!.pid));
    const own = all.reduce((sum, memory) => sum + memory.own, 0);
    const shared = Math.max(...all.map((memory) => memory.shared));
    const pss = all.reduce((sum, memory) => sum + memory.pss, 0);
    const mib = (kib: number): number => kib / 1024 / CONTAINERS;
    const note = `${all.length} supervisors; PSS with the other Node programs of this moment: ${mib(pss).toFixed(2)}`;
    report({
      what: `supervising a container, of ${CONTAINERS}`,
      unit: 'MiB',
      ours: mib(own + shared),
      goal: { most: 1 },
      note,
    });
  } finally {
    await Promise.all((await engine.list()).map(({ id }) => engine.remove(id, { force: true })));
    engine.close();
    for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
