// Everything that a further process in a running container needs: its init by a descriptor that cannot come to mean
// another process, the user by the container's own files, the way into its cgroup. Nothing of the container is run for it.
import { closeSync, openSync } from 'node:fs';
import { O_CLOEXEC, O_DIRECTORY, O_PATH, pidfdHasExited, pidfdOpen, startTimeOf } from '../../native/index.js';
import type { CgroupDriver } from '../cgroup/index.js';
import { TscontainError } from '../errors.js';
import type { Container, ExecSpec, ProcessId } from '../model.js';
import { userInRoot } from '../rootfs/image-users.js';
import { fileError } from '../state/file-errors.js';
import { joinSteps } from './cgroup-facts.js';
import type { Stdio } from './facts.js';
import { explainFailure } from './failure.js';
import { Held } from './held.js';
import { ownRights } from './own-rights.js';
import { execEnv, planExec } from './plan.js';
import type { Prepared } from './prepare.js';
import { deniedRights } from './rights.js';

export interface ExecRequest {
  readonly container: Container;
  readonly spec: ExecSpec;
  /** with a terminal, one that was opened on the container's own devpts (openPtyIn) */
  readonly stdio: Stdio;
  readonly driver: CgroupDriver;
  /** see leash.ts */
  readonly onLeash?: boolean;
}

/**
 * @throws TscontainError ILLEGAL_STATE when it does not run (any more), INVALID_VALUE for the user, and what a start throws
 */
export async function prepareExec({ container, spec, stdio, driver, onLeash = false }: ExecRequest): Promise<Prepared> {
  const { config, state, cgroup } = container;
  const doing = `run "${spec.argv[0] ?? ''}" in container ${config.name}`;
  const held = new Held();
  try {
    const { pidfd, rootFd } = openInit(config.name, state.init, held);
    const user = userInRoot(rootFd, spec.user ?? config.user, config.groupAdd);
    const door = driver.joinFds(cgroup);
    held.also(() => door.close());
    const own = ownRights();
    const env = execEnv(config, spec, user);
    return await Promise.resolve({
      program: planExec(config, spec, { user, own, stdio, joinCgroup: joinSteps(door), pidfd, onLeash }),
      launchOptions: door.cloneInto === undefined ? {} : { cgroupFd: door.cloneInto },
      notes: deniedRights(config, own),
      explainFailure: (error: unknown) => explainFailure(error, doing, { argv: spec.argv, env, rootFd }),
      release: () => {
        held.release();
      },
    });
  } catch (error) {
    held.release();
    throw fileError(error, doing);
  }
}

/** The pidfd first: once its start time has been seen to be the right one, it is this process for good. */
function openInit(name: string, init: ProcessId | undefined, held: Held): { pidfd: number; rootFd: number } {
  const gone = () =>
    new TscontainError('ILLEGAL_STATE', `container ${name} is not running`, { hint: `start it first` });
  if (init === undefined) throw gone();
  let pidfd: number;
  try {
    pidfd = held.fd(pidfdOpen(init.pid));
  } catch (cause) {
    throw new TscontainError('ILLEGAL_STATE', gone().message, { cause, hint: 'start it first' });
  }
  if (startTimeOf(init.pid) !== init.startTime) throw gone();
  const rootFd = openRootOf(init.pid);
  if (rootFd === undefined) throw gone();
  if (pidfdHasExited(pidfd)) {
    closeSync(rootFd);
    throw gone();
  }
  return { pidfd, rootFd: held.fd(rootFd) };
}

/** The root directory of a process as it sees it, mounts and all. */
export function openRootOf(pid: number): number | undefined {
  try {
    return openSync(`/proc/${pid}/root`, O_PATH | O_DIRECTORY | O_CLOEXEC);
  } catch {
    return undefined;
  }
}
