// The volumes of a container that is being made: those that are missing are made, and what is empty gets what the image has there.
// Each stays locked until the container can be seen, so that whoever removes volumes either finds it used or has taken it before.
import { closeSync } from 'node:fs';
import type { Lock } from '../../native/index.js';
import { isTscontainError } from '../errors.js';
import type { ContainerConfig } from '../model.js';
import type { Store } from '../state/store.js';
import type { Undo } from '../state/undo.js';
import { configureVolume } from './create.js';
import { deleteVolume, lockVolume, putVolume, takeAway } from './files.js';
import { fillVolume } from './fill.js';
import { ANONYMOUS_LABEL } from './model.js';
import { tellVolume } from './parts.js';
import { openVolumePlace, type VolumeMount } from './source.js';
import { volumeMounts, volumeUsers } from './users.js';

export interface VolumeGround {
  readonly store: Store;
  readonly config: ContainerConfig;
  /** Opens the files of the image, when they are wanted. */
  readonly openImage: () => Promise<{ readonly fd: number; close(): void }>;
  /** what is to be undone when the container comes to nothing; the volumes are locked still when it is */
  readonly undo: Undo;
}

/** @returns lets go of them @throws TscontainError INVALID_VALUE, NOT_SUPPORTED, NO_SPACE … with nothing held */
export async function provideVolumes(ground: VolumeGround): Promise<() => void> {
  const mounts = volumeMounts(ground.config);
  const locks: Lock[] = [];
  const release = () => {
    for (const lock of locks.splice(0)) lock.release();
  };
  // What is added first is undone last: the volumes are locked while they are taken back.
  ground.undo.add(release);
  // Two that want the same in another order would wait for each other.
  for (const name of [...new Set(mounts.map(({ source }) => source))].sort())
    locks.push(
      await lockOrMake(
        ground,
        mounts.find(({ source }) => source === name)!,
      ),
    );
  for (const mount of mounts) if (mount.subpath !== undefined) closeSync(openVolumePlace(ground.store.root, mount));
  await fillAll(ground, mounts);
  return release;
}

async function lockOrMake({ store, config, undo }: VolumeGround, mount: VolumeMount): Promise<Lock> {
  const { root } = store;
  const { source: name, anonymous = false, labels, options } = mount;
  for (;;) {
    try {
      return await lockVolume(root, name);
    } catch (error) {
      if (!isTscontainError(error, 'NO_SUCH_VOLUME')) throw error;
    }
    const wanted = configureVolume(
      {
        name,
        labels: { ...labels, ...(anonymous ? { [ANONYMOUS_LABEL]: '' } : {}) },
        ...(options === undefined ? {} : { options }),
      },
      config.created,
    );
    if (!(await putVolume(root, wanted))) continue;
    undo.add(() => takeBack(store, name));
    tellVolume(root, name, 'create');
  }
}

/** It was made for a container that came to nothing, unless another has got it at that very moment. */
async function takeBack(store: Store, name: string): Promise<void> {
  if (volumeUsers(store).has(name)) return;
  const trash = takeAway(store.root, name);
  tellVolume(store.root, name, 'destroy');
  await deleteVolume(trash);
}

async function fillAll({ store, openImage }: VolumeGround, mounts: readonly VolumeMount[]): Promise<void> {
  // A part of a volume is taken as it is.
  const toFill = mounts.filter(({ noCopy, subpath }) => noCopy !== true && subpath === undefined);
  if (toFill.length === 0) return;
  const image = await openImage();
  try {
    for (const { source, target } of toFill) await fillVolume(store.root, source, image.fd, target);
  } finally {
    image.close();
  }
}
