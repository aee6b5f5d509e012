// What a container is, as plain data. Field names follow Docker's API in camelCase; files on disk hold exactly these shapes.
import type { CgroupPaths } from './cgroup/driver.js';
import type { Limits } from './cgroup/limits.js';
import type { Healthcheck, ImageDefaults } from './image/oci.js';
import type { Mount } from './mount.js';
import type { EndpointConfig, NetworkMode, PortBinding } from './network/model.js';

export type { CgroupPaths, Healthcheck, ImageDefaults, Limits, Mount };

/** Docker's State.Status. Which may follow which is the table of states.ts. */
export type Status = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface RestartPolicy {
  readonly name: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  /** only with on-failure; 0 is without end */
  readonly maximumRetryCount: number;
}

export interface Ulimit {
  /** nofile, nproc, core, … as in setrlimit(2), lower case without RLIMIT_ */
  readonly name: string;
  /** -1 is unlimited */
  readonly soft: number;
  readonly hard: number;
}

export interface Device {
  readonly pathOnHost: string;
  readonly pathInContainer: string;
  /** a subset of "rwm" */
  readonly permissions: string;
}

export interface LogConfig {
  /** rotate when the file is this large; -1 never */
  readonly maxSizeBytes: number;
  /** files kept, the current one included */
  readonly maxFiles: number;
}

/** What was asked for: config.json. Only rename and update change it after creation. */
export interface ContainerConfig {
  readonly schema: 1;
  /** 64 hexadecimal digits */
  readonly id: string;
  readonly name: string;
  /** ISO 8601 */
  readonly created: string;
  /** groups containers in the table and in the cgroup tree */
  readonly project?: string;
  readonly image: { readonly name: string; readonly id: string };
  /** The argument vector: entrypoint, then command. Never empty. */
  readonly argv: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** NAME=value; PATH, HOSTNAME, HOME (and TERM with a terminal) are added at launch when absent */
  readonly env: readonly string[];
  readonly workingDir: string;
  /** "", "user", "uid", "user:group", "uid:gid": resolved against the image's own passwd and group at launch */
  readonly user: string;
  readonly groupAdd: readonly string[];
  readonly hostname: string;
  readonly domainname: string;
  readonly tty: boolean;
  /** keep stdin open for attach */
  readonly openStdin: boolean;
  readonly stopSignal: string;
  readonly stopTimeoutSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: NetworkMode;
  /** the networks that it is on, eth0 on the first; absent with `bridge` is the default network */
  readonly endpoints?: readonly EndpointConfig[];
  /** what of the host's leads into it; absent is nothing */
  readonly ports?: readonly PortBinding[];
  /** every port that it exposes is published too, each at one of the host's that is free */
  readonly publishAll?: boolean;
  /** name servers to ask, instead of those of the host */
  readonly dns?: readonly string[];
  readonly dnsSearch?: readonly string[];
  /** "ndots:2": options of resolv.conf(5) */
  readonly dnsOptions?: readonly string[];
  /** "name:address" lines for /etc/hosts; the address may be host-gateway, which is the host's on its network */
  readonly extraHosts: readonly string[];
  readonly limits: Limits;
  readonly mounts: readonly Mount[];
  readonly readOnlyRootfs: boolean;
  readonly init: boolean;
  readonly ulimits: readonly Ulimit[];
  readonly oomScoreAdj: number;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly privileged: boolean;
  readonly noNewPrivileges: boolean;
  readonly devices: readonly Device[];
  readonly sysctls: Readonly<Record<string, string>>;
  /** bytes of /dev/shm */
  readonly shmSize: number;
  readonly restartPolicy: RestartPolicy;
  readonly autoRemove: boolean;
  readonly log: LogConfig;
  /** how it is found out whether it works; absent, and with the test NONE, it is not */
  readonly healthcheck?: Healthcheck;
  /** what runs the command of a health check in shell form; absent is /bin/sh -c */
  readonly shell?: readonly string[];
  /** "80/tcp": what it listens on, as its image says; absent is none */
  readonly exposedPorts?: readonly string[];
  /** where its image says that data lies that outlives a container; absent is nowhere */
  readonly volumes?: readonly string[];
  /** "container", "container:ro": whose mounts it was given; they are among its own since */
  readonly volumesFrom?: readonly string[];
}

/** What create() takes: everything but the image has a default. */
export type CreateSpec = Partial<
  Omit<ContainerConfig, 'schema' | 'id' | 'created' | 'image' | 'argv' | 'entrypoint'>
> & {
  readonly image: string;
  /** replaces the image's; an empty list removes it */
  readonly entrypoint?: readonly string[];
};

/** Identifies a process for good: pids are reused, a pid with its start time is not. */
export interface ProcessId {
  readonly pid: number;
  /** clock ticks after boot: field 22 of /proc/PID/stat */
  readonly startTime: number;
}

export type HealthStatus = 'starting' | 'healthy' | 'unhealthy';

/** How one probe of a health check went. */
export interface ProbeResult {
  /** ISO 8601 */
  readonly start: string;
  readonly end: string;
  /** 0 is healthy; -1 where it was killed after its timeout, or could not be run */
  readonly exitCode: number;
  /** the first 4 KiB of what it wrote, or why it could not be run: not fit for a terminal as it stands */
  readonly output: string;
}

/** Docker's State.Health. */
export interface Health {
  readonly status: HealthStatus;
  /** probes in a row that failed, those of the start period left out */
  readonly failingStreak: number;
  /** the last five, oldest first */
  readonly log: readonly ProbeResult[];
}

/** How it goes: state.json. Written by whoever holds the container's lock. */
export interface ContainerState {
  readonly schema: 1;
  readonly status: Status;
  /** the container's init; present while running, paused */
  readonly init?: ProcessId;
  /** id of the supervisor that looks after it */
  readonly supervisor?: string;
  /** /proc/sys/kernel/random/boot_id at the last start: another one means that nothing of it can still run */
  readonly bootId?: string;
  /** ISO 8601; absent before the first start or exit */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** ISO 8601; while restarting, when its delay is over */
  readonly restartsAt?: string;
  /** 0..255, 128+n for a signal; absent when it is not known */
  readonly exitCode?: number;
  readonly oomKilled: boolean;
  /** one sentence, when the last start failed */
  readonly error?: string;
  readonly restartCount: number;
  /** the last end was asked for, so no restart policy but `always` (at the next boot) brings it back */
  readonly stopRequested: boolean;
  /** ISO 8601; of one that is being removed, or was: it can be brought back until then, and goes for good after */
  readonly keptUntil?: string;
  /** of one that is being removed, or was: the volumes without a name go with it */
  readonly removeVolumes?: boolean;
  /** something that was lost and must be told, such as the terminal of a container whose supervisor died */
  readonly note?: string;
  /** of a container with a health check, once it was started */
  readonly health?: Health;
}

/** A container at one moment. Satisfies the metrics' Target shape with its id and cgroup. */
export interface Container {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly state: ContainerState;
  readonly cgroup: CgroupPaths;
}

/** One that was removed and can be brought back. */
export interface RemovedContainer {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly state: ContainerState;
  /** ms since the epoch: it goes for good then */
  readonly keptUntil: number;
}

/** A change of a container that is to be taken back: what it set, and what was so before. */
export interface Hold {
  readonly schema: 1;
  readonly id: string;
  readonly container: string;
  /** the container's, when it was made */
  readonly name: string;
  /** ms since the epoch */
  readonly since: number;
  /** who made it: when that process is no more, whoever comes may take it back */
  readonly owner: ProcessId;
  /** one clause */
  readonly reason: string;
  readonly paused: boolean;
  readonly set: Partial<Limits>;
  readonly before: Partial<Limits>;
}

export interface Image {
  /** sha256 of its configuration, 64 hexadecimal digits */
  readonly id: string;
  /** "base", "debian:12", "registry.example/team/web@sha256:…", or the id of one that has no name */
  readonly name: string;
  /** ISO 8601 */
  readonly created: string;
  /** of the files in its layers */
  readonly sizeBytes: number;
  /** absolute directories, lowest first */
  readonly layers: readonly string[];
  readonly config: ImageDefaults;
}

export type EventAction =
  | 'create'
  | 'start'
  | 'restart'
  | 'stop'
  | 'kill'
  | 'pause'
  | 'unpause'
  | 'rename'
  | 'update'
  | 'die'
  | 'oom'
  | 'destroy'
  | 'restore'
  | 'attach'
  | 'detach'
  | 'resize'
  | 'copy'
  | 'exec_create'
  | 'exec_start'
  | 'exec_die'
  | 'health_status: healthy'
  | 'health_status: unhealthy'
  | 'import'
  | 'load'
  | 'save'
  | 'commit'
  | 'export'
  | 'tag'
  | 'untag'
  | 'pull'
  | 'push'
  | 'delete'
  | 'mount'
  | 'unmount'
  | 'prune'
  | 'connect'
  | 'disconnect'
  | 'recover'
  | 'guard';

/** One line of the event log. */
export interface EngineEvent {
  /** ms since the epoch */
  readonly time: number;
  readonly type: 'container' | 'image' | 'network' | 'volume';
  readonly action: EventAction;
  readonly id: string;
  /** name, image, exitCode, signal, … */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface LogEntry {
  /** RFC 3339 with nanoseconds, as in the file */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** the line goes on in the next entry (CRI tag P) */
  readonly partial: boolean;
  readonly text: Buffer;
}

export interface LogsOptions {
  readonly follow?: boolean;
  /** lines from the end; absent is all */
  readonly tail?: number;
  /** ms since the epoch */
  readonly since?: number;
  readonly until?: number;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly signal?: AbortSignal;
}

/** One process of a container, read from /proc on the host, never by a program of the container. */
export interface ContainerProcess {
  readonly pid: number;
  /** its number inside the container (last of NSpid) */
  readonly containerPid: number;
  readonly parentPid: number;
  readonly uid: number;
  readonly state: string;
  readonly threads: number;
  /** bytes */
  readonly rssBytes: number;
  /** ms of CPU since it began */
  readonly cpuMs: number;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly command: string;
}

/** Docker's A, C, D of `diff`. */
export interface Change {
  readonly kind: 'A' | 'C' | 'D';
  readonly path: string;
}

/** One step of a launch and when it was done, for `inspect --launch` and the Launch tab. */
export interface LaunchStep {
  readonly name: string;
  readonly call: string;
  readonly args: string;
  /** µs after the beginning of clone3 at which the step was done */
  readonly atUs: number;
  readonly durationUs: number;
  readonly result: number;
}
export interface LaunchReport {
  readonly startedAt: string;
  readonly totalUs: number;
  readonly steps: readonly LaunchStep[];
}

export interface ExecSpec {
  readonly argv: readonly string[];
  readonly env?: readonly string[];
  readonly workingDir?: string;
  readonly user?: string;
  readonly tty?: boolean;
  readonly privileged?: boolean;
  /** characters, with tty */
  readonly size?: TerminalSize;
  /** leave it running by itself, with no stdio */
  readonly detach?: boolean;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface ExitStatus {
  /** 0..255, 128+n for a signal; undefined when it is not known */
  readonly exitCode: number | undefined;
  readonly oomKilled?: boolean;
}

/** A live connection to a process's stdio: of an exec, or of a container's init through its supervisor. */
export interface Session {
  readonly tty: boolean;
  /** host pid where the session knows it */
  readonly pid?: number;
  /** With a tty everything arrives as stdout. Bytes are handed on as they come. */
  onOutput(listener: (stream: 'stdout' | 'stderr', data: Buffer) => void): void;
  /** Resolves when the process ended (its exit) or the connection was lost (exitCode undefined). */
  readonly exited: Promise<ExitStatus>;
  /** @returns false when the other side is behind: wait for onDrain before writing more */
  write(data: Buffer | string): boolean;
  onDrain(listener: () => void): void;
  /** End of input. With a tty, nothing. */
  end(): void;
  resize(size: TerminalSize): void;
  /** Stop and resume the flow of output. */
  pause(): void;
  resume(): void;
  /** Leave; what runs goes on (an exec with a tty loses its terminal and is hung up). */
  close(): void;
}
