// Puts the parts of the engine together, each when it is first used: a command that lists containers should not pay for one
// that starts them.
import { DEFAULT_ROOT, layout } from './state/layout.js';
import { resolve } from 'node:path';
import { keptBySteps } from './build/cache.js';
import { openCgroupDriver, type CgroupDriver } from './cgroup/index.js';
import type { Engine, EngineOptions } from './engine.js';
import { readEvents } from './events.js';
import { openContent } from './image/content/open.js';
import { createImages } from './image/store.js';
import { KeeperLine, keeperEntry } from './network/keeper/line.js';
import { openNetworks } from './network/store.js';
import { recover } from './recover.js';
import { fileError } from './state/file-errors.js';
import { listRemoved } from './state/removed.js';
import { createStore, type Store } from './state/store.js';
import { watchChanges } from './state/watch.js';
import { createSupervisors, type Supervisors } from './supervisor/client.js';
import { attach } from './verbs/attach.js';
import { build } from './verbs/build.js';
import { commit } from './verbs/commit.js';
import { copyFrom, copyTo, diff, stat } from './verbs/copy.js';
import { create } from './verbs/create.js';
import { emptyRemoved, removedWithSizes } from './verbs/empty-removed.js';
import { exec } from './verbs/exec.js';
import { explain, launchReport } from './verbs/explain.js';
import { exportContainer } from './verbs/export.js';
import { hold, holds, release } from './verbs/hold.js';
import { kill } from './verbs/kill.js';
import { logBatches, logs } from './verbs/logs.js';
import type { Parts } from './verbs/parts.js';
import { pause, unpause } from './verbs/pause.js';
import { prune } from './verbs/prune.js';
import { pruneBuilds } from './verbs/prune-builds.js';
import { remove } from './verbs/remove.js';
import { rename } from './verbs/rename.js';
import { restart } from './verbs/restart.js';
import { restore } from './verbs/restore.js';
import { start } from './verbs/start.js';
import { stop } from './verbs/stop.js';
import { top } from './verbs/top.js';
import { createNetworks } from './verbs/networks.js';
import { limitsInForce, update } from './verbs/update.js';
import { wait } from './verbs/wait.js';
import { createVolumes } from './volume/volumes.js';

/** Opening reads and makes nothing yet. Its directory is made by the first verb that needs it. */
export function openEngine(options: EngineOptions): Promise<Engine> {
  const parts = makeParts(options);
  const { root, store } = parts;
  const watches = new Set<() => void>();
  /** Ends what is still followed when the engine is closed. */
  const closing = new AbortController();

  const engine: Engine = {
    root,
    images: parts.images,
    volumes: createVolumes({ store }),
    networks: createNetworks(parts),
    list: async () => Promise.resolve(store.loadAll().containers),
    get: async (ref) => Promise.resolve(store.load(store.resolve(ref))),
    create: (spec) => create(parts, spec),
    start: (ref) => start(parts, ref),
    stop: (ref, wishes) => stop(parts, ref, wishes),
    kill: (ref, signal) => kill(parts, ref, signal),
    restart: (ref, wishes) => restart(parts, ref, wishes),
    pause: (ref) => pause(parts, ref),
    unpause: (ref) => unpause(parts, ref),
    rename: (ref, name) => rename(parts, ref, name),
    update: (ref, change) => update(parts, ref, change),
    hold: (ref, change, reason) => hold(parts, ref, change, reason),
    release: (holdId, reason) => release(parts, holdId, reason),
    holds: async () => Promise.resolve(holds(root)),
    limitsInForce: async (ref) => Promise.resolve(limitsInForce(parts, ref)),
    wait: (ref, condition) => wait(parts, ref, condition),
    exec: (ref, spec) => exec(parts, ref, spec),
    attach: (ref, wishes) => attach(parts, ref, wishes),
    logs: (ref, wishes) => logs(parts, ref, wishes),
    logBatches: (ref, wishes) => logBatches(parts, ref, wishes),
    top: async (ref) => Promise.resolve(top(parts, ref)),
    diff: (ref) => diff(parts, ref),
    export: (ref) => exportContainer(parts, ref),
    commit: (ref, wishes) => commit(parts, ref, wishes),
    copyFrom: (ref, path) => copyFrom(parts, ref, path),
    copyTo: (ref, path, tar) => copyTo(parts, ref, path, tar),
    stat: (ref, path) => stat(parts, ref, path),
    remove: (ref, wishes) => remove(parts, ref, wishes),
    prune: (wishes) => prune(parts, wishes),
    restore: (ref, wishes) => restore(parts, ref, wishes),
    removed: () => removedWithSizes(root),
    emptyRemoved: (which) => emptyRemoved(parts, which),
    explain: (spec) => explain(parts, spec),
    build: (wishes) => build(parts, wishes),
    pruneBuilds: (wishes) => pruneBuilds(parts, wishes),
    launchReport: (ref) => launchReport(parts, ref),
    recover: () => recover(parts),
    warm: () => parts.supervisors.warm(),

    events({ since, until, signal } = {}) {
      return readEvents(root, {
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
        signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
      });
    },

    watch(listener) {
      const end = watchChanges(root, listener);
      watches.add(end);
      return () => {
        watches.delete(end);
        end();
      };
    },

    close() {
      closing.abort();
      for (const end of watches) end();
      watches.clear();
      parts.closeLines();
    },
  };
  return Promise.resolve(engine);
}

function makeParts({ root: asked = DEFAULT_ROOT, supervisorEntry }: EngineOptions): Parts & { closeLines(): void } {
  // Supervisors have a working directory of their own.
  const root = resolve(asked);
  let driver: CgroupDriver | undefined;
  let supervisors: Supervisors | undefined;
  const cgroups = () => (driver ??= openCgroupDriver());
  const store = createStore(root, { paths: (project, id) => cgroups().paths(project, id) });
  const content = openContent(layout.images(root));
  // What it says it says to whoever asked: nobody here stays with it.
  const keeper = new KeeperLine({ root, entry: keeperEntry(supervisorEntry) }, () => undefined);
  return {
    root,
    store,
    content,
    networks: openNetworks(root),
    keeper,
    images: createImages(root, { content, usedBy: () => usersOf(store), keptByBuilds: () => keptBySteps(root) }),
    awaited: new Map(),
    get driver() {
      return cgroups();
    },
    get supervisors() {
      return (supervisors ??= sayingWhy(createSupervisors({ root, entry: supervisorEntry })));
    },
    closeLines() {
      supervisors?.close();
      keeper.close();
    },
  };
}

/** Image id → the containers that were made from it, those that are removed and still kept too. */
function usersOf(store: Store): Map<string, string[]> {
  const users = new Map<string, string[]>();
  const add = (id: string, name: string) => users.set(id, [...(users.get(id) ?? []), name]);
  for (const { config } of store.loadAll().containers) add(config.image.id, config.name);
  for (const { config } of listRemoved(store.root)) add(config.image.id, `${config.name} (removed, and still kept)`);
  return users;
}

/** A state directory that cannot be written is said as such, also where a supervisor would be the first to need it. */
function sayingWhy(supervisors: Supervisors): Supervisors {
  const saying = (error: unknown): never => {
    throw fileError(error, 'start a supervisor');
  };
  return {
    ...supervisors,
    acquire: (project) => supervisors.acquire(project).catch(saying),
    warm: () => supervisors.warm().catch(saying),
  };
}
