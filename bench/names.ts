// How long a container waits for a name: questions by UDP from inside its network namespace, one after the other, to the keeper of a
// network that twenty containers are on. What is measured is the way there, the look at the files, the answer and the way back, as a
// C library has it that sends and then waits in recvfrom(2): an event loop on this side would be half of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encode } from 'dns-packet';
import { holdPort, syscall } from '../src/native/index.js';
import { openEngine } from '../src/engine/index.js';
import { readEntry, registered } from '../src/engine/supervisor/registry.js';
import { openNetworks } from '../src/engine/network/store.js';
import { endKeeper } from '../test/support/house.js';
import { enterOwnNetwork } from '../test/support/own-network.js';
import { median, quantile, report } from './report.js';

const CONTAINERS = 20;
const WARM_UP = 2_000;
const QUESTIONS = 5_000;
const GOAL_MS = 0.5;

interface Times {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
}

/** In the network namespace of a container: ms of each question. */
function ask(server: string): void {
  const { fd } = holdPort('datagram', { address: '0.0.0.0', port: 0 });
  // struct sockaddr_in (ip(7)); AF_INET is 2 in the byte order of the host, the port is 53.
  const to = Buffer.from([2, 0, 0, 53, ...server.split('.').map(Number), ...new Array<number>(8).fill(0)]);
  const reply = Buffer.alloc(512);
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + QUESTIONS; i += 1) {
    const questions = [{ type: 'A', name: `c${i % CONTAINERS}-x` } as const];
    const query = encode({ type: 'query', id: i & 0xffff, flags: 0x0100, questions });
    const begun = process.hrtime.bigint();
    syscall('sendto', fd, query, query.length, 0, to, to.length);
    syscall('recvfrom', fd, reply, reply.length, 0, null, null);
    const ms = Number(process.hrtime.bigint() - begun) / 1e6;
    if (reply.readUInt16BE(6) !== 1) throw new Error('a name was not answered');
    if (i >= WARM_UP) times.push(ms);
  }
  const result: Times = { median: median(times), p95: quantile(times, 0.95), p99: quantile(times, 0.99) };
  console.log(JSON.stringify(result));
}

async function askFrom(pid: number, server: string): Promise<Times> {
  const words = [`--net=/proc/${pid}/ns/net`, process.execPath, process.argv[1]!, 'ask', server];
  const child = spawn('nsenter', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return JSON.parse(said) as Times;
}

async function main(): Promise<void> {
  enterOwnNetwork();
  const root = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));
  const engine = await openEngine({ root, supervisorEntry: resolve('dist/supervisor.cjs') });
  try {
    let pid = 0;
    for (let i = 0; i < CONTAINERS; i += 1) {
      const { id } = await engine.create({ image: 'base', name: `c${i}-x`, cmd: ['sleep', '1000'] });
      pid = (await engine.start(id)).state.init!.pid;
    }
    const [network] = openNetworks(root).all();
    const times = await askFrom(pid, network!.subnets[0]!.gateway);
    const words = (ms: number) => `${ms.toFixed(3)} ms`;
    report({
      what: `a name on a network of ${CONTAINERS} containers, p95 of ${QUESTIONS}`,
      unit: 'ms',
      ours: times.p95,
      goal: { most: GOAL_MS },
      note: `median ${words(times.median)}, p99 ${words(times.p99)}`,
    });
  } finally {
    for (const { id } of await engine.list()) await engine.remove(id, { force: true });
    engine.close();
    await endKeeper(root);
    for (const id of registered(root)) {
      const entry = readEntry(root, id);
      if (entry !== undefined) process.kill(entry.pid, 'SIGTERM');
    }
    rmSync(root, { recursive: true, force: true });
  }
}

const [, , mode, server] = process.argv;
if (mode === 'ask') ask(server!);
else void main();
