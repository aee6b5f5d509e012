// The dashboard without a terminal: the same reducer, effects and panels as the program, on the made-up machine of
// demo-world.ts, painted on a canvas of its own. What is typed goes through the real input parser.
import type { Sample } from '../../src/metrics/index.js';
import type { Action } from '../../src/tui/actions.js';
import { lookOf, type Appearance } from '../../src/tui/appearance.js';
import type { Settings } from '../../src/tui/config/index.js';
import { Effects } from '../../src/tui/effects.js';
import type { GuardFile } from '../../src/tui/effects/guard.js';
import type { CommandName } from '../../src/tui/keymap.js';
import { paintDashboard } from '../../src/tui/panels/dashboard.js';
import { saidNow } from '../../src/tui/panels/notice.js';
import { shownAppearance } from '../../src/tui/reducers/palette.js';
import { reduce } from '../../src/tui/reduce.js';
import { Pointer } from '../../src/tui/pointer.js';
import {
  Canvas,
  InputParser,
  type Hit,
  type KeyEvent,
  type MouseEvent,
  type PasteEvent,
} from '../../src/tui/screen/index.js';
import { initialState } from '../../src/tui/state/initial.js';
import { type State } from '../../src/tui/state.js';
import { keyBytes } from './key-bytes.js';
import { demoWorld, type DemoOptions, type DemoWorld } from './demo-world.js';

export interface DeskOptions extends DemoOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly ascii?: boolean;
  readonly readOnly?: boolean;
  readonly guard?: GuardFile;
  readonly choice?: Partial<Appearance>;
  readonly flags?: Partial<Settings>;
}

export class Desk {
  readonly world: DemoWorld;
  readonly copied: string[] = [];
  hasLeft = false;
  state: State;
  readonly effects: Effects;
  private readonly pointer: Pointer;
  private painted: Canvas | undefined;

  private constructor(options: DeskOptions) {
    this.world = demoWorld(options);
    const { columns = 120, rows = 36, ascii = false, choice, flags, readOnly = false } = options;
    this.state = initialState({
      now: this.world.clock.now(),
      size: { columns, rows },
      readOnly,
      ...(flags ? { flags } : {}),
      appearance: { theme: 'dark', colours: 256, glyphs: ascii ? 'ascii' : 'braille', ...choice },
    });
    this.effects = new Effects(
      {
        engine: this.world.engine,
        sampler: this.world.sampler,
        images: this.world.images,
        networks: this.world.networks,
        volumes: this.world.volumes,
        clock: this.world.clock,
        dispatch: (action) => this.dispatch(action),
        state: () => this.state,
        invalidate: () => undefined,
      },
      {
        copy: (text) => void this.copied.push(text),
        redraw: () => undefined,
        quit: () => {
          this.hasLeft = true;
        },
      },
      options.guard,
    );
    this.pointer = new Pointer({
      clock: this.world.clock,
      dispatch: (action) => this.dispatch(action),
      state: () => this.state,
      canvas: () => this.painted,
      shells: () => this.effects.shells,
      copy: (text) => this.copied.push(text) > 0,
      invalidate: () => undefined,
    });
  }

  static async open(options: DeskOptions = {}): Promise<Desk> {
    const desk = new Desk(options);
    await desk.effects.start();
    desk.world.sampler.sample();
    await desk.settle();
    return desk;
  }

  /** A desk for as long as the work takes. */
  static async with(options: DeskOptions, work: (desk: Desk) => Promise<void>): Promise<void> {
    const desk = await Desk.open(options);
    try {
      await work(desk);
    } finally {
      desk.close();
    }
  }

  dispatch(action: Action): void {
    const before = this.state;
    const { state, effects } = reduce(before, action);
    this.state = state;
    for (const effect of effects) this.effects.run(effect);
    this.effects.follow(before, this.state);
  }

  /** Names of keys ('enter', 'ctrl-]') and text; each after the other, and what comes of each is waited for. */
  async type(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const parser = new InputParser();
      const events = [...parser.feed(Buffer.from(keyBytes(key))), ...parser.flush()];
      for (const event of events) if (event.type === 'key' || event.type === 'paste') this.input(event);
      await this.settle();
    }
  }

  /** What the input parser made of a key or a paste. */
  input(event: KeyEvent | PasteEvent): void {
    this.pointer.forgetSelection();
    this.dispatch({ type: 'input', event });
  }

  async run(command: CommandName): Promise<void> {
    this.dispatch({ type: 'command', command });
    await this.settle();
  }

  /** Clicks the first place where `text` stands. */
  async click(text: string, double = false): Promise<void> {
    const hit = this.hit(text);
    if (!hit) throw new Error(`there is nothing to click at “${text}”\n${this.text()}`);
    this.dispatch({ type: 'click', spot: hit.target, double });
    await this.settle();
  }

  /** Turns the wheel over the first place where `text` stands. */
  wheel(text: string, lines: number): void {
    this.dispatch({ type: 'wheel', spot: this.hit(text)?.target, lines });
  }

  private hit(text: string): Hit | undefined {
    const canvas = this.paint();
    const rows = canvas.textIn().split('\n');
    const y = rows.findIndex((row) => row.includes(text));
    if (y < 0) throw new Error(`“${text}” is not to be seen\n${rows.join('\n')}`);
    return canvas.hit(rows[y]!.indexOf(text), y);
  }

  /** The mouse at a place of the frame that was painted last, as the program takes it. */
  async mouse(event: MouseEvent): Promise<void> {
    this.pointer.on(event, (this.painted ?? this.paint()).hit(event.x, event.y));
    await this.settle();
  }

  /** Lets made-up time pass, a sample each second. */
  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1000) this.world.advance(Math.min(1000, ms - passed));
    await this.settle();
  }

  resize(columns: number, rows: number): void {
    this.dispatch({ type: 'resized', size: { columns, rows } });
  }

  paint(): Canvas {
    const { columns, rows } = this.state.size;
    const canvas = Canvas.blank(columns, rows, lookOf(shownAppearance(this.state)));
    paintDashboard(canvas, this.state, this.effects.sources);
    this.pointer.paint(canvas);
    this.painted = canvas;
    return canvas;
  }

  text(): string {
    return this.paint().textIn();
  }

  /** What was measured last of a container. */
  sample(name: string): Sample {
    const container = this.state.containers.list.find(({ config }) => config.name === name);
    const sample = this.world.sampler.latest(container?.id ?? '');
    if (!sample) throw new Error(`nothing is measured of ${name}`);
    return sample;
  }

  /** What is shown of a container at a moment of the past. */
  sampleAt(name: string, at: number): Sample {
    const container = this.state.containers.list.find(({ config }) => config.name === name);
    const sample = this.effects.sources.at(at).latest(container?.id ?? '');
    if (!sample) throw new Error(`nothing is remembered of ${name}`);
    return sample;
  }

  get calls(): readonly string[] {
    return this.world.engine.calls;
  }

  get notice(): string {
    return saidNow(this.state, this.state.now)?.text ?? '';
  }

  /** The name of the selected container, or the key of a selected project. */
  get selected(): string {
    const { selected } = this.state.table;
    return this.state.containers.byId.get(selected ?? '')?.config.name ?? selected ?? '';
  }

  close(): void {
    void this.effects.close();
  }

  /** What was asked for is answered by promises that are kept at once, or by modules loaded and emulators fed soon after. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
