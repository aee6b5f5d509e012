// A container that this supervisor looks after: from the first client that attaches to it or starts it to its last end.
//
//            start                    the init dies                a policy wants it back
//   idle ───────────▶ starting ──▶ running ──────────────▶ ending ─────────────────▶ restarting
//    ▲                 │    ▲                                │                         │    │
//    └─────────────────┘    └────────────────────────────────│─────────────────────────┘    │
//    ▲       failed                delay over, or start      │                              │
//    └───────────────────────────────────────────────────────┴──────────────────────────────┘
//                                                                     stopped or removed meanwhile
import { setTimeout as sleep } from 'node:timers/promises';
import type { CgroupWatch } from '../cgroup/index.js';
import { isTscontainError } from '../errors.js';
import { healthUnwatched } from '../health/course.js';
import type { ContainerState, EventAction, ExitStatus, TerminalSize } from '../model.js';
import { layout } from '../state/layout.js';
import { tell } from '../verbs/parts.js';
import type { PublishedPort } from '../network/model.js';
import { tellMounts } from '../volume/parts.js';
import { Audience } from './audience.js';
import { beginRun, type StartWishes } from './begin.js';
import { InputDesk } from './input-desk.js';
import type { Parts } from './parts.js';
import type { WaitUntil } from './protocol.js';
import { FIRST_DELAY_MS, restartDelay } from './restart.js';
import type { HealthWatch } from './health-watch.js';
import { watchHealth } from './health.js';
import { deliverOutput, finishOutput, type Run } from './run.js';
import { adoptNetwork, leaveRun, publishRunning } from './run-network.js';

type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'starting'; readonly pid: Promise<number> }
  | { readonly name: 'running'; readonly run: Run }
  | { readonly name: 'ending'; readonly done: Promise<void> }
  | { readonly name: 'restarting'; readonly timer: NodeJS.Timeout };

const IDLE: Phase = { name: 'idle' };

/** What follows an end. */
type Next = { readonly do: 'restart'; readonly delayMs: number } | { readonly do: 'remove' } | { readonly do: 'stay' };

interface Waiter {
  readonly until: WaitUntil;
  readonly resolve: (status: ExitStatus) => void;
}

const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };
/** A state that cannot be written is tried again: what is on disk says that the container runs. */
const WRITE_AGAIN_MS = 1_000;

export class Ward {
  readonly audience: Audience;
  readonly input = new InputDesk();
  #phase: Phase = IDLE;
  readonly #waiters = new Set<Waiter>();
  #size = DEFAULT_SIZE;
  #lastDelayMs = 0;
  #lastEnd: ExitStatus = { exitCode: undefined };
  #oomKillsTold = 0;
  #health: HealthWatch | undefined;

  constructor(
    private readonly parts: Parts,
    readonly id: string,
    /** called whenever it may have come to be that nobody needs it any more */
    private readonly onSettled: () => void,
  ) {
    this.audience = new Audience(layout.run(parts.root, id), onSettled);
  }

  /** It runs or will: the supervisor must not leave. */
  get isAlive(): boolean {
    return this.#phase.name !== 'idle';
  }

  /** Somebody is attached or waits. */
  get isWanted(): boolean {
    return this.audience.size > 0 || this.#waiters.size > 0;
  }

  get lastEnd(): ExitStatus {
    return this.#lastEnd;
  }

  /** @returns the pid of its init, also where that runs already, under whomever @throws TscontainError */
  async start(): Promise<number> {
    const phase = this.#phase;
    switch (phase.name) {
      case 'running':
        return phase.run.pid;
      case 'starting':
        return phase.pid;
      case 'ending':
        await phase.done;
        return this.start();
      case 'restarting':
        clearTimeout(phase.timer);
        break;
      case 'idle':
        break;
    }
    this.#lastDelayMs = 0;
    return this.#begin('asked');
  }

  /** A run that began under a supervisor that is no more. */
  takeOver(run: Run): void {
    deliverOutput(run, this.audience);
    adoptNetwork(this.parts, this.id);
    this.#enter(run, true);
  }

  /** A delay that began under a supervisor that is no more. */
  takeOverRestart(): void {
    this.#restartIn(FIRST_DELAY_MS);
  }

  /** @param knownEnd with next-exit: the finishedAt that whoever waits has seen, null for none */
  wait(
    until: WaitUntil,
    knownEnd?: string | null,
  ): { readonly ended: Promise<ExitStatus>; readonly cancel: () => void } {
    let waiter: Waiter | undefined;
    const ended = new Promise<ExitStatus>((resolve) => {
      const isOver =
        until === 'not-running' ? !this.isAlive : knownEnd !== undefined && this.#finishedAt() !== knownEnd;
      if (isOver) resolve(this.#endOnRecord());
      else this.#waiters.add((waiter = { until, resolve }));
    });
    const cancel = () => {
      if (waiter !== undefined && this.#waiters.delete(waiter)) this.onSettled();
    };
    return { ended, cancel };
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    if (this.#phase.name === 'running') this.#phase.run.streams.resize(size);
  }

  /** A manager has changed the state: it may be paused, or between two runs there shall be no next one. */
  async reload(): Promise<void> {
    this.#health?.follow(this.#stateOnRecord()?.status === 'paused');
    if (this.#phase.name !== 'restarting' || this.#stillToRestart()) return;
    clearTimeout(this.#phase.timer);
    await this.#callOff();
  }

  /** A manager puts it on a network. @returns what it publishes there @throws TscontainError what holding its ports throws */
  async publish(): Promise<readonly PublishedPort[]> {
    if (this.#phase.name !== 'running') return [];
    return publishRunning(this.parts, this.parts.store.load(this.id));
  }

  /** Kills what runs and removes its cgroup; there is no next run. */
  async destroyProcesses(): Promise<void> {
    if (this.#phase.name === 'running') await this.parts.driver.remove(this.#phase.run.cgroup);
    await this.reload();
  }

  async #begin(because: StartWishes['because']): Promise<number> {
    const wishes = { because, inputEnds: this.input.isGiven, size: this.#size, audience: this.audience };
    const beginning = beginRun(this.parts, this.id, wishes);
    const pid = beginning.then((begun) => (typeof begun === 'object' ? begun.pid : (begun ?? 0)));
    // The phase holds it for others who start; whoever began hears of a failure below.
    pid.catch(() => undefined);
    this.#phase = { name: 'starting', pid };
    try {
      const begun = await beginning;
      if (typeof begun === 'object') this.#enter(begun);
      else if (begun === undefined) await this.#callOff();
      else this.#notStarted();
      return await pid;
    } catch (error) {
      this.#notStarted();
      throw error;
    }
  }

  /** Unless it was taken over meanwhile. */
  #notStarted(): void {
    if (this.#phase.name === 'starting') this.#leave();
  }

  #enter(run: Run, isAdopted = false): void {
    this.#phase = { name: 'running', run };
    this.#oomKillsTold = run.oomKillsBefore ?? 0;
    this.input.open(run.streams, { ends: run.inputEnds });
    // Not before whoever started it has been answered.
    let watch: CgroupWatch | undefined;
    const watching = setImmediate(() => {
      watch = this.#watchMemory(run);
      this.#record(run);
      this.#watchHealth(run, isAdopted);
    });
    void run.ended.then(({ exitCode }) => {
      clearImmediate(watching);
      watch?.close();
      this.#health?.close();
      this.parts.recorder.end(this.id);
      const done = this.#end(run, exitCode);
      this.#phase = { name: 'ending', done };
    });
  }

  #record({ cgroup, pid }: Run): void {
    const { recorder, root, store } = this.parts;
    try {
      const { network } = store.readConfig(this.id);
      const directory = layout.metrics(root, this.id);
      recorder.begin({ id: this.id, cgroup, directory, ...(network === 'host' ? {} : { netPid: pid }) });
    } catch {
      // Removed meanwhile: there is nothing to write down, nor a place for it.
    }
  }

  #watchHealth(run: Run, isAdopted: boolean): void {
    try {
      this.#health = watchHealth(this.parts, this.id, run, isAdopted);
    } catch {
      // Removed meanwhile.
    }
  }

  /** An OOM kill need not end the container: it is told when it happens. */
  #watchMemory({ cgroup }: Run): CgroupWatch {
    return this.parts.driver.watch(cgroup, ({ oomKills }) => this.#tellOomKills(oomKills));
  }

  /** Each count is told once: by whoever sees it first, the watch or the end of the container. */
  #tellOomKills(count: number | undefined): void {
    if (count === undefined || count <= this.#oomKillsTold) return;
    this.#oomKillsTold = count;
    this.#tell('oom');
  }

  async #end(run: Run, exitCode: number | undefined): Promise<void> {
    const finishedAt = Date.now();
    this.input.close();
    await finishOutput(run).catch((error: unknown) => this.parts.say(`the output of ${this.id}: ${String(error)}`));
    const oomKills = this.#oomKills(run);
    const status = { exitCode, oomKilled: oomKills > (run.oomKillsBefore ?? 0) };
    await leaveRun(this.parts, this.id);
    const next = await this.#recordEnd(run, status, finishedAt);
    this.#health = undefined;
    this.#lastEnd = status;
    this.#tellOomKills(oomKills);
    this.#tell('die', { exitCode: exitCode === undefined ? 'unknown' : String(exitCode) });
    this.#tellUnmounts();
    if (next.do === 'remove') {
      await this.parts
        .destroy(this.id)
        .catch((error: unknown) => this.parts.say(`removing ${this.id}: ${String(error)}`));
    }
    this.audience.dismiss(status);
    if (next.do === 'restart') {
      this.#restartIn(next.delayMs);
      this.#answer(status, 'next-exit');
    } else {
      this.#leave();
    }
  }

  #oomKills({ cgroup }: Run): number {
    try {
      return this.parts.driver.oomKills(cgroup) ?? 0;
    } catch {
      return 0;
    }
  }

  /** Writes how it ended and decides what follows. Tries until it is written, or there is nothing left to write to. */
  async #recordEnd(run: Run, status: ExitStatus, finishedAt: number): Promise<Next> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.parts.store.withLock(this.id, () => this.#writeEnd(run, status, finishedAt));
      } catch (error) {
        if (isTscontainError(error, 'NO_SUCH_CONTAINER') || isTscontainError(error, 'STATE_CORRUPT'))
          return { do: 'stay' };
        if (attempt === 1) this.parts.say(`the end of ${this.id} cannot be written yet: ${String(error)}`);
        await sleep(WRITE_AGAIN_MS);
      }
    }
  }

  #writeEnd(run: Run, { exitCode, oomKilled = false }: ExitStatus, finishedAt: number): Next {
    const { store } = this.parts;
    const { config, state } = store.load(this.id);
    if (state.init?.pid !== run.pid) return { do: 'stay' };
    const removing = state.status === 'removing';
    const delayMs = restartDelay(config.restartPolicy, {
      exitCode,
      ranMs: finishedAt - run.startedAt,
      stopRequested: state.stopRequested || removing,
      restartCount: state.restartCount,
      lastDelayMs: this.#lastDelayMs,
    });
    const { init: _init, exitCode: _exitCode, ...rest } = state;
    const health = this.#health?.health ?? state.health;
    const ended: ContainerState = {
      ...rest,
      ...(health === undefined ? {} : { health: healthUnwatched(health) }),
      status: removing ? 'removing' : delayMs === undefined ? 'exited' : 'restarting',
      finishedAt: new Date(finishedAt).toISOString(),
      ...(exitCode === undefined ? {} : { exitCode }),
      oomKilled,
      ...(delayMs === undefined ? {} : { restartsAt: new Date(Date.now() + delayMs).toISOString() }),
      ...(run.log.lost === undefined ? {} : { note: run.log.lost }),
    };
    store.writeState(this.id, ended);
    if (delayMs !== undefined) return { do: 'restart', delayMs };
    return { do: config.autoRemove && !removing ? 'remove' : 'stay' };
  }

  #restartIn(delayMs: number): void {
    this.#lastDelayMs = delayMs;
    const timer = setTimeout(() => {
      this.#begin('policy').catch((error: unknown) => {
        this.parts.say(`restarting ${this.id}: ${String(error)}`);
      });
    }, delayMs);
    this.#phase = { name: 'restarting', timer };
  }

  #stillToRestart(): boolean {
    const state = this.#stateOnRecord();
    return state?.status === 'restarting' && !state.stopRequested;
  }

  /** undefined when it was removed, or cannot be read. */
  #stateOnRecord(): ContainerState | undefined {
    try {
      return this.parts.store.readState(this.id);
    } catch {
      return undefined;
    }
  }

  /** There will be no next run. */
  async #callOff(): Promise<void> {
    const { store } = this.parts;
    try {
      await store.withLock(this.id, () => {
        const state = store.readState(this.id);
        const { restartsAt: _restartsAt, ...rest } = state;
        if (state.status === 'restarting') store.writeState(this.id, { ...rest, status: 'exited' });
      });
    } catch (error) {
      if (!isTscontainError(error, 'NO_SUCH_CONTAINER')) this.parts.say(`calling off ${this.id}: ${String(error)}`);
    }
    this.#leave();
  }

  /** Nothing runs and nothing will: whoever waited for that is answered. */
  #leave(): void {
    this.#phase = IDLE;
    const status = this.#endOnRecord();
    this.audience.dismiss(status);
    this.#answer(status, 'not-running');
    this.onSettled();
  }

  /** An end that is the last answers those who waited for the next one, too. */
  #answer(status: ExitStatus, reached: WaitUntil): void {
    for (const waiter of this.#waiters) {
      if (reached === 'next-exit' && waiter.until === 'not-running') continue;
      this.#waiters.delete(waiter);
      waiter.resolve(status);
    }
  }

  #endOnRecord(): ExitStatus {
    const { exitCode, oomKilled } = this.#stateOnRecord() ?? this.#lastEnd;
    return { exitCode, ...(oomKilled === undefined ? {} : { oomKilled }) };
  }

  #finishedAt(): string | null {
    return this.#stateOnRecord()?.finishedAt ?? null;
  }

  #tellUnmounts(): void {
    try {
      tellMounts(this.parts.root, { id: this.id, config: this.parts.store.readConfig(this.id) }, 'unmount');
    } catch {
      // Removed meanwhile.
    }
  }

  #tell(action: EventAction, attributes: Record<string, string> = {}): void {
    try {
      tell(this.parts, { id: this.id, config: this.parts.store.readConfig(this.id) }, action, attributes);
    } catch {
      // Removed meanwhile: its end was told by whoever removed it.
    }
  }
}
