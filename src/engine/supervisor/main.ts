// The supervisor program: node supervisor.cjs --root DIR --id ID [--idle-ms N]. Put together by src/cli, started by a manager
// (spawn.ts), detached, and left alone with its containers. It leaves when it has had nothing to do for a while, or when its directory is gone.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { launch, releaseFilePages, startTimeOf } from '../../native/index.js';
import { openCgroupDriver } from '../cgroup/index.js';
import { createImages } from '../image/store.js';
import { createStore } from '../state/store.js';
import { KeeperLine, keeperEntry } from '../network/keeper/line.js';
import { PortDesk } from '../network/publish/desk.js';
import { openNetworks } from '../network/store.js';
import { layout } from '../state/layout.js';
import { emptyRemoved } from '../verbs/empty-removed.js';
import { destroyContainer } from '../verbs/remove.js';
import { BlockPool } from './log-writer.js';
import { isInOwnCgroup, leaveOwnCgroup, putIntoOwnCgroup } from './own-cgroup.js';
import { becomeDetached, say, sayReady } from './own-process.js';
import type { Parts } from './parts.js';
import type { MakeRecorder } from './recorder.js';
import { isSupervisorAlive, register, unregister } from './registry.js';
import { rehearseJoining } from './run-network.js';
import { serve, type SupervisorServer } from './server.js';
import { Supervisor } from './supervisor.js';

const DEFAULT_IDLE_MS = 60_000;
/** How often it clears away what was removed and has been kept long enough: nobody else may be there to do it. */
const EMPTY_INTERVAL_MS = 30_000;
/** How often it looks whether its directory is still there. Twice missing, and it is taken to be gone for good. */
const LOOK_INTERVAL_MS = 2_000;

interface Arguments {
  readonly root: string;
  readonly id: string;
  readonly idleMs: number;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: { root: { type: 'string' }, id: { type: 'string' }, 'idle-ms': { type: 'string' } },
  });
  const { root, id, 'idle-ms': idleMs } = values;
  if (root === undefined || id === undefined) throw new Error('usage: supervisor --root DIR --id ID [--idle-ms N]');
  return { root, id, idleMs: idleMs === undefined ? DEFAULT_IDLE_MS : Number(idleMs) };
}

async function main(makeRecorder: MakeRecorder): Promise<void> {
  const { root, id, idleMs } = readArguments();
  becomeDetached();
  const self = { id, pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 };
  register(root, self);
  const driver = openCgroupDriver();
  // Done already, unless whoever started it was killed over it.
  if (!isInOwnCgroup(driver, id)) putIntoOwnCgroup(driver, id, process.pid);
  const store = createStore(root, driver);
  const parts: Parts = {
    supervisorId: id,
    root,
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
    store,
    driver,
    images: createImages(root),
    networks: openNetworks(root),
    keeper: new KeeperLine({ root, entry: keeperEntry(process.argv[1]!) }, say),
    ports: new PortDesk(),
    pool: new BlockPool(),
    recorder: makeRecorder(layout.hostMetrics(root), say),
    destroy: (container) => destroyContainer({ store, driver }, container),
    say,
  };
  const life = new Life(parts, idleMs);
  const supervisor = new Supervisor({
    parts,
    isSupervisorAlive: (other) => isSupervisorAlive(root, other),
    onChange: () => life.reconsider(),
    onLaunch: slimOnceQuiet(),
    onClaimed: (project) => register(root, { ...self, project }),
  });
  const server = await serve({
    directory: layout.supervisor(root, id),
    supervisor,
    hasTerminal: (container) => store.readConfig(container).tty,
    onConnections: () => life.reconsider(),
  });
  life.begin(supervisor, server);
  sayReady();
  setImmediate(() => void warmUp(parts));
}

/**
 * Does once, while nobody waits, what is slow the first time: a look at an image, a place on each network, a launch of nothing. What
 * cannot be done is told when it matters.
 */
async function warmUp(parts: Parts): Promise<void> {
  const rehearsals: readonly (() => unknown)[] = [
    () => launch([{ name: 'come to nothing', call: 'execve', args: ['/', ['/'], []] }]),
    () => parts.images.inspect('base'),
    () => parts.keeper.warm(),
    () => rehearseJoining(parts),
  ];
  for (const rehearse of rehearsals)
    await Promise.resolve()
      .then(rehearse)
      .catch(() => undefined);
}

/** After so long without a launch it is taken to have done what it was started for. */
const QUIET_MS = 2_000;

/** Once in its life, when the first launches are over, it gives back what of Node it has needed for those only. */
function slimOnceQuiet(): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isSlim = false;
  return () => {
    clearTimeout(timer);
    if (isSlim) return;
    timer = setTimeout(() => {
      isSlim = true;
      releaseFilePages();
    }, QUIET_MS).unref();
  };
}

/** When to leave. */
class Life {
  #supervisor: Supervisor | undefined;
  #server: SupervisorServer | undefined;
  #idle: NodeJS.Timeout | undefined;
  #missed = 0;

  constructor(
    private readonly parts: Parts,
    private readonly idleMs: number,
  ) {}

  begin(supervisor: Supervisor, server: SupervisorServer): void {
    this.#supervisor = supervisor;
    this.#server = server;
    setInterval(() => void this.#look(), LOOK_INTERVAL_MS).unref();
    setInterval(() => void this.#emptyRemoved(), EMPTY_INTERVAL_MS).unref();
    // Being asked to go is no reason to leave containers alone.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!supervisor.isNeeded) void this.#leave();
      });
    }
    this.reconsider();
  }

  reconsider(): void {
    clearTimeout(this.#idle);
    if (this.#isNeeded()) return;
    this.#idle = setTimeout(() => void this.#leave(), this.idleMs);
  }

  #isNeeded(): boolean {
    return this.#supervisor?.isNeeded !== false || (this.#server?.connections ?? 0) > 0;
  }

  async #look(): Promise<void> {
    const { root, supervisorId } = this.parts;
    this.#missed = existsSync(layout.supervisor(root, supervisorId)) ? 0 : this.#missed + 1;
    if (this.#missed < 2) return;
    say('the state directory is gone: its containers, which nobody could reach any more, are ended');
    await this.#supervisor?.endAll();
    await this.#leave();
  }

  async #emptyRemoved(): Promise<void> {
    const { store, say } = this.parts;
    await emptyRemoved({ store }, 'overdue').catch((error: unknown) =>
      say(`clearing away what was removed: ${String(error)}`),
    );
  }

  async #leave(): Promise<void> {
    const { root, supervisorId, driver } = this.parts;
    // Nobody shall find it any more; who asks at this very moment finds the connection closed, and asks another.
    unregister(root, supervisorId);
    this.#server?.close();
    this.parts.keeper.close();
    await this.parts.recorder.close();
    try {
      await leaveOwnCgroup(driver, supervisorId);
      rmSync(layout.supervisor(root, supervisorId), { recursive: true, force: true });
    } catch {
      // The next manager that finds the directory of a supervisor that is no more removes both.
    }
    process.exit(0);
  }
}

export function runSupervisor(makeRecorder: MakeRecorder): void {
  main(makeRecorder).catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    process.exit(1);
  });
}
