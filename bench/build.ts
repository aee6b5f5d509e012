// A Dockerfile of twenty steps that was built before, built again with nothing changed: in a process that has the engine loaded, and
// as a whole command, beside `buildah bud --layers`.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openEngine } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { inMemory, isInstalled } from './peers.js';
import { interleaved, report, timed } from './report.js';

const ROUNDS = 15;
const STEPS = 20;
/** Files of the context, of 4 KiB each. */
const FILES = 200;

const root = inMemory();
const context = join(root, 'context');
mkdirSync(join(context, 'src'), { recursive: true });
for (let i = 0; i < FILES; i += 1)
  writeFileSync(join(context, 'src', `file-${i}`), String(i).repeat(4096).slice(0, 4096));

/** Half of the steps copy files, half run a command. */
function dockerfile(from: string, run: (i: number) => string): string {
  const steps = Array.from({ length: STEPS }, (_, i) => (i % 2 === 0 ? `COPY src /step-${i}` : run(i)));
  return [`FROM ${from}`, ...steps, 'CMD ["true"]'].join('\n');
}

writeFileSync(
  join(context, 'Dockerfile'),
  dockerfile('base', (i) => `RUN echo ${i} > /ran-${i}`),
);

const command = (): Promise<number> =>
  timed(() => {
    const { status, stderr } = spawnSync(process.execPath, [
      resolve('dist/tscontain.cjs'),
      '--root',
      join(root, 'ours'),
      'build',
      '-q',
      context,
    ]);
    if (status !== 0) throw new Error(stderr.toString());
    return Promise.resolve();
  });

/** From scratch, so that buildah needs no registry; its RUN is a COPY as well, because nothing could run in there. */
function openBuildah(): (() => Promise<number>) | undefined {
  if (!isInstalled('buildah')) return undefined;
  const other = join(root, 'Dockerfile.buildah');
  writeFileSync(
    other,
    dockerfile('scratch', (i) => `COPY src /other-${i}`),
  );
  const storage = ['--root', join(root, 'buildah'), '--runroot', join(root, 'buildah-run'), '--storage-driver', 'vfs'];
  const bud = (): Promise<number> =>
    timed(() => {
      const { status, stderr } = spawnSync('buildah', [...storage, 'bud', '--layers', '-q', '-f', other, context]);
      if (status !== 0) throw new Error(stderr.toString());
      return Promise.resolve();
    });
  return bud;
}

async function main(): Promise<void> {
  const engine = await openEngine({ root: join(root, 'ours'), supervisorEntry: resolve('dist/supervisor.cjs') });
  const wishes = { context: { kind: 'directory', path: context } } as const;
  try {
    await engine.build(wishes);
    await measure(() => timed(() => engine.build(wishes)));
  } finally {
    engine.close();
    for (const id of registered(join(root, 'ours'))) {
      const entry = readEntry(join(root, 'ours'), id);
      if (entry !== undefined) process.kill(entry.pid, 'SIGTERM');
    }
    rmSync(root, { recursive: true, force: true });
  }
}

async function measure(rebuild: () => Promise<number>): Promise<void> {
  const buildah = openBuildah();
  await buildah?.();
  const medians = await interleaved(
    {
      ours: rebuild,
      command,
      ...(buildah === undefined ? {} : { buildah }),
    },
    ROUNDS,
  );
  const { ours, command: whole, ...peers } = medians as Record<string, number> & { ours: number; command: number };
  const what = `${STEPS} steps built again, nothing changed`;
  report({ what: `${what}, in a process that has the engine loaded`, unit: 'ms', ours, goal: { most: 150 } });
  const note = `${FILES} files of 4 KiB; buildah's steps are all COPY, upon scratch`;
  report({
    what: `${what}, as a command`,
    unit: 'ms',
    ours: whole,
    peers,
    goal: { peer: 'buildah', times: 0.5 },
    note,
  });
}

void main();
