// A container in the shape of Docker's own JSON (GET /containers/{id}/json), for scripts that read that. Pure.
import { networkSettingsOf, type NameOfNetwork } from './inspect-docker-network.js';
import type { Attachment, PortBinding } from './network/model.js';
import { layout } from './state/layout.js';
import type {
  Container,
  ContainerConfig,
  ContainerState,
  Device,
  Health,
  Healthcheck,
  Limits,
  Mount,
  Ulimit,
} from './model.js';

/** Docker's way of saying "never". */
export const NEVER = '0001-01-01T00:00:00Z';

/** @param attachments the networks that it is on now */
export function inspectDocker(
  container: Container,
  root: string,
  attachments: readonly Attachment[] = [],
  nameOfNetwork: NameOfNetwork = () => undefined,
) {
  const { id, config, state } = container;
  const [path = '', ...args] = config.argv;
  return {
    Id: id,
    Created: config.created,
    Path: path,
    Args: args,
    State: stateOf(state),
    Image: `sha256:${config.image.id}`,
    ResolvConfPath: `${layout.etc(root, id)}/resolv.conf`,
    HostnamePath: `${layout.etc(root, id)}/hostname`,
    HostsPath: `${layout.etc(root, id)}/hosts`,
    LogPath: layout.log(root, id),
    Name: `/${config.name}`,
    RestartCount: state.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    HostConfig: { ...hostConfigOf(config), NetworkMode: networkModeOf(config, nameOfNetwork) },
    GraphDriver: { Name: 'overlay2', Data: { UpperDir: layout.upper(root, id), WorkDir: layout.work(root, id) } },
    Mounts: config.mounts.map((mount) => mountOf(mount, root)),
    Config: configOf(config),
    NetworkSettings: networkSettingsOf(container, attachments, nameOfNetwork),
  };
}

function stateOf(state: ContainerState) {
  return {
    Status: state.status,
    // Docker counts a paused one and one between two runs as running.
    Running: state.status === 'running' || state.status === 'paused' || state.status === 'restarting',
    Paused: state.status === 'paused',
    Restarting: state.status === 'restarting',
    OOMKilled: state.oomKilled,
    Dead: state.status === 'dead',
    Pid: state.init?.pid ?? 0,
    // Before the first end there is no code; of an end that nobody saw there is none either, and none is invented.
    ExitCode: state.exitCode ?? (state.status === 'exited' ? -1 : 0),
    Error: state.error ?? '',
    StartedAt: state.startedAt ?? NEVER,
    FinishedAt: state.finishedAt ?? NEVER,
    ...(state.health === undefined ? {} : { Health: healthOf(state.health) }),
    ...(state.note === undefined ? {} : { Note: state.note }),
  };
}

function healthOf({ status, failingStreak, log }: Health) {
  return {
    Status: status,
    FailingStreak: failingStreak,
    Log: log.map(({ start, end, exitCode, output }) => ({
      Start: start,
      End: end,
      ExitCode: exitCode,
      Output: output,
    })),
  };
}

function hostConfigOf(config: ContainerConfig) {
  const { limits, restartPolicy, log } = config;
  return {
    ...limitsOf(limits),
    Binds: config.mounts.flatMap(bindTexts),
    VolumesFrom: config.volumesFrom ?? null,
    Tmpfs: Object.fromEntries(config.mounts.flatMap((mount) => (mount.type === 'tmpfs' ? [tmpfsText(mount)] : []))),
    PortBindings: bindingsOf(config.ports ?? []),
    PublishAllPorts: config.publishAll ?? false,
    Dns: config.dns ?? [],
    DnsSearch: config.dnsSearch ?? [],
    DnsOptions: config.dnsOptions ?? [],
    RestartPolicy: { Name: restartPolicy.name, MaximumRetryCount: restartPolicy.maximumRetryCount },
    AutoRemove: config.autoRemove,
    LogConfig: { Type: 'k8s-file', Config: { 'max-size': String(log.maxSizeBytes), 'max-file': String(log.maxFiles) } },
    CapAdd: config.capAdd,
    CapDrop: config.capDrop,
    ExtraHosts: config.extraHosts,
    GroupAdd: config.groupAdd,
    Init: config.init,
    OomScoreAdj: config.oomScoreAdj,
    Privileged: config.privileged,
    ReadonlyRootfs: config.readOnlyRootfs,
    SecurityOpt: config.noNewPrivileges ? ['no-new-privileges'] : [],
    ShmSize: config.shmSize,
    Sysctls: config.sysctls,
    Ulimits: config.ulimits.map(ulimitOf),
    Devices: config.devices.map(deviceOf),
    PidMode: '',
    IpcMode: 'private',
    CgroupnsMode: 'private',
  };
}

/** The first network is the mode, as it is with Docker. */
function networkModeOf({ network, endpoints }: ContainerConfig, nameOf: NameOfNetwork): string {
  const first = endpoints?.[0];
  return first === undefined ? network : (nameOf(first.network) ?? first.network);
}

/** What was asked for, by port of the container; 0 is any of the host's. */
function bindingsOf(ports: readonly PortBinding[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { containerPort, protocol, hostIp, hostPort, hostPortEnd } of ports) {
    const wanted = hostPort === 0 ? '' : hostPortEnd === undefined ? `${hostPort}` : `${hostPort}-${hostPortEnd}`;
    (bindings[`${containerPort}/${protocol}`] ??= []).push({ HostIp: hostIp, HostPort: wanted });
  }
  return bindings;
}

function limitsOf(limits: Limits) {
  const rates = (list: Limits['deviceReadBps']) => (list ?? []).map(({ path, rate }) => ({ Path: path, Rate: rate }));
  return {
    Memory: noneAsZero(limits.memory),
    MemoryReservation: noneAsZero(limits.memoryReservation),
    // Not Docker's: only where it is set.
    ...(noneAsZero(limits.memoryHigh) === 0 ? {} : { MemoryHigh: limits.memoryHigh }),
    MemorySwap: limits.memorySwap ?? 0,
    MemorySwappiness: limits.memorySwappiness ?? null,
    OomKillDisable: limits.oomKillDisable ?? false,
    NanoCpus: limits.nanoCpus ?? 0,
    CpuShares: limits.cpuShares ?? 0,
    CpuPeriod: limits.cpuPeriod ?? 0,
    CpuQuota: limits.cpuQuota ?? 0,
    CpusetCpus: limits.cpusetCpus ?? '',
    CpusetMems: limits.cpusetMems ?? '',
    PidsLimit: limits.pidsLimit ?? null,
    BlkioWeight: limits.blkioWeight ?? 0,
    BlkioDeviceReadBps: rates(limits.deviceReadBps),
    BlkioDeviceWriteBps: rates(limits.deviceWriteBps),
    BlkioDeviceReadIOps: rates(limits.deviceReadIOps),
    BlkioDeviceWriteIOps: rates(limits.deviceWriteIOps),
  };
}

/** Docker's "no limit" is 0 here, and -1 only where 0 already means something else. */
function noneAsZero(limit: number | undefined): number {
  return Math.max(limit ?? 0, 0);
}

function configOf(config: ContainerConfig) {
  return {
    Hostname: config.hostname,
    Domainname: config.domainname,
    User: config.user,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: config.tty,
    OpenStdin: config.openStdin,
    StdinOnce: config.openStdin,
    ...(config.exposedPorts === undefined ? {} : { ExposedPorts: setOf(config.exposedPorts) }),
    Env: config.env,
    Cmd: config.cmd.length === 0 ? null : config.cmd,
    ...(config.healthcheck === undefined ? {} : { Healthcheck: checkOf(config.healthcheck) }),
    Image: config.image.name,
    Volumes: config.volumes === undefined ? null : setOf(config.volumes),
    WorkingDir: config.workingDir,
    Entrypoint: config.entrypoint.length === 0 ? null : config.entrypoint,
    // What an image says to those who build on it is nothing to a container.
    OnBuild: null,
    Labels: config.project === undefined ? config.labels : { ...config.labels, 'tscontain.project': config.project },
    StopSignal: config.stopSignal,
    StopTimeout: config.stopTimeoutSeconds,
    ...(config.shell === undefined ? {} : { Shell: config.shell }),
  };
}

/** Go's way of writing a set. */
export function setOf(names: readonly string[]): Record<string, object> {
  return Object.fromEntries([...names].sort().map((name) => [name, {}]));
}

/** What is 0 is left out: it is what is usual. */
export function checkOf({ test, intervalNs, timeoutNs, startPeriodNs, startIntervalNs, retries }: Healthcheck) {
  const times = {
    Interval: intervalNs,
    Timeout: timeoutNs,
    StartPeriod: startPeriodNs,
    StartInterval: startIntervalNs,
    Retries: retries,
  };
  return { Test: test, ...Object.fromEntries(Object.entries(times).filter(([, value]) => value !== 0)) };
}

function mountOf(mount: Mount, root: string) {
  const { target, readOnly } = mount;
  const common = { Destination: target, Mode: readOnly ? 'ro' : '', RW: !readOnly };
  switch (mount.type) {
    case 'bind':
      return { Type: 'bind', Source: mount.source, ...common, Propagation: mount.propagation };
    case 'tmpfs':
      return { Type: 'tmpfs', Source: '', ...common, Mode: '', Propagation: '' };
    case 'volume': {
      const { source, subpath } = mount;
      const top = layout.volumeData(root, source);
      const place = { Name: source, Source: subpath === undefined ? top : `${top}/${subpath}`, Driver: 'local' };
      return { Type: 'volume', ...place, ...common, Propagation: '' };
    }
  }
}

/** In the words of -v, where those can say it. */
function bindTexts(mount: Mount): string[] {
  if (mount.type === 'tmpfs') return [];
  const { source, target, readOnly } = mount;
  const options = readOnly ? ['ro'] : [];
  if (mount.type === 'bind' && mount.propagation !== 'rprivate') options.push(mount.propagation);
  if (mount.type === 'volume') {
    if (mount.anonymous === true || mount.subpath !== undefined) return [];
    if (mount.noCopy === true) options.push('nocopy');
  }
  return [[source, target, ...(options.length === 0 ? [] : [options.join(',')])].join(':')];
}

function tmpfsText({
  target,
  readOnly,
  sizeBytes,
  mode,
  flags = [],
}: Extract<Mount, { type: 'tmpfs' }>): [string, string] {
  const options = [
    ...(readOnly ? ['ro'] : []),
    ...flags,
    ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`]),
    ...(mode === undefined ? [] : [`mode=${mode.toString(8)}`]),
  ];
  return [target, options.join(',')];
}

function ulimitOf({ name, soft, hard }: Ulimit) {
  return { Name: name, Soft: soft, Hard: hard };
}

function deviceOf({ pathOnHost, pathInContainer, permissions }: Device) {
  return { PathOnHost: pathOnHost, PathInContainer: pathInContainer, CgroupPermissions: permissions };
}
