// The demo: a web service, a worker like a database, a backup, and a noisy one that sleeps for ten seconds and then takes all
// the CPU there is, so that a new visitor sees a notice and cures it. Made from the image base.
//
// From a few loops that only turn, the kernel's scheduler protects a service of a container of its own so well that it is hardly
// hurt, and nothing is said. So the noisy one starts programs without end: those come anew each time, and the service is busy enough to be in their way.
import { cpus } from 'node:os';
import type { CreateSpec, Engine } from '../../engine/index.js';
import { DEMO_PROJECT, NOISY } from '../state/demo.js';
import { isRunning } from '../rows.js';
import type { Ports } from './ports.js';

const MiB = 1024 ** 2;
/** More than every CPU can take at once. */
const NOISY_LOOPS = 5 * cpus().length;

const service = (name: string, script: string, limits: NonNullable<CreateSpec['limits']>): CreateSpec => ({
  image: 'base',
  name: `${DEMO_PROJECT}-${name}`,
  project: DEMO_PROJECT,
  hostname: name,
  cmd: ['sh', '-c', script],
  stopTimeoutSeconds: 2,
  limits,
});

/** Scripts for a plain sh with coreutils; each traps TERM, because the first process of a pid namespace is deaf to it. */
const SERVICES: readonly CreateSpec[] = [
  service(
    'web',
    `trap 'exit 0' TERM; i=0
while :; do
  i=$((i+1)); j=0; while [ $j -lt $((12000 + i % 7 * 3000)) ]; do j=$((j+1)); done
  echo "GET /page/$((i % 40)) 200 $((i % 90 + 3)) ms"
  sleep 0.05
done`,
    { nanoCpus: 1e9, memory: 64 * MiB, pidsLimit: 64 },
  ),
  service(
    'db',
    `trap 'exit 0' TERM
while :; do
  head -c 3000000 /dev/urandom > /tmp/table; sync /tmp/table; cat /tmp/table > /dev/null
  echo "checkpoint: 3 MB written"
  sleep 1
done`,
    { nanoCpus: 1.5e9, memory: 128 * MiB, pidsLimit: 64 },
  ),
  service(
    'backup',
    `trap 'exit 0' TERM
while :; do tar cf /tmp/backup.tar /usr/bin 2>/dev/null; echo "backup: $(wc -c < /tmp/backup.tar) bytes"; rm /tmp/backup.tar; sleep 4; done`,
    { nanoCpus: 0.5e9, memory: 256 * MiB, pidsLimit: 64 },
  ),
  service(
    NOISY.slice(DEMO_PROJECT.length + 1),
    `trap 'exit 0' TERM; trap 'awake=1' USR1; awake=0
n=0; while [ $awake = 0 ] && [ $n -lt 10 ]; do sleep 1; n=$((n+1)); done
while :; do
  echo "awake: programs without end, for two minutes"; hogs=
  for n in $(seq ${NOISY_LOOPS}); do (trap - TERM; while :; do /bin/true; done) & hogs="$hogs $!"; done
  n=0; while [ $n -lt 120 ]; do sleep 1; n=$((n+1)); done
  kill $hogs; wait $hogs; awake=0; echo asleep
  while [ $awake = 0 ]; do sleep 1; done
done`,
    { memory: 256 * MiB, pidsLimit: 64 + 2 * NOISY_LOOPS },
  ),
];

/** Creates what is missing of it and starts what does not run; no more of it once the dashboard is being left. */
export async function startDemo({ engine, dispatch }: Ports, isLeft: () => boolean): Promise<void> {
  const there = await engine.list();
  for (const spec of SERVICES) {
    if (isLeft()) return;
    const existing = there.find(({ config }) => config.name === spec.name);
    if (existing) {
      if (!isRunning(existing.state.status)) await engine.start(existing.id);
      continue;
    }
    const container = await engine.create(spec);
    try {
      await engine.start(container.id);
    } catch (error) {
      await engine.remove(container.id, { force: true });
      throw error;
    }
  }
  dispatch({
    type: 'notice',
    kind: 'good',
    text: `The demo runs: ${NOISY} sleeps for ten seconds, then takes all the CPU there is.`,
  });
}

export async function wakeNoisy({ engine, dispatch }: Pick<Ports, 'engine' | 'dispatch'>): Promise<void> {
  await engine.kill(NOISY, 'SIGUSR1');
  dispatch({ type: 'notice', kind: 'info', text: `${NOISY} wakes within a second.` });
}

/** Removes all of it for good. */
export async function removeDemo(engine: Pick<Engine, 'list' | 'remove'>): Promise<void> {
  const names = new Set(SERVICES.map(({ name }) => name));
  const members = (await engine.list()).filter(
    ({ config }) => config.project === DEMO_PROJECT && names.has(config.name),
  );
  await Promise.all(members.map(({ id }) => engine.remove(id, { force: true })));
}
