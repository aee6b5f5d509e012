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
import { Effects, typingIn } from './effects.js';
import { ConfigFile } from './effects/config-file.js';
import { failureOf } from './effects/failure.js';
import type { GuardFile } from './effects/guard.js';
import type { PastPort } from './effects/past.js';
import { paintDashboard } from './panels/dashboard.js';
import { plural } from './present/units.js';
import { reduce } from './reduce.js';
import { shownAppearance } from './reducers/palette.js';
import { withProblemsTold } from './reducers/settings.js';
import { shellOf } from './reducers/view.js';
import {
  extended,
  openScreen,
  paintCellSelection,
  selectedText,
  truncate,
  type Canvas,
  type CellSelection,
  type Hit,
  type MouseEvent,
  type Rect,
  type Screen,
  type ScreenEvent,
} from './screen/index.js';
import { NO_SOURCES } from './sources.js';
import { initialState } from './state/initial.js';
import { type State } from './state.js';
import { loadLineChart } from './widgets/index.js';

/** Two presses on one place within this are a double click, ms. */
const DOUBLE_CLICK_MS = 400;
const WHEEL_LINES = 3;
/** The clock in the state goes on even where samples come more seldom, ms. */
const TICK_MS = 1000;

export interface DashboardOptions {
  /** Called once the first frame is on the screen. */
  readonly open: () => Promise<{ readonly engine: Engine; readonly sampler: Sampler; readonly past?: PastPort }>;
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
  /** Where a press inside a shell began, until the button is let go. */
  private dragIn: { readonly number: number; readonly rect: Rect } | undefined;
  /** The border that is being dragged. */
  private border: 'table' | number | undefined;
  /** Text that is being selected, or was selected last: a key or a press forgets it. */
  private selection: CellSelection | undefined;
  private isSelecting = false;
  private canvas: Canvas | undefined;
  private lastPress = { at: -Infinity, x: -1, y: -1 };
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
      const { engine, sampler, past } = await options.open();
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
    if (this.selection && (this.isSelecting || this.selection.head !== this.selection.anchor))
      paintCellSelection(canvas, this.selection);
    this.screen.trackMotion(this.effects?.shells.wantsMotion ?? false);
  }

  private onEvent(event: ScreenEvent, hit: Hit | undefined): void {
    switch (event.type) {
      case 'key':
      case 'paste': {
        this.forgetSelection();
        this.dispatch({ type: 'input', event });
        return;
      }
      case 'resize': {
        this.forgetSelection();
        this.dispatch({ type: 'resized', size: { columns: event.width, rows: event.height } });
        return;
      }
      case 'mouse': {
        this.onMouse(event, hit);
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

  private onMouse(event: MouseEvent, hit: Hit | undefined): void {
    if (this.dragBorder(event, hit) || this.mouseToShell(event, hit)) return;
    this.selectText(event);
    if (event.action === 'wheel-up' || event.action === 'wheel-down') {
      const lines = event.action === 'wheel-up' ? -WHEEL_LINES : WHEEL_LINES;
      this.dispatch({ type: 'wheel', spot: hit?.target, lines });
      return;
    }
    if (event.action !== 'press' || event.button !== 'left' || !hit) return;
    const now = this.clock.now();
    const { at, x, y } = this.lastPress;
    const double = now - at < DOUBLE_CLICK_MS && x === event.x && y === event.y;
    this.lastPress = { at: double ? -Infinity : now, x: event.x, y: event.y };
    this.dispatch({ type: 'click', spot: hit.target, double });
  }

  /** Text that the mouse is drawn over with the button held is selected, and copied when the button is let go, as in a shell. */
  private selectText({ action, button, x, y }: MouseEvent): void {
    if (action === 'press') {
      this.forgetSelection();
      const rect = button === 'left' ? this.canvas?.regionOf('text', x, y) : undefined;
      const at = { x, y };
      this.selection = rect && { rect, anchor: at, head: at };
      return;
    }
    if (action.startsWith('wheel')) this.forgetSelection();
    const { selection } = this;
    if (!selection || (action !== 'drag' && !(action === 'release' && this.isSelecting))) return;
    if (action === 'drag') {
      // What is read holds still.
      const { view, logs } = this.state;
      if (!this.isSelecting && view.tab === 'logs' && logs.viewer.follow)
        this.dispatch({ type: 'command', command: 'follow' });
      this.isSelecting = true;
      this.selection = extended(selection, x, y);
      this.screen.invalidate();
      return;
    }
    this.isSelecting = false;
    const text = this.canvas === undefined ? '' : selectedText(this.canvas, selection);
    if (text.trim() !== '') this.copySelected(text);
  }

  private forgetSelection(): void {
    if (this.isSelecting || this.selection) this.screen.invalidate();
    this.selection = undefined;
    this.isSelecting = false;
  }

  private copySelected(text: string): void {
    if (!this.copy(text)) return;
    const lines = text.split('\n').length;
    const what = lines > 1 ? plural(lines, 'line') : `“${truncate(text.trim(), 40)}”`;
    this.dispatch({ type: 'notice', kind: 'info', text: `Copied ${what}.` });
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

  /** A border that was pressed follows the mouse until the button is let go. */
  private dragBorder(event: MouseEvent, hit: Hit | undefined): boolean {
    if (event.action === 'press' && event.button === 'left' && hit?.target.kind === 'border')
      this.border = hit.target.id === 'table' ? 'table' : hit.target.index;
    const { border } = this;
    if (border === undefined) return false;
    if (event.action === 'drag') this.dispatch({ type: 'drag', border, x: event.x, y: event.y });
    if (event.action === 'release') this.border = undefined;
    return true;
  }

  /**
   * Inside a shell that has the keys the mouse is its own too, and what began there by a press ends there. The wheel looks
   * back in it whoever has the keys.
   *
   * @returns whether it was the shell's
   */
  private mouseToShell(event: MouseEvent, hit: Hit | undefined): boolean {
    const inside = hit?.target.kind === 'terminal' ? hit : undefined;
    const isWheel = event.action === 'wheel-up' || event.action === 'wheel-down';
    const typing = typingIn(this.state);
    // Of several shells side by side only the one with the keys gets the mouse; a press in another gives it the keys.
    const under = inside && (isWheel || inside.target.index === typing) ? inside : undefined;
    const begun = this.dragIn;
    if (event.action === 'release') this.dragIn = undefined;
    const place = begun ?? (under && { number: under.target.index!, rect: under.rect });
    if (place === undefined || (!isWheel && place.number !== typing)) return false;
    if (event.action === 'press') this.dragIn = place;
    const { number, rect } = place;
    const selected = this.effects?.shells.mouse(number, event, event.x - rect.x, event.y - rect.y);
    if (selected !== undefined) this.copySelected(selected);
    return true;
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
