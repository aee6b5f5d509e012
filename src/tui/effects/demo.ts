// The demo: three services and a noisy one, made from the image base, so that a first visitor has something to look at.
import type { CreateSpec } from '../../engine/index.js';
import { isRunning } from '../rows.js';
import type { Ports } from './ports.js';

const MiB = 1024 ** 2;
const PROJECT = 'demo';

const service = (name: string, script: string, limits: CreateSpec['limits']): CreateSpec => ({
  image: 'base',
  name: `${PROJECT}-${name}`,
  project: PROJECT,
  hostname: name,
  cmd: ['sh', '-c', script],
  stopTimeoutSeconds: 2,
  ...(limits === undefined ? {} : { limits }),
});

/** Scripts for a plain sh with coreutils; each traps TERM, because the first process of a pid namespace is deaf to it. */
const SERVICES: readonly CreateSpec[] = [
  service(
    'web',
    `trap 'exit 0' TERM; i=0
while :; do
  i=$((i+1)); j=0; while [ $j -lt $((2000 + i % 7 * 1500)) ]; do j=$((j+1)); done
  echo "GET /page/$((i % 40)) 200 $((i % 90 + 3)) ms"
  sleep 0.2
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
    'worker',
    `trap 'exit 0' TERM
while :; do i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo "job done"; done`,
    { nanoCpus: 0.2e9, memory: 64 * MiB, pidsLimit: 64 },
  ),
  service(
    'noisy',
    `trap 'exit 0' TERM
while :; do head -c 20000000 /dev/zero > /tmp/noise; sync /tmp/noise; rm /tmp/noise; done`,
    { memory: 256 * MiB, pidsLimit: 64 },
  ),
];

export async function startDemo({ engine, dispatch }: Ports): Promise<void> {
  const there = await engine.list();
  for (const spec of SERVICES) {
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
    text: 'The demo runs: demo-noisy writes to the disk as fast as it can. u on it, then q, quiets it down.',
  });
}
