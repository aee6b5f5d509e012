// recover: what a crash, a power cut or kill -9 has left is put right by whichever manager comes next. Every manager runs it
// when it starts, so it is cheap where nothing is wrong: a few small reads a container, no lock, no connection, no native code.
import { readFileSync } from 'node:fs';
import { isTscontainError } from './errors.js';
import { stateUnwatched } from './health/course.js';
import type { CorruptEntry, RecoveryAction } from './engine.js';
import type { Container, ContainerConfig, ContainerState } from './model.js';
import { keeperWasKilled } from './network/keeper/identity.js';
import { bootId } from './state/boot.js';
import { putAside, rebuildState } from './state/broken.js';
import { deleteTree } from './state/delete-tree.js';
import { layout, type Unfinished } from './state/layout.js';
import { removedIds, withRemovedLock } from './state/removed.js';
import { parseState } from './state/schema.js';
import type { Unreadable } from './state/store.js';
import { leftUnfinished } from './state/unfinished.js';
import { isSupervisorAlive } from './supervisor/client.js';
import { emptyRemoved } from './verbs/empty-removed.js';
import { holds, release } from './verbs/hold.js';
import { leaveStaleNetworks } from './verbs/leave-stale-networks.js';
import { adopt } from './verbs/looking-after.js';
import { isAlive, tell, type Parts } from './verbs/parts.js';
import { destroyContainer, takesVolumes } from './verbs/remove.js';
import { start } from './verbs/start.js';
import { endStrays } from './verbs/strays.js';
import { mendVolumes } from './volume/recover.js';
import { removeAnonymous } from './volume/remove.js';

export interface Recovery {
  actions: RecoveryAction[];
  corrupt: CorruptEntry[];
}

/** Never throws for the fault of one container: the others are put right all the same. */
export async function recover(parts: Parts): Promise<Recovery> {
  const { store } = parts;
  const recovery: Recovery = { actions: [], corrupt: [] };
  await finishUnfinished(parts, recovery);
  await mendVolumes(parts.root, (volume, what) =>
    recovery.actions.push({ id: volume, name: `volume ${volume}`, what }),
  );
  const found = store.loadAll();
  for (const broken of found.unreadable) await mendUnreadable(parts, broken, recovery);
  const { containers } = found.unreadable.length === 0 ? found : store.loadAll();

  const isSupervised = remembering((supervisorId: string) => isSupervisorAlive(parts.root, supervisorId));
  const alone: Container[] = [];
  for (const container of containers) {
    await attempt(container, recovery, async () => {
      if (needsAdoption(container, isSupervised)) alone.push(container);
      else await mend(parts, container, recovery);
    });
  }
  await adoptAll(parts, alone, recovery);
  await releaseHeld(parts, containers, recovery);
  await releaseStaleNames(parts, containers);
  await leaveStaleNetworks(parts);
  // Another one takes away what it has left, if nobody is on a network any more.
  if (keeperWasKilled(parts.root)) await parts.keeper.look();
  await emptyRemoved(parts, 'overdue');
  return recovery;
}

function note({ actions }: Recovery, { id, config }: Container, what: string): void {
  actions.push({ id, name: config.name, what });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function attempt(container: Container, recovery: Recovery, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    // Removed meanwhile: nothing is left to be put right.
    if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return;
    note(recovery, container, `could not be put right: ${messageOf(error)}`);
  }
}

/** Its supervisor was killed. After a reboot there is nothing of it to look after. */
function needsAdoption({ state }: Container, isSupervised: (supervisorId: string) => boolean): boolean {
  if (!isAlive(state.status) || state.bootId !== bootId()) return false;
  return state.supervisor === undefined || !isSupervised(state.supervisor);
}

/** Many containers have the same supervisor. */
function remembering<T>(ask: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, ask(key));
    return known.get(key) as T;
  };
}

async function adoptAll(parts: Parts, containers: readonly Container[], recovery: Recovery): Promise<void> {
  for (const container of containers) {
    await attempt(container, recovery, async () => {
      const what = (await adopt(parts, container))
        ? 'its supervisor was gone, and another one looks after it now'
        : 'it ended while nobody looked after it';
      tell(parts, container, 'recover', { what });
      note(recovery, container, what);
    });
  }
}

async function mend(parts: Parts, container: Container, recovery: Recovery): Promise<void> {
  const { status, bootId: startedIn } = container.state;
  if (status === 'removing') {
    const { keptUntil } = container.state;
    await destroyContainer(parts, container.id, keptUntil === undefined ? undefined : Date.parse(keptUntil));
    note(recovery, container, 'its removal was cut short, and is done now');
  } else if (startedIn !== undefined && startedIn !== bootId()) {
    await afterReboot(parts, container, recovery);
  } else if (!isAlive(status)) {
    if (await endStrays(parts, container))
      note(recovery, container, 'its start was cut short: what had been started of it was ended');
  } else if (await followFreezer(parts, container)) {
    note(recovery, container, 'its pausing was cut short: its status says again what is so');
  }
}

/** A guard that was killed quietens nobody: what it held is taken back. A hold of what was removed and is kept waits for it. */
async function releaseHeld(parts: Parts, containers: readonly Container[], recovery: Recovery): Promise<void> {
  for (const { id, container, reason, isOwned } of holds(parts.root)) {
    if (isOwned) continue;
    const known = containers.find((each) => each.id === container);
    try {
      const what = await release(parts, id, 'the guard that did it was killed');
      if (known !== undefined)
        note(recovery, known, `a guard that was killed had quietened it (${reason}): it ${what}`);
    } catch (error) {
      // Another manager may have come first.
      const isHeld = holds(parts.root).some((each) => each.id === id);
      if (known !== undefined && isHeld)
        note(recovery, known, `is still held by a guard that was killed: ${messageOf(error)}`);
    }
  }
}

/** A manager that was killed between freezing it, or letting it go on, and writing that down has left a lie in its state. */
async function followFreezer({ store, driver }: Parts, { id, state, cgroup }: Container): Promise<boolean> {
  if (state.status === 'restarting' || driver.isFrozen(cgroup) === (state.status === 'paused')) return false;
  // Who holds the lock may be pausing it at this moment.
  const changed = await store.tryLock(id, () => {
    const now = store.readState(id);
    const status = driver.isFrozen(cgroup) ? 'paused' : 'running';
    if ((now.status !== 'paused' && now.status !== 'running') || now.status === status) return false;
    store.writeState(id, { ...now, status });
    return true;
  });
  return changed ?? false;
}

/** The machine was started anew: what ran does not, and what is to run always is started. */
async function afterReboot(parts: Parts, container: Container, recovery: Recovery): Promise<void> {
  const { store } = parts;
  const { id, config, state } = container;
  const wasAlive = isAlive(state.status);
  const wanted =
    config.restartPolicy.name === 'always' ||
    (config.restartPolicy.name === 'unless-stopped' && wasAlive && !state.stopRequested);
  if (!wasAlive && !wanted) return;
  const mine = await store.tryLock(id, () => {
    // Another manager may have come first.
    const now = store.readState(id);
    if (now.bootId !== state.bootId || now.status !== state.status) return false;
    store.writeState(id, stateAfterReboot(now, wasAlive));
    return true;
  });
  if (mine !== true) return;
  if (wasAlive) {
    tell(parts, container, 'recover', { what: 'reboot' });
    note(recovery, container, 'the machine was restarted while it ran');
  }
  if (wasAlive && config.autoRemove) {
    await destroyContainer(parts, id);
  } else if (wanted) {
    await start(parts, id);
    note(recovery, container, `it was started again, as its restart policy ${config.restartPolicy.name} asks`);
  }
}

/** How it ended is not known and is not made up. The boot is noted, so that its policy is followed once a boot. */
function stateAfterReboot(state: ContainerState, wasAlive: boolean): ContainerState {
  if (!wasAlive) return { ...state, bootId: bootId() };
  const { init: _init, supervisor: _supervisor, exitCode: _exitCode, finishedAt: _finishedAt, ...rest } = state;
  return {
    ...stateUnwatched(rest),
    status: 'exited',
    bootId: bootId(),
    note: 'the machine was restarted while it ran: how it ended is not known',
  };
}

/** What was being made or removed by a process that is no more. */
async function finishUnfinished(parts: Parts, recovery: Recovery): Promise<void> {
  const { root, store, driver } = parts;
  for (const unfinished of leftUnfinished(layout.containers(root), 'list the containers')) {
    const { entry } = unfinished;
    const config = configOf(parts, entry, unfinished);
    try {
      // One that was being made may have its cgroup already; of one being removed it is gone.
      if (config !== undefined) await driver.remove(driver.paths(config.project ?? 'default', unfinished.id));
      // Of one that was being made they were made for it; of one being removed they may have been asked to go with it.
      if (config !== undefined && (unfinished.kind === 'new' || takesVolumesAlong(root, entry, config)))
        await removeAnonymous({ store }, config);
      await deleteTree(layout.container(root, entry));
      if (config !== undefined) await store.releaseName(config.name, unfinished.id);
      const what =
        unfinished.kind === 'new'
          ? 'its creation was cut short, and undone'
          : 'its removal was cut short, and is done now';
      recovery.actions.push({ id: unfinished.id, name: config?.name ?? unfinished.id.slice(0, 12), what });
    } catch (error) {
      const what = `could not be cleared away: ${messageOf(error)}`;
      recovery.actions.push({ id: unfinished.id, name: unfinished.id.slice(0, 12), what });
    }
  }
}

function takesVolumesAlong(root: string, entry: string, config: ContainerConfig): boolean {
  const path = layout.state(root, entry);
  try {
    return takesVolumes({ config, state: parseState(readFileSync(path, 'utf8'), path) });
  } catch {
    // Its files were being deleted already, which comes last.
    return false;
  }
}

function configOf({ root, store }: Parts, entry: string, { id }: Unfinished) {
  try {
    return store.readConfigAt(layout.config(root, entry), id);
  } catch {
    // Cut short before it was written, or deleted already: then there is no cgroup, and the name is found to be stale.
    return undefined;
  }
}

async function mendUnreadable(parts: Parts, broken: Unreadable, recovery: Recovery): Promise<void> {
  const { id, part, error } = broken;
  try {
    if (error.code === 'NOT_SUPPORTED') {
      recovery.corrupt.push({ id, keptAt: layout.container(parts.root, id), reason: error.message });
      return;
    }
    const keptAt = part === 'state' ? await rebuildState(parts, id) : await putAside(parts, id);
    if (keptAt !== undefined) recovery.corrupt.push({ id, keptAt, reason: error.message });
  } catch (cause) {
    const reason = `${error.message}; it could not be put aside: ${messageOf(cause)}`;
    recovery.corrupt.push({ id, keptAt: layout.container(parts.root, id), reason });
  }
}

/** A name that a crash left at a container that is gone, or that has another name by now. */
async function releaseStaleNames({ root, store }: Parts, containers: readonly Container[]): Promise<void> {
  const removed = new Set(removedIds(root));
  const names = new Map(containers.map(({ id, config }) => [id, config.name]));
  for (const { name, id } of store.takenNames()) {
    const real = names.get(id);
    if (real === name) continue;
    // Gone: whoever wants the name takes it over, but until then it would be listed as taken. With another name: it is
    // being renamed at this moment if the lock is held, and was left by a crash if not.
    const isRemoved = real === undefined && removed.has(id);
    if (real === undefined && !isRemoved && store.isKnown(id)) continue;
    try {
      // Who holds its lock is bringing it back with that name; else its removal, or its coming back, was cut short.
      if (isRemoved) await withRemovedLock(root, id, { wait: false }, () => store.releaseName(name, id));
      else if (real === undefined) await store.releaseName(name, id);
      else
        await store.tryLock(id, () => (store.readConfig(id).name === name ? undefined : store.releaseName(name, id)));
    } catch {
      // It cannot be written to, or the container has just gone: whoever takes the name finds out for himself.
    }
  }
}
