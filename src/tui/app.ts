// The loop and nothing else: events become actions, actions become states, states become frames.
//
//   terminal ─► input ─► reduce(state, action) ─► state ─► paint        effects ─► engine, sampler, shells ─► actions ─► reduce
//
// The first frame is painted before the engine has answered anything, so that a person sees at once that something is there.
import type { Engine } from '../engine/index.js';
import type { Sampler } from '../metrics/index.js';
import type { Action, Effect } from './actions.js';
import { appearanceFor, detectAppearance, isSameAppearance, lookOf, type Appearance } from './appearance.js';
import { DEFAULT_SETTINGS, type LoadedConfig, type Settings } from './config/index.js';
import { Effects } from './effects.js';
import { ConfigFile } from './effects/config-file.js';
import { failureOf } from './effects/failure.js';
import type { GuardFile } from './effects/guard.js';
import type { PastPort } from './effects/past.js';
import type { ImagesPort } from './images/port.js';
import type { NetworksPort } from './networks/port.js';
import type { VolumesPort } from './volumes/port.js';
import { paintDashboard } from './panels/dashboard.js';
import { Pointer } from './pointer.js';
import { reduce } from './reduce.js';
import { shownAppearance } from './reducers/palette.js';
import { withProblemsTold } from './reducers/settings.js';
import { shellOf } from './reducers/view.js';
import { openScreen, type Canvas, type Hit, type Screen, type ScreenEvent } from './screen/index.js';
import { NO_SOURCES } from './sources.js';
import { initialState } from './state/initial.js';
import { type State } from './state.js';
import { loadLineChart } from './widgets/index.js';

/** The clock in the state goes on even where samples come more seldom, ms. */
const TICK_MS = 1000;

export interface DashboardOptions {
  /** Called once the first frame is on the screen. */
  readonly open: () => Promise<{
    readonly engine: Engine;
    readonly sampler: Sampler;
    readonly past?: PastPort;
    readonly images?: ImagesPort;
    readonly networks?: NetworksPort;
    readonly volumes?: VolumesPort;
  }>;
  readonly input: NodeJS.ReadStream & { fd: 0 };
  readonly output: NodeJS.WriteStream & { fd: 1 };
  readonly env: NodeJS.ProcessEnv;
  /** What the config file says, and where it lies; without one nothing is read and nothing can be saved. */
  readonly config?: LoadedConfig;
  /** Settings of the command line, which come before the file. */
  readonly flags?: Partial<Settings>;
  /** Nothing can be changed from this dashboard. */
  readonly readOnly?: boolean;
  /** rules that it may act by, once it is armed */
  readonly guard?: GuardFile;
  /** The demo is started as soon as the engine is open. */
  readonly demo?: boolean;
  readonly clock?: { now(): number };
}

/** Runs until the person leaves. Containers run on. */
export function runDashboard(options: DashboardOptions): Promise<void> {
  return new Promise((resolve) => {
    new Dashboard(options, resolve).start();
  });
}

class Dashboard {
  private readonly screen: Screen;
  private readonly clock: { now(): number };
  private state: State;
  private effects: Effects | undefined;
  private readonly configFile: ConfigFile | undefined;
  private ticker: NodeJS.Timeout | undefined;
  private readonly pointer: Pointer;
  private canvas: Canvas | undefined;
  /** the look of the last frame */
  private shown: Appearance;
  private isClosed = false;

  constructor(
    private readonly options: DashboardOptions,
    private readonly done: () => void,
  ) {
    this.clock = options.clock ?? { now: () => Date.now() };
    const detected = detectAppearance(options.env);
    const settings = { ...(options.config?.settings ?? DEFAULT_SETTINGS), ...options.flags };
    if (options.config) this.configFile = new ConfigFile(options.config.path, { dispatch: (a) => this.dispatch(a) });
    this.screen = openScreen({
      input: options.input,
      output: options.output,
      look: lookOf(appearanceFor(settings, detected)),
      mouse: settings.mouse,
      paint: (canvas) => this.paint(canvas),
      onEvent: (event, hit) => this.onEvent(event, hit),
    });
    this.pointer = new Pointer({
      clock: this.clock,
      dispatch: (action) => this.dispatch(action),
      state: () => this.state,
      canvas: () => this.canvas,
      shells: () => this.effects?.shells,
      copy: (text) => this.copy(text),
      invalidate: () => this.screen.invalidate(),
    });
    const { width, height } = this.screen;
    this.state = initialState({
      now: this.clock.now(),
      size: { columns: width, rows: height },
      readOnly: options.readOnly ?? false,
      appearance: detected,
      ...(options.config ? { saved: options.config.settings, configProblems: options.config.problems } : {}),
      ...(options.flags ? { flags: options.flags } : {}),
    });
    this.state = withProblemsTold(this.state);
    this.shown = this.state.appearance;
  }

  start(): void {
    this.screen.invalidate();
    this.ticker = setInterval(() => this.tick(), TICK_MS);
    // Two turns of the loop: the first frame is out before anything heavy is loaded.
    setTimeout(() => void this.open(), 20);
  }

  private async open(): Promise<void> {
    const { done: _done, options } = this;
    try {
      const { engine, sampler, past, images, networks, volumes } = await options.open();
      if (this.isClosed) {
        engine.close();
        sampler.close();
        return;
      }
      const effects = new Effects(
        {
          engine,
          sampler,
          ...(past === undefined ? {} : { past }),
          ...(images === undefined ? {} : { images }),
          ...(networks === undefined ? {} : { networks }),
          ...(volumes === undefined ? {} : { volumes }),
          clock: this.clock,
          ...(this.configFile ? { config: this.configFile } : {}),
          dispatch: (action) => this.dispatch(action),
          state: () => this.state,
          invalidate: () => this.screen.invalidate(),
        },
        { copy: (text) => void this.copy(text), redraw: () => this.screen.redraw(), quit: () => this.close() },
        options.guard,
      );
      this.effects = effects;
      await effects.start();
      if (options.demo === true) this.dispatch({ type: 'command', command: 'demo' });
    } catch (error) {
      this.dispatch({ type: 'engine-failed', failure: failureOf(error) });
    }
    await loadLineChart();
    this.screen.invalidate();
    await this.configFile?.watch();
  }

  private dispatch(action: Action): void {
    if (this.isClosed) return;
    const before = this.state;
    const { state, effects } = reduce(before, action);
    this.state = state;
    for (const effect of effects) this.run(effect);
    this.effects?.follow(before, this.state);
    const shown = shownAppearance(this.state);
    if (!isSameAppearance(shown, this.shown)) this.screen.look = lookOf(shown);
    this.shown = shown;
    this.screen.takeMouse(this.state.settings.mouse);
    if (this.state !== before) this.screen.invalidate();
  }

  private run(effect: Effect): void {
    if (this.effects) this.effects.run(effect);
    else if (effect.type === 'quit') this.close();
    else this.dispatch({ type: 'refused', failure: { message: 'The engine is not open yet' } });
  }

  private tick(): void {
    const now = this.clock.now();
    if (now - this.state.now >= TICK_MS) this.dispatch({ type: 'tick', now });
  }

  private paint(canvas: Canvas): void {
    paintDashboard(canvas, this.state, this.effects?.sources ?? NO_SOURCES);
    this.canvas = canvas;
    this.pointer.paint(canvas);
    this.screen.trackMotion(this.effects?.shells.wantsMotion ?? false);
  }

  private onEvent(event: ScreenEvent, hit: Hit | undefined): void {
    switch (event.type) {
      case 'key':
      case 'paste': {
        this.pointer.forgetSelection();
        this.dispatch({ type: 'input', event });
        return;
      }
      case 'resize': {
        this.pointer.forgetSelection();
        this.dispatch({ type: 'resized', size: { columns: event.width, rows: event.height } });
        return;
      }
      case 'mouse': {
        this.pointer.on(event, hit);
        return;
      }
      case 'focus': {
        const shell = shellOf(this.state);
        if (shell) this.effects?.shells.pane(shell.number)?.focus(event.focused);
        return;
      }
      case 'reply':
        return;
    }
  }

  private copy(text: string): boolean {
    const isCopied = this.screen.copy(text);
    if (!isCopied)
      this.dispatch({
        type: 'notice',
        kind: 'warning',
        text: 'This is more than a terminal takes to its clipboard: nothing was copied.',
      });
    return isCopied;
  }

  private close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.ticker);
    this.configFile?.close();
    this.screen.close();
    const closed = this.effects?.close() ?? Promise.resolve();
    void closed.catch(() => undefined).then(() => this.done());
  }
}
