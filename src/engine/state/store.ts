// What is known of every container, as files: one directory each, replaced atomically, one flock each.
// Reading takes no lock (a rename shows the old file or the new one) and is synchronous: a few microseconds a container.
import { fstatSync, lstatSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { atomicWrite, lockFile, type Lock } from '../../native/index.js';
import type { CgroupDriver } from '../cgroup/driver.js';
import { isTscontainError, TscontainError } from '../errors.js';
import type { Container, ContainerConfig, ContainerState } from '../model.js';
import { FileCache } from './file-cache.js';
import { errnoOf, fileError } from './file-errors.js';
import { layout } from './layout.js';
import { createNames, type Names } from './names.js';
import { replaceFile } from './replace-file.js';
import { parseConfig, parseState } from './schema.js';

/** A container whose files are there and cannot be understood. */
export interface Unreadable {
  readonly id: string;
  /** which of its files: a lost state can be rebuilt from what the kernel says, a lost config cannot */
  readonly part: 'config' | 'state';
  readonly error: TscontainError;
}

export interface Store extends Names {
  readonly root: string;
  /** The ids of every container, in no order. */
  ids(): string[];
  /** @throws TscontainError NO_SUCH_CONTAINER, STATE_CORRUPT, NOT_SUPPORTED (written by a newer version) */
  readConfig(id: string): ContainerConfig;
  readState(id: string): ContainerState;
  /** Of one that is being made or removed, which is somewhere else. @throws the error of node:fs too */
  readConfigAt(path: string, id: string): ContainerConfig;
  load(id: string): Container;
  /** Newest first. One that cannot be read keeps nobody else from being listed. */
  loadAll(): { containers: Container[]; unreadable: Unreadable[] };
  /** The id of the container with this id, name, or beginning of an id. @throws NO_SUCH_CONTAINER, AMBIGUOUS_ID */
  resolve(ref: string): string;
  /** Durable when it resolves. The caller holds the lock. */
  writeConfig(config: ContainerConfig): Promise<void>;
  /**
   * The caller holds the lock. Not flushed to the disk: it lies on the path of every start, and a power cut, which alone
   * could lose it, ends the container anyway; recover puts right what is found after one.
   * With `isQuiet` nobody who watches is told: whoever reads it next finds it.
   */
  writeState(id: string, state: ContainerState, options?: { readonly isQuiet: boolean }): void;
  /** Runs `action` holding the container's lock. Never wait for a process in there. @throws NO_SUCH_CONTAINER */
  withLock<T>(id: string, action: () => T | Promise<T>): Promise<T>;
  /** The same if nobody holds the lock now and the container is there; else undefined. */
  tryLock<T>(id: string, action: () => T | Promise<T>): Promise<T | undefined>;
  /** Tells every watching manager that something changed. Never throws. */
  touch(): void;
}

const ID = /^[0-9a-f]{64}$/;
const ID_PREFIX = /^[0-9a-f]{1,64}$/;

function isContainerId(text: string): boolean {
  return ID.test(text);
}

export function createStore(root: string, driver: Pick<CgroupDriver, 'paths'>): Store {
  const configs = new FileCache(parseConfig);
  const states = new FileCache(parseState);
  const containers = new Map<string, Container>();
  const names = createNames(root);

  function read<T>(cache: FileCache<T>, path: string, id: string): T {
    try {
      return cache.read(path, id);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw fileError(error, `read container ${id.slice(0, 12)}`);
      containers.delete(id);
      // The directory comes and goes as a whole, by rename: a file that is missing in one that is there was lost.
      if (!isThere(layout.container(root, id))) throw noSuchContainer(id.slice(0, 12));
      throw new TscontainError('STATE_CORRUPT', `${path} is missing`, { cause: error });
    }
  }

  function load(id: string): Container {
    const config = read(configs, layout.config(root, id), id);
    const state = read(states, layout.state(root, id), id);
    const before = containers.get(id);
    if (before?.config === config && before.state === state) return before;
    const container = { id, config, state, cgroup: before?.cgroup ?? driver.paths(config.project ?? 'default', id) };
    containers.set(id, container);
    return container;
  }

  function ids(): string[] {
    try {
      return readdirSync(layout.containers(root)).filter(isContainerId);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw fileError(error, 'list the containers');
    }
  }

  function touch(): void {
    // With its fractions: two changes in one millisecond are two.
    const now = (performance.timeOrigin + performance.now()) / 1000;
    try {
      utimesSync(layout.changes(root), now, now);
    } catch {
      try {
        writeFileSync(layout.changes(root), '', { mode: 0o600 });
      } catch {
        // A state directory that takes no file has no change to tell of either.
      }
    }
  }

  /** The directory of a removed container moves away with its lock in it: such a lock guards nothing any more. */
  function guards(lock: Lock, path: string): boolean {
    const held = fstatSync(lock.fd);
    const there = statSync(path, { throwIfNoEntry: false });
    return there?.ino === held.ino && there.dev === held.dev;
  }

  async function locked<T>(id: string, lock: Lock, action: () => T | Promise<T>): Promise<T> {
    try {
      if (!guards(lock, layout.lock(root, id))) throw noSuchContainer(id.slice(0, 12));
      return await action();
    } finally {
      lock.release();
    }
  }

  async function acquire(id: string, options?: { wait: false }): Promise<Lock | undefined> {
    if (!isThere(layout.container(root, id))) throw noSuchContainer(id.slice(0, 12));
    try {
      return await lockFile(layout.lock(root, id), options);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') throw noSuchContainer(id.slice(0, 12));
      throw fileError(error, `lock container ${id.slice(0, 12)}`);
    }
  }

  return {
    root,
    ...names,
    ids,
    load,
    touch,
    readConfig: (id) => read(configs, layout.config(root, id), id),
    readState: (id) => read(states, layout.state(root, id), id),

    readConfigAt: (path, id) => parseConfig(readFileSync(path, 'utf8'), path, id),

    loadAll() {
      const found: Container[] = [];
      const unreadable: Unreadable[] = [];
      for (const id of ids()) {
        try {
          found.push(load(id));
        } catch (error) {
          // Removed between the listing and the reading.
          if (isTscontainError(error, 'NO_SUCH_CONTAINER')) continue;
          if (!isTscontainError(error, 'STATE_CORRUPT') && !isTscontainError(error, 'NOT_SUPPORTED')) throw error;
          unreadable.push({
            id,
            part: canRead(() => configs.read(layout.config(root, id), id)) ? 'state' : 'config',
            error,
          });
        }
      }
      found.sort((a, b) => (a.config.created < b.config.created ? 1 : a.config.created > b.config.created ? -1 : 0));
      return { containers: found, unreadable };
    },

    resolve(ref) {
      if (isContainerId(ref) && isThere(layout.container(root, ref))) return ref;
      const named = names.idOfName(ref);
      // A name whose container is still being made is not to be seen yet.
      if (named !== undefined && isThere(layout.container(root, named))) return named;
      const fits = ID_PREFIX.test(ref) ? ids().filter((id) => id.startsWith(ref)) : [];
      if (fits.length === 1) return fits[0]!;
      if (fits.length > 1)
        throw new TscontainError('AMBIGUOUS_ID', `${ref} is the beginning of ${fits.length} container ids`, {
          hint: 'give more digits, or the name',
        });
      throw noSuchContainer(ref);
    },

    async writeConfig(config) {
      try {
        await atomicWrite(layout.config(root, config.id), JSON.stringify(config, undefined, 1), { mode: 0o600 });
      } catch (error) {
        throw fileError(error, `write the configuration of container ${config.name}`);
      }
      touch();
    },

    writeState(id, state, { isQuiet } = { isQuiet: false }) {
      try {
        replaceFile(layout.state(root, id), JSON.stringify(state));
      } catch (error) {
        throw fileError(error, `write the state of container ${id.slice(0, 12)}`);
      }
      if (!isQuiet) touch();
    },

    async withLock(id, action) {
      const lock = await acquire(id);
      return locked(id, lock!, action);
    },

    async tryLock(id, action) {
      try {
        const lock = await acquire(id, { wait: false });
        return lock === undefined ? undefined : await locked(id, lock, action);
      } catch (error) {
        if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return undefined;
        throw error;
      }
    },
  };
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function canRead(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

function noSuchContainer(ref: string): TscontainError {
  return new TscontainError('NO_SUCH_CONTAINER', `there is no container "${ref}"`, {
    hint: 'tscontain ps -a lists the ones there are',
  });
}
