// 100 MiB of short lines through a container's stdout into its log file, from the request to start it to its end.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openEngine, type Engine } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { layout } from '../src/engine/state/layout.js';
import { HIDE_CGROUP2, isInstalled, resident } from './peers.js';
import { interleaved, report, timed } from './report.js';

const BYTES = 100 * 1024 * 1024;
const LINE = 'a'.repeat(64);
const SCRIPT = `yes ${LINE} | head -c ${BYTES}`;
const ROUNDS = 5;

const root = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));

async function written(engine: Engine): Promise<number> {
  const log = { maxSizeBytes: -1, maxFiles: 1 };
  const { id } = await engine.create({ image: 'base', network: 'none', cmd: ['sh', '-c', SCRIPT], log });
  const ms = await timed(async () => {
    await engine.start(id);
    await engine.wait(id);
  });
  if (statSync(layout.log(root, id)).size < BYTES) throw new Error('the log has lost lines');
  await engine.remove(id);
  return ms;
}

async function main(): Promise<void> {
  const engine = await openEngine({ root, supervisorEntry: resolve('dist/supervisor.cjs') });
  const ends: (() => void)[] = [];
  try {
    const [rootfs] = (await engine.images.get('base')).layers;
    await engine.warm();
    const pipe = resident(`sh -c '${SCRIPT}' | cat > ${join(root, 'piped')}`);
    ends.push(() => pipe.end());
    const contenders: Record<string, () => Promise<number>> = {
      ours: () => written(engine),
      'cat to a file': () => pipe.run(),
    };
    if (isInstalled('podman')) {
      // Without CAP_SYS_RESOURCE it may lower limits only, and by itself it raises them.
      const options = '--rm --network none --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 --log-driver k8s-file';
      const podman = resident(`podman run ${options} --rootfs ${rootfs!}:O sh -c '${SCRIPT}'`, {
        before: HIDE_CGROUP2,
      });
      ends.push(() => podman.end());
      contenders['podman'] = () => podman.run();
    }
    const { ours, ...peers } = (await interleaved(contenders, ROUNDS)) as Record<string, number> & { ours: number };
    const note = `${(BYTES / 1048576 / (ours / 1000)).toFixed(0)} MiB/s`;
    report({
      what: '100 MiB of 65-byte log lines, written',
      unit: 'ms',
      ours,
      peers,
      goal: { peer: 'podman', times: 1.2 },
      note,
    });
  } finally {
    for (const end of ends) end();
    engine.close();
    for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
    rmSync(root, { recursive: true, force: true });
  }
}

void main();
