// Volumes as they lie on the disk: a directory each, which comes and goes by one rename, and a flock in it.
// Tests: test/container/volume.
import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { atomicWrite, startTimeOf, type Lock } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { isVolumeName } from '../grammar/names.js';
import { deleteTree } from '../state/delete-tree.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { layout, makerName } from '../state/layout.js';
import { lockOfDirectory } from '../state/lock-of-directory.js';
import { makeDirectory } from '../state/make-directory.js';
import type { VolumeConfig } from './model.js';
import { giveProject, releaseProject } from './quota.js';
import { parseVolumeConfig } from './schema.js';

/** In no order. */
export function volumeNames(root: string): string[] {
  try {
    return readdirSync(layout.volumes(root)).filter(isVolumeName);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'list the volumes');
  }
}

/** What is no name is that of none. */
export const isVolume = (root: string, name: string): boolean =>
  isVolumeName(name) && lstatSync(layout.volume(root, name), { throwIfNoEntry: false }) !== undefined;

/** @throws TscontainError NO_SUCH_VOLUME, STATE_CORRUPT, NOT_SUPPORTED (written by a newer version) */
export function readVolume(root: string, name: string): VolumeConfig {
  if (!isVolume(root, name)) throw noSuchVolume(name);
  const path = layout.volumeConfig(root, name);
  try {
    return parseVolumeConfig(readFileSync(path, 'utf8'), path, name);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fileError(error, `read volume ${name}`);
    if (!isVolume(root, name)) throw noSuchVolume(name);
    throw new TscontainError('STATE_CORRUPT', `${path} is missing`, { cause: error });
  }
}

/**
 * Whoever holds it knows that nobody makes a container with the volume, fills it or removes it.
 * @param wait whether to wait for who does; without, undefined is answered then
 * @throws TscontainError NO_SUCH_VOLUME
 */
export function lockVolume(root: string, name: string): Promise<Lock>;
export function lockVolume(root: string, name: string, options: { wait: false }): Promise<Lock | undefined>;
export async function lockVolume(
  root: string,
  name: string,
  { wait }: { wait: boolean } = { wait: true },
): Promise<Lock | undefined> {
  if (!isVolume(root, name)) throw noSuchVolume(name);
  const lock = await lockOfDirectory(layout.volumeLock(root, name), { wait }).catch((error: unknown) => {
    throw fileError(error, `lock volume ${name}`);
  });
  if (lock === 'gone') throw noSuchVolume(name);
  return lock;
}

/** Runs `action` holding the volume's lock. @throws TscontainError NO_SUCH_VOLUME */
export async function withVolumeLock<T>(root: string, name: string, action: () => T | Promise<T>): Promise<T> {
  const lock = await lockVolume(root, name);
  try {
    return await action();
  } finally {
    lock.release();
  }
}

const ownName = (kind: 'new' | 'trash'): string =>
  makerName(
    kind,
    { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 },
    // Its name may be as long as that of a file can be.
    randomBytes(32).toString('hex'),
  );

/**
 * Makes an empty volume.
 * @returns false when there is one of that name, or somebody has made one at this moment
 * @throws TscontainError NOT_SUPPORTED (a size where nothing counts), NO_SPACE, READ_ONLY …
 */
export async function putVolume(root: string, config: VolumeConfig): Promise<boolean> {
  if (isVolume(root, config.name)) return false;
  const staging = ownName('new');
  const directory = layout.volume(root, staging);
  try {
    makeDirectory(layout.volumes(root));
    mkdirSync(directory, { mode: 0o700 });
    giveProject(directory, config);
    const data = layout.volumeData(root, staging);
    mkdirSync(data);
    // Whatever the umask.
    chmodSync(data, 0o755);
    writeFileSync(layout.volumeLock(root, staging), '', { mode: 0o600 });
    await atomicWrite(layout.volumeConfig(root, staging), JSON.stringify(config, undefined, 1));
    renameSync(directory, layout.volume(root, config.name));
    return true;
  } catch (error) {
    await deleteVolume(directory);
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return false;
    throw fileError(error, `make volume ${config.name}`);
  }
}

/** Takes one out of sight; whoever holds its lock does. @returns what is to be deleted */
export function takeAway(root: string, name: string): string {
  const trash = layout.volume(root, ownName('trash'));
  renameSync(layout.volume(root, name), trash);
  return trash;
}

/** What was taken away, or has not come to be. Follows no link. */
export async function deleteVolume(directory: string): Promise<void> {
  releaseProject(directory);
  await deleteTree(directory);
}

export function noSuchVolume(name: string): TscontainError {
  return new TscontainError('NO_SUCH_VOLUME', `there is no volume ${shownName(name)}`, {
    hint: 'tscontain volume ls lists the ones there are',
  });
}

const shownName = (name: string): string => (isVolumeName(name) ? name : JSON.stringify(name.slice(0, 80)));
