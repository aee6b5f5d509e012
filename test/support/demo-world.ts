// A made-up machine with a handful of containers: an Engine and a Sampler that need no kernel, no root and no real time.
// Screens are developed on it (`node scripts/demo.mjs`), and golden screens are taken of it.
import {
  rulingOn,
  TscontainError,
  type Container,
  type ContainerConfig,
  type ContainerProcess,
  type ContainerState,
  type CreateSpec,
  type Engine,
  type EngineEvent,
  type ExitStatus,
  type Image,
  type Images,
  type LaunchReport,
  type LogEntry,
  type LogsOptions,
  type Session,
  type Verb,
} from '../../src/engine/index.js';
import { DemoSampler, type Habit } from './demo-sampler.js';

const KiB = 1024;
const MiB = 1024 ** 2;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Saturday, 21 November 2026, 14:05:00 UTC. */
export const DEMO_NOW = Date.UTC(2026, 10, 21, 14, 5, 0);

interface Member {
  readonly name: string;
  readonly image: string;
  readonly project?: string;
  readonly argv: readonly string[];
  readonly age: number;
  readonly habit: Habit;
  readonly state?: Partial<ContainerState>;
  readonly mounts?: ContainerConfig['mounts'];
}

const MEMBERS: readonly Member[] = [
  {
    name: 'web',
    image: 'nginx:1.27',
    project: 'shop',
    argv: ['/docker-entrypoint.sh', 'nginx', '-g', 'daemon off;'],
    age: 2 * DAY + 3 * HOUR,
    habit: {
      cores: 0.21,
      swing: 0.7,
      limitCores: 1,
      memory: 61 * MiB,
      memoryLimit: 256 * MiB,
      reads: 0,
      writes: 1.1 * MiB,
      pids: 9,
      ioPressure: 23,
    },
    mounts: [
      {
        type: 'bind',
        source: '/srv/shop/static',
        target: '/usr/share/nginx/html',
        readOnly: true,
        propagation: 'rprivate',
      },
    ],
  },
  {
    name: 'db',
    image: 'postgres:17',
    project: 'shop',
    argv: ['docker-entrypoint.sh', 'postgres'],
    age: 2 * DAY + 3 * HOUR,
    habit: {
      cores: 0.62,
      swing: 0.4,
      limitCores: 1.5,
      memory: 318 * MiB,
      memoryLimit: 768 * MiB,
      reads: 1 * MiB,
      writes: 4.2 * MiB,
      pids: 24,
      ioPressure: 11,
    },
    mounts: [
      {
        type: 'bind',
        source: '/srv/shop/db',
        target: '/var/lib/postgresql/data',
        readOnly: false,
        propagation: 'rprivate',
      },
    ],
  },
  {
    name: 'backup',
    image: 'debian:12',
    project: 'shop',
    argv: ['/usr/local/bin/backup', '--every', '1h'],
    age: 41 * MINUTE,
    habit: { cores: 0.19, swing: 0.9, memory: 33 * MiB, reads: 0, writes: 57 * MiB, pids: 8 },
  },
  {
    name: 'ci-runner',
    image: 'node:24',
    argv: ['node', 'runner.js'],
    age: 6 * HOUR,
    habit: {
      cores: 0.4,
      swing: 0.3,
      limitCores: 0.2,
      memory: 221 * MiB,
      memoryLimit: 256 * MiB,
      reads: 0,
      writes: 0,
      pids: 31,
      memoryPressure: 9,
    },
  },
  {
    name: 'reports',
    image: 'base',
    argv: ['sh', '-c', 'while :; do report; sleep 60; done'],
    age: 12 * HOUR,
    habit: { cores: 0, swing: 0, memory: 4 * MiB, memoryLimit: 64 * MiB, reads: 0, writes: 0, pids: 2, paused: true },
    state: { status: 'paused' },
  },
  {
    name: 'migrate',
    image: 'shop/api',
    argv: ['node', 'migrate.js'],
    age: 3 * HOUR + 4 * SECOND,
    habit: { cores: 0, swing: 0, memory: 0, reads: 0, writes: 0, pids: 0 },
    state: { status: 'exited', exitCode: 0, finishedAt: new Date(DEMO_NOW - 3 * HOUR).toISOString() },
  },
  {
    name: 'import',
    image: 'shop/api',
    argv: ['node', 'import.js', '--all'],
    age: 20 * MINUTE,
    habit: { cores: 0, swing: 0, memory: 0, memoryLimit: 512 * MiB, reads: 0, writes: 0, pids: 0 },
    state: {
      status: 'exited',
      exitCode: 137,
      oomKilled: true,
      restartCount: 3,
      finishedAt: new Date(DEMO_NOW - 14 * MINUTE).toISOString(),
    },
  },
];

/** 64 hexadecimal digits that belong to a name for good. */
function idOf(name: string): string {
  let id = '';
  for (let i = 0; id.length < 64; i++) {
    let hash = 0x811c9dc5 ^ i;
    for (const ch of name) hash = Math.imul(hash ^ ch.charCodeAt(0), 0x01000193);
    id += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return id;
}

function configOf(member: Member, created: number): ContainerConfig {
  const { habit } = member;
  return {
    schema: 1,
    id: idOf(member.name),
    name: member.name,
    created: new Date(created).toISOString(),
    ...(member.project === undefined ? {} : { project: member.project }),
    image: { name: member.image, id: idOf(member.image) },
    argv: member.argv,
    entrypoint: [],
    cmd: member.argv,
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
    workingDir: '/',
    user: '',
    groupAdd: [],
    hostname: member.name,
    domainname: '',
    tty: false,
    openStdin: false,
    stopSignal: 'SIGTERM',
    stopTimeoutSeconds: 10,
    labels: {},
    network: 'none',
    extraHosts: [],
    limits: {
      ...(habit.limitCores === undefined ? {} : { nanoCpus: habit.limitCores * 1e9 }),
      ...(habit.memoryLimit === undefined ? {} : { memory: habit.memoryLimit }),
    },
    mounts: member.mounts ?? [],
    readOnlyRootfs: false,
    init: false,
    ulimits: [],
    oomScoreAdj: 0,
    capAdd: [],
    capDrop: [],
    privileged: false,
    noNewPrivileges: false,
    devices: [],
    sysctls: {},
    shmSize: 64 * MiB,
    restartPolicy: { name: 'no', maximumRetryCount: 0 },
    autoRemove: false,
    log: { maxSizeBytes: 16 * MiB, maxFiles: 3 },
  };
}

/** A launch as a real one looks: what is done, in which order, and how long it takes. */
function launchOf(startedAt: string): LaunchReport {
  const plan: readonly (readonly [name: string, call: string, args: string, us: number])[] = [
    ['clone3', 'clone3', 'CLONE_NEWPID|CLONE_NEWNS|CLONE_NEWNET|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWCGROUP', 380],
    ['mount / private', 'mount', '"none", "/", NULL, MS_REC|MS_PRIVATE, NULL', 20],
    ['move_mount the root', 'move_mount', '12, "", AT_FDCWD, "/run/tscontain/root", MOVE_MOUNT_F_EMPTY_PATH', 50],
    ['mount /proc', 'mount', '"proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL', 120],
    ['mount /sys', 'mount', '"sysfs", "/sys", "sysfs", MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL', 110],
    ['mount /dev', 'mount', '"tmpfs", "/dev", "tmpfs", MS_NOSUID|MS_STRICTATIME, "mode=755,size=65536k"', 210],
    ['mount /dev/pts', 'mount', '"devpts", "/dev/pts", "devpts", MS_NOSUID|MS_NOEXEC, "newinstance"', 90],
    ['mount /dev/shm', 'mount', '"shm", "/dev/shm", "tmpfs", MS_NOSUID|MS_NODEV|MS_NOEXEC, "size=67108864"', 80],
    ['mask /proc/kcore', 'mount', '"/dev/null", "/proc/kcore", NULL, MS_BIND, NULL', 30],
    ['mask /proc/keys', 'mount', '"/dev/null", "/proc/keys", NULL, MS_BIND, NULL', 30],
    ['mask /sys/firmware', 'mount', '"tmpfs", "/sys/firmware", "tmpfs", MS_RDONLY, NULL', 40],
    ['pivot_root', 'pivot_root', '".", "."', 90],
    ['sethostname', 'sethostname', '"web", 3', 10],
    ['capset', 'capset', '14 of 41 kept', 20],
    ['execve', 'execve', '"/docker-entrypoint.sh", ["nginx", "-g", "daemon off;"]', 2400],
  ];
  let atUs = 0;
  const steps = plan.map(([name, call, args, durationUs]) => {
    atUs += durationUs;
    return { name, call, args, atUs, durationUs, result: 0 };
  });
  return { startedAt, totalUs: atUs, steps };
}

export interface DemoWorld {
  readonly engine: Engine & { readonly calls: readonly string[] };
  readonly sampler: DemoSampler;
  readonly clock: { now(): number };
  /** Lets made-up time pass and takes a sample. */
  advance(ms: number): void;
}

export interface DemoOptions {
  readonly seed?: number;
  /** without it everybody is there; 'nothing' is the machine of a first visitor; a number makes so many busy containers */
  readonly crowd?: 'nothing' | number;
}

/** Makes the world; nothing in it moves unless it is told to. */
export function demoWorld({ seed = 7, crowd }: DemoOptions = {}): DemoWorld {
  let now = DEMO_NOW;
  const clock = { now: () => now };
  const habits = new Map<string, Habit>();
  const containers = new Map<string, Container>();
  const members = crowd === 'nothing' ? [] : typeof crowd === 'number' ? crowdOf(crowd) : MEMBERS;
  for (const member of members) {
    const created = DEMO_NOW - member.age;
    const config = configOf(member, created);
    const state: ContainerState = {
      schema: 1,
      status: 'running',
      startedAt: new Date(created + 300).toISOString(),
      init: { pid: 4000 + containers.size * 37, startTime: 1 },
      oomKilled: false,
      restartCount: 0,
      stopRequested: false,
      ...member.state,
    };
    containers.set(config.id, {
      id: config.id,
      config,
      state,
      cgroup: { controllers: {}, unified: `/sys/fs/cgroup/tscontain/${member.project ?? 'default'}/${config.id}` },
    });
    habits.set(config.id, member.habit);
  }
  const isAlive = (id: string): boolean => {
    const status = containers.get(id)?.state.status;
    return status === 'running' || status === 'paused';
  };
  const sampler = new DemoSampler(
    seed,
    clock,
    (id) => (isAlive(id) ? habits.get(id) : undefined),
    (project) => [...containers.values()].filter((c) => c.config.project === project).map(({ id }) => id),
  );
  const engine = new DemoEngine(containers, habits, clock);
  return {
    engine,
    sampler,
    clock,
    advance(ms) {
      now += ms;
      sampler.sample();
    },
  };
}

function crowdOf(count: number): Member[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `svc-${String(i + 1).padStart(3, '0')}`,
    image: `app/svc:${1 + (i % 4)}`,
    ...(i % 3 === 0 ? {} : { project: `team-${String.fromCharCode(97 + (i % 5))}` }),
    argv: ['/app/server'],
    age: (i + 1) * 7 * MINUTE,
    habit: {
      cores: 0.05 + (i % 7) * 0.11,
      swing: 0.8,
      ...(i % 2 === 0 ? { limitCores: 1 } : {}),
      memory: (20 + i * 3) * MiB,
      memoryLimit: 512 * MiB,
      reads: (i % 4) * 200 * KiB,
      writes: (i % 6) * 900 * KiB,
      pids: 3 + (i % 20),
      ioPressure: (i * 13) % 40,
    },
  }));
}

const TEXTS = [
  '10.0.3.17 - - "GET /cart HTTP/1.1" 200 5120 "-" "Mozilla/5.0"',
  '10.0.3.44 - - "GET /static/app.css HTTP/1.1" 304 0 "-" "Mozilla/5.0"',
  '10.0.3.17 - - "POST /cart/items HTTP/1.1" 201 87 "-" "Mozilla/5.0"',
  '\x1b[33m[warn]\x1b[0m upstream took 1.204 s to answer, request: "GET /search?q=lamp"',
  '10.0.3.90 - - "GET /healthz HTTP/1.1" 200 2 "-" "probe/1.0"',
];

class DemoEngine implements Engine {
  readonly root = '/var/lib/tscontain';
  readonly calls: string[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly containers: Map<string, Container>,
    private readonly habits: Map<string, Habit>,
    private readonly clock: { now(): number },
  ) {}

  readonly images: Images = {
    list: () => Promise.resolve([...DEMO_IMAGES]),
    get: (name) => {
      const image = DEMO_IMAGES.find((one) => one.name === name);
      return image
        ? Promise.resolve(image)
        : Promise.reject(new TscontainError('NO_SUCH_IMAGE', `there is no image ${name}`, { hint: 'import it first' }));
    },
    import: (source, name) => {
      this.calls.push(`import ${source} ${name}`);
      return Promise.resolve({ ...DEMO_IMAGES[0]!, name });
    },
    remove: (name) => {
      this.calls.push(`remove-image ${name}`);
      return Promise.resolve();
    },
  };

  list(): Promise<Container[]> {
    return Promise.resolve([...this.containers.values()]);
  }

  get(ref: string): Promise<Container> {
    return Promise.resolve(this.find(ref));
  }

  create(spec: CreateSpec): Promise<Container> {
    const name = spec.name ?? 'calm_otter';
    this.calls.push(`create ${name} ${spec.image}`);
    if ([...this.containers.values()].some(({ config }) => config.name === name)) {
      return Promise.reject(new TscontainError('NAME_IN_USE', `the name ${name} is taken`, { hint: 'choose another' }));
    }
    const member: Member = {
      name,
      image: spec.image,
      ...(spec.project === undefined ? {} : { project: spec.project }),
      argv: spec.cmd ?? ['sh'],
      age: 0,
      habit: { cores: 0.1, swing: 0.5, memory: 5 * MiB, reads: 0, writes: 0, pids: 1 },
    };
    const config: ContainerConfig = {
      ...configOf(member, this.clock.now()),
      tty: spec.tty ?? false,
      openStdin: spec.openStdin ?? false,
      limits: spec.limits ?? {},
    };
    const state: ContainerState = {
      schema: 1,
      status: 'created',
      oomKilled: false,
      restartCount: 0,
      stopRequested: false,
    };
    const container: Container = { id: config.id, config, state, cgroup: { controllers: {} } };
    this.containers.set(config.id, container);
    this.habits.set(config.id, member.habit);
    this.changed();
    return Promise.resolve(container);
  }

  start = (ref: string): Promise<Container> =>
    this.move(ref, 'start', { status: 'running', startedAt: new Date(this.clock.now()).toISOString() });

  async stop(ref: string): Promise<ExitStatus> {
    await this.move(ref, 'stop', this.ended(143));
    return { exitCode: 143 };
  }

  async kill(ref: string): Promise<void> {
    await this.move(ref, 'kill', this.ended(137));
  }

  restart = (ref: string): Promise<Container> =>
    this.move(ref, 'restart', { status: 'running', startedAt: new Date(this.clock.now()).toISOString() });

  async pause(ref: string): Promise<void> {
    await this.move(ref, 'pause', { status: 'paused' });
  }

  async unpause(ref: string): Promise<void> {
    await this.move(ref, 'unpause', { status: 'running' });
  }

  rename(ref: string, name: string): Promise<void> {
    this.calls.push(`rename ${ref} ${name}`);
    const container = this.find(ref);
    this.containers.set(container.id, { ...container, config: { ...container.config, name } });
    this.changed();
    return Promise.resolve();
  }

  update: Engine['update'] = (ref, change) => {
    const container = this.find(ref);
    this.calls.push(`update ${container.config.name} ${JSON.stringify(change.limits)}`);
    const config = { ...container.config, limits: { ...container.config.limits, ...change.limits } };
    const next = { ...container, config };
    this.containers.set(container.id, next);
    this.changed();
    return Promise.resolve(next);
  };

  wait = (): Promise<ExitStatus> => Promise.resolve({ exitCode: 0 });

  exec: Engine['exec'] = (ref, spec) => {
    this.calls.push(`exec ${this.find(ref).config.name} ${spec.argv.join(' ')}`);
    return Promise.resolve(new EchoSession());
  };

  attach: Engine['attach'] = (ref, options) => {
    this.calls.push(`attach ${this.find(ref).config.name} ${options?.stdin === true ? 'with input' : 'to watch'}`);
    return Promise.resolve(new EchoSession());
  };

  async *logs(ref: string, options?: LogsOptions): AsyncIterable<LogEntry> {
    for await (const entries of this.logBatches(ref, options)) yield* entries;
  }

  async *logBatches(
    ref: string,
    { tail = 200, follow = false, signal, until }: LogsOptions = {},
  ): AsyncIterable<LogEntry[]> {
    const container = this.find(ref);
    const end = this.clock.now();
    if (until !== undefined) return;
    const entries = Array.from({ length: Math.min(tail, 400) }, (_, k): LogEntry => {
      const i = Math.min(tail, 400) - k;
      const text = Buffer.from(TEXTS[(i * 7) % TEXTS.length]!);
      const stream = i % 11 === 0 ? 'stderr' : 'stdout';
      return { time: new Date(end - i * 1300).toISOString(), stream, partial: false, text };
    });
    yield await Promise.resolve(entries);
    if (follow && rulingOn('top', container.state.status) === 'allowed') {
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    }
  }

  top(ref: string): Promise<ContainerProcess[]> {
    const { config, state } = this.find(ref);
    const pid = state.init?.pid ?? 1;
    const row = (i: number, command: string, rssBytes: number, cpuMs: number): ContainerProcess => ({
      pid: pid + i,
      containerPid: i === 0 ? 1 : 7 + i,
      parentPid: i === 0 ? 0 : pid,
      uid: i === 0 ? 0 : 101,
      state: i === 0 ? 'S' : 'R',
      threads: 1,
      rssBytes,
      cpuMs,
      startedAt: Date.parse(config.created),
      command,
    });
    return Promise.resolve([
      row(0, config.argv.join(' '), 9 * MiB, 1200),
      row(1, 'nginx: worker process', 27 * MiB, 83_000),
      row(2, 'nginx: worker process', 24 * MiB, 79_500),
      row(3, 'nginx: cache manager process', 1.3 * MiB, 310),
    ]);
  }

  diff = (): Promise<never[]> => Promise.resolve([]);
  stat = (): Promise<undefined> => Promise.resolve(undefined);
  copyFrom = (): Promise<never> =>
    Promise.reject(new TscontainError('NOT_SUPPORTED', 'nothing is copied in the demo world'));
  copyTo = (): Promise<void> =>
    Promise.reject(new TscontainError('NOT_SUPPORTED', 'nothing is copied in the demo world'));

  remove(ref: string): Promise<void> {
    const container = this.find(ref);
    this.calls.push(`remove ${container.config.name}`);
    this.containers.delete(container.id);
    this.changed();
    return Promise.resolve();
  }

  async prune(): Promise<{ removed: string[]; freedBytes: number }> {
    const ended = [...this.containers.values()].filter(({ state }) => state.status === 'exited');
    for (const { id } of ended) await this.remove(id);
    return { removed: ended.map(({ id }) => id), freedBytes: 3 * MiB };
  }

  async *events({ signal }: { signal?: AbortSignal } = {}): AsyncIterable<EngineEvent> {
    const ago = (ms: number, action: EngineEvent['action'], name: string, attributes = {}): EngineEvent => ({
      time: DEMO_NOW - ms,
      type: 'container',
      action,
      id: idOf(name),
      attributes: { name, ...attributes },
    });
    if (this.containers.has(idOf('web'))) {
      yield ago(3 * HOUR, 'die', 'migrate', { exitCode: '0' });
      yield ago(41 * MINUTE, 'start', 'backup');
      yield ago(14 * MINUTE, 'oom', 'import');
      yield ago(14 * MINUTE, 'die', 'import', { exitCode: '137' });
      yield ago(4 * MINUTE, 'exec_start', 'web', { execCommand: 'sh' });
    }
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  }

  watch(listener: () => void): () => void {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  }

  explain = (): Promise<never[]> => Promise.resolve([]);

  launchReport(ref: string): Promise<LaunchReport | undefined> {
    const { state } = this.find(ref);
    return Promise.resolve(state.startedAt === undefined ? undefined : launchOf(state.startedAt));
  }

  recover = (): Promise<{ actions: never[]; corrupt: never[] }> => Promise.resolve({ actions: [], corrupt: [] });
  warm = (): Promise<void> => Promise.resolve();
  close(): void {}

  private find(ref: string): Container {
    const found = [...this.containers.values()].find(({ id, config }) => config.name === ref || id.startsWith(ref));
    if (!found) throw new TscontainError('NO_SUCH_CONTAINER', `there is no container ${ref}`);
    return found;
  }

  private ended(exitCode: number): Partial<ContainerState> {
    return { status: 'exited', exitCode, stopRequested: true, finishedAt: new Date(this.clock.now()).toISOString() };
  }

  private move(ref: string, verb: Verb, state: Partial<ContainerState>): Promise<Container> {
    const container = this.find(ref);
    this.calls.push(`${verb} ${container.config.name}`);
    const ruling = rulingOn(verb, container.state.status);
    if (typeof ruling === 'object') {
      return Promise.reject(
        new TscontainError('ILLEGAL_STATE', `cannot ${verb} ${container.config.name}: ${ruling.because}`, {
          hint: ruling.hint,
        }),
      );
    }
    const next = { ...container, state: { ...container.state, ...state } };
    this.containers.set(container.id, next);
    this.changed();
    return Promise.resolve(next);
  }

  private changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}

const DEMO_IMAGES: readonly Image[] = [
  ['base', 30, 2],
  ['nginx:1.27', 188, 30],
  ['postgres:17', 431, 30],
  ['shop/api', 212, 3],
].map(([name, mib, days]) => ({
  id: idOf(String(name)),
  name: String(name),
  created: new Date(DEMO_NOW - Number(days) * DAY).toISOString(),
  sizeBytes: Number(mib) * MiB,
  layers: ['/layers/1'],
  config: { env: [], entrypoint: [], cmd: ['sh'], workingDir: '/', user: '', labels: {} },
}));

/** A shell that greets and says back what is typed. */
class EchoSession implements Session {
  readonly tty = true;
  readonly exited: Promise<ExitStatus>;
  private end_: (status: ExitStatus) => void = () => undefined;
  private listener: ((stream: 'stdout' | 'stderr', data: Buffer) => void) | undefined;

  constructor() {
    this.exited = new Promise((resolve) => {
      this.end_ = resolve;
    });
  }

  onOutput(listener: (stream: 'stdout' | 'stderr', data: Buffer) => void): void {
    this.listener = listener;
    listener('stdout', Buffer.from('root@web:/# '));
  }

  write(data: Buffer | string): boolean {
    const text = data.toString();
    if (text === '\x04') this.end_({ exitCode: 0 });
    else this.listener?.('stdout', Buffer.from(text.replaceAll('\r', '\r\nroot@web:/# ')));
    return true;
  }

  onDrain(): void {}
  end(): void {}
  resize(): void {}
  pause(): void {}
  resume(): void {}
  close(): void {
    this.end_({ exitCode: 129 });
  }
}
