// The Engine of the made-up machine: containers in memory, every verb at once, and a list of what was asked of it.
import { Readable } from 'node:stream';
import {
  rulingOn,
  TscontainError,
  type BuildResult,
  type BuildWishes,
  type Container,
  type ContainerConfig,
  type ContainerProcess,
  type ContainerState,
  type CreateSpec,
  type Engine,
  type EngineEvent,
  type ExitStatus,
  type Hold,
  type Image,
  type Images,
  type Networks,
  type LaunchReport,
  type Limits,
  type LogEntry,
  type LogsOptions,
  type Session,
  type Verb,
  type Volumes,
} from '../../src/engine/index.js';
import { toldChanges } from '../../src/engine/verbs/update.js';
import { configOf, DEMO_IMAGES, DEMO_NOW, idOf, launchOf, type Member } from './demo-people.js';
import type { Habit } from './demo-sampler.js';

const MiB = 1024 ** 2;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const TEXTS = [
  '10.0.3.17 - - "GET /cart HTTP/1.1" 200 5120 "-" "Mozilla/5.0"',
  '10.0.3.44 - - "GET /static/app.css HTTP/1.1" 304 0 "-" "Mozilla/5.0"',
  '10.0.3.17 - - "POST /cart/items HTTP/1.1" 201 87 "-" "Mozilla/5.0"',
  '\x1b[33m[warn]\x1b[0m upstream took 1.204 s to answer, request: "GET /search?q=lamp"',
  '10.0.3.90 - - "GET /healthz HTTP/1.1" 200 2 "-" "probe/1.0"',
];
/** What a program says that logs JSON, and one that logs plainly. */
const JSON_TEXTS = [
  '{"level":"info","time":"2026-11-21T14:04:00.120Z","msg":"checkpoint complete","buffers":212,"ms":84}',
  '{"level":"debug","time":"2026-11-21T14:04:01.004Z","msg":"autovacuum","table":"cart_items","pages":{"removed":3,"left":118}}',
  '{"level":"warn","time":"2026-11-21T14:04:02.730Z","msg":"slow query","ms":1204,"query":"select * from items where name ~ $1"}',
  '{"level":"error","time":"2026-11-21T14:04:03.001Z","msg":"could not write block","errno":"EIO","retry":true}',
];
const noVolume = (name: string): Promise<never> =>
  Promise.reject(new TscontainError('NO_SUCH_VOLUME', `there is no volume ${name}`, { hint: 'the demo has none' }));

const noNetwork = (name: string): Promise<never> =>
  Promise.reject(new TscontainError('NO_SUCH_NETWORK', `there is no network ${name}`));

export class DemoEngine implements Engine {
  readonly root = '/var/lib/tscontain';
  readonly calls: string[] = [];
  private readonly held = new Map<string, Hold>();
  /** removed, and to be brought back */
  private readonly kept = new Map<string, Container>();
  /** what has happened since it was made, and who waits for more */
  private readonly told: EngineEvent[] = [];
  private readonly listeners: (() => void)[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(
    readonly containers: Map<string, Container>,
    private readonly habits: Map<string, Habit>,
    readonly clock: { now(): number },
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
      this.calls.push(`import ${typeof source === 'string' ? source : '-'} ${name ?? ''}`);
      return Promise.resolve({ ...DEMO_IMAGES[0]!, ...(name === undefined ? {} : { name }) });
    },
    save: () => Promise.resolve(Readable.from([])),
    saveTo: () => Promise.resolve(),
    files: () => Promise.resolve(Readable.from([])),
    filesTo: () => Promise.resolve(),
    load: () => Promise.resolve([]),
    inspect: () => Promise.reject(new TscontainError('NOT_SUPPORTED', 'nobody looks closer at an image of the demo')),
    history: () => Promise.resolve([]),
    pull: () => Promise.reject(new TscontainError('NOT_SUPPORTED', 'the demo has no registry')),
    pullAllTags: () => {
      throw new TscontainError('NOT_SUPPORTED', 'the demo has no registry');
    },
    push: () => Promise.reject(new TscontainError('NOT_SUPPORTED', 'the demo has no registry')),
    tag: (source, name) => {
      this.calls.push(`tag ${source} ${name}`);
      return Promise.resolve();
    },
    remove: (name) => {
      this.calls.push(`remove-image ${name}`);
      return Promise.resolve({ untagged: [name], deleted: [], freedBytes: 0 });
    },
    prune: () => {
      this.calls.push('prune-images');
      return Promise.resolve({ images: [], untagged: [], deleted: [], freedBytes: 0 });
    },
    check: () =>
      Promise.resolve({
        images: DEMO_IMAGES.length,
        blobs: 0,
        layers: 0,
        verifiedBytes: 0,
        underWay: 0,
        findings: [],
        isSound: true,
      }),
  };

  readonly volumes: Volumes = {
    list: () => Promise.resolve([]),
    inspect: (name) => noVolume(name),
    create: () => Promise.reject(new TscontainError('NOT_SUPPORTED', 'the demo makes no volumes')),
    remove: (name) => noVolume(name),
    prune: () => Promise.resolve({ volumes: [], freedBytes: 0 }),
    size: (name) => noVolume(name),
  };

  readonly networks: Networks = {
    list: () => Promise.resolve([]),
    inspect: (ref) => noNetwork(ref),
    create: ({ name }) => {
      this.calls.push(`create-network ${name}`);
      return noNetwork(name);
    },
    connect: (ref, container) => {
      this.calls.push(`connect ${ref} ${container}`);
      return Promise.resolve();
    },
    disconnect: (ref, container) => {
      this.calls.push(`disconnect ${ref} ${container}`);
      return Promise.resolve();
    },
    remove: (ref) => {
      this.calls.push(`remove-network ${ref}`);
      return Promise.resolve();
    },
    prune: () => {
      this.calls.push('prune-networks');
      return Promise.resolve([]);
    },
    attachments: () => Promise.resolve([]),
  };

  build({ tags = [] }: BuildWishes): Promise<BuildResult> {
    this.calls.push(`build ${tags.join(' ')}`.trimEnd());
    return Promise.resolve({ id: `sha256:${'b'.repeat(64)}`, names: tags, steps: 0, cached: 0, warnings: [] });
  }

  pruneBuilds(): Promise<{ freedBytes: number }> {
    this.calls.push('prune-builds');
    return Promise.resolve({ freedBytes: 0 });
  }

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
    // One that was renamed keeps the id that its first name gave it.
    let id = idOf(name);
    for (let n = 2; this.containers.has(id) || this.kept.has(id); n++) id = idOf(`${name} ${n}`);
    const config: ContainerConfig = {
      ...configOf(member, this.clock.now()),
      id,
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
    this.tell('update', next, toldChanges(container.config.limits, config.limits));
    this.changed();
    return Promise.resolve(next);
  };

  /** Every limit can be had on the made-up machine. */
  limitsInForce: Engine['limitsInForce'] = (ref) =>
    Promise.resolve({
      memory: -1,
      memoryHigh: -1,
      memoryReservation: -1,
      cpuShares: 1024,
      blkioWeight: 100,
      pidsLimit: -1,
      ...this.find(ref).config.limits,
    });

  async hold(ref: string, change: { limits?: Partial<Limits>; pause?: boolean }, reason: string): Promise<Hold> {
    const { id, config } = this.find(ref);
    const set = change.limits ?? {};
    const held: Hold = {
      schema: 1,
      id: `hold-${this.held.size + 1}`,
      container: id,
      name: config.name,
      since: this.clock.now(),
      owner: { pid: 1, startTime: 1 },
      reason,
      paused: change.pause === true,
      set,
      before: Object.fromEntries(Object.keys(set).map((key) => [key, config.limits[key as keyof Limits] ?? 0])),
    };
    if (change.pause === true) await this.pause(ref);
    else await this.update(ref, { limits: set });
    this.held.set(held.id, held);
    this.tell('guard', this.find(ref), { what: held.paused ? 'paused' : 'limited', reason });
    return held;
  }

  async release(holdId: string, reason: string): Promise<string> {
    const held = this.held.get(holdId);
    if (!held) throw new TscontainError('INVALID_VALUE', `there is no hold "${holdId}"`);
    this.held.delete(holdId);
    if (held.paused) await this.unpause(held.container);
    else await this.update(held.container, { limits: held.before });
    const what = held.paused ? 'goes on' : 'has its limits back';
    this.tell('guard', this.find(held.container), { what, reason });
    return what;
  }

  holds: Engine['holds'] = () => Promise.resolve([...this.held.values()].map((held) => ({ ...held, isOwned: true })));

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
    const texts = container.config.name === 'backup' ? JSON_TEXTS : TEXTS;
    const entries = Array.from({ length: Math.min(tail, 400) }, (_, k): LogEntry => {
      const i = Math.min(tail, 400) - k;
      const text = Buffer.from(texts[(i * 7) % texts.length]!);
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
  export = (): Promise<Readable> => Promise.resolve(Readable.from([]));
  commit = (): Promise<Image> => Promise.resolve(DEMO_IMAGES[0]!);
  stat = (): Promise<undefined> => Promise.resolve(undefined);
  copyFrom = (): Promise<never> =>
    Promise.reject(new TscontainError('NOT_SUPPORTED', 'nothing is copied in the demo world'));
  copyTo = (): Promise<void> =>
    Promise.reject(new TscontainError('NOT_SUPPORTED', 'nothing is copied in the demo world'));

  remove(ref: string, { keepSeconds }: { keepSeconds?: number } = {}): Promise<void> {
    const container = this.find(ref);
    this.calls.push(`remove ${container.config.name}${keepSeconds === undefined ? '' : ` and keep ${keepSeconds} s`}`);
    this.containers.delete(container.id);
    if (keepSeconds !== undefined) this.kept.set(container.id, container);
    this.changed();
    return Promise.resolve();
  }

  async prune(options: { keepSeconds?: number } = {}): Promise<{ removed: string[]; freedBytes: number }> {
    const ended = [...this.containers.values()].filter(({ state }) => state.status === 'exited');
    for (const { id } of ended) await this.remove(id, options);
    return { removed: ended.map(({ id }) => id), freedBytes: 3 * MiB };
  }

  restore(ref: string): Promise<Container> {
    const kept = this.kept.get(ref);
    this.calls.push(`restore ${kept?.config.name ?? ref}`);
    if (!kept)
      return Promise.reject(
        new TscontainError('NO_SUCH_CONTAINER', `there is no removed container ${ref} that is kept`),
      );
    const container: Container = { ...kept, state: { ...kept.state, status: 'exited' } };
    this.kept.delete(ref);
    this.containers.set(ref, container);
    this.changed();
    return Promise.resolve(container);
  }

  removed: Engine['removed'] = () =>
    Promise.resolve(
      [...this.kept.values()].map(({ id, config, state }) => ({
        id,
        config,
        state,
        keptUntil: this.clock.now() + 10 * MINUTE,
        sizeBytes: 3 * MiB,
      })),
    );

  emptyRemoved: Engine['emptyRemoved'] = () => {
    const removed = [...this.kept.keys()];
    this.kept.clear();
    return Promise.resolve({ removed, freedBytes: 3 * MiB });
  };

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
    const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    let told = 0;
    while (signal?.aborted !== true) {
      for (; told < this.told.length; told++) yield this.told[told]!;
      await Promise.race([aborted, new Promise<void>((resolve) => this.listeners.push(resolve))]);
    }
  }

  private tell(
    action: EngineEvent['action'],
    { id, config }: Container,
    attributes: Record<string, string> = {},
  ): void {
    const { name } = config;
    this.told.push({ time: this.clock.now(), type: 'container', action, id, attributes: { name, ...attributes } });
    for (const listener of this.listeners.splice(0)) listener();
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
    if (verb !== 'exec' && verb !== 'top' && verb !== 'remove') this.tell(verb, next);
    this.changed();
    return Promise.resolve(next);
  }

  changed(): void {
    for (const watcher of this.watchers) watcher();
  }
}
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
