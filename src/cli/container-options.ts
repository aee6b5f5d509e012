// The options that run and create share, and how they become a CreateSpec.
import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import {
  parseBytes,
  parseCpus,
  parseDevice,
  parseDeviceRate,
  parseEnv,
  parseEnvFile,
  parseInteger,
  parseLabel,
  parseMount,
  parseRestartPolicy,
  parseSignal,
  parseTmpfs,
  parseUlimit,
  parseVolume,
  parseVolumesFrom,
  TscontainError,
  type CreateSpec,
  type Limits,
} from '../engine/index.js';
import { flag, list, text, type Option, type Values } from './command.js';
import { healthOptions, readHealthcheck } from './health-options.js';
import { networkOptions, readNetworkOptions } from './network-options.js';

/** Limits: also the options of `update`. */
export const limitOptions: readonly Option[] = [
  { flags: '-m, --memory <bytes>', description: 'most memory, for example 64m or 1g; -1 for no limit' },
  { flags: '--memory-high <bytes>', description: 'memory above which it is slowed down and never killed (cgroup v2)' },
  { flags: '--memory-reservation <bytes>', description: 'memory that is kept for it when the host runs short' },
  { flags: '--memory-swap <bytes>', description: 'most memory and swap together; -1 for as much swap as there is' },
  { flags: '--memory-swappiness <0-100>', description: 'how readily its anonymous memory is swapped (cgroup v1)' },
  { flags: '--oom-kill-disable', description: 'let it wait instead of killing it when memory is used up (cgroup v1)' },
  { flags: '--cpus <cores>', description: 'most CPU time, in cores: 0.5, 2; 0 for no limit' },
  { flags: '--cpu-period <µs>', description: 'the period of the quota, 1000 to 1000000' },
  { flags: '--cpu-quota <µs>', description: 'CPU time in each period; -1 for no limit' },
  { flags: '-c, --cpu-shares <weight>', description: 'share of the CPU when it is short, 2 to 262144 (1024 is usual)' },
  { flags: '--cpuset-cpus <list>', description: 'the CPUs it may run on: 0-2,4' },
  { flags: '--cpuset-mems <list>', description: 'the memory nodes it may use: 0,1' },
  { flags: '--pids-limit <number>', description: 'most processes and threads; -1 for no limit' },
  {
    flags: '--blkio-weight <weight>',
    description: 'share of the disk when it is short, 10 to 1000; 0 for the default',
  },
  {
    flags: '--device-read-bps <device:rate>',
    description: 'most bytes a second read from a device: /dev/sda:1mb',
    repeat: true,
  },
  { flags: '--device-write-bps <device:rate>', description: 'most bytes a second written to a device', repeat: true },
  { flags: '--device-read-iops <device:rate>', description: 'most reads a second from a device', repeat: true },
  { flags: '--device-write-iops <device:rate>', description: 'most writes a second to a device', repeat: true },
];

export const containerOptions: readonly Option[] = [
  { flags: '--name <name>', description: 'its name; one is made up when absent' },
  { flags: '--project <name>', description: 'the group it belongs to, in the table and in the cgroup tree' },
  { flags: '-i, --interactive', description: 'keep its standard input open' },
  { flags: '-t, --tty', description: 'give it a terminal' },
  {
    flags: '-e, --env <NAME=value>',
    description: 'an environment variable; NAME alone takes the value from here',
    repeat: true,
  },
  {
    flags: '--env-file <file>',
    description: 'environment variables from a file, one a line',
    repeat: true,
    complete: 'file',
  },
  { flags: '-w, --workdir <directory>', description: 'the directory it begins in' },
  { flags: '-u, --user <user[:group]>', description: 'who it runs as, by name or number, looked up in the image' },
  { flags: '--group-add <group>', description: 'a further group', repeat: true },
  { flags: '--entrypoint <command>', description: "replaces the image's entrypoint; empty removes it" },
  { flags: '-h, --hostname <name>', description: 'its host name; the first 12 digits of its id when absent' },
  { flags: '--domainname <name>', description: 'its NIS domain name' },
  {
    flags: '--add-host <name:address>',
    description: "a line for its /etc/hosts; the address host-gateway is the host's",
    repeat: true,
  },
  ...networkOptions,
  {
    flags: '-v, --volume <[source:]target[:options]>',
    description:
      'a volume by its name, a path of the host (made when it is not there), or with a target alone a volume of its own; options ro, nocopy, rshared, …',
    repeat: true,
    complete: 'file',
  },
  {
    flags: '--mount <key=value,…>',
    description: 'the same in words: source=data,target=/b, or type=bind,source=/a,target=/b,readonly',
    repeat: true,
  },
  {
    flags: '--volumes-from <container[:ro]>',
    description: 'what another container has mounted, volumes and paths of the host',
    repeat: true,
    complete: 'container',
  },
  { flags: '--volume-driver <driver>', description: 'accepted as docker does: local', complete: ['local'] },
  { flags: '--tmpfs <target[:options]>', description: 'a file system in memory: /run:size=64m,mode=755', repeat: true },
  { flags: '--read-only', description: 'its root file system cannot be written' },
  { flags: '--shm-size <bytes>', description: 'size of /dev/shm, 64m when absent' },
  { flags: '--device <host[:container[:rwm]]>', description: 'a device of the host', repeat: true, complete: 'file' },
  { flags: '--ulimit <name=soft[:hard]>', description: 'a resource limit: nofile=1024:2048', repeat: true },
  {
    flags: '--oom-score-adj <number>',
    description: 'who is killed first when the host runs out of memory, -1000 to 1000',
  },
  { flags: '--sysctl <name=value>', description: 'a kernel setting of its own namespaces', repeat: true },
  { flags: '--cap-add <capability>', description: 'a capability more, or ALL', repeat: true },
  { flags: '--cap-drop <capability>', description: 'a capability less, or ALL', repeat: true },
  { flags: '--privileged', description: 'all capabilities and devices, nothing masked' },
  { flags: '--security-opt <option>', description: 'no-new-privileges', repeat: true, complete: ['no-new-privileges'] },
  { flags: '--init', description: 'run tini or catatonit of this host as process 1' },
  {
    flags: '--restart <policy>',
    description: 'no, always, unless-stopped, on-failure[:N]',
    complete: ['no', 'always', 'unless-stopped', 'on-failure'],
  },
  { flags: '--stop-signal <signal>', description: 'the signal that asks it to end', complete: 'signal' },
  { flags: '--stop-timeout <seconds>', description: 'how long it has before SIGKILL, 10 when absent' },
  ...healthOptions,
  { flags: '-l, --label <name=value>', description: 'a label', repeat: true },
  { flags: '--rm', description: 'remove it when it has ended' },
  { flags: '--log-opt <name=value>', description: 'max-size=10m, max-file=3', repeat: true },
  { flags: '--cidfile <file>', description: 'write its id to this file', complete: 'file' },
  ...limitOptions,
];

function given<T>(value: string | undefined, read: (value: string) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

/** The entries that are there: exactOptionalPropertyTypes tells "absent" from "undefined". */
function present<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

export function readLimits(values: Values): Partial<Limits> {
  const integer = (name: string, flagName: string, min: number, max: number) =>
    given(text(values, name), (value) => parseInteger(value, flagName, { min, max }));
  const size = (name: string, flagName: string) =>
    given(text(values, name), (value) => parseBytes(value, flagName, { unlimited: true }));
  const rates = (name: string, flagName: string, unit: 'bytes' | 'operations') => {
    const entries = list(values, name).map((value) => parseDeviceRate(value, flagName, unit));
    return entries.length === 0 ? undefined : entries;
  };
  return present<Partial<Limits>>({
    memory: size('memory', '--memory'),
    memoryHigh: size('memoryHigh', '--memory-high'),
    memoryReservation: size('memoryReservation', '--memory-reservation'),
    memorySwap: size('memorySwap', '--memory-swap'),
    memorySwappiness: integer('memorySwappiness', '--memory-swappiness', 0, 100),
    oomKillDisable: flag(values, 'oomKillDisable') ? true : undefined,
    nanoCpus: given(text(values, 'cpus'), (value) => parseCpus(value, '--cpus')),
    cpuPeriod: integer('cpuPeriod', '--cpu-period', 1000, 1_000_000),
    cpuQuota: integer('cpuQuota', '--cpu-quota', -1, Number.MAX_SAFE_INTEGER),
    cpuShares: integer('cpuShares', '--cpu-shares', 0, 262_144),
    cpusetCpus: text(values, 'cpusetCpus'),
    cpusetMems: text(values, 'cpusetMems'),
    pidsLimit: integer('pidsLimit', '--pids-limit', -1, 4_194_304),
    blkioWeight: integer('blkioWeight', '--blkio-weight', 0, 1000),
    deviceReadBps: rates('deviceReadBps', '--device-read-bps', 'bytes'),
    deviceWriteBps: rates('deviceWriteBps', '--device-write-bps', 'bytes'),
    deviceReadIOps: rates('deviceReadIops', '--device-read-iops', 'operations'),
    deviceWriteIOps: rates('deviceWriteIops', '--device-write-iops', 'operations'),
  });
}

/** `./data:/data` is meant from here; the engine takes absolute paths only. */
function absoluteSource(volume: string): string {
  const [source = '', ...rest] = volume.split(':');
  return rest.length > 0 && source.startsWith('.') ? [resolve(source), ...rest].join(':') : volume;
}

async function readEnvironment(values: Values): Promise<string[]> {
  const fromFiles = await Promise.all(
    list(values, 'envFile').map(async (path) => {
      try {
        return parseEnvFile(await readFile(path, 'utf8'), process.env, path);
      } catch (cause) {
        if (cause instanceof TscontainError) throw cause;
        throw new TscontainError('NO_SUCH_PATH', `--env-file ${path} cannot be read`, {
          cause,
          hint: 'name a readable text file',
        });
      }
    }),
  );
  const single = list(values, 'env').map((entry) => parseEnv(entry, process.env));
  return [...fromFiles.flat(), ...single.filter((entry) => entry !== undefined)];
}

function readSecurity(values: Values): boolean {
  for (const option of list(values, 'securityOpt')) {
    if (!/^no-new-privileges([:=]true)?$/.test(option)) {
      throw new TscontainError('NOT_SUPPORTED', `--security-opt ${option} is not known`, {
        hint: 'no-new-privileges is what there is',
      });
    }
  }
  return list(values, 'securityOpt').length > 0;
}

function readLog(values: Values): { maxSizeBytes: number; maxFiles: number } | undefined {
  const entries = list(values, 'logOpt');
  if (entries.length === 0) return undefined;
  let maxSizeBytes = -1;
  let maxFiles = 1;
  for (const entry of entries) {
    const [name, value] = [entry.slice(0, Math.max(0, entry.indexOf('='))), entry.slice(entry.indexOf('=') + 1)];
    if (name === 'max-size') maxSizeBytes = parseBytes(value, '--log-opt max-size', { unlimited: true });
    else if (name === 'max-file') maxFiles = parseInteger(value, '--log-opt max-file', { min: 1, max: 1000 });
    else
      throw new TscontainError('INVALID_VALUE', `--log-opt ${entry} is not known`, {
        hint: 'use max-size=10m or max-file=3',
      });
  }
  return { maxSizeBytes, maxFiles };
}

/** What the words of `run` or `create` ask for. */
export async function readCreateSpec(args: readonly string[], values: Values): Promise<CreateSpec> {
  const [image = '', ...cmd] = args;
  const environment = await readEnvironment(values);
  const mounts = [
    ...list(values, 'volume').map((volume) => parseVolume(absoluteSource(volume))),
    ...list(values, 'mount').map((mount) => parseMount(mount, (path) => resolve(path))),
    ...list(values, 'tmpfs').map((tmpfs) => parseTmpfs(tmpfs)),
  ];
  const driver = text(values, 'volumeDriver') ?? 'local';
  if (driver !== 'local')
    throw new TscontainError('NOT_SUPPORTED', `--volume-driver ${driver} is not known`, {
      hint: 'local is what there is',
    });
  for (const container of list(values, 'volumesFrom')) parseVolumesFrom(container);
  const entrypoint = text(values, 'entrypoint');
  const workdir = text(values, 'workdir');
  if (workdir !== undefined && !isAbsolute(workdir)) {
    throw new TscontainError('INVALID_VALUE', `--workdir "${workdir}" is not absolute`, { hint: 'begin it with /' });
  }
  const integer = (name: string, flagName: string, min: number, max: number) =>
    given(text(values, name), (value) => parseInteger(value, flagName, { min, max }));
  const repeated = (name: string) => (list(values, name).length === 0 ? undefined : list(values, name));
  return present<CreateSpec>({
    image,
    cmd: cmd.length === 0 ? undefined : cmd,
    entrypoint: entrypoint === undefined ? undefined : entrypoint === '' ? [] : [entrypoint],
    name: text(values, 'name'),
    project: text(values, 'project'),
    env: environment.length === 0 ? undefined : environment,
    workingDir: workdir,
    user: text(values, 'user'),
    groupAdd: repeated('groupAdd'),
    hostname: text(values, 'hostname'),
    domainname: text(values, 'domainname'),
    extraHosts: repeated('addHost'),
    tty: flag(values, 'tty') ? true : undefined,
    openStdin: flag(values, 'interactive') ? true : undefined,
    ...readNetworkOptions(values),
    mounts: mounts.length === 0 ? undefined : mounts,
    volumesFrom: repeated('volumesFrom'),
    readOnlyRootfs: flag(values, 'readOnly') ? true : undefined,
    shmSize: given(text(values, 'shmSize'), (value) => parseBytes(value, '--shm-size')),
    devices:
      list(values, 'device').length === 0 ? undefined : list(values, 'device').map((device) => parseDevice(device)),
    ulimits:
      list(values, 'ulimit').length === 0 ? undefined : list(values, 'ulimit').map((ulimit) => parseUlimit(ulimit)),
    oomScoreAdj: integer('oomScoreAdj', '--oom-score-adj', -1000, 1000),
    sysctls:
      list(values, 'sysctl').length === 0
        ? undefined
        : Object.fromEntries(list(values, 'sysctl').map((label) => parseLabel(label))),
    capAdd: repeated('capAdd'),
    capDrop: repeated('capDrop'),
    privileged: flag(values, 'privileged') ? true : undefined,
    noNewPrivileges: readSecurity(values) ? true : undefined,
    init: flag(values, 'init') ? true : undefined,
    restartPolicy: given(text(values, 'restart'), parseRestartPolicy),
    stopSignal: given(text(values, 'stopSignal'), parseSignal),
    healthcheck: readHealthcheck(values),
    stopTimeoutSeconds: integer('stopTimeout', '--stop-timeout', -1, 86_400),
    labels:
      list(values, 'label').length === 0
        ? undefined
        : Object.fromEntries(list(values, 'label').map((label) => parseLabel(label))),
    autoRemove: flag(values, 'rm') ? true : undefined,
    log: readLog(values),
    limits: Object.keys(readLimits(values)).length === 0 ? undefined : readLimits(values),
  });
}
