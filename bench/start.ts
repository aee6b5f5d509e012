// What a container costs from start to end, its supervisor warm, cgroups and logs included: beside util-linux's unshare, which
// makes the namespaces and nothing else, and crun, the quickest of the OCI runtimes.
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openEngine, type Engine } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { HIDE_CGROUP2, inMemory, isInstalled, resident, UNSHARE, writeBundle } from './peers.js';
import { interleaved, report, timed } from './report.js';

const ROUNDS = 100;
const MANY = 50;

const root = inMemory();
/** With its state beside ours. */
const CRUN = `crun --root ${join(root, 'crun')}`;
const supervisorEntry = resolve('dist/supervisor.cjs');

interface Times {
  readonly started: number;
  readonly ended: number;
  readonly whole: number;
}

/** Create, start, run true, end, remove. */
async function cycle(engine: Engine): Promise<Times> {
  const begun = performance.now();
  const { id } = await engine.create({ image: 'base', network: 'none', cmd: ['true'] });
  const created = performance.now();
  const end = engine.wait(id, 'next-exit');
  await engine.start(id);
  const started = performance.now();
  await end;
  const ended = performance.now();
  await engine.remove(id);
  return { started: started - created, ended: ended - created, whole: performance.now() - begun };
}

async function one(engine: Engine, rootfs: string): Promise<void> {
  const unshare = resident(UNSHARE);
  const crun = isInstalled('crun')
    ? resident(`${CRUN} run --bundle ${writeBundle(join(root, 'bundle'), rootfs, ['true'])} bench-$n`, {
        before: HIDE_CGROUP2,
      })
    : undefined;
  for (let i = 0; i < 20; i += 1) await cycle(engine);
  let last: Times = { started: 0, ended: 0, whole: 0 };
  const medians = await interleaved(
    {
      start: async () => (last = await cycle(engine)).started,
      end: () => Promise.resolve(last.ended),
      whole: () => Promise.resolve(last.whole),
      unshare: () => unshare.run(),
      ...(crun === undefined ? {} : { crun: () => crun.run() }),
    },
    ROUNDS,
  );
  unshare.end();
  crun?.end();
  const { start, end, whole, ...peers } = medians as Record<string, number> & {
    start: number;
    end: number;
    whole: number;
  };
  const note = 'from the request to the answer that its program runs: launched, and its state written';
  report({ what: 'start', unit: 'ms', ours: start, peers, goal: { peer: 'unshare', times: 2 }, note });
  report({ what: 'start, beside crun', unit: 'ms', ours: start, peers, goal: { peer: 'crun', times: 0.5 } });
  report({ what: 'start to the end of true', unit: 'ms', ours: end, peers });
  report({ what: 'create, start, end, remove', unit: 'ms', ours: whole, peers });
}

async function many(engine: Engine, rootfs: string): Promise<void> {
  const bundle = writeBundle(join(root, 'sleeping'), rootfs, ['sleep', '1000']);
  const crun = isInstalled('crun');
  const start = resident(`for i in $(seq ${MANY}); do ${CRUN} run -d --bundle ${bundle} many-$i; done`, {
    before: HIDE_CGROUP2,
  });
  const remove = resident(`for i in $(seq ${MANY}); do ${CRUN} delete -f many-$i; done`, { before: HIDE_CGROUP2 });
  const ids: string[] = [];
  const contenders = {
    start: () =>
      timed(() =>
        Promise.all(
          Array.from({ length: MANY }, async () => {
            const { id } = await engine.create({ image: 'base', network: 'none', cmd: ['sleep', '1000'] });
            await engine.start(id);
            ids.push(id);
          }),
        ),
      ),
    remove: () => timed(() => Promise.all(ids.splice(0).map((id) => engine.remove(id, { force: true })))),
    ...(crun ? { crunStart: () => start.run(), crunRemove: () => remove.run() } : {}),
  };
  const medians = await interleaved(contenders, 3);
  start.end();
  remove.end();
  const peer = (name: string): Record<string, number> => (medians[name] === undefined ? {} : { crun: medians[name] });
  const goal = { peer: 'crun', times: 1 };
  report({ what: `create and start ${MANY}`, unit: 'ms', ours: medians['start']!, peers: peer('crunStart'), goal });
  report({ what: `remove ${MANY} that run`, unit: 'ms', ours: medians['remove']!, peers: peer('crunRemove'), goal });
}

async function main(): Promise<void> {
  const engine = await openEngine({ root, supervisorEntry });
  try {
    const [rootfs] = (await engine.images.get('base')).layers;
    await engine.warm();
    await one(engine, rootfs!);
    await many(engine, rootfs!);
  } finally {
    for (const { id } of await engine.list()) await engine.remove(id, { force: true });
    engine.close();
    for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
