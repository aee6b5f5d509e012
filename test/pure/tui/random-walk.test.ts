// Whatever is typed, clicked and dragged, in whatever order and at whatever size, while containers come and go: the dashboard
// stands, every frame of it can be painted, and nobody is touched who was not meant.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Finding } from '../../../src/metrics/index.js';
import { readConfig } from '../../../src/tui/config/read.js';
import { BINDINGS, contextsOf, type Binding, type Context } from '../../../src/tui/keymap.js';
import { InputParser } from '../../../src/tui/screen/index.js';
import { loadLineChart } from '../../../src/tui/widgets/index.js';
import { chance, rounds, type Chance } from '../../support/chance.js';
import { Desk } from '../../support/desk.js';
import { keyBytes } from '../../support/key-bytes.js';
import { assertReadable, assertStands } from '../../support/standing.js';
import { idsIn, mayTouch, meant, namedInPalette, watchActs } from '../../support/touched.js';

const STEPS = rounds(600, 50_000);
/** A machine of its own for each stretch, so that all kinds of them are walked over. */
const STRETCH = 500;

const bindings = BINDINGS as readonly Binding[];
const KEYS = [...new Set(bindings.flatMap((binding) => binding.keys))];
const TEXTS = [
  'a',
  'Z',
  '0',
  '!',
  'é',
  '漢',
  '€',
  '48m',
  'x y',
  '0.5',
  'web',
  're:(',
  '5m',
  '@14:02',
  '\u202e',
  'ctrl-g',
];
/** What dialogs, menus and lines that are typed listen to. */
const DIALOG_KEYS = [
  ...['enter', 'enter', 'escape', 'tab', 'shift-tab', 'up', 'down', 'left', 'right', 'space', 'backspace'],
  ...['x', 'q', 'h', 'c', 'r', 'y', 'home', 'end', 'pagedown', 'ctrl-z'],
];
const SIZES: readonly (readonly [number, number])[] = [
  [120, 36],
  [80, 24],
  [200, 60],
  [60, 10],
  [100, 30],
  [81, 25],
  [79, 24],
  [300, 24],
  [80, 90],
  [3, 2],
  [1, 1],
];
const CONFIGS = [
  '',
  'theme: high-contrast\nglyphs: block\n',
  'theme: nrod\n',
  'confirm:\n  kill: false\n  remove: false\n  prune: false\n  close-shell: false\n',
  'sort: name\ndescending: false\ngroup: false\nshow-stopped: false\n',
  'columns: [name, cpu]\n',
  'glyphs: ascii\ncolours: 16\n',
  'escape-key: ctrl-g\n',
  'keys:\n  stop: [X]\n  remove: []\n',
  'keys: [\n',
];

const keysOf = (contexts: readonly Context[]): readonly string[] =>
  bindings.filter((binding) => contexts.includes(binding.in)).flatMap(({ keys }) => keys);

/** One walk over one machine. */
class Walk {
  readonly said: string[] = [];
  private readonly acts: ReturnType<typeof watchActs>;
  private findings: readonly Finding[] = [];

  constructor(
    private readonly desk: Desk,
    private readonly by: Chance,
  ) {
    this.acts = watchActs(desk);
    this.findings = desk.world.sampler.findings();
    desk.world.sampler.findings = () => this.findings;
    // What is typed into a form must not reach the disk of this machine.
    const run = desk.effects.run.bind(desk.effects);
    desk.effects.run = (effect) => {
      if (effect.type !== 'export-logs') run(effect);
      else desk.dispatch({ type: 'exported', path: effect.path, lines: 3, bytes: 200 });
    };
  }

  async step(): Promise<void> {
    const { by, desk } = this;
    const kind = by.below(100);
    if (kind < 62) await this.key();
    else if (kind < 65) await this.feed('paste', '\x1b[200~pasted\nlines \x1b]52;c;aGk=\x07\x1b[201~');
    else if (kind < 86) await this.mouse();
    else if (kind < 89) this.resize();
    else if (kind < 94) await this.wait();
    else if (kind < 97) await this.others();
    else if (kind < 99) this.judge();
    else this.configure();
    await desk.settle();
    assertStands(desk.state);
    assertReadable(desk.paint());
  }

  private async key(): Promise<void> {
    const { by, desk } = this;
    const { overlay, table, logs, images, jobs } = desk.state;
    const typed = [table.filter, logs.search, logs.filter, images.filter, jobs.search];
    const isDialog = overlay !== undefined || typed.some(({ editing }) => editing);
    const own = isDialog ? DIALOG_KEYS : keysOf(contextsOf(desk.state));
    const dice = by.below(10);
    const key = by.pick(dice < 7 ? own : dice < 9 ? KEYS : TEXTS);
    await this.feed(key, keyBytes(key));
  }

  /** Somewhere on the screen, more often where a press means something. */
  private place(): readonly [number, number] {
    const { by, desk } = this;
    const { columns, rows } = desk.state.size;
    const canvas = desk.paint();
    let at: readonly [number, number] = [by.below(columns), by.below(rows)];
    for (let tries = by.below(8); tries > 0 && canvas.hit(...at) === undefined; tries--)
      at = [by.below(columns), by.below(rows)];
    return at;
  }

  private async mouse(): Promise<void> {
    const { by } = this;
    const [x, y] = this.place();
    const report = (code: number, [column, row]: readonly [number, number], released = false): string =>
      `\x1b[<${code};${column + 1};${row + 1}${released ? 'm' : 'M'}`;
    const press = report(0, [x, y]);
    const release = report(0, [x, y], true);
    switch (by.below(6)) {
      case 0:
        return this.feed(`wheel at ${x},${y}`, report(by.pick([64, 65, 66, 67]), [x, y]));
      case 1:
        return this.feed(`double click at ${x},${y}`, press + release + press + release);
      case 2: {
        const to = this.place();
        return this.feed(`drag ${x},${y} to ${to.join()}`, press + report(32, [x + 1, y]) + report(32, to) + report(0, to, true)); // prettier-ignore
      }
      case 3:
        // A button that is never let go, another button, a place that is not on the screen.
        return this.feed(`odd press at ${x},${y}`, by.pick([press, report(2, [x, y]), report(1, [x, y]), report(0, [900, 900])])); // prettier-ignore
      default:
        return this.feed(`click at ${x},${y}`, press + release);
    }
  }

  private resize(): void {
    const size = this.by.pick(SIZES);
    this.said.push(`resize to ${size.join('x')}`);
    this.desk.resize(...size);
  }

  private async wait(): Promise<void> {
    const ms = this.by.pick([1000, 1000, 5000, 70_000, 700_000]);
    this.said.push(`${ms} ms`);
    this.desk.world.advance(ms);
    await this.desk.settle();
  }

  /** Somebody else does something to a container. */
  private async others(): Promise<void> {
    const { by, desk, acts } = this;
    const { list } = desk.state.containers;
    const ref = list.length === 0 ? '' : by.pick(list).id;
    const what = by.pick(['create', 'create', 'remove', 'remove', 'stop', 'start', 'pause', 'rename'] as const);
    this.said.push(`somebody does ${what} to ${ref.slice(0, 12)}`);
    acts.byOthers((engine) => {
      if (what === 'create') {
        const name = by.pick(['demo-web', 'demo-noisy', `new-${by.below(50)}`, '\x1b[2Jevil\u202e漢字']);
        return engine.create({ name, image: 'base', ...(by.below(2) === 0 ? {} : { project: 'shop' }) });
      }
      if (ref === '') return undefined;
      return what === 'rename' ? engine.rename(ref, `other-${by.below(9)}`) : engine[what](ref);
    });
    await desk.settle();
  }

  /** Findings come, change and are over; some are of somebody who is gone. */
  private judge(): void {
    const { by, desk } = this;
    const ids = [...desk.state.containers.list.map(({ id }) => id), 'f'.repeat(64), 'host'];
    this.findings = Array.from({ length: by.below(4) }, (): Finding => {
      const victim = by.pick(ids);
      const resource = by.pick(['cpu', 'memory', 'io'] as const);
      const byOwnLimit = by.below(4) === 0;
      return {
        key: `${victim} ${resource}`,
        victim,
        resource,
        symptom: byOwnLimit ? 'throttled' : 'waits',
        percent: by.below(101),
        usualPercent: by.below(5),
        since: desk.state.now - by.below(100_000),
        byOwnLimit,
        suspects: byOwnLimit ? [] : Array.from({ length: by.below(3) }, () => ({ id: by.pick(ids), share: by.next(), of: 'writes', rate: by.below(1e8), rose: true })), // prettier-ignore
        confidence: by.next(),
        evidence: [{ target: victim, series: 'pressure.io.some' }],
      };
    });
    this.said.push(`${this.findings.length} findings`);
    desk.world.advance(1000);
  }

  private configure(): void {
    const text = this.by.pick(CONFIGS);
    const { settings, problems } = readConfig(text);
    this.said.push(`config ${JSON.stringify(text)}`);
    this.desk.dispatch({ type: 'configured', settings, problems: problems.map((problem) => problem.text) });
  }

  /** Bytes of the terminal, event by event; after each it is looked at whom it touched. */
  private async feed(what: string, bytes: string): Promise<void> {
    const { desk, acts } = this;
    this.said.push(what);
    const parser = new InputParser();
    for (const event of [...parser.feed(Buffer.from(bytes)), ...parser.flush()]) {
      const state = desk.state;
      acts.touches.length = 0;
      if (event.type === 'key' || event.type === 'paste') desk.input(event);
      else if (event.type === 'mouse') await desk.mouse(event);
      await desk.settle();
      const named = namedInPalette(state, desk.state);
      for (const { act, id } of acts.touches) {
        // One that was made by this very key is started by it.
        const may = state.containers.byId.has(id) || act === 'restore' ? [...mayTouch(state, act), ...named] : [id];
        assert.ok(may.includes(id), `${act} of ${id.slice(0, 12)}, which was neither marked nor selected nor named`);
      }
      this.assertNames(state);
    }
  }

  /** What asks before it does something asks about those who were meant, and names them. */
  private assertNames(before: Desk['state']): void {
    const { overlay, containers } = this.desk.state;
    if (overlay?.kind !== 'question' || before.overlay?.kind === 'question') return;
    const ids = idsIn(overlay.answers.flatMap(({ effects }) => effects));
    const who = [...meant(before), ...namedInPalette(before, this.desk.state)];
    for (const id of ids) {
      assert.ok(who.includes(id), `“${overlay.title}” is about ${id.slice(0, 12)}, which was not meant`);
      const name = containers.byId.get(id)?.config.name ?? id;
      assert.ok(ids.length > 3 || overlay.title.includes(name), `“${overlay.title}” does not name ${name}`);
    }
  }
}

describe('a walk over everything', () => {
  before(async () => {
    await loadLineChart();
    // The emulator of shells is loaded once; from then on a shell is open as soon as it was asked for.
    const desk = await Desk.open();
    await desk.type('e');
    while (desk.state.shells.list[0]?.status !== 'open') await desk.settle();
    desk.close();
  });

  it('knows the bytes of every key', () => {
    for (const key of KEYS) {
      const parser = new InputParser();
      const events = [...parser.feed(Buffer.from(keyBytes(key))), ...parser.flush()];
      assert.deepEqual(events.map((event) => (event.type === 'key' ? event.key : event.type)), [key]); // prettier-ignore
    }
  });

  const seed = chance().seed;
  it(`stands for ${STEPS} steps (replay with TEST_SEED=${seed})`, async () => {
    for (let first = 0; first < STEPS; first += STRETCH) {
      const by = chance(seed + first);
      const crowd = by.pick(['usual', 'usual', 'usual', 'nothing', 60] as const);
      const desk = await Desk.open({ seed, readOnly: by.below(10) === 0, ...(crowd === 'usual' ? {} : { crowd }) });
      const walk = new Walk(desk, by);
      let step = first;
      try {
        for (; step < Math.min(STEPS, first + STRETCH); step++) await walk.step();
      } catch (error) {
        console.error(`TEST_SEED=${seed}, step ${step}; the last: ${walk.said.slice(-12).join(' | ')}\n${desk.text()}`);
        throw error;
      } finally {
        desk.close();
      }
    }
  });
});
