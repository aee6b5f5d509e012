// What comes from the host into a container, opened before the launch: bind mounts and tmpfs as detached mounts, devices
// as numbers, an init program. Each is complete, so the launch only has to put it in its place.
import { closeSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  AT_FDCWD,
  cloneTree,
  createMount,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MS_PRIVATE,
  MS_SHARED,
  MS_SLAVE,
  setMountAttributes,
  splitDeviceNumber,
} from '../../native/index.js';
import type { DeviceRule } from '../cgroup/index.js';
import { DEFAULT_DEVICE_RULES } from '../cgroup/index.js';
import { TscontainError } from '../errors.js';
import type { ContainerConfig, Device, Mount } from '../model.js';
import { openVolume } from '../volume/source.js';
import type { DeviceNode } from './facts.js';

type Bind = Extract<Mount, { type: 'bind' }>;
type Tmpfs = Extract<Mount, { type: 'tmpfs' }>;

const PROPAGATION = {
  private: MS_PRIVATE,
  rprivate: MS_PRIVATE,
  shared: MS_SHARED,
  rshared: MS_SHARED,
  slave: MS_SLAVE,
  rslave: MS_SLAVE,
} as const;

export interface OpenedSource {
  readonly fd: number;
  readonly kind: 'directory' | 'file';
}

/**
 * What a mount brings into the container.
 * @param root directory of all state
 * @throws TscontainError NO_SUCH_PATH, NO_SUCH_VOLUME, INVALID_VALUE; SyscallError
 */
export function openMount(root: string, mount: Mount): OpenedSource {
  if (mount.type === 'tmpfs') return openTmpfs(mount);
  return mount.type === 'bind' ? openBind(mount) : openVolume(root, mount);
}

/** Docker's rule: what -v names and is not there is an empty directory of root. @throws the error of node:fs */
export function makeSources({ mounts }: Pick<ContainerConfig, 'mounts'>): void {
  for (const mount of mounts) {
    if (mount.type === 'bind' && mount.createSource === true && !isThere(mount.source))
      mkdirSync(mount.source, { recursive: true, mode: 0o755 });
  }
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** @throws TscontainError NO_SUCH_PATH, SyscallError */
function openBind({ source, readOnly, propagation, recursive: below }: Bind): OpenedSource {
  const stat = statSync(source, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new TscontainError('NO_SUCH_PATH', `there is no "${source}" on this host to mount`, {
      hint: `make it first: mkdir -p ${source}`,
    });
  }
  const fd = cloneTree(AT_FDCWD, source, { recursive: below !== 'disabled' });
  try {
    const recursive = propagation.startsWith('r');
    setMountAttributes(fd, '', { propagation: PROPAGATION[propagation], recursive });
    // What is mounted below it too, unless that is asked for: a read-only mount with a writable part in it would be a lie.
    if (readOnly) setMountAttributes(fd, '', { set: MOUNT_ATTR_RDONLY, recursive: below !== 'writable' });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { fd, kind: stat.isDirectory() ? 'directory' : 'file' };
}

const TMPFS_FLAGS = { noexec: MOUNT_ATTR_NOEXEC, nosuid: MOUNT_ATTR_NOSUID, nodev: MOUNT_ATTR_NODEV } as const;
const isTmpfsFlag = (name: string): name is keyof typeof TMPFS_FLAGS => name in TMPFS_FLAGS;

/** Nothing of it may be run or be a device, unless its flags say "exec", "suid" or "dev". */
function openTmpfs({ readOnly, sizeBytes, mode = 0o1777, flags = [] }: Tmpfs): OpenedSource {
  let attributes = readOnly ? MOUNT_ATTR_RDONLY : 0;
  for (const [name, bit] of Object.entries(TMPFS_FLAGS)) if (!flags.includes(name.slice(2))) attributes |= bit;
  for (const name of flags) if (isTmpfsFlag(name)) attributes |= TMPFS_FLAGS[name];
  const size = sizeBytes === undefined ? [] : ([['size', String(sizeBytes)]] as const);
  return {
    fd: createMount('tmpfs', [['source', 'tmpfs'], ...size, ['mode', mode.toString(8)]], attributes),
    kind: 'directory',
  };
}

/** @throws TscontainError NO_SUCH_PATH, INVALID_VALUE */
function deviceNode({ pathOnHost, pathInContainer }: Device): DeviceNode {
  const stat = statSync(pathOnHost, { throwIfNoEntry: false });
  if (stat === undefined) throw new TscontainError('NO_SUCH_PATH', `there is no device "${pathOnHost}" on this host`);
  if (!stat.isCharacterDevice() && !stat.isBlockDevice()) {
    throw new TscontainError('INVALID_VALUE', `"${pathOnHost}" is no device`, {
      hint: 'use --volume for files and directories',
    });
  }
  const type = stat.isBlockDevice() ? 'block' : 'char';
  const { uid, gid } = stat;
  return { path: pathInContainer, type, ...splitDeviceNumber(stat.rdev), mode: stat.mode & 0o777, uid, gid };
}

/** Made anew in every container, or no matter of devices. */
const NOT_FROM_HOST = new Set([
  'pts',
  'shm',
  'fd',
  'mqueue',
  'hugepages',
  'console',
  'ptmx',
  'null',
  'zero',
  'full',
  'random',
  'urandom',
  'tty',
]);

function allDevices(directory = '/dev'): Device[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (directory === '/dev' && NOT_FROM_HOST.has(entry.name)) return [];
    if (entry.isDirectory()) return allDevices(path);
    if (!entry.isCharacterDevice() && !entry.isBlockDevice()) return [];
    return [{ pathOnHost: path, pathInContainer: path, permissions: 'rwm' }];
  });
}

/** The nodes to make besides the default ones; a privileged container gets all of the host's. */
export function deviceNodes(config: Pick<ContainerConfig, 'devices' | 'privileged'>): DeviceNode[] {
  const wanted = config.privileged ? [...allDevices(), ...config.devices] : config.devices;
  return wanted.map(deviceNode);
}

/** What the cgroup must let the container do with devices; undefined is everything (CgroupDriver.create takes it so). */
export function deviceRules(
  config: Pick<ContainerConfig, 'devices' | 'privileged'>,
): readonly DeviceRule[] | undefined {
  if (config.privileged) return undefined;
  const asked = config.devices.map((device): DeviceRule => {
    const { type, major, minor } = deviceNode(device);
    return { type: type === 'block' ? 'b' : 'c', major, minor, access: device.permissions };
  });
  return [...DEFAULT_DEVICE_RULES, ...asked];
}
