// Those that were removed and are kept: their directories as they were, in a place where nobody lists them (layout.ts).
import { fstatSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { lockFile, type Lock } from '../../native/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import type { RemovedContainer } from '../model.js';
import { errnoOf, fileError } from './file-errors.js';
import { layout } from './layout.js';
import { parseConfig, parseState } from './schema.js';

/** How long the dashboard keeps what it removes, and `rm --keep`. */
export const KEEP_SECONDS = 600;

const ID = /^[0-9a-f]{64}$/;

/** The ids of all that are kept, in no order. */
export function removedIds(root: string): string[] {
  try {
    return readdirSync(layout.removed(root)).filter((name) => ID.test(name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'list the removed containers');
  }
}

/** @throws TscontainError NO_SUCH_CONTAINER, STATE_CORRUPT, NOT_SUPPORTED */
export function readRemoved(root: string, id: string): RemovedContainer {
  const [configPath, statePath] = [layout.removedConfig(root, id), layout.removedState(root, id)];
  try {
    const config = parseConfig(readFileSync(configPath, 'utf8'), configPath, id);
    const state = parseState(readFileSync(statePath, 'utf8'), statePath);
    return { id, config, state, keptUntil: deadlineOf(root, id, state.keptUntil) };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw notKept(id.slice(0, 12));
    throw fileError(error, `read removed container ${id.slice(0, 12)}`);
  }
}

/** The last removed first. One that cannot be read can be neither brought back nor listed; its time ends all the same. */
export function listRemoved(root: string): RemovedContainer[] {
  return removedIds(root)
    .flatMap((id) => {
      try {
        return [readRemoved(root, id)];
      } catch (error) {
        if (isTscontainError(error)) return [];
        throw error;
      }
    })
    .sort((a, b) => b.keptUntil - a.keptUntil);
}

/** By id, by name (the last removed one of it), by the beginning of an id. @throws NO_SUCH_CONTAINER, AMBIGUOUS_ID */
export function findRemoved(root: string, ref: string): string {
  const ids = removedIds(root);
  if (ids.includes(ref)) return ref;
  const named = listRemoved(root).find(({ config }) => config.name === ref);
  if (named !== undefined) return named.id;
  const fits = /^[0-9a-f]+$/.test(ref) ? ids.filter((id) => id.startsWith(ref)) : [];
  if (fits.length > 1)
    throw new TscontainError('AMBIGUOUS_ID', `${ref} is the beginning of ${fits.length} ids of removed containers`, {
      hint: 'give more digits, or the name',
    });
  if (fits.length === 0) throw notKept(ref);
  return fits[0]!;
}

/** When its time is over, ms since the epoch. */
export function removedDeadline(root: string, id: string): number {
  try {
    return readRemoved(root, id).keptUntil;
  } catch {
    return deadlineOf(root, id, undefined);
  }
}

/** Where no state tells of it (it is damaged, or was being brought back when that was cut short): from when it was last touched. */
function deadlineOf(root: string, id: string, keptUntil: string | undefined): number {
  const told = Date.parse(keptUntil ?? '');
  if (!Number.isNaN(told)) return told;
  return (statSync(layout.removedContainer(root, id), { throwIfNoEntry: false })?.mtimeMs ?? 0) + KEEP_SECONDS * 1000;
}

/**
 * Runs `action` while nobody else brings it back or clears it away.
 * @param wait whether to wait for who is at it; without, undefined is answered then
 * @throws TscontainError NO_SUCH_CONTAINER
 */
export async function withRemovedLock<T>(
  root: string,
  id: string,
  { wait }: { wait: boolean },
  action: () => T | Promise<T>,
): Promise<T | undefined> {
  let lock: Lock | undefined;
  try {
    if (lstatSync(layout.removedContainer(root, id), { throwIfNoEntry: false }) === undefined)
      throw notKept(id.slice(0, 12));
    lock = await lockFile(layout.removedLock(root, id), { wait });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw notKept(id.slice(0, 12));
    throw fileError(error, `lock removed container ${id.slice(0, 12)}`);
  }
  if (lock === undefined) return undefined;
  try {
    // It moves with its directory: waited for, it may be the lock of one that is back by now, or gone.
    if (statSync(layout.removedLock(root, id), { throwIfNoEntry: false })?.ino !== fstatSync(lock.fd).ino)
      throw notKept(id.slice(0, 12));
    return await action();
  } finally {
    lock.release();
  }
}

function notKept(ref: string): TscontainError {
  return new TscontainError('NO_SUCH_CONTAINER', `there is no removed container "${ref}" that is still kept`, {
    hint: 'tscontain ps --removed lists those that are',
  });
}
