// What a person waits for at a prompt: whole commands, each a process from its start to its end, beside podman's and docker's.
// podman has no daemon either; docker's is running, and so is one supervisor of ours.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openEngine } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { HIDE_CGROUP2, isInstalled, once, openDocker, openPodman, resident, type PeerEngine } from './peers.js';
import { interleaved, report, type Measurement } from './report.js';

const ROUNDS = 15;
const LOG_ROUNDS = 3;
const LOG_MIB = 100;
const LINES = `yes ${'a'.repeat(64)} | head -c ${LOG_MIB * 1024 * 1024}`;

// Node would read certificates at every start, twice as long as everything else.
delete process.env['NODE_EXTRA_CA_CERTS'];

const directory = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));
const root = join(directory, 'ours');

type Goal = Measurement['goal'];

/** The peers that run here, and why the others do not. */
async function openPeers(rootfs: string): Promise<{ engines: Map<string, PeerEngine>; missing: string[] }> {
  const engines = new Map<string, PeerEngine>();
  const missing: string[] = [];
  const openers: Record<string, () => PeerEngine | Promise<PeerEngine>> = {
    podman: () => openPodman(join(directory, 'podman'), rootfs),
    docker: () => openDocker(join(directory, 'docker'), rootfs),
  };
  for (const [name, open] of Object.entries(openers)) {
    try {
      if (!isInstalled(name)) throw new Error('not installed');
      engines.set(name, await open());
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { engines, missing };
}

/** The same words to every engine, in turn. */
async function compare(
  contenders: ReadonlyMap<string, PeerEngine>,
  { what, words, goal, rounds = ROUNDS, note }: CommandLine,
): Promise<void> {
  const residents = [...contenders].map(
    ([name, engine]) =>
      [name, resident(words(engine), engine.before === undefined ? {} : { before: engine.before })] as const,
  );
  try {
    for (const [, each] of residents) await each.run();
    const runs = Object.fromEntries(residents.map(([name, each]) => [name, () => each.run()]));
    const { ours, ...peers } = await interleaved(runs, rounds);
    report({
      what,
      unit: 'ms',
      ours: ours!,
      peers,
      ...(goal === undefined ? {} : { goal }),
      ...(note === undefined || note === '' ? {} : { note }),
    });
  } finally {
    for (const [, each] of residents) each.end();
  }
}

interface CommandLine {
  readonly what: string;
  readonly words: (engine: PeerEngine) => string;
  readonly goal?: Goal;
  readonly rounds?: number;
  readonly note?: string;
}

async function main(): Promise<void> {
  const engine = await openEngine({ root, supervisorEntry: resolve('dist/supervisor.cjs') });
  let peers = new Map<string, PeerEngine>();
  try {
    const [rootfs] = (await engine.images.get('base')).layers;
    const { engines, missing } = await openPeers(rootfs!);
    peers = engines;
    const ours: PeerEngine = {
      command: `${process.execPath} -- ${resolve('dist/tscontain.cjs')} --root ${root}`,
      run: '--network none',
      end: () => Promise.resolve(),
    };
    const all = new Map([['ours', ours], ...engines]);
    for (const { command, run, before } of all.values()) {
      once(`${command} run -d --name sleeping ${run} base sleep 100000`, before);
      once(`${command} run --name talking ${run} base sh -c '${LINES}'`, before);
    }

    await compare(all, {
      what: 'run --rm base true',
      words: ({ command, run }) => `${command} run --rm ${run} base true`,
      goal: { peer: 'podman', times: 0.8 },
      note: missing.join('; '),
    });
    await compare(all, {
      what: 'exec of true',
      words: ({ command }) => `${command} exec sleeping true`,
      goal: { peer: 'docker', times: 1.2 },
    });
    const crun: PeerEngine = { command: 'crun', run: '', before: HIDE_CGROUP2, end: () => Promise.resolve() };
    await compare(isInstalled('crun') ? new Map([...all, ['crun list', crun]]) : all, {
      what: 'ps',
      words: ({ command }) => `${command} ${command === 'crun' ? 'list' : 'ps'}`,
    });
    await compare(all, {
      what: `logs of ${LOG_MIB} MiB`,
      words: ({ command }) => `${command} logs talking`,
      rounds: LOG_ROUNDS,
      note: 'read and written to /dev/null',
    });
  } finally {
    for (const peer of peers.values()) await peer.end();
    for (const { id } of await engine.list()) await engine.remove(id, { force: true });
    engine.close();
    for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  }
}

void main();
