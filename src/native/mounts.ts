// Mounts that stand nowhere until they are attached: fsopen(2), fsmount(2), open_tree(2), mount_setattr(2), move_mount(2).
// A detached mount is a descriptor; the host's mount table never shows it and it is gone when the descriptor is closed.
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { errnoMeaning, errnoName, errnoNumber, SyscallError } from './errno.js';
import * as flags from './flags.js';
import { rawSyscall, syscall } from './kernel.js';

/** Options of a file system: a value, or true for one that stands alone, in order; a name may come more than once. */
export type MountOptions = readonly (readonly [name: string, value: string | true])[];

/** The longest value fsconfig(2) takes, bytes. */
const VALUE_LIMIT = 255;

/** What the kernel wrote to the descriptor about a failure, without the letter of its severity (fsopen(2), "Message retrieval"). */
function kernelMessages(contextFd: number): string {
  const messages: string[] = [];
  const room = Buffer.alloc(1024);
  for (;;) {
    try {
      const length = readSync(contextFd, room);
      if (length === 0) break;
      messages.push(
        room
          .toString('utf8', 0, length)
          .trim()
          .replace(/^[ewi] /, ''),
      );
    } catch {
      break;
    }
  }
  return messages.join('; ');
}

function configure(contextFd: number, type: string, command: number, name: string | null, value: string | null): void {
  const result = Number(rawSyscall('fsconfig', contextFd, command, name, value, 0));
  if (result >= 0) return;
  const said = kernelMessages(contextFd);
  const what = name === null ? type : `${type} ${name}${value === null ? '' : `=${value}`}`;
  const meaning = said === '' ? errnoMeaning(-result) : said;
  throw new SyscallError('fsconfig', -result, what, `fsconfig ${what}: ${errnoName(-result)}, ${meaning}`);
}

/**
 * A new file system, mounted nowhere. `attributes` is MOUNT_ATTR_*. The descriptor is close-on-exec.
 * Throws SyscallError with what the kernel says about the option it refuses.
 */
export function createMount(type: string, options: MountOptions = [], attributes = 0): number {
  const contextFd = syscall('fsopen', type, flags.FSOPEN_CLOEXEC);
  try {
    for (const [name, value] of options) {
      if (value === true) configure(contextFd, type, flags.FSCONFIG_SET_FLAG, name, null);
      else configure(contextFd, type, flags.FSCONFIG_SET_STRING, name, value);
    }
    configure(contextFd, type, flags.FSCONFIG_CMD_CREATE, null, null);
    return syscall('fsmount', contextFd, flags.FSMOUNT_CLOEXEC, attributes);
  } finally {
    closeSync(contextFd);
  }
}

export interface Overlay {
  /** Directories that are read only, the uppermost first. At least one, or two without `upper`. */
  readonly lower: readonly string[];
  /** The directory that takes the changes, and an empty one beside it on the same file system. */
  readonly upper?: string;
  readonly work?: string;
  /** Further options of the file system, and MOUNT_ATTR_* of the mount. */
  readonly options?: MountOptions;
  readonly attributes?: number;
}

/**
 * Whether the kernel takes layers one by one (Linux 6.8), so that there can be hundreds; found out at the first overlay. An
 * older one takes them in one list of 255 bytes, which is enough for a dozen.
 */
let takesSingleLayers: boolean | undefined;

/** Names the directory that is not there: older kernels say only that one of them is not. */
function naming(overlay: Overlay, create: () => number): number {
  try {
    return create();
  } catch (error) {
    const directories = [...overlay.lower, overlay.upper, overlay.work].filter((path) => path !== undefined);
    const missing = directories.find((path) => !existsSync(path));
    if (missing === undefined || !(error instanceof SyscallError)) throw error;
    throw new SyscallError(error.syscall, error.errno, `overlay ${missing}`);
  }
}

/** An overlay of directories, mounted nowhere (overlayfs.rst). Throws SyscallError; Node's error for a directory that is not there. */
export function createOverlay(overlay: Overlay): number {
  const held: number[] = [];
  const byDescriptor = (path: string): string => {
    held.push(openSync(path, flags.O_PATH | flags.O_DIRECTORY | flags.O_CLOEXEC));
    return `/proc/self/fd/${held.at(-1)!}`;
  };
  /** A path as an option can hold it: short, and without the signs that overlay reads as its own. */
  const short = (path: string): string =>
    path.length <= VALUE_LIMIT && /^[\w/.+@=-]+$/.test(path) ? path : byDescriptor(path);
  try {
    const lower = overlay.lower.map(short);
    const rest: [string, string | true][] = [];
    if (overlay.upper !== undefined) rest.push(['upperdir', short(overlay.upper)]);
    if (overlay.work !== undefined) rest.push(['workdir', short(overlay.work)]);
    for (const [name, value] of overlay.options ?? []) rest.push([name, value]);
    const create = (layers: MountOptions) => createMount('overlay', [...layers, ...rest], overlay.attributes);
    const together = (): number => {
      const list = lower.join(':');
      const fitting = list.length <= VALUE_LIMIT ? list : overlay.lower.map(byDescriptor).join(':');
      if (fitting.length <= VALUE_LIMIT) return naming(overlay, () => create([['lowerdir', fitting]]));
      const why = `${lower.length} layers are too many for this kernel in one overlay: Linux 6.8 takes any number`;
      throw new SyscallError('fsconfig', errnoNumber('E2BIG'), 'overlay', why);
    };
    if (takesSingleLayers === false) return together();
    try {
      const fd = create(lower.map((path) => ['lowerdir+', path] as const));
      takesSingleLayers = true;
      return fd;
    } catch (error) {
      // An older kernel refuses the name of the option, a newer one what it is told with it: both say EINVAL.
      const maybeOlder = takesSingleLayers === undefined && error instanceof SyscallError && error.code === 'EINVAL';
      if (!maybeOlder) throw error;
      const fd = together();
      takesSingleLayers = false;
      return fd;
    }
  } finally {
    for (const fd of held) closeSync(fd);
  }
}

/** A detached copy of what is mounted at a path, as bind mounts are; with `recursive`, of all mounts below it too. */
export function cloneTree(directoryFd: number, path: string, { recursive = false } = {}): number {
  const how = flags.OPEN_TREE_CLONE | flags.OPEN_TREE_CLOEXEC | (path === '' ? flags.AT_EMPTY_PATH : 0);
  return syscall('open_tree', directoryFd, path, how | (recursive ? flags.AT_RECURSIVE : 0));
}

export interface MountAttributes {
  /** MOUNT_ATTR_* to switch on and off; MOUNT_ATTR__ATIME in `clear` makes room for another atime in `set`. */
  readonly set?: number;
  readonly clear?: number;
  /** MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE. */
  readonly propagation?: number;
  /** Maps the owners of files through this user namespace (with MOUNT_ATTR_IDMAP in `set`). */
  readonly userNamespaceFd?: number;
  readonly recursive?: boolean;
}

/** Changes the attributes of the mount at a path, or with '' of the descriptor (mount_setattr(2)). */
export function setMountAttributes(directoryFd: number, path: string, attributes: MountAttributes): void {
  const bytes = Buffer.alloc(32);
  bytes.writeBigUInt64LE(BigInt(attributes.set ?? 0), 0);
  bytes.writeBigUInt64LE(BigInt(attributes.clear ?? 0), 8);
  bytes.writeBigUInt64LE(BigInt(attributes.propagation ?? 0), 16);
  bytes.writeBigUInt64LE(BigInt(attributes.userNamespaceFd ?? 0), 24);
  const how = (path === '' ? flags.AT_EMPTY_PATH : 0) | (attributes.recursive === true ? flags.AT_RECURSIVE : 0);
  syscall('mount_setattr', directoryFd, path, how, bytes, bytes.length);
}

/** Attaches a detached mount to a path (move_mount(2)); '' attaches it to the descriptor. */
export function attachMount(mountFd: number, directoryFd: number, path: string): void {
  const how = flags.MOVE_MOUNT_F_EMPTY_PATH | (path === '' ? flags.MOVE_MOUNT_T_EMPTY_PATH : 0);
  syscall('move_mount', mountFd, '', directoryFd, path, how);
}

/** Unmounts what is at a path (umount2(2)); `how` is MNT_* and UMOUNT_NOFOLLOW. */
export function unmount(path: string, how = 0): void {
  syscall('umount2', path, how);
}
