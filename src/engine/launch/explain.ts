// A start in words: the steps that it would take. System calls that serve one purpose are shown as one step.
import { existsSync, openSync } from 'node:fs';
import {
  completeProgram,
  createOverlay,
  describeProgram,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  type DescribedStep,
} from '../../native/index.js';
import type { CgroupPaths } from '../cgroup/index.js';
import type { ContainerConfig, Image, Mount } from '../model.js';
import { interfaceIndex } from '../network/interface-index.js';
import { fileError } from '../state/file-errors.js';
import { cgroupView, joinSteps } from './cgroup-facts.js';
import type { NetworkView } from './facts.js';
import { gatherFacts } from './gather.js';
import { Held } from './held.js';
import { DEFAULT_ROOT, layout } from '../state/layout.js';
import { planStart, startNamespaces } from './plan.js';
import { openMount, type OpenedSource } from './sources.js';

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Steps that each have a name of their own, for errors, and that a reader wants as one. */
const TOGETHER: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^join cgroup /, 'join the cgroups'],
  [/^take /, 'take along what comes from the host'],
  [/^mount \/sys\/fs\/cgroup/, 'mount /sys/fs/cgroup'],
  [/^make \/dev\/(null|zero|full|random|urandom|tty)$/, 'make the devices'],
  [/^link \/dev\//, 'make the links of /dev'],
  [/^(make|mount) \/dev\/(pts|console)$/, 'mount /dev/pts'],
  [/^(make|mount) \/dev\/shm$/, 'mount /dev/shm'],
  [/^(make|mount) \/dev\/mqueue$/, 'mount /dev/mqueue'],
  [/^(connect std|open \/dev\/null)/, 'connect the standard streams'],
];

const sharedName = (name: string): string => TOGETHER.find(([pattern]) => pattern.test(name))?.[1] ?? name;

/** Runs of one name become one. */
function runs<T extends { readonly name: string }>(steps: readonly T[]): T[][] {
  const found: T[][] = [];
  for (const step of steps.map((each) => ({ ...each, name: sharedName(each.name) }))) {
    const last = found.at(-1);
    if (last?.[0]?.name === step.name) last.push(step);
    else found.push([step]);
  }
  return found;
}

/** "openat, write" and "…; …", each said once. */
function inOne(steps: readonly DescribedStep[]): DescribedStep {
  const [first] = steps;
  const calls = distinct(steps.map(({ call }) => call));
  const args = distinct(steps.map(({ args: text }) => text));
  return { name: first!.name, call: calls.join(', '), args: args.join('; ') };
}

/** The descriptors that a start would open and an explanation has not. */
const STAND_IN = 3;

/**
 * The steps that starting this would take. Nothing is started or kept; what is mounted is read.
 * @throws TscontainError as prepareStart
 */
export function explainStart(config: ContainerConfig, image: Image, cgroup?: CgroupPaths): DescribedStep[] {
  const held = new Held();
  try {
    const isJoined = (path: string) => path !== cgroup?.controllers['cpuset'] || hasCpuset(config);
    const view = cgroup === undefined ? ({ kind: 'none' } as const) : cgroupView(cgroup, isJoined);
    const tasks = view.kind === 'v1' ? view.hierarchies.filter(({ path }) => path !== cgroup?.unified) : [];
    const facts = gatherFacts(
      {
        config,
        stdio: config.tty
          ? { tty: true, slaveFd: STAND_IN, mountFd: STAND_IN }
          : { tty: false, stdout: STAND_IN, stderr: STAND_IN },
        rootFd: held.fd(openLayers(image.layers)),
        cgroup: view,
        network: standInNetwork(config),
        joinCgroup: joinSteps({ tasks: tasks.map(({ name, path }) => ({ name, path, fd: STAND_IN })) }),
        etc: layout.etc(DEFAULT_ROOT, config.id),
        openMount: standInForMissing,
      },
      held,
    );
    const { steps } = completeProgram(planStart(config, facts), startNamespaces(config));
    return runs(describeProgram(steps)).map(inOne);
  } catch (error) {
    throw fileError(error, `explain container ${config.name}`);
  } finally {
    held.release();
  }
}

/** As if it were the first on the default network: who is on it, and which addresses are free, is known at a start only. */
function standInNetwork({ network }: ContainerConfig): NetworkView {
  if (network === 'host') return { kind: 'host' };
  if (network === 'none') return { kind: 'alone' };
  if (network.startsWith('container:')) return { kind: 'shared', namespaceFd: STAND_IN };
  return {
    kind: 'plugged',
    tellFd: STAND_IN,
    waitFd: STAND_IN,
    interfaces: [{ name: 'eth0', index: interfaceIndex('eth0'), ipv4: { address: '172.17.0.2', prefix: 16 } }],
    defaults: [{ family: 4, gateway: '172.17.0.1' }],
  };
}

const hasCpuset = ({ limits }: ContainerConfig): boolean =>
  (limits.cpusetCpus ?? '') !== '' || (limits.cpusetMems ?? '') !== '';

/** What a start would make, volumes and what -v names, need not be there. */
function standInForMissing(mount: Mount): OpenedSource {
  const isMade = mount.type === 'volume' || (mount.type === 'bind' && mount.createSource === true);
  if (!isMade || (mount.type === 'bind' && existsSync(mount.source))) return openMount(DEFAULT_ROOT, mount);
  return { fd: openSync('/', O_PATH | O_DIRECTORY | O_CLOEXEC), kind: 'directory' };
}

/** The image as a container finds it. */
function openLayers(layers: readonly string[]): number {
  if (layers.length > 1) return createOverlay({ lower: [...layers].reverse() });
  return openSync(layers[0] ?? '/', O_PATH | O_DIRECTORY | O_CLOEXEC);
}
