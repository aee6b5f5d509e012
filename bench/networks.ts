// What a network of its own costs a container: its start, a whole `run --rm` beside docker's and podman's, the way from one container to
// another, and the two hundredth on a bridge. All of it in a network namespace of the bench's own.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine, type Engine, type NetworkMode } from '../src/engine/index.js';
import { openNetworks } from '../src/engine/network/store.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { endKeeper } from '../test/support/house.js';
import { enterOwnNetwork } from '../test/support/own-network.js';
import { inMemory, isInstalled, once as runOnce, openDocker, openPodman, resident, type PeerEngine } from './peers.js';
import { interleaved, median, report } from './report.js';

const ROUNDS = 60;
const RUN_ROUNDS = 15;
const IPERF_ROUNDS = 5;
const IPERF_SECONDS = 2;
const MANY = 200;
/** Of the first and of the last on a bridge. */
const SOME = 10;
/** So often. */
const FILLS = 3;

// Node would read certificates at every start, twice as long as everything else.
delete process.env['NODE_EXTRA_CA_CERTS'];

const directory = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));
const root = inMemory();

/** ms from the request to the answer that its program runs. */
async function startOf(engine: Engine, network: NetworkMode): Promise<number> {
  const { id } = await engine.create({ image: 'base', cmd: ['true'], network });
  const end = engine.wait(id, 'next-exit');
  const begun = performance.now();
  await engine.start(id);
  const ms = performance.now() - begun;
  await end;
  await engine.remove(id);
  return ms;
}

async function start(engine: Engine): Promise<void> {
  for (let i = 0; i < 20; i += 1) for (const mode of ['none', 'bridge'] as const) await startOf(engine, mode);
  const { none, bridge } = (await interleaved(
    { none: () => startOf(engine, 'none'), bridge: () => startOf(engine, 'bridge') },
    ROUNDS,
  )) as { none: number; bridge: number };
  const what = 'start on the default bridge, beyond one without a network';
  const note = `${bridge.toFixed(1)} ms beside ${none.toFixed(1)} ms; names are answered and rules in place when it runs`;
  report({ what, unit: 'ms', ours: bridge - none, goal: { most: 6 }, note });
}

/** The peers that run here, and why the others do not. */
async function openPeers(rootfs: string): Promise<{ engines: Map<string, PeerEngine>; missing: string[] }> {
  const engines = new Map<string, PeerEngine>();
  const missing: string[] = [];
  const openers: Record<string, () => PeerEngine | Promise<PeerEngine>> = {
    podman: () => openPodman(join(directory, 'podman'), rootfs, 'bridge'),
    docker: () => openDocker(join(directory, 'docker'), rootfs, 'bridge'),
  };
  for (const [name, open] of Object.entries(openers)) {
    let engine: PeerEngine | undefined;
    try {
      if (!isInstalled(name)) throw new Error('not installed');
      engine = await open();
      // Bridges stay as long as somebody is on them, everybody's.
      runOnce(`${engine.command} run -d ${engine.run} base sleep 100000`, engine.before);
      engines.set(name, engine);
    } catch (error) {
      missing.push(`${name}: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]!}`);
      await engine?.end();
    }
  }
  return { engines, missing };
}

async function run(rootfs: string): Promise<void> {
  const command = `${process.execPath} -- ${resolve('dist/tscontain.cjs')} --root ${root}`;
  runOnce(`${command} run -d base sleep 100000`);
  const { engines, missing } = await openPeers(rootfs);
  const ours: PeerEngine = { command, run: '', end: () => Promise.resolve() };
  const residents = [...new Map([['ours', ours], ...engines])].map(
    ([name, engine]) =>
      [
        name,
        resident(
          `${engine.command} run --rm ${engine.run} base true`,
          engine.before === undefined ? {} : { before: engine.before },
        ),
      ] as const,
  );
  try {
    for (const [, each] of residents) await each.run();
    const runs = Object.fromEntries(residents.map(([name, each]) => [name, () => each.run()]));
    const { ours: ms, ...peers } = await interleaved(runs, RUN_ROUNDS);
    for (const peer of ['docker', 'podman']) {
      const what = `run --rm base true on the default bridge, beside ${peer}`;
      report({ what, unit: 'ms', ours: ms!, peers, goal: { peer, times: 0.4 }, note: missing.join('; ') });
    }
  } finally {
    for (const [, each] of residents) each.end();
    for (const engine of engines.values()) await engine.end();
  }
}

/** Two ends of a way, each a process in a network namespace of its own. */
interface Way {
  readonly from: number;
  readonly to: number;
  readonly address: string;
}

const within = (pid: number, ...words: string[]): string[] => [`--net=/proc/${pid}/ns/net`, ...words];

function ip(pid: number, words: string): void {
  const { status, stderr } = spawnSync('nsenter', within(pid, 'ip', ...words.split(' ')), { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${words}: ${stderr}`);
}

async function emptyNamespace(): Promise<ChildProcess> {
  const child = spawn('unshare', ['-n', 'sh', '-c', 'echo .; exec sleep 100000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** A bridge with a port for each of two namespaces, where nothing else is: no rules, nothing of ours. */
async function byHand(): Promise<{ way: Way; end(): void }> {
  const [host, left, right] = await Promise.all([emptyNamespace(), emptyNamespace(), emptyNamespace()]);
  ip(host.pid!, 'link add br0 type bridge');
  ip(host.pid!, 'link set br0 up');
  for (const [index, { pid }] of [left, right].entries()) {
    ip(host.pid!, `link add v${index} master br0 type veth peer name eth0 netns ${pid!}`);
    ip(host.pid!, `link set v${index} up`);
    ip(pid!, `address add 10.200.0.${index + 1}/24 dev eth0`);
    ip(pid!, 'link set eth0 up');
  }
  return {
    way: { from: left.pid!, to: right.pid!, address: '10.200.0.2' },
    end: () => [host, left, right].forEach((child) => child.kill('SIGKILL')),
  };
}

/** ms that a GiB takes, all of it there. */
async function gibibyte({ from, to, address }: Way): Promise<number> {
  const server = spawn('nsenter', within(to, 'iperf3', '-s', '-1'), { stdio: 'ignore' });
  const ended = once(server, 'close');
  await sleep(200);
  const words = within(from, 'iperf3', '-c', address, '-t', String(IPERF_SECONDS), '-J');
  const client = spawn('nsenter', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  client.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(client, 'close');
  await ended;
  const { end } = JSON.parse(said) as { end: { sum_received: { bits_per_second: number } } };
  return (2 ** 30 * 8 * 1000) / end.sum_received.bits_per_second;
}

async function throughput(engine: Engine): Promise<void> {
  if (!isInstalled('iperf3')) return;
  const networks = openNetworks(root);
  const ids: string[] = [];
  const pids: number[] = [];
  for (let i = 0; i < 2; i += 1) {
    const { id } = await engine.create({ image: 'base', cmd: ['sleep', '100000'] });
    const { state } = await engine.start(id);
    ids.push(id);
    pids.push(state.init!.pid);
  }
  const { endpoint } = networks.attachments(ids[1]!)[0]!;
  const ours: Way = { from: pids[0]!, to: pids[1]!, address: endpoint.ipv4Address };
  const hand = await byHand();
  try {
    const contenders = { ours: () => gibibyte(ours), 'by hand': () => gibibyte(hand.way) };
    const { ours: ms, ...peers } = await interleaved(contenders, IPERF_ROUNDS);
    const speed = (each: number): string => `${((8000 * 1.073741824) / each).toFixed(1)} Gbit/s`;
    const what = 'a GiB from one container to another, by iperf3';
    const note = `${speed(ms!)} beside ${speed(peers['by hand']!)} over a bridge made with ip`;
    report({ what, unit: 'ms', ours: ms!, peers, goal: { peer: 'by hand', times: 1.05 }, note });
  } finally {
    hand.end();
    for (const id of ids) await engine.remove(id, { force: true });
  }
}

/** ms of the starts of a bridge full of containers, in their order. */
async function fill(engine: Engine, round: number): Promise<number[]> {
  const { name } = await engine.networks.create({ name: 'many' });
  const network = (await engine.networks.inspect(name)).network.id;
  const times: number[] = [];
  const ids: string[] = [];
  for (let i = 0; i < MANY; i += 1) {
    const endpoints = [{ network, aliases: [] }];
    // A supervisor becomes quicker with each container: the first and the last have one each that has just begun.
    const project = i <= SOME ? `first-${round}` : i >= MANY - SOME ? `last-${round}` : 'others';
    const { id } = await engine.create({ image: 'base', cmd: ['sleep', '100000'], endpoints, project });
    ids.push(id);
    await engine.warm();
    const begun = performance.now();
    await engine.start(id);
    times.push(performance.now() - begun);
  }
  for (const id of ids) await engine.remove(id, { force: true });
  await engine.networks.remove(name);
  return times;
}

async function many(engine: Engine): Promise<void> {
  const rounds: number[][] = [];
  for (let round = 0; round < FILLS; round += 1) rounds.push(await fill(engine, round));
  // The very first waits for the bridge, its rules and whoever answers names.
  const first = median(rounds.flatMap((times) => times.slice(1, 1 + SOME)));
  const last = median(rounds.flatMap((times) => times.slice(-SOME)));
  const made = median(rounds.map(([time]) => time!)).toFixed(1);
  report({
    what: `start of the last of ${MANY} on one bridge`,
    unit: 'ms',
    ours: last,
    peers: { 'the first': first },
    goal: { peer: 'the first', times: 1.3 },
    note: `medians of ${FILLS * SOME} each, by supervisors that have just begun; the very first, which has the bridge made, took ${made} ms`,
  });
}

async function main(): Promise<void> {
  enterOwnNetwork();
  const engine = await openEngine({ root, supervisorEntry: resolve('dist/supervisor.cjs') });
  try {
    const [rootfs] = (await engine.images.get('base')).layers;
    await engine.warm();
    await start(engine);
    await throughput(engine);
    await many(engine);
    await run(rootfs!);
  } finally {
    for (const { id } of await engine.list()) await engine.remove(id, { force: true });
    engine.close();
    for (const id of registered(root)) process.kill(readEntry(root, id)!.pid, 'SIGTERM');
    await endKeeper(root);
    for (const path of [directory, root]) rmSync(path, { recursive: true, force: true });
  }
}

void main();
