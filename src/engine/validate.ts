// From what was asked for to what a container is: defaults filled in, every problem found, each beside its field. Pure.
import { isAbsolute, normalize } from 'node:path';
import { checkedShares, checkedWeight, cpuBandwidth, memoryTarget, pidsMax } from './cgroup/limits.js';
import { TscontainError, type Problem } from './errors.js';
import { Problems } from './problems.js';
import { parseEnv, parseLabel } from './grammar/environment.js';
import { checkedVolumeMount, parseTarget, requireRecursion } from './grammar/mounts.js';
import { parseExpose } from './grammar/ports.js';
import { parseContainerName, parseHostname, parseProject } from './grammar/names.js';
import { connection } from './network/connection.js';
import {
  parseCapability,
  parseCpuList,
  parseExtraHost,
  parseSignal,
  parseUser,
  softFitsHard,
  sysctlFault,
  ULIMIT_NAMES,
} from './grammar/process.js';
import { shown, wrong } from './grammar/wrong.js';
import { mergeHealthcheck } from './health/check.js';
import type {
  ContainerConfig,
  CreateSpec,
  Device,
  Image,
  Limits,
  LogConfig,
  Mount,
  RestartPolicy,
  Ulimit,
} from './model.js';

/** What the spec cannot say itself. */
export interface SpecFacts {
  readonly id: string;
  /** used where the spec has no name */
  readonly name: string;
  /** ISO 8601 */
  readonly created: string;
  /** how many CPUs the host has: more cannot be given */
  readonly cpus: number;
}

const DEFAULT_STOP_TIMEOUT_SECONDS = 10;
/** Docker's. */
const DEFAULT_SHM_BYTES = 64 * 1024 * 1024;
/** Bounded, so that no container fills the disk with its log; roomy, so that nobody misses a line soon. */
const DEFAULT_LOG: LogConfig = { maxSizeBytes: 64 * 1024 * 1024, maxFiles: 3 };
/** Docker's least: a shell and its libraries have to be able to start in it. */
const LEAST_MEMORY_BYTES = 6 * 1024 * 1024;

/** The whole configuration, and what is wrong with it: use it only when that is nothing. */
export function configure(
  spec: CreateSpec,
  image: Image,
  facts: SpecFacts,
): { config: ContainerConfig; problems: Problem[] } {
  const problems = new Problems();
  const command = commandOf(spec, image, problems);
  const network = spec.network ?? 'bridge';
  const config: ContainerConfig = {
    schema: 1,
    id: facts.id,
    name: problems.try('name', '', () => parseContainerName(spec.name ?? facts.name)),
    created: facts.created,
    ...(spec.project === undefined ? {} : { project: problems.try('project', '', () => parseProject(spec.project!)) }),
    image: { name: image.name, id: image.id },
    ...command,
    env: mergeEnv(image.config.env.filter(isVariable), problems.each('env', spec.env ?? [], completeVariable)),
    workingDir: problems.try('workingDir', '/', () => directoryOf(spec.workingDir ?? (image.config.workingDir || '/'))),
    user: problems.try('user', '', () => parseUser(spec.user ?? image.config.user)),
    groupAdd: problems.each('groupAdd', spec.groupAdd ?? [], parseGroup),
    hostname: problems.try('hostname', '', () => parseHostname(spec.hostname ?? facts.id.slice(0, 12))),
    domainname: problems.try('domainname', '', () =>
      spec.domainname === undefined || spec.domainname === '' ? '' : parseHostname(spec.domainname, 'the domain name'),
    ),
    tty: spec.tty ?? false,
    openStdin: spec.openStdin ?? false,
    stopSignal: problems.try('stopSignal', 'SIGTERM', () =>
      parseSignal(spec.stopSignal ?? image.config.stopSignal ?? 'SIGTERM', 'the stop signal'),
    ),
    stopTimeoutSeconds: problems.try('stopTimeoutSeconds', DEFAULT_STOP_TIMEOUT_SECONDS, () =>
      whole(
        'the stop timeout',
        spec.stopTimeoutSeconds ?? DEFAULT_STOP_TIMEOUT_SECONDS,
        -1,
        'seconds, or -1 to wait for ever',
      ),
    ),
    labels: { ...image.config.labels, ...labelsOf(spec.labels ?? {}, problems) },
    network,
    ...connection(spec, network, problems),
    extraHosts: problems.each('extraHosts', spec.extraHosts ?? [], parseExtraHost),
    limits: limitsOf(spec.limits ?? {}, facts, problems),
    mounts: mountsOf(spec.mounts ?? [], problems),
    readOnlyRootfs: spec.readOnlyRootfs ?? false,
    init: spec.init ?? false,
    ulimits: problems.each('ulimits', spec.ulimits ?? [], checkedUlimit),
    oomScoreAdj: problems.try('oomScoreAdj', 0, () => checkedOomScore(spec.oomScoreAdj ?? 0)),
    capAdd: problems.each('capAdd', spec.capAdd ?? [], parseCapability),
    capDrop: problems.each('capDrop', spec.capDrop ?? [], parseCapability),
    privileged: spec.privileged ?? false,
    noNewPrivileges: spec.noNewPrivileges ?? false,
    devices: problems.each('devices', spec.devices ?? [], checkedDevice),
    sysctls: sysctlsOf(spec.sysctls ?? {}, network, problems),
    shmSize: problems.try('shmSize', DEFAULT_SHM_BYTES, () =>
      whole('the size of /dev/shm', spec.shmSize ?? DEFAULT_SHM_BYTES, 1, 'bytes'),
    ),
    restartPolicy: problems.try('restartPolicy', { name: 'no', maximumRetryCount: 0 }, () =>
      checkedRestartPolicy(spec.restartPolicy ?? { name: 'no', maximumRetryCount: 0 }),
    ),
    autoRemove: spec.autoRemove ?? false,
    log: problems.try('log', DEFAULT_LOG, () => checkedLog(spec.log ?? DEFAULT_LOG)),
    ...carriedFrom(image, spec, problems),
  };
  if (config.autoRemove && config.restartPolicy.name !== 'no')
    problems.add(
      'autoRemove',
      `a container that is removed when it ends cannot be restarted ${config.restartPolicy.name}: choose one`,
    );
  return { config, problems: problems.found };
}

/** @throws TscontainError INVALID_VALUE that says all of them */
export function requireNoProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new TscontainError('INVALID_VALUE', problems.map(({ message }) => message).join('; '), { problems });
}

/** Docker's rule: an entrypoint of one's own means that the image's command is not for it. */
function commandOf(
  spec: CreateSpec,
  image: Image,
  problems: Problems,
): Pick<ContainerConfig, 'argv' | 'entrypoint' | 'cmd'> {
  const entrypoint = spec.entrypoint ?? image.config.entrypoint;
  const cmd =
    spec.cmd !== undefined && spec.cmd.length > 0 ? spec.cmd : spec.entrypoint === undefined ? image.config.cmd : [];
  const argv = [...entrypoint, ...cmd];
  if (argv.length === 0) problems.add('cmd', `the image ${image.name} has no command of its own: give one`);
  else if (argv[0] === '') problems.add('cmd', 'the command is empty: give the name or path of a program');
  else if (argv.some((word) => word.includes('\0')))
    problems.add('cmd', 'the command has a zero byte, which no program can be given');
  return { argv, entrypoint, cmd };
}

/** What is known of a container beyond how it is run; what nobody says anything about is left out. */
function carriedFrom(
  image: Image,
  spec: CreateSpec,
  problems: Problems,
): Pick<ContainerConfig, 'healthcheck' | 'shell' | 'exposedPorts' | 'volumes' | 'volumesFrom'> {
  const healthcheck = problems.try('healthcheck', undefined, () =>
    mergeHealthcheck(spec.healthcheck, image.config.healthcheck),
  );
  const shell = spec.shell ?? image.config.shell ?? [];
  const asked = problems.each('exposedPorts', spec.exposedPorts ?? [], (port) => parseExpose(port)[0]!);
  const exposedPorts = [...new Set([...image.config.exposedPorts, ...asked])];
  const volumes = [...new Set([...image.config.volumes, ...(spec.volumes ?? [])])];
  return {
    ...(healthcheck === undefined ? {} : { healthcheck }),
    ...(shell.length === 0 ? {} : { shell }),
    ...(exposedPorts.length === 0 ? {} : { exposedPorts }),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(spec.volumesFrom === undefined ? {} : { volumesFrom: spec.volumesFrom }),
  };
}

/** Images may say anything; what no program could find in its environment is none. */
function isVariable(text: string): boolean {
  return text.indexOf('=') > 0 && !text.includes('\0');
}

function completeVariable(variable: string): string {
  return parseEnv(variable, {}) ?? `${variable}=`;
}

/** A later variable replaces an earlier one of that name and keeps its place. */
function mergeEnv(...lists: readonly (readonly string[])[]): string[] {
  const variables = new Map<string, string>();
  for (const variable of lists.flat()) variables.set(variable.split('=', 1)[0]!, variable);
  return [...variables.values()];
}

function directoryOf(path: string): string {
  if (isAbsolute(path) && !path.includes('\0')) return normalize(path).replace(/(.)\/$/, '$1');
  throw wrong('the working directory', path, 'it is a path in the container that begins with /');
}

function parseGroup(group: string): string {
  if (group === '' || group.includes(':')) throw wrong('the group', group, 'give the name or the number of a group');
  return parseUser(group);
}

function labelsOf(labels: Readonly<Record<string, string>>, problems: Problems): Record<string, string> {
  for (const key of Object.keys(labels)) {
    problems.try(`labels.${key}`, undefined, () => {
      if (key.includes('=')) throw wrong('the label', key, 'a key has no = in it');
      parseLabel(key);
    });
  }
  return labels;
}

function whole(what: string, value: number, least: number, unit: string): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw wrong(what, String(value), `give a whole number of ${unit}`);
}

function checkedOomScore(value: number): number {
  if (Number.isInteger(value) && value >= -1000 && value <= 1000) return value;
  throw wrong('the OOM score adjustment', String(value), 'give a whole number from -1000 to 1000');
}

function checkedUlimit(limit: Ulimit): Ulimit {
  const text = `${limit.name}=${limit.soft}:${limit.hard}`;
  if (!ULIMIT_NAMES.includes(limit.name)) throw wrong('the ulimit', text, `there are ${ULIMIT_NAMES.join(', ')}`);
  whole(`the ulimit ${limit.name}`, limit.soft, -1, 'units, or -1 for no limit');
  whole(`the ulimit ${limit.name}`, limit.hard, -1, 'units, or -1 for no limit');
  if (!softFitsHard(limit.soft, limit.hard)) throw wrong('the ulimit', text, 'the soft limit is at most the hard one');
  return limit;
}

function checkedDevice(device: Device): Device {
  if (!isAbsolute(device.pathOnHost)) throw wrong('the device', device.pathOnHost, 'its path begins with /');
  parseTarget(device.pathInContainer, 'the device');
  if (!/^[rwm]{1,3}$/.test(device.permissions))
    throw wrong('the permissions', device.permissions, 'give some of r, w and m');
  return device;
}

function sysctlsOf(
  sysctls: Readonly<Record<string, string>>,
  network: ContainerConfig['network'],
  problems: Problems,
): Readonly<Record<string, string>> {
  for (const key of Object.keys(sysctls)) {
    const fault = sysctlFault(key, network);
    if (fault !== undefined) problems.add(`sysctls.${key}`, wrong('the sysctl', key, fault).message);
  }
  return sysctls;
}

export function checkedRestartPolicy(policy: RestartPolicy): RestartPolicy {
  whole('the number of restarts', policy.maximumRetryCount, 0, 'times');
  if (policy.maximumRetryCount > 0 && policy.name !== 'on-failure')
    throw wrong(
      'the restart policy',
      `${policy.name}:${policy.maximumRetryCount}`,
      'only on-failure takes a number of times',
    );
  return policy;
}

/** A rotation much more frequent than this would cost more than the log. */
const LEAST_LOG_BYTES = 4096;

function checkedLog(log: LogConfig): LogConfig {
  if (log.maxSizeBytes !== -1)
    whole('the size of the log', log.maxSizeBytes, LEAST_LOG_BYTES, `bytes, ${LEAST_LOG_BYTES} or more, or -1`);
  whole('the number of log files', log.maxFiles, 1, 'files, 1 or more');
  return log;
}

function mountsOf(mounts: readonly Mount[], problems: Problems): Mount[] {
  const targets = new Set<string>();
  return mounts.map((mount, index) => {
    const field = `mounts[${index}]`;
    const target = problems.try(`${field}.target`, mount.target, () => parseTarget(mount.target, 'the mount'));
    if (targets.has(target))
      problems.add(`${field}.target`, `two mounts have the target ${shown(target)}: leave one out`);
    targets.add(target);
    if (mount.type === 'bind') {
      if (!isAbsolute(mount.source) || mount.source.includes('\0'))
        problems.add(
          `${field}.source`,
          wrong('the source', mount.source, 'it is a path on the host that begins with /').message,
        );
      problems.try(`${field}.recursive`, undefined, () => requireRecursion(mount));
    } else if (mount.type === 'volume') {
      return { ...problems.try(field, mount, () => checkedVolumeMount(mount)), target };
    } else if (mount.sizeBytes !== undefined) {
      problems.try(`${field}.sizeBytes`, 0, () => whole('the size of the tmpfs', mount.sizeBytes!, 0, 'bytes'));
    }
    return { ...mount, target };
  });
}

/** What is wrong with limits as numbers; whether this host has the controllers for them is the cgroup driver's word. */
export function limitProblems(limits: Limits, cpus: number): Problem[] {
  const problems = new Problems();
  limitsOf(limits, { cpus }, problems);
  return problems.found;
}

function limitsOf(limits: Limits, facts: { cpus: number }, problems: Problems): Limits {
  const { memory = 0, memoryReservation = 0, memorySwappiness, nanoCpus = 0 } = limits;
  const check = (field: keyof Limits, judge: (() => unknown) | false) => {
    if (judge !== false) problems.try<unknown>(`limits.${field}`, undefined, judge);
  };
  const given = (field: keyof Limits, judge: () => unknown) => check(field, limits[field] !== undefined && judge);

  given('memory', () => {
    whole('the memory limit', memory, -1, 'bytes, or -1 for no limit');
    if (memory > 0 && memory < LEAST_MEMORY_BYTES)
      throw wrong('the memory limit', String(memory), `the least is ${LEAST_MEMORY_BYTES} (6m)`);
  });
  given('memoryReservation', () => {
    whole('the memory reservation', memoryReservation, -1, 'bytes, or -1 for none');
    if (memory > 0 && memoryReservation > memory)
      throw wrong('the memory reservation', String(memoryReservation), `it is at most the memory limit, ${memory}`);
  });
  given('memoryHigh', () => whole('the memory high mark', limits.memoryHigh!, -1, 'bytes, or -1 for none'));
  given('memorySwap', () => memoryTarget(limits, () => -1));
  given('memorySwappiness', () => {
    whole('the swappiness', memorySwappiness!, -1, 'percent from 0 to 100, or -1 for that of the host');
    if (memorySwappiness! > 100) throw wrong('the swappiness', String(memorySwappiness), 'give 0 to 100, or -1');
  });
  given('nanoCpus', () => {
    if (!Number.isSafeInteger(nanoCpus) || nanoCpus < 0)
      throw wrong('the number of CPUs', String(nanoCpus / 1e9), 'give 0.01 or more');
    if (nanoCpus > facts.cpus * 1e9)
      throw wrong('the number of CPUs', String(nanoCpus / 1e9), `this host has ${facts.cpus}`);
  });
  check(
    'nanoCpus',
    (limits.nanoCpus !== undefined || limits.cpuQuota !== undefined || limits.cpuPeriod !== undefined) &&
      (() => cpuBandwidth(limits)),
  );
  given('cpuShares', () => checkedShares(limits.cpuShares!));
  given('cpusetCpus', () => parseCpuList(limits.cpusetCpus!, 'the list of CPUs'));
  given('cpusetMems', () => parseCpuList(limits.cpusetMems!, 'the list of memory nodes'));
  given('pidsLimit', () => pidsMax(limits.pidsLimit!));
  given('blkioWeight', () => checkedWeight(limits.blkioWeight!));
  for (const field of ['deviceReadBps', 'deviceWriteBps', 'deviceReadIOps', 'deviceWriteIOps'] as const) {
    for (const [index, device] of (limits[field] ?? []).entries()) {
      problems.try(`limits.${field}[${index}]`, 0, () => {
        if (!isAbsolute(device.path)) throw wrong('the disk', device.path, 'give its path, such as /dev/sda');
        return whole(`the rate of ${shown(device.path)}`, device.rate, 1, 'units a second, above 0');
      });
    }
  }
  return limits;
}
