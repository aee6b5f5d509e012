// What is mounted where, and which devices are passed in, in Docker's grammar: --tmpfs, --device, and what -v (volume-words.ts) and
// --mount (mount-fields.ts) have in common. Pure.
import { isAbsolute, normalize, posix } from 'node:path';
import type { Device, Mount } from '../model.js';
import { parseLabel } from './environment.js';
import { parseVolumeName } from './names.js';
import { parseBytes } from './quantities.js';
import { shown, wrong } from './wrong.js';

export type Bind = Extract<Mount, { type: 'bind' }>;
export type VolumeMount = Extract<Mount, { type: 'volume' }>;
export type Tmpfs = Extract<Mount, { type: 'tmpfs' }>;
/** While it is being read. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };

export const PROPAGATIONS: readonly string[] = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
const TMPFS_FLAGS: readonly string[] = ['exec', 'noexec', 'suid', 'nosuid', 'dev', 'nodev'];

export function isPropagation(text: string): text is Bind['propagation'] {
  return PROPAGATIONS.includes(text);
}

/** An absolute path in a container, without . and .. and doubled slashes; never the root itself. */
export function parseTarget(path: string, what: string): string {
  if (!isAbsolute(path)) throw wrong(what, path, 'the path in the container begins with /');
  if (path.includes('\0')) throw wrong(what, path, 'a path has no zero byte');
  const target = normalize(path).replace(/(.)\/$/, '$1');
  if (target === '/') throw wrong(what, path, 'the root of the container cannot be mounted over');
  return target;
}

/** An absolute path on the host, as short as it can be. */
export const hostPath = (path: string): string => normalize(path).replace(/(.)\/$/, '$1');

/** What a mount of a volume says of it. @throws TscontainError INVALID_VALUE */
export function checkedVolumeMount(mount: VolumeMount): VolumeMount {
  const { source, target, readOnly, subpath, labels = {} } = mount;
  if (source !== '') parseVolumeName(source);
  else if (readOnly) throw wrong('the volume', target, 'one that is made for this container alone can be written to');
  else if (subpath !== undefined)
    throw wrong('the volume', target, 'one that is made for this container alone has no parts');
  for (const key of Object.keys(labels)) parseLabel(key);
  return subpath === undefined ? mount : { ...mount, subpath: checkedSubpath(subpath) };
}

function checkedSubpath(subpath: string): string {
  const path = posix.normalize(subpath).replace(/(.)\/$/, '$1');
  if (subpath === '' || subpath.includes('\0') || posix.isAbsolute(path) || path === '..' || path.startsWith('../'))
    throw wrong('the part of the volume', subpath, 'it is a path inside of it that does not begin with /');
  return path;
}

/** @throws TscontainError INVALID_VALUE */
export function requireRecursion({ source, readOnly, propagation, recursive }: Bind): void {
  if (recursive !== 'readonly' || (readOnly && propagation === 'rprivate')) return;
  throw wrong(
    'the mount',
    source,
    'bind-recursive=readonly goes with readonly, and with no bind-propagation but rprivate',
  );
}

export function parseMode(mode: string, text: string): number {
  if (!/^[0-7]{3,5}$/.test(mode) || parseInt(mode, 8) > 0o7777)
    throw wrong('the tmpfs', text, 'a mode is octal, such as 1777');
  return parseInt(mode, 8);
}

/** "/run[:rw,noexec,size=64m,mode=1777]". */
export function parseTmpfs(text: string): Tmpfs {
  const what = 'the tmpfs';
  const colon = text.indexOf(':');
  const mount: Writable<Tmpfs> = {
    type: 'tmpfs',
    target: parseTarget(colon < 0 ? text : text.slice(0, colon), what),
    readOnly: false,
  };
  const flags: string[] = [];
  for (const option of colon < 0 ? [] : text.slice(colon + 1).split(',')) {
    const [key, value] = option.split('=', 2);
    if (option === 'ro' || option === 'rw') mount.readOnly = option === 'ro';
    else if (TMPFS_FLAGS.includes(option)) flags.push(option);
    else if (key === 'size' && value !== undefined) mount.sizeBytes = parseBytes(value, 'the size of the tmpfs');
    else if (key === 'mode' && value !== undefined) mount.mode = parseMode(value, text);
    else
      throw wrong(
        what,
        text,
        `${shown(option)} is no option of it: there are ro, rw, size=, mode=, ${TMPFS_FLAGS.join(', ')}`,
      );
  }
  return flags.length === 0 ? mount : { ...mount, flags };
}

/** "/dev/fuse", "/dev/sda:/dev/xvda", "/dev/fuse:rwm", "/dev/sda:/dev/xvda:r". */
export function parseDevice(text: string): Device {
  const what = 'the device';
  const parts = text.split(':');
  const permissions = parts.length > 1 && isPermissions(parts.at(-1)!) ? parts.pop()! : 'rwm';
  const [pathOnHost, pathInContainer = pathOnHost, ...rest] = parts;
  if (rest.length > 0 || pathOnHost === undefined || pathInContainer === undefined)
    throw wrong(what, text, 'give /dev/host, /dev/host:/dev/container or either with :rwm behind');
  for (const path of [pathOnHost, pathInContainer])
    if (!isAbsolute(path))
      throw wrong(what, text, 'give a path that begins with /, then perhaps :r, :w, :m or several of them');
  return { pathOnHost: normalize(pathOnHost), pathInContainer: parseTarget(pathInContainer, what), permissions };
}

function isPermissions(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}
