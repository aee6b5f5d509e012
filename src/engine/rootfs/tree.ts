// The files of a container from outside: as its processes see them while it runs, as the next start will show them while
// it does not. What is named is looked up as the container would, by openat2(2) below its root, so that no link of a hostile
// container leads to the host, however fast it is exchanged (CVE-2018-15664).
import { closeSync, fstatSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { O_CLOEXEC, O_DIRECTORY, O_PATH, startTimeOf } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { ETC_FILES } from '../launch/etc-files.js';
import type { Container, Image } from '../model.js';
import { layout } from '../state/layout.js';
import { openVolumeParent, openVolumePlace, type VolumeMount } from '../volume/source.js';
import { mountRoot } from './overlay.js';
import { depthBelow } from './places.js';

export interface ContainerFiles {
  /** directory of all state */
  readonly root: string;
  readonly container: Container;
  readonly image: Image;
}

/** A path and the root below which it is looked up. */
export interface TreePlace {
  readonly rootFd: number;
  /** absolute, below that root */
  readonly path: string;
  /** why nothing can be written there, when that is so although the file system would allow it */
  readonly readOnly?: string;
  close(): void;
}

const RUNNING = new Set(['running', 'paused']);

/**
 * Opens the tree that holds `path`, an absolute path in the container. Hold the container's lock while one that does not run
 * is open: a start at the same time would mount its layers a second time.
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE, SyscallError
 */
export async function openPlace({ root, container, image }: ContainerFiles, path: string): Promise<TreePlace> {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new TscontainError('INVALID_VALUE', `"${path}" is no path in a container`, { hint: 'begin it with "/"' });
  }
  const { config, state } = container;
  if (RUNNING.has(state.status) && state.init !== undefined) {
    const rootFd = openRunningRoot(state.init);
    if (rootFd !== undefined) return place(rootFd, path);
  }
  const covering = coveringMount(root, container, path);
  if (covering !== undefined) return openSource(root, covering, path);
  const directories = { upper: layout.upper(root, config.id), work: layout.work(root, config.id) };
  const { fd } = await mountRoot({ layers: image.layers, ...directories, volatile: config.autoRemove });
  return place(fd, path, config.readOnlyRootfs ? `the root of container ${config.name} is read-only` : undefined);
}

function place(rootFd: number, path: string, readOnly?: string): TreePlace {
  return { rootFd, path, ...(readOnly === undefined ? {} : { readOnly }), close: () => closeSync(rootFd) };
}

/** The link is followed first and the process looked at after: if it is still the same, so was what was opened. */
function openRunningRoot({ pid, startTime }: { pid: number; startTime: number }): number | undefined {
  let fd: number;
  try {
    fd = openSync(`/proc/${pid}/root`, O_PATH | O_DIRECTORY | O_CLOEXEC);
  } catch {
    return undefined;
  }
  if (startTimeOf(pid) === startTime) return fd;
  closeSync(fd);
  return undefined;
}

interface Covering {
  readonly target: string;
  /** a path on the host, or a volume; undefined for a tmpfs, which is nowhere while the container does not run */
  readonly source: string | VolumeMount | undefined;
  readonly readOnly: boolean;
}

/** The mount that a start would put over the path, the innermost of several. */
function coveringMount(root: string, { config }: Container, path: string): Covering | undefined {
  const asked = config.mounts.map((mount): Covering => {
    const source = mount.type === 'bind' ? mount.source : mount.type === 'volume' ? mount : undefined;
    return { target: mount.target, source, readOnly: mount.readOnly };
  });
  const ours = ETC_FILES.map((file): Covering => {
    return { target: `/etc/${file}`, source: join(layout.etc(root, config.id), file), readOnly: false };
  });
  const isTaken = ({ target }: Covering) => asked.some((mount) => mount.target === '/etc' || mount.target === target);
  return [...asked, ...ours.filter((our) => !isTaken(our))]
    .filter(({ target }) => depthBelow(path, target) !== undefined)
    .sort((a, b) => b.target.length - a.target.length)[0];
}

function openSource(root: string, { target, source, readOnly }: Covering, path: string): TreePlace {
  if (source === undefined) {
    throw new TscontainError('NO_SUCH_PATH', `"${path}" is on a tmpfs, which is there only while the container runs`, {
      hint: 'start it first',
    });
  }
  const why = readOnly ? `"${target}" is mounted read-only` : undefined;
  const rest = path.slice(target === '/' ? 0 : target.length);
  if (typeof source !== 'string') return openInVolume(root, source, rest, why);
  const real = realpathSync(source);
  if (statSync(real).isDirectory())
    return place(openSync(real, O_PATH | O_DIRECTORY | O_CLOEXEC), rest === '' ? '/' : rest, why);
  return place(openSync(dirname(real), O_PATH | O_DIRECTORY | O_CLOEXEC), `/${basename(real)}`, why);
}

/** By descriptors: what a container has written into it leads nowhere else. */
function openInVolume(root: string, mount: VolumeMount, rest: string, why: string | undefined): TreePlace {
  const fd = openVolumePlace(root, mount);
  if (fstatSync(fd).isDirectory()) return place(fd, rest === '' ? '/' : rest, why);
  closeSync(fd);
  const parent = openVolumeParent(root, mount);
  return place(parent.fd, parent.path, why);
}
