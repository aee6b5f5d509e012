// The only part of the dashboard that asks the engine, the sampler and the shells for anything. What comes of it goes back as
// actions; what shall be watched (logs, processes, a launch) follows from the state after each of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { judgeNight } from '../metrics/index.js';
import { isTscontainError, type Container, type TerminalSize } from '../engine/index.js';
import type { Action, Effect } from './actions.js';
import { startDemo, wakeNoisy } from './effects/demo.js';
import { Acts } from './effects/acts.js';
import { diskBelow, weightsWork } from '../guard/index.js';
import { failureOf } from './effects/failure.js';
import { GuardDuty, type GuardFile } from './effects/guard.js';
import { LogPane } from './effects/log-pane.js';
import { loadsOf, targetsOf } from './effects/measuring.js';
import { Past } from './effects/past.js';
import type { Ports } from './effects/ports.js';
import { Shells } from './effects/shells.js';
import { takesKeys } from './keymap.js';
import { inside, layoutOf, paneRect, panesOf } from './layout.js';
import { watchingEngine } from './read-only.js';
import { shellOf } from './reducers/view.js';
import { selectedContainer, isRunning } from './rows.js';
import type { Sources } from './sources.js';
import type { State, TabId } from './state.js';

/** How far back notices are looked for when the dashboard is opened, and how long that waits for more urgent work, ms. */
const NIGHT_MS = 24 * 3_600_000;
const NIGHT_WAITS_MS = 3000;
/** How often the processes of the container in front are listed, ms. */
const PROCESSES_EVERY_MS = 1000;
/** Between the first sample and the second, ms. */
const FIRST_INTERVAL_MS = 300;
/** How often what was removed and kept long enough is cleared away, ms. */
const EMPTY_EVERY_MS = 60_000;
/** Events before this are history of another day, ms. */
const EVENTS_SINCE_MS = 24 * 3_600_000;

/** What the app does itself: the terminal is its own. */
export interface TerminalPort {
  copy(text: string): void;
  redraw(): void;
  quit(): void;
}

/** The shell that what is typed goes to, if any. */
export function typingIn(state: State): number | undefined {
  const { page, focus } = state.view;
  const shell = shellOf(state);
  const hasKeys = page === 'overview' && focus === 'tabs' && state.shells.captured && state.overlay === undefined;
  return hasKeys && shell !== undefined && takesKeys(shell) ? shell.number : undefined;
}

export class Effects {
  readonly shells: Shells;
  readonly logs: LogPane;
  private readonly past: Past;
  private readonly acts: Acts;
  private guard: GuardDuty | undefined;
  private readonly stopping = new AbortController();
  private readonly undo: (() => void)[] = [];
  private isListing = false;
  private isStale = false;
  private processesAt = 0;
  private processesOf: string | undefined;
  private launchOf = '';

  private readonly ports: Ports;

  constructor(
    ports: Ports,
    private readonly terminal: TerminalPort,
    private readonly guardFile?: GuardFile,
  ) {
    this.ports = ports.state().readOnly ? { ...ports, engine: watchingEngine(ports.engine) } : ports;
    this.shells = new Shells(this.ports);
    this.past = new Past(ports);
    this.logs = new LogPane(this.ports);
    this.acts = new Acts(this.ports, () => this.list());
  }

  get sources(): Sources {
    return {
      readings: this.past.present,
      at: (moment) => this.past.at(moment),
      processesAt: (id, moment) => this.past.processes(id, moment),
      logs: this.logs.view,
      terminal: (number) => this.shells.pane(number),
    };
  }

  /** Puts right what a crash left, lists what there is, begins to measure and to watch. */
  async start(): Promise<void> {
    const { engine, sampler, dispatch } = this.ports;
    this.undo.push(
      sampler.onSample((at) =>
        dispatch({
          type: 'sampled',
          at,
          loads: loadsOf(sampler, this.ports.state().containers.list),
          findings: sampler.findings(),
        }),
      ),
      engine.watch(() => this.list()),
    );
    const disk = diskBelow(engine.root);
    const ioWeights = disk !== undefined && weightsWork(disk);
    await this.listNow();
    dispatch({ type: 'engine-open', root: engine.root, disk, ioWeights, notes: [] });
    sampler.start();
    // Rates need two samples: the second is taken soon, so that the first screen has numbers.
    const soon = setTimeout(() => sampler.sample(), FIRST_INTERVAL_MS);
    this.undo.push(() => clearTimeout(soon));
    void this.watchEvents();
    void sampler.facts().then(
      (facts) => dispatch({ type: 'facts', facts }),
      () => undefined,
    );
    this.beginGuard();
    // Putting right what a crash left starts containers again: who only watches leaves that to others.
    if (this.ports.state().readOnly) return;
    void this.judgeNight();
    await this.putRight();
    this.emptyNowAndThen();
    void engine.warm().catch((error: unknown) => this.tell(error));
  }

  private beginGuard(): void {
    if (this.guardFile === undefined) return;
    const guard = new GuardDuty(this.ports, this.guardFile);
    this.guard = guard;
    this.undo.push(this.ports.sampler.onSample((at) => void guard.observe(at)));
  }

  private emptyNowAndThen(): void {
    const timer = setInterval(() => {
      void this.ports.engine.emptyRemoved('overdue').catch((error: unknown) => this.tell(error));
    }, EMPTY_EVERY_MS);
    timer.unref();
    this.undo.push(() => clearInterval(timer));
  }

  /** What was written down before the dashboard was opened is judged as well, once the first seconds are over. */
  private async judgeNight(): Promise<void> {
    const { past, clock, dispatch, state } = this.ports;
    const { signal } = this.stopping;
    if (past === undefined) return;
    const until = clock.now();
    const pause = (ms: number): Promise<void> => sleep(ms, undefined, { ref: false, signal });
    try {
      await pause(NIGHT_WAITS_MS);
      const targets = targetsOf(state().containers.list);
      const spans = await judgeNight({ archive: past, targets, from: until - NIGHT_MS, until, pause: () => pause(20) });
      if (spans.length > 0) dispatch({ type: 'night', spans });
    } catch (error) {
      if (!signal.aborted) this.tell(error);
    }
  }

  private async putRight(): Promise<void> {
    try {
      const { actions, corrupt } = await this.ports.engine.recover();
      const notes = [
        ...corrupt.map(
          ({ id, keptAt, reason }) =>
            `The state of container ${id.slice(0, 12)} cannot be read (${reason}); it is kept at ${keptAt}.`,
        ),
        ...actions.map(({ name, what }) => `${name}: ${what}`),
      ];
      if (notes.length === 0) return;
      this.ports.dispatch({
        type: 'notice',
        kind: 'warning',
        text: notes.length === 1 ? notes[0]! : `${notes[0]!} (and ${notes.length - 1} more: v)`,
      });
      await this.listNow();
    } catch (error) {
      this.tell(error);
    }
  }

  /** What the guard holds is given back first: it takes the engine. */
  async close(): Promise<void> {
    await this.guard?.end();
    this.stopping.abort();
    for (const undo of this.undo) undo();
    this.logs.close();
    this.shells.closeAll();
    this.ports.sampler.close();
    this.ports.engine.close();
  }

  run(effect: Effect): void {
    switch (effect.type) {
      case 'verb':
        void this.acts.verb(effect);
        return;
      case 'remove':
        void this.acts.remove(effect);
        return;
      case 'prune': {
        this.ask(() => this.acts.prune());
        return;
      }
      case 'undo':
        void this.acts.undo(effect.entry);
        return;
      case 'arm-guard':
        void this.guard?.arm(effect.armed);
        return;
      case 'look-up-limits':
        void this.acts.lookUpLimits(effect.ids);
        return;
      case 'create': {
        this.ask(() => this.create(effect));
        return;
      }
      case 'demo': {
        this.ask(() => startDemo(this.ports));
        return;
      }
      case 'wake-noisy': {
        this.ask(() => wakeNoisy(this.ports));
        return;
      }
      case 'update': {
        this.ask(() => this.acts.update(effect));
        return;
      }
      case 'rename': {
        this.ask(async () => {
          await this.acts.rename(effect);
        });
        return;
      }
      case 'open-shell':
        void this.shells.openShell(effect.number, effect.id, effect.kind);
        return;
      case 'attach-input':
        void this.shells.takeKeys(effect.number, effect.id);
        return;
      case 'close-shell': {
        this.shells.close(effect.number);
        return;
      }
      case 'broadcast': {
        this.ports.dispatch({ type: 'broadcasting', numbers: effect.numbers });
        return;
      }
      case 'shell-key': {
        this.shells.sendBytes(effect.number, effect.bytes);
        return;
      }
      case 'shell-input': {
        this.shells.input(effect.number, effect.event);
        return;
      }
      case 'scroll-logs':
      case 'jump-logs':
      case 'open-log-line':
      case 'export-logs':
        this.logs.run(effect);
        return;
      case 'list-images':
        void this.listImages();
        return;
      case 'import-image': {
        this.ask(async () => {
          await this.ports.engine.images.import(effect.source, effect.name);
          this.ports.dispatch({ type: 'imported', name: effect.name });
        });
        return;
      }
      case 'remove-image': {
        this.ask(async () => {
          await this.ports.engine.images.remove(effect.name);
          await this.listImages();
        });
        return;
      }
      case 'copy': {
        this.terminal.copy(effect.what === 'text' ? effect.text : this.logs.shownText());
        return;
      }
      case 'save-settings': {
        if (this.ports.config) void this.ports.config.save(effect.settings);
        else this.ports.dispatch({ type: 'notice', kind: 'warning', text: 'There is no config file to save to.' });
        return;
      }
      case 'redraw': {
        this.terminal.redraw();
        return;
      }
      case 'quit': {
        this.terminal.quit();
        return;
      }
    }
  }

  /** Brings what is read to what the state shows; called after every action. */
  follow(before: State, state: State): void {
    if (state.settings.interval !== before.settings.interval) this.ports.sampler.setInterval(state.settings.interval);
    if (state.containers.list !== before.containers.list)
      this.ports.sampler.setTargets(targetsOf(state.containers.list));
    if (
      state.size !== before.size ||
      state.view !== before.view ||
      state.split !== before.split ||
      state.shells.list !== before.shells.list ||
      state.containers.list !== before.containers.list
    )
      this.fitShells(state);
    this.past.follow(state);
    const container = selectedContainer(state);
    const tab = state.view.page === 'overview' && layoutOf(state).tabs !== undefined ? state.view.tab : undefined;
    this.logs.follow(before, state, tab !== undefined && panesOf(state).some((pane) => pane.tab === 'logs'));
    this.shells.giveKeys(typingIn(state));
    if (tab === 'processes' && container) this.wantProcesses(container, state.now);
    else this.processesOf = undefined;
    if (tab === 'launch' && container) this.wantLaunch(container);
    else this.launchOf = '';
  }

  /** Each terminal has the size that its pane has, or would have in front, so that none jumps when it comes there. */
  private fitShells(state: State): void {
    const sizeOf = (tab?: TabId): TerminalSize => {
      const { width, height } = inside(paneRect(state, tab));
      return { columns: width, rows: height };
    };
    this.shells.resize(
      sizeOf('graphs'),
      state.shells.list.map(({ number }) => [number, sizeOf(`shell:${number}`)] as const),
    );
  }

  /** Something changed: lists the containers, once for any number of changes that come while it is done. */
  private list(): void {
    this.isStale = true;
    if (!this.isListing) void this.listWhileStale();
  }

  private async listWhileStale(): Promise<void> {
    this.isListing = true;
    while (this.isStale) {
      this.isStale = false;
      await this.listNow();
    }
    this.isListing = false;
  }

  private async listNow(): Promise<void> {
    try {
      this.ports.dispatch({ type: 'containers', list: await this.ports.engine.list() });
    } catch (error) {
      this.tell(error);
    }
  }

  private async watchEvents(): Promise<void> {
    const since = this.ports.clock.now() - EVENTS_SINCE_MS;
    try {
      for await (const event of this.ports.engine.events({ since, signal: this.stopping.signal })) {
        this.ports.dispatch({ type: 'events', events: [event] });
      }
    } catch (error) {
      if (!this.stopping.signal.aborted) this.tell(error);
    }
  }

  /** Does what a form or a question asked for; what is refused goes back to it. */
  private ask(action: () => Promise<void>): void {
    void action()
      .catch((error: unknown) => this.ports.dispatch({ type: 'refused', failure: failureOf(error) }))
      .then(() => this.list());
  }

  /** Creates and starts; where the start fails nothing is left of it. */
  private async create({ spec, openTerminal }: Extract<Effect, { type: 'create' }>): Promise<void> {
    const { engine, dispatch } = this.ports;
    const container = await engine.create(spec);
    const { id, config } = container;
    try {
      if (openTerminal) this.shells.expect(id, await engine.attach(id, { stdin: true, size: this.shells.currentSize }));
      await engine.start(id);
    } catch (error) {
      this.shells.forget(id);
      await engine.remove(id, { force: true }).catch((failed: unknown) => this.tell(failed));
      throw error;
    }
    await this.listNow();
    dispatch({ type: 'created', id, name: config.name, terminal: openTerminal });
  }

  private async listImages(): Promise<void> {
    let answer: Extract<Action, { type: 'images' }>['list'];
    try {
      answer = await this.ports.engine.images.list();
    } catch (error) {
      answer = failureOf(error);
    }
    this.ports.dispatch({ type: 'images', list: answer });
  }

  private wantProcesses({ id, state }: Container, now: number): void {
    const isNew = this.processesOf !== id;
    if (!isNew && (now - this.processesAt < PROCESSES_EVERY_MS || !isRunning(state.status))) return;
    this.processesOf = id;
    this.processesAt = now;
    const { engine, clock, dispatch } = this.ports;
    void engine.top(id).then(
      (list) => dispatch({ type: 'processes', id, at: clock.now(), list }),
      (error: unknown) => dispatch({ type: 'processes', id, at: clock.now(), list: failureOf(error) }),
    );
  }

  private wantLaunch({ id, state: { startedAt } }: Container): void {
    const key = `${id} ${startedAt ?? ''}`;
    if (this.launchOf === key) return;
    this.launchOf = key;
    const { engine, dispatch } = this.ports;
    void engine.launchReport(id).then(
      (report) => dispatch({ type: 'launch', id, startedAt, report }),
      (error: unknown) => dispatch({ type: 'launch', id, startedAt, report: failureOf(error) }),
    );
  }

  private tell(error: unknown): void {
    const { message, hint } = failureOf(error);
    const text = isTscontainError(error) && hint !== undefined ? `${message}: ${hint}` : message;
    this.ports.dispatch({ type: 'notice', kind: 'error', text });
  }
}
