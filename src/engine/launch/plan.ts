// The plan of a start and of an exec: from a container's configuration and the facts of this host to the list of system
// calls that the new process makes. Pure: it opens nothing and asks nobody, so it can be printed, compared and tested.
// Tests: test/pure/engine/launch; what the steps really do is tested in test/container/launch.
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  forkStep,
  type Program,
  type Step,
} from '../../native/index.js';
import type { ContainerConfig, ExecSpec } from '../model.js';
import { completeEnv, connectStreams, enterWorkingDir, runInit, runProgram } from './command.js';
import { makeDev } from './devices.js';
import type { ExecFacts, StartFacts } from './facts.js';
import { leash } from './leash.js';
import { hasOwnNetwork, meetNetwork, raiseLoopback, setUpNetwork } from './network.js';
import type { ResolvedUser } from '../rootfs/users.js';
import { dropRights, ownKeyring, setOomScore, setUlimits } from './rights.js';
import {
  enterRoot,
  hideHost,
  mountProc,
  mountSys,
  partFromHost,
  placeMounts,
  sealRoot,
  setSysctls,
  takeAlong,
} from './root.js';
import { makeMissing, step } from './steps.js';

/** The namespaces that a container is born in (CLONE_NEW* of clone(2)). */
export function startNamespaces(config: Pick<ContainerConfig, 'network'>): number {
  const always = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC;
  return hasOwnNetwork(config) ? always | CLONE_NEWNET : always;
}

/** Entered by an exec, whichever of them the container shares with the host. */
const EXEC_NAMESPACES = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;

const UMASK = 0o022;

/** What the init of a container does between clone3 and execve. Throws TscontainError INVALID_VALUE. */
export function planStart(config: ContainerConfig, facts: StartFacts): Program {
  const { user, own, stdio } = facts;
  const env = completeEnv(config.env, { hostname: config.hostname, home: user.home, tty: config.tty });
  return [
    ...meetNetwork(facts.network),
    ...setOomScore(config.oomScoreAdj, own),
    ...facts.joinCgroup,
    // Only now: the directory that a process is in when it asks becomes the top of its new cgroup namespace.
    step('have a cgroup namespace of its own', 'unshare', [CLONE_NEWCGROUP]),
    partFromHost(config),
    ...takeAlong(facts),
    step('make files with the modes asked for', 'umask', [0]),
    ...enterRoot(facts.rootFd),
    ...mountProc(facts),
    ...raiseLoopback(facts.network),
    ...mountSys(config, facts),
    ...makeDev(config, facts),
    ...setUpNetwork(facts.network),
    ...setSysctls(config),
    ...hideHost(config, facts),
    ...placeMounts(facts.mounts),
    ...makeMissing(facts.workingDir.path, facts.workingDir.missing),
    ...sealRoot(config),
    ...nameHost(config),
    ...connectStreams(stdio, user.uid),
    ...setUlimits(config.ulimits, own),
    ownKeyring(config.id),
    ...enterWorkingDir(config.workingDir),
    ...dropRights(config, user, own),
    step('set the usual umask', 'umask', [UMASK]),
    ...(config.init && facts.initFd !== undefined
      ? runInit(facts.initFd, config.argv, env)
      : runProgram(config.argv, env)),
  ];
}

function nameHost({ hostname, domainname }: ContainerConfig): Step[] {
  return [
    step('set the host name', 'sethostname', [hostname, Buffer.byteLength(hostname)]),
    ...(domainname === ''
      ? []
      : [step('set the domain name', 'setdomainname', [domainname, Buffer.byteLength(domainname)])]),
  ];
}

/** What a further process in a running container does between clone3 and execve. Throws TscontainError INVALID_VALUE. */
export function planExec(config: ContainerConfig, spec: ExecSpec, facts: ExecFacts): Program {
  const { user, own, stdio, pidfd, onLeash = false } = facts;
  const rights = { ...config, privileged: config.privileged || (spec.privileged ?? false) };
  return [
    ...setOomScore(config.oomScoreAdj, own),
    // By descriptors that were opened outside, so it works from the namespaces of the container too; and before any
    // process of ours can be seen in there.
    ...facts.joinCgroup,
    step('enter the container', 'setns', [pidfd, EXEC_NAMESPACES]),
    forkStep('be a process of the container'),
    ...connectStreams(stdio, user.uid),
    ...setUlimits(config.ulimits, own),
    ownKeyring(config.id),
    ...enterWorkingDir(spec.workingDir ?? config.workingDir),
    ...dropRights(rights, user, own),
    step('set the usual umask', 'umask', [UMASK]),
    ...(onLeash ? leash() : []),
    ...runProgram(spec.argv, execEnv(config, spec, user)),
  ];
}

/** The container's environment, the exec's own over it; the HOME that was meant for one user is not that of another. */
export function execEnv(config: ContainerConfig, spec: ExecSpec, user: ResolvedUser): string[] {
  const inherited = spec.user === undefined ? config.env : config.env.filter((entry) => !entry.startsWith('HOME='));
  const own = spec.env ?? [];
  const replaced = new Set(own.map(nameOf));
  return completeEnv([...inherited.filter((entry) => !replaced.has(nameOf(entry))), ...own], {
    hostname: config.hostname,
    home: user.home,
    tty: spec.tty ?? false,
  });
}

const nameOf = (entry: string): string => entry.slice(0, entry.indexOf('='));
