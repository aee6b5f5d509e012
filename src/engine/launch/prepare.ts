// Everything that a start needs from the host, opened and found out: the root file system, mounts, the user, the cgroup.
// The supervisor hands the result to launch() and releases it. Nothing here changes the host beyond the container's own
// directory, so a start that fails leaves nothing behind. Tests: test/container/launch.
import { existsSync } from 'node:fs';
import type { LaunchOptions, Program } from '../../native/index.js';
import type { CgroupDriver, CgroupPaths } from '../cgroup/index.js';
import type { TscontainError } from '../errors.js';
import type { Container, ContainerConfig, Image } from '../model.js';
import type { Attachment } from '../network/model.js';
import { mountRoot } from '../rootfs/overlay.js';
import { fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { cgroupView, joinSteps } from './cgroup-facts.js';
import { completeEnv } from './command.js';
import { writeEtcFiles } from './etc-files.js';
import type { Stdio } from './facts.js';
import { explainFailure } from './failure.js';
import { gatherFacts } from './gather.js';
import { Held } from './held.js';
import { openNetwork } from './open-network.js';
import { planStart, startNamespaces } from './plan.js';
import { deniedRights } from './rights.js';
import { makeSources, openMount } from './sources.js';

export interface StartRequest {
  /** directory of all state */
  readonly root: string;
  readonly config: ContainerConfig;
  readonly image: Image;
  readonly stdio: Stdio;
  /** where the container's cgroup is, which must exist; absent, the container stays in that of this process */
  readonly cgroup?: { readonly driver: CgroupDriver; readonly paths: CgroupPaths };
  /** the networks that it is to be plugged into, whose bridges are there, or whose network it shares; absent is what its mode says */
  readonly network?: { readonly attachments: readonly Attachment[] } | { readonly sharedWith: Container };
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
 * Takes about 1 ms, and longer only for a root file system that has to be copied.
 * @throws TscontainError INVALID_VALUE (user, sysctl, capability, ulimit, mount target), NO_SUCH_PATH (mount source,
 * device, cgroup), NOT_SUPPORTED (--init without an init program), NO_SPACE, READ_ONLY, IO_ERROR
 */
export async function prepareStart({ root, config, image, stdio, cgroup, network }: StartRequest): Promise<Prepared> {
  const doing = `start container ${config.name}`;
  const held = new Held();
  try {
    writeEtcFiles(root, config, network !== undefined && 'attachments' in network ? network.attachments : []);
    makeSources(config);
    const directories = { upper: layout.upper(root, config.id), work: layout.work(root, config.id) };
    const volatile = config.autoRemove;
    const rootFd = held.fd((await mountRoot({ layers: image.layers, ...directories, volatile })).fd);
    const door = cgroup?.driver.joinFds(cgroup.paths);
    if (door !== undefined) held.also(() => door.close());
    const { view, plugging } = openNetwork(config, network, held);
    const facts = gatherFacts(
      {
        config,
        stdio,
        rootFd,
        cgroup: cgroup === undefined ? { kind: 'none' } : cgroupView(cgroup.paths, existsSync),
        network: view,
        joinCgroup: door === undefined ? [] : joinSteps(door),
        etc: layout.etc(root, config.id),
        openMount: (mount) => openMount(root, mount),
      },
      held,
    );
    const env = completeEnv(config.env, { hostname: config.hostname, home: facts.user.home, tty: config.tty });
    const namespaces = startNamespaces(config);
    return {
      program: planStart(config, facts),
      launchOptions: {
        namespaces,
        ...(door?.cloneInto === undefined ? {} : { cgroupFd: door.cloneInto }),
        ...(plugging === undefined ? {} : { afterClone: (pid: number) => plugging.begin(pid) }),
      },
      notes: deniedRights(config, facts.own),
      // That its interface is not there, as the launch would say it, has a reason that is known here.
      explainFailure: (error) => plugging?.failure ?? explainFailure(error, doing, { argv: config.argv, env, rootFd }),
      release: () => {
        held.release();
      },
    };
  } catch (error) {
    held.release();
    throw fileError(error, doing);
  }
}
