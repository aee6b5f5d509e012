// The only part of the dashboard that asks the engine, the sampler and the shells for anything. What comes of it goes back as
// actions; what shall be watched (logs, processes, a launch) follows from the state after each of them.
// Who carries out what stands in effects/, a table a subject; they are joined here.
import type { TerminalSize } from '../engine/index.js';
import { diskBelow, weightsWork } from '../guard/index.js';
import type { Effect } from './actions.js';
import { Acts } from './effects/acts.js';
import { Creating } from './effects/creating.js';
import type { Doers } from './effects/doers.js';
import { tell } from './effects/failure.js';
import { GuardDuty, type GuardFile } from './effects/guard.js';
import { Images } from './effects/images.js';
import { imageVerbs } from './effects/image-verbs.js';
import { Jobs } from './effects/jobs.js';
import { Listing } from './effects/listing.js';
import { LogPane } from './effects/log-pane.js';
import { LookedAt } from './effects/looked-at.js';
import { loadsOf, targetsOf } from './effects/measuring.js';
import { lookBack } from './effects/night.js';
import { Networks } from './effects/networks.js';
import { networkVerbs } from './effects/network-verbs.js';
import { Past } from './effects/past.js';
import type { Ports } from './effects/ports.js';
import { Shells } from './effects/shells.js';
import { Volumes } from './effects/volumes.js';
import { volumeVerbs } from './effects/volume-verbs.js';
import { takesKeys } from './keymap.js';
import { inside, layoutOf, paneRect, panesOf } from './layout.js';
import { watchingEngine, watchingImages, watchingNetworks, watchingVolumes } from './read-only.js';
import { shellOf } from './reducers/view.js';
import { selectedContainer } from './rows.js';
import type { Sources } from './sources.js';
import type { State, TabId } from './state.js';

/** Between the first sample and the second, ms. */
const FIRST_INTERVAL_MS = 300;
/** How often what was removed and kept long enough is cleared away, ms. */
const EMPTY_EVERY_MS = 60_000;

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

/** The ports of a dashboard that changes nothing. */
const watching = (ports: Ports): Ports => ({
  ...ports,
  engine: watchingEngine(ports.engine),
  images: watchingImages(imageVerbs(ports)),
  networks: watchingNetworks(networkVerbs(ports)),
  volumes: watchingVolumes(volumeVerbs(ports)),
});

export class Effects {
  readonly shells: Shells;
  readonly logs: LogPane;
  private readonly ports: Ports;
  private readonly past: Past;
  private readonly listing: Listing;
  private readonly creating: Creating;
  private readonly lookedAt: LookedAt;
  private readonly doers: Doers<Effect['type']>;
  private readonly images: Images;
  private readonly jobs: Jobs;
  private readonly networks: Networks;
  private readonly volumes: Volumes;
  private guard: GuardDuty | undefined;
  private readonly stopping = new AbortController();
  private readonly undo: (() => void)[] = [];

  constructor(
    ports: Ports,
    private readonly terminal: TerminalPort,
    private readonly guardFile?: GuardFile,
  ) {
    this.ports = ports.state().readOnly ? watching(ports) : ports;
    this.shells = new Shells(this.ports);
    this.past = new Past(ports);
    this.logs = new LogPane(this.ports);
    this.listing = new Listing(this.ports);
    this.creating = new Creating(this.ports, this.listing, this.shells);
    const images = imageVerbs(this.ports);
    this.images = new Images(this.ports, this.listing, images);
    this.jobs = new Jobs(this.ports, images);
    const networks = networkVerbs(this.ports);
    this.networks = new Networks(this.ports, this.listing, networks);
    this.volumes = new Volumes(this.ports, this.listing, volumeVerbs(this.ports));
    this.lookedAt = new LookedAt(this.ports, networks);
    this.doers = {
      ...new Acts(this.ports, this.listing, images, networks).doers,
      ...this.creating.doers,
      ...this.images.doers,
      ...this.jobs.doers,
      ...this.networks.doers,
      ...this.volumes.doers,
      ...this.shells.doers,
      ...this.logs.doers,
      ...this.own,
    };
  }

  get sources(): Sources {
    return {
      readings: this.past.present,
      at: (moment) => this.past.at(moment),
      processesAt: (id, moment) => this.past.processes(id, moment),
      logs: this.logs.view,
      terminal: (number) => this.shells.pane(number),
      build: (number) => this.jobs.lines(number),
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
      engine.watch(() => this.listing.changed()),
    );
    const disk = diskBelow(engine.root);
    const ioWeights = disk !== undefined && weightsWork(disk);
    await this.listing.now();
    dispatch({ type: 'engine-open', root: engine.root, disk, ioWeights, notes: [] });
    sampler.start();
    // Rates need two samples: the second is taken soon, so that the first screen has numbers.
    const soon = setTimeout(() => sampler.sample(), FIRST_INTERVAL_MS);
    this.undo.push(() => clearTimeout(soon));
    void this.listing.watchEvents(this.stopping.signal);
    void sampler.facts().then(
      (facts) => dispatch({ type: 'facts', facts }),
      () => undefined,
    );
    this.beginGuard();
    // Putting right what a crash left starts containers again: who only watches leaves that to others.
    if (this.ports.state().readOnly) return;
    void lookBack(this.ports, this.stopping.signal);
    await this.listing.putRight();
    this.emptyNowAndThen();
    void engine.warm().catch((error: unknown) => tell(this.ports, error));
  }

  private beginGuard(): void {
    if (this.guardFile === undefined) return;
    const guard = new GuardDuty(this.ports, this.guardFile);
    this.guard = guard;
    this.undo.push(this.ports.sampler.onSample((at) => void guard.observe(at)));
  }

  private emptyNowAndThen(): void {
    const timer = setInterval(() => {
      void this.ports.engine.emptyRemoved('overdue').catch((error: unknown) => tell(this.ports, error));
    }, EMPTY_EVERY_MS);
    timer.unref();
    this.undo.push(() => clearInterval(timer));
  }

  /** What the guard holds is given back first: it takes the engine. */
  async close(): Promise<void> {
    await this.guard?.end();
    await this.creating.close();
    await this.jobs.close();
    this.stopping.abort();
    for (const undo of this.undo) undo();
    this.logs.close();
    this.shells.closeAll();
    this.ports.sampler.close();
    this.ports.engine.close();
  }

  run(effect: Effect): void {
    // The table has for each type a function that takes that very type: the compiler saw to it where the table was joined.
    const carryOut = this.doers[effect.type] as (effect: Effect) => void;
    carryOut(effect);
  }

  /** What is done with the terminal, with the config file and by the guard. */
  private get own(): Doers<'arm-guard' | 'copy' | 'save-settings' | 'redraw' | 'quit'> {
    return {
      'arm-guard': ({ armed }) => void this.guard?.arm(armed),
      copy: (effect) => this.terminal.copy(effect.what === 'text' ? effect.text : this.logs.shownText()),
      'save-settings': ({ settings }) => {
        if (this.ports.config) void this.ports.config.save(settings);
        else this.ports.dispatch({ type: 'notice', kind: 'warning', text: 'There is no config file to save to.' });
      },
      redraw: () => this.terminal.redraw(),
      quit: () => this.terminal.quit(),
    };
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
    this.images.follow(state);
    this.networks.follow(state);
    this.volumes.follow(state);
    const tab = state.view.page === 'overview' && layoutOf(state).tabs !== undefined ? state.view.tab : undefined;
    this.logs.follow(before, state, tab !== undefined && panesOf(state).some((pane) => pane.tab === 'logs'));
    this.shells.giveKeys(typingIn(state));
    this.lookedAt.follow(tab, selectedContainer(state), state.now);
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
}
