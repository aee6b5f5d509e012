// The keeper program: node keeper.cjs --root DIR. One a state directory, detached, begun by whoever needs it (line.ts). It answers names on
// the gateways of all networks, keeps rules and settings of the host in place, and takes all of it away when nobody is on a network.
//
// Whoever has come on a network writes a line and hears one when names are answered there:
//
//   supervisor  ── "look\n" ─────────────▶  keeper
//               ◀── {"notes":["…"]}\n ────
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { lockFile } from '../../../native/index.js';
import { openCgroupDriver, type CgroupDriver } from '../../cgroup/index.js';
import { layout } from '../../state/layout.js';
import { listenIn } from '../../state/socket-in.js';
import { createStore } from '../../state/store.js';
import { isInOwnCgroup, leaveOwnCgroup, putIntoOwnCgroup } from '../../supervisor/own-cgroup.js';
import { becomeDetached, say, sayReady } from '../../supervisor/own-process.js';
import { openNetworks } from '../store.js';
import { openDoors } from './doors.js';
import { keeperCgroup, removeIdentity, writeIdentity } from './identity.js';
import { Keeper } from './keeper.js';

const DEFAULT_IDLE_MS = 30_000;
/** How often it looks whether anybody is still there, and whether a port that another program had is free. */
const TICK_MS = 2_000;

interface Arguments {
  readonly root: string;
  readonly idleMs: number;
}

function readArguments(): Arguments {
  const { values } = parseArgs({ options: { root: { type: 'string' } } });
  if (values.root === undefined) throw new Error('usage: keeper --root DIR');
  return { root: values.root, idleMs: Number(process.env['TSCONTAIN_KEEPER_IDLE_MS'] ?? DEFAULT_IDLE_MS) };
}

async function main(): Promise<void> {
  const { root, idleMs } = readArguments();
  becomeDetached();
  mkdirSync(layout.keeper(root), { recursive: true, mode: 0o700 });
  // One that is about to leave takes down what it must, and lets go of this then.
  await lockFile(layout.keeperLock(root));
  writeIdentity(root);
  const driver = openCgroupDriver();
  const cgroup = keeperCgroup(root);
  if (!isInOwnCgroup(driver, cgroup)) putIntoOwnCgroup(driver, cgroup, process.pid);
  const networks = openNetworks(root);
  const doors = openDoors({ networks, store: createStore(root, driver), say }, () => keeper);
  const keeper: Keeper = new Keeper(doors, { idleMs, onIdle: () => void leave() });
  await keeper.begin();
  const { server, sockets } = answerLooks(keeper);
  // That of one that was killed; we alone have the lock.
  rmSync(join(layout.keeper(root), 'sock'), { force: true });
  await listenIn(server, layout.keeper(root));
  setInterval(() => void tick(keeper), Math.min(TICK_MS, Math.max(idleMs / 2, 10)));
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void keeper.leaveIfIdle());
  sayReady();

  async function leave(): Promise<void> {
    // Nobody shall find it any more; who asks at this very moment finds the connection closed, and begins another.
    server.close();
    for (const socket of sockets) socket.destroy();
    try {
      await keeper.end();
    } catch (error) {
      say(`leaving: ${error instanceof Error ? error.message : String(error)}`);
    }
    doors.close();
    removeIdentity(root);
    await leaveCgroup(driver, cgroup);
    process.exit(0);
  }
}

async function tick(keeper: Keeper): Promise<void> {
  try {
    await keeper.tick();
  } catch (error) {
    // Files that cannot be read now can perhaps be in a while.
    say(error instanceof Error ? error.message : String(error));
  }
}

function answerLooks(keeper: Keeper): { readonly server: Server; readonly sockets: ReadonlySet<Socket> } {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', () => void answerLook(keeper, socket));
  });
  return { server, sockets };
}

async function answerLook(keeper: Keeper, socket: Socket): Promise<void> {
  let notes: readonly string[];
  try {
    notes = await keeper.look();
  } catch (error) {
    notes = [`names may not be answered: ${error instanceof Error ? error.message : String(error)}`];
  }
  if (socket.writable) socket.write(`${JSON.stringify({ notes })}\n`);
}

async function leaveCgroup(driver: CgroupDriver, cgroup: string): Promise<void> {
  try {
    await leaveOwnCgroup(driver, cgroup);
  } catch {
    // The next keeper takes it over.
  }
}

export function runKeeper(): void {
  main().catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  });
}
