// What was on its way when its process ended: told from what is still under way by its lock, which nobody holds any more.
import { readdirSync, statSync } from 'node:fs';
import { lockFile, type Lock } from '../../../native/index.js';
import { deleteTree } from '../../state/delete-tree.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import { isStill, releaseAndForget } from './locks.js';
import { LOCK, NEW, places, TRASH } from './places.js';

export interface Left {
  readonly path: string;
  /** "a layer that was being made", for sentences */
  readonly what: string;
  /** The next try goes on with it. */
  readonly isContinued: boolean;
}

interface Kind extends Omit<Left, 'path'> {
  readonly directory: 'layers' | 'ingests' | 'leases';
  readonly fits: (name: string) => boolean;
  /** whether one that is held means that something is being done to the store */
  readonly isWork: boolean;
  /** whose lock says that somebody is at it; undefined when nobody ever is */
  readonly lockOf: (path: string) => string | undefined;
}

const HEX = /^[0-9a-f]{64}$/;

const KINDS: readonly Kind[] = [
  {
    directory: 'layers',
    what: 'a layer that was being made',
    isContinued: false,
    isWork: true,
    fits: (name) => name.startsWith(NEW) && !name.endsWith(LOCK),
    lockOf: (path) => path + LOCK,
  },
  {
    directory: 'layers',
    what: 'a layer that was being deleted',
    isContinued: false,
    isWork: false,
    fits: (name) => name.startsWith(TRASH),
    lockOf: () => undefined,
  },
  {
    directory: 'layers',
    what: 'a lock',
    isContinued: false,
    isWork: false,
    fits: (name) => name.startsWith('.') && name.endsWith(LOCK),
    lockOf: (path) => path,
  },
  {
    directory: 'ingests',
    what: 'content that was being written',
    isContinued: false,
    isWork: true,
    fits: (name) => name.startsWith(NEW),
    lockOf: (path) => path,
  },
  {
    directory: 'ingests',
    what: 'content that was on its way',
    isContinued: true,
    isWork: true,
    fits: (name) => HEX.test(name),
    lockOf: (path) => path,
  },
  {
    directory: 'leases',
    what: 'a lease',
    isContinued: false,
    isWork: false,
    fits: () => true,
    lockOf: (path) => path,
  },
];

/** @returns how many are still under way, locks and leases not counted */
export async function forEachLeft(
  images: string,
  visit: (left: Left) => 'delete' | 'keep',
  where: readonly Kind['directory'][] = ['layers', 'ingests', 'leases'],
): Promise<number> {
  let underWay = 0;
  for (const kind of KINDS.filter(({ directory }) => where.includes(directory))) {
    const directory = places[kind.directory](images);
    for (const name of namesIn(directory).filter(kind.fits)) {
      const isLeft = await visitOne(`${directory}/${name}`, kind, visit);
      if (!isLeft && kind.isWork) underWay += 1;
    }
  }
  return underWay;
}

/** @returns whether nobody is at it */
async function visitOne(path: string, kind: Kind, visit: (left: Left) => 'delete' | 'keep'): Promise<boolean> {
  const lockPath = kind.lockOf(path);
  const lock = lockPath === undefined ? undefined : await takeIfLeft(lockPath, path);
  if (lock === 'held') return false;
  if (lock === 'gone') return true;
  try {
    const { what, isContinued } = kind;
    // Of nothing there is nothing to be continued.
    const isEmpty = isContinued && statSync(path, { throwIfNoEntry: false })?.size === 0;
    if (isEmpty || visit({ path, what, isContinued }) === 'delete') await deleteTree(path);
  } finally {
    if (lock !== undefined && lockPath !== undefined) {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) releaseAndForget(lock, lockPath);
      else lock.release();
    }
  }
  return true;
}

/** The lock of something that was left; its file may be missing where the process ended between two steps. */
async function takeIfLeft(lockPath: string, path: string): Promise<Lock | 'held' | 'gone'> {
  const isThere = (): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
  if (!isThere()) return 'gone';
  const lock = await lockFile(lockPath, { wait: false });
  if (lock === undefined) return 'held';
  if (isStill(lock, lockPath) && isThere()) return lock;
  // It was finished between the look and the lock, whose file we have made then.
  releaseAndForget(lock, lockPath);
  return 'gone';
}

/** Clears away what will not be continued. */
export async function clearLeft(images: string, ...where: readonly Kind['directory'][]): Promise<void> {
  await forEachLeft(images, ({ isContinued }) => (isContinued ? 'keep' : 'delete'), where);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'look for what was left behind in the image store');
  }
}
