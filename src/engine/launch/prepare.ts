// Everything that a start needs from the host, opened and found out: the root file system, mounts, the user, the cgroup.
// The supervisor hands the result to launch() and releases it. Nothing here changes the host beyond the container's own
// directory, so a start that fails leaves nothing behind. Tests: test/container/launch.
import { existsSync, fstatSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { AT_FDCWD, cloneTree, MS_PRIVATE, O_NOFOLLOW, O_PATH, setMountAttributes } from '../../native/index.js';
import type { LaunchOptions, Program } from '../../native/index.js';
import type { CgroupDriver, CgroupPaths } from '../cgroup/index.js';
import { TscontainError } from '../errors.js';
import type { ContainerConfig, Image } from '../model.js';
import { userInRoot } from '../rootfs/image-users.js';
import { mountRoot } from '../rootfs/overlay.js';
import { openIfThere } from '../rootfs/places.js';
import { layout } from '../state/layout.js';
import { cgroupView, joinSteps } from './cgroup-facts.js';
import { completeEnv } from './command.js';
import { ETC_FILES, writeEtcFiles } from './etc-files.js';
import type { PlacedMount, StartFacts, Stdio } from './facts.js';
import { explainFailure } from './failure.js';
import { Held } from './held.js';
import { hiddenPaths } from './hidden.js';
import { openInit } from './init-program.js';
import { ownRights } from './own-rights.js';
import { inOrder, placeOf, requirePossibleTarget } from './placing.js';
import { planStart, startNamespaces } from './plan.js';
import { deniedRights } from './rights.js';
import { deviceNodes, openBind, openTmpfs } from './sources.js';

export interface StartRequest {
  /** directory of all state */
  readonly root: string;
  readonly config: ContainerConfig;
  readonly image: Image;
  readonly stdio: Stdio;
  /** where the container's cgroup is, which must exist; absent, the container stays in that of this process */
  readonly cgroup?: { readonly driver: CgroupDriver; readonly paths: CgroupPaths };
}

/** A launch that only has to be done: `launch(program, launchOptions)`. */
export interface Prepared {
  readonly program: Program;
  readonly launchOptions: LaunchOptions;
  /** One sentence for each thing that was asked for and that this host cannot give; the container runs without it. */
  readonly notes: readonly string[];
  /** What it means that launch() rejected with this. Ask before release(). */
  explainFailure(error: unknown): TscontainError;
  /** Closes every descriptor that was opened for it. Once launch() has resolved or rejected, none is needed any more. */
  release(): void;
}

/**
 * Takes 1 to 2 ms, and longer only for a root file system that has to be copied.
 * @throws TscontainError INVALID_VALUE (user, sysctl, capability, ulimit, mount target), NO_SUCH_PATH (mount source,
 * device, cgroup), NOT_SUPPORTED (--init without an init program), NO_SPACE, READ_ONLY, IO_ERROR
 */
export async function prepareStart(request: StartRequest): Promise<Prepared> {
  const { config } = request;
  const doing = `start container ${config.name}`;
  const held = new Held();
  try {
    const { facts, cgroupFd } = await gatherFacts(request, held);
    const program = planStart(config, facts);
    const env = completeEnv(config.env, { hostname: config.hostname, home: facts.user.home, tty: config.tty });
    return {
      program,
      launchOptions: { namespaces: startNamespaces(config), ...(cgroupFd === undefined ? {} : { cgroupFd }) },
      notes: deniedRights(config, facts.own),
      explainFailure: (error) => explainFailure(error, doing, { argv: config.argv, env, rootFd: facts.rootFd }),
      release: () => {
        held.release();
      },
    };
  } catch (error) {
    held.release();
    throw explainFailure(error, doing, { argv: config.argv, env: config.env, rootFd: AT_FDCWD });
  }
}

async function gatherFacts(
  request: StartRequest,
  held: Held,
): Promise<{ facts: StartFacts; cgroupFd: number | undefined }> {
  const { root, config, image, stdio, cgroup } = request;
  writeEtcFiles(root, config);
  const directories = {
    layers: image.layers,
    upper: layout.upper(root, config.id),
    work: layout.work(root, config.id),
  };
  const rootFd = held.fd((await mountRoot(directories)).fd);
  const mounts = placeAll(config, layout.etc(root, config.id), rootFd, held);
  const join = cgroup?.driver.joinFds(cgroup.paths);
  if (join !== undefined) held.also(() => join.close());
  const facts: StartFacts = {
    rootFd,
    stdio,
    user: userInRoot(rootFd, config.user, config.groupAdd),
    own: ownRights(),
    joinCgroup: join === undefined ? [] : joinSteps(join),
    cgroup: cgroup === undefined ? { kind: 'none' } : cgroupView(cgroup.paths, existsSync),
    missingDirectories: missingSystemDirectories(rootFd),
    ...hiddenPaths(),
    mounts,
    devices: deviceNodes(config),
    workingDirMissing: placeOf(
      rootFd,
      config.workingDir,
      mounts.map(({ target }) => target),
    ).missing,
    ...(config.init ? { initFd: held.fd(openInit()) } : {}),
  };
  return { facts, cgroupFd: join?.cloneInto };
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
  open(): { fd: number; kind: 'directory' | 'file' };
}

function placeAll(config: ContainerConfig, etc: string, rootFd: number, held: Held): PlacedMount[] {
  config.mounts.forEach(requirePossibleTarget);
  const asked = config.mounts.map((mount): Wanted => ({
    target: mount.target,
    open: () => (mount.type === 'bind' ? openBind(mount) : openTmpfs(mount)),
  }));
  // Whoever mounts /etc, or one of these files, has said what should be there.
  const isTaken = (path: string) => asked.some(({ target }) => target === '/etc' || target === path);
  const ours = ETC_FILES.map((file): Wanted => ({
    target: `/etc/${file}`,
    open: () => openEtcFile(join(etc, file)),
  })).filter(({ target }) => !isTaken(target));
  const placed: PlacedMount[] = [];
  for (const { target, open } of inOrder([...asked, ...ours])) {
    const place = placeOf(
      rootFd,
      target,
      placed.map((mount) => mount.target),
    );
    const { fd, kind } = open();
    placed.push({ target: place.path, missing: place.missing, kind, fd: held.fd(fd) });
  }
  return placed;
}

function openEtcFile(path: string): { fd: number; kind: 'file' } {
  const fd = cloneTree(AT_FDCWD, path);
  try {
    setMountAttributes(fd, '', { propagation: MS_PRIVATE });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return { fd, kind: 'file' };
}
