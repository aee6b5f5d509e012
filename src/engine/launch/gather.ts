// Finds out what a plan of a start must know: what is missing in the image, where each mount goes, who the user is. Shared
// by a start and by the explanation of one.
import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { O_NOFOLLOW, O_PATH, type Program } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import type { ContainerConfig, Mount } from '../model.js';
import { userInRoot } from '../rootfs/image-users.js';
import { openIfThere } from '../rootfs/places.js';
import { ETC_FILES } from './etc-files.js';
import type { CgroupView, NetworkView, PlacedMount, StartFacts, Stdio } from './facts.js';
import type { Held } from './held.js';
import { hiddenPaths } from './hidden.js';
import { openInit } from './init-program.js';
import { ownRights } from './own-rights.js';
import { inOrder, placeOf, requirePossibleTarget } from './placing.js';
import { deviceNodes, type OpenedSource } from './sources.js';

export interface Ground {
  readonly config: ContainerConfig;
  readonly stdio: Stdio;
  /** the root file system, not yet entered */
  readonly rootFd: number;
  readonly cgroup: CgroupView;
  readonly network: NetworkView;
  readonly joinCgroup: Program;
  /** where the files of /etc are that the engine keeps for the container */
  readonly etc: string;
  /** opens what a mount brings */
  readonly openMount: (mount: Mount) => OpenedSource;
}

/** @throws TscontainError, SyscallError; what was opened is in `held` */
export function gatherFacts(ground: Ground, held: Held): StartFacts {
  const { config, stdio, rootFd, cgroup, network, joinCgroup } = ground;
  const mounts = placeMounts(ground, held);
  const targets = mounts.map(({ target }) => target);
  return {
    rootFd,
    stdio,
    cgroup,
    network,
    joinCgroup,
    user: userInRoot(rootFd, config.user, config.groupAdd),
    own: ownRights(),
    missingDirectories: missingSystemDirectories(rootFd),
    ...hiddenPaths(),
    mounts,
    devices: deviceNodes(config),
    workingDir: placeOf(rootFd, config.workingDir, targets),
    ...(config.init ? { initFd: held.fd(openInit()) } : {}),
  };
}

const SYSTEM_DIRECTORIES = ['/proc', '/sys', '/dev'];

/** A link in their place would put the kernel's file systems where the image wants them (CVE-2019-19921, CVE-2023-27561). */
function missingSystemDirectories(rootFd: number): string[] {
  return SYSTEM_DIRECTORIES.filter((path) => {
    const fd = openIfThere(rootFd, path, O_PATH | O_NOFOLLOW);
    if (fd === undefined) return true;
    const isDirectory = fstatSync(fd).isDirectory();
    closeSync(fd);
    if (isDirectory) return false;
    throw new TscontainError('INVALID_VALUE', `${path} of the image is no directory`, {
      hint: 'a container is only run on an image whose /proc, /sys and /dev are ordinary directories or absent',
    });
  });
}

interface Wanted {
  readonly target: string;
  /** what is mounted, for a person */
  readonly what: string;
  readonly open: () => OpenedSource | { readonly path: string; readonly kind: 'file' };
}

function inWords(mount: Mount): string {
  if (mount.type === 'tmpfs') return 'a tmpfs';
  return mount.type === 'bind' ? `"${mount.source}"` : `volume ${mount.source}`;
}

function placeMounts({ config, rootFd, etc, openMount }: Ground, held: Held): PlacedMount[] {
  config.mounts.forEach(requirePossibleTarget);
  const asked = config.mounts.map((mount): Wanted => {
    return { target: mount.target, what: inWords(mount), open: () => openMount(mount) };
  });
  // Whoever mounts /etc, or one of these files, has said what should be there.
  const isTaken = (path: string) => asked.some(({ target }) => target === '/etc' || target === path);
  const ours = ETC_FILES.map((file): Wanted => {
    return { target: `/etc/${file}`, what: file, open: () => ({ path: join(etc, file), kind: 'file' }) };
  });
  const placed: PlacedMount[] = [];
  for (const { target, what, open } of inOrder([...asked, ...ours.filter((our) => !isTaken(our.target))])) {
    const covering = placed.map((mount) => mount.target);
    const place = placeOf(rootFd, target, covering);
    const { kind, ...opened } = open();
    const source = 'fd' in opened ? { fd: held.fd(opened.fd) } : opened;
    placed.push({ target: place.path, missing: place.missing, kind, source });
    if (place.kind !== undefined && place.kind !== kind) {
      throw new TscontainError(
        'INVALID_VALUE',
        `${what} is a ${kind}, and "${target}" in the image is a ${place.kind}`,
        {
          hint: 'mount a directory on a directory and a file on a file',
        },
      );
    }
  }
  return placed;
}
