// A volume as something that can be mounted or looked into. A part of one is found below its top by openat2(2): what a container has
// written into it, a link for one, leads nowhere else, however fast it is exchanged.
import { closeSync, fstatSync, openSync } from 'node:fs';
import { posix } from 'node:path';
import {
  cloneTree,
  MOUNT_ATTR_RDONLY,
  MS_PRIVATE,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  openBeneath,
  setMountAttributes,
  SyscallError,
} from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { isVolumeName } from '../grammar/names.js';
import { shown } from '../grammar/wrong.js';
import type { Mount } from '../model.js';
import { errnoOf } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { noSuchVolume } from './files.js';

export type VolumeMount = Extract<Mount, { type: 'volume' }>;

/** @throws TscontainError NO_SUCH_VOLUME */
function openData(root: string, name: string): number {
  if (!isVolumeName(name)) throw noSuchVolume(name);
  try {
    return openSync(layout.volumeData(root, name), O_PATH | O_DIRECTORY | O_CLOEXEC);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    throw new TscontainError('NO_SUCH_VOLUME', `there is no volume ${name} any more`, {
      cause: error,
      hint: `tscontain volume create ${name} makes an empty one`,
    });
  }
}

/** Opens what is to be seen of it as a place (O_PATH). @throws TscontainError NO_SUCH_VOLUME, NO_SUCH_PATH, INVALID_VALUE */
export function openVolumePlace(root: string, { source, subpath }: VolumeMount): number {
  const data = openData(root, source);
  if (subpath === undefined) return data;
  try {
    return openBeneath(data, subpath, O_PATH);
  } catch (error) {
    const code = error instanceof SyscallError ? error.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new TscontainError('NO_SUCH_PATH', `volume ${source} has no ${shown(subpath)}`, {
        cause: error,
        hint: 'a part of a volume is mounted only when it is there',
      });
    if (code === 'EXDEV' || code === 'ELOOP')
      throw new TscontainError('INVALID_VALUE', `${shown(subpath)} leads out of volume ${source}`, {
        cause: error,
        hint: 'a link in a volume is followed inside of it only',
      });
    throw error;
  } finally {
    closeSync(data);
  }
}

/**
 * A detached mount of it, with whatever the host has mounted below.
 * @throws what openVolumePlace throws; SyscallError
 */
export function openVolume(root: string, mount: VolumeMount): { fd: number; kind: 'directory' | 'file' } {
  const place = openVolumePlace(root, mount);
  try {
    const kind = fstatSync(place).isDirectory() ? 'directory' : 'file';
    const fd = cloneTree(place, '', { recursive: true });
    try {
      const set = mount.readOnly ? MOUNT_ATTR_RDONLY : 0;
      setMountAttributes(fd, '', { set, propagation: MS_PRIVATE, recursive: true });
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return { fd, kind };
  } finally {
    closeSync(place);
  }
}

/** The directory that holds it and the path from there, for who looks at one file of a volume. */
export function openVolumeParent(root: string, mount: VolumeMount): { fd: number; path: string } {
  const { subpath = '.' } = mount;
  const fd = openVolumePlace(root, { ...mount, subpath: posix.dirname(subpath) });
  return { fd, path: `/${posix.basename(subpath)}` };
}
