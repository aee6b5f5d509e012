// Somebody who uses all of a dashboard: a list of visits, each from the table and back to it. What a visit is after is waited for
// on the screen, so that a dashboard that has stopped answering is found and not only measured.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../src/engine/index.js';
import type { Chance } from './chance.js';
import type { Emulator } from './emulator.js';
import { keyBytes } from './key-bytes.js';
import { eventually, patience } from './patience.js';

/** Nothing is waited for longer, ms: the machine may be busy with something else. */
const WAIT_MS = patience(30_000);
/** An escape is one by itself only when nothing follows it at once, ms. */
const ESCAPE_MS = 150;

export interface VisitorOptions {
  readonly screen: Emulator;
  readonly engine: Engine;
  readonly luck: Chance;
  /** between two keys, ms */
  readonly paceMs: number;
  /** containers of these names are there all the time; the first writes lines with "tick" to its log */
  readonly talker: string;
  readonly worker: string;
  /** of the whole screen, to which it comes back after every resize */
  readonly size: readonly [columns: number, rows: number];
}

export class Visitor {
  keys = 0;
  readonly #o: VisitorOptions;
  #leavers = 0;

  constructor(options: VisitorOptions) {
    this.#o = options;
  }

  /** In the order of a round. */
  readonly visits: Readonly<Record<string, () => Promise<void>>> = {
    tabs: () => this.#tabs(),
    logs: () => this.#logs(),
    'a shell': () => this.#shell(),
    'two shells side by side': () => this.#split(),
    palette: () => this.#palette(),
    pages: () => this.#pages(),
    'the past': () => this.#past(),
    resizes: () => this.#resizes(),
    dialogs: () => this.#dialogs(),
    mouse: () => this.#mouse(),
    'limits and back': () => this.#limits(),
    'pause and back': () => this.#pause(),
    'remove and back': () => this.#remove(),
  };

  async round(): Promise<void> {
    for (const visit of Object.keys(this.visits)) await this.visit(visit);
  }

  /** @throws AssertionError that names the visit, with what was on the screen */
  async visit(name: string): Promise<void> {
    try {
      await this.visits[name]!();
      await this.home();
    } catch (error) {
      throw new assert.AssertionError({ message: `${name}: ${(error as Error).message}` });
    }
    // What was written is of no use any more, and would be the memory of this process.
    this.#o.screen.output.length = 0;
  }

  /** To the table without a filter, whatever is in front (but a shell that has the keys). */
  async home(): Promise<void> {
    for (let i = 0; i < 4; i += 1) await this.#press('escape');
    await this.#press('1');
    await this.#see('⏎ open');
  }

  async #press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.keys += 1;
      this.#o.screen.type(keyBytes(key));
      await delay(key === 'escape' ? Math.max(ESCAPE_MS, this.#o.paceMs) : this.#o.paceMs);
    }
  }

  async #write(text: string): Promise<void> {
    this.keys += text.length;
    this.#o.screen.type(text);
    await delay(this.#o.paceMs);
  }

  #see(wanted: string | RegExp | (() => boolean)): Promise<void> {
    return this.#o.screen.waitFor(wanted, WAIT_MS);
  }

  /** The table shows one container alone, which is selected. */
  async #find(name: string): Promise<void> {
    await this.#write(`/${name}\r`);
    await this.#see(`/${name}├`);
    // Above it stands its project.
    await this.#press('G');
  }

  async #tabs(): Promise<void> {
    await this.#press('g');
    for (let i = this.#o.luck.below(10); i > 0; i -= 1) await this.#press('down');
    await this.#press('2', '+', '+', '-', '-', '-', '=', 'f', 'f');
    await this.#press(
      '3',
      '4',
      's',
      's',
      'down',
      '5',
      'down',
      'down',
      'enter',
      'enter',
      't',
      't',
      '6',
      'down',
      'enter',
    );
    await this.#press('escape', 'z', 'z', ']', '[');
  }

  async #logs(): Promise<void> {
    await this.#find(this.#o.talker);
    await this.#press('l');
    await this.#see('tick ');
    await this.#press('t', 't', 't', 'w', 'w', 'J', 'J', 'pageup', 'pageup', 'pagedown', 'enter', 'escape', 'f');
    await this.#write('/tick\r');
    await this.#press('n', 'N', '/', 'escape');
    await this.#write('Fre:tick \\d*[37]\r');
    await this.#press('pageup', 'G', 'F', 'escape');
    await this.#write('T5m\r');
    await this.#press('T', 'escape');
  }

  async #shell(): Promise<void> {
    await this.#find(this.#o.talker);
    await this.#openShell('e');
    await this.#write('seq 300; ls -la /etc\r');
    await this.#write('echo in-$((6*7))\r');
    await this.#see('in-42');
    if (this.#o.luck.below(2) === 0) {
      await this.#write('exit\r');
    } else {
      await this.#press('ctrl-]', 'w');
      await this.#see('close the shell in');
      await this.#press('right', 'enter');
    }
    await this.#see(() => !this.#o.screen.text().includes('⁸'));
  }

  async #split(): Promise<void> {
    await this.#find(this.#o.worker);
    await this.#openShell('e');
    await this.#press('ctrl-]');
    await this.#openShell('|');
    await this.#write('exit\r');
    await this.#see(() => !this.#o.screen.text().includes('⁹'));
    await this.#write('exit\r');
    await this.#see(() => !this.#o.screen.text().includes('⁸'));
  }

  async #openShell(key: string): Promise<void> {
    const prompts = (): number => this.#o.screen.text().match(/root@[0-9a-f]{12}:/g)?.length ?? 0;
    const before = prompts();
    await this.#press(key);
    await this.#see(() => prompts() > before);
  }

  async #palette(): Promise<void> {
    for (const word of ['grid', 'sho', this.#o.worker]) {
      await this.#write(`:${word}`);
      await this.#press('down', 'up', 'escape');
    }
    // Each theme is shown while it is selected.
    await this.#write(':themes\r');
    await this.#press('down', 'down', 'down', 'escape');
  }

  async #pages(): Promise<void> {
    await this.#press('m', 'right', 'right', 'down', '=', 'o', 'space', 'f', 'f', 'space', 'escape');
    await this.#press(
      'w',
      'left',
      'right',
      'escape',
      'I',
      'down',
      'escape',
      'v',
      'pageup',
      'pagedown',
      'escape',
      'A',
      'A',
    );
  }

  async #past(): Promise<void> {
    await this.#press('2', 'left', 'left', 'left', '<', '<', '>', ',', '.', 'D', '<', '<', 'D', 'D', '0');
    await this.#press('4', '<', '<', '0');
  }

  async #resizes(): Promise<void> {
    for (const [columns, rows] of [[120, 40], [80, 24], [60, 20], [160, 45], this.#o.size] as const) {
      this.#o.screen.resize(columns, rows);
      await this.#press('down');
    }
    await this.#press('ctrl-l');
  }

  async #dialogs(): Promise<void> {
    await this.#press('u', 'tab', 'tab', 'escape', 'n', 'tab', 'a', 'escape', 'C', 'down', 'space', 'escape');
    await this.#press('s', 'down', 'enter', 's', 'escape', 'space', 'down', 'space', 'b', 'escape', '?', 'pagedown');
    await this.#press('escape', 'R', 'escape', 'ctrl-\\', 'P', 'P');
  }

  async #mouse(): Promise<void> {
    const { screen, worker, paceMs } = this.#o;
    await this.#press('1');
    const at = screen.find(worker);
    if (at) screen.click(at.x, at.y);
    await delay(paceMs);
    const [columns, rows] = this.#o.size;
    for (const button of [64, 65, 64, 65, 65]) {
      screen.type(`\x1b[<${button};${columns >> 1};${rows - 8}M`);
      await delay(paceMs);
    }
    screen.click(columns >> 1, rows - 8);
  }

  async #limits(): Promise<void> {
    await this.#find(this.#o.worker);
    await this.#press('u');
    await this.#see(`limits of ${this.#o.worker}`);
    await this.#press('x', '0', '.', '5', 'enter');
    await this.#see('has new limits');
    await this.#press('2', 'ctrl-z');
    await this.#see('are as they were');
  }

  async #pause(): Promise<void> {
    const isPaused = async (): Promise<boolean> => (await this.#status(this.#o.worker)) === 'paused';
    await this.#find(this.#o.worker);
    await this.#press('p');
    await eventually(async () => assert.ok(await isPaused(), 'it is paused'), WAIT_MS);
    await this.#press('ctrl-z');
    await eventually(async () => assert.ok(!(await isPaused()), 'it goes on'), WAIT_MS);
  }

  async #remove(): Promise<void> {
    const { engine } = this.#o;
    this.#leavers += 1;
    const name = `leaver-${this.#leavers}`;
    await engine.create({ image: 'base', name, cmd: ['true'] });
    await this.#find(name);
    await this.#see(new RegExp(`${name} +base`));
    await this.#press('d');
    await this.#see(`remove ${name}?`);
    await this.#press('right', 'enter');
    await eventually(async () => assert.equal(await this.#status(name), undefined, 'it is gone'), WAIT_MS);
    await this.#press('ctrl-z');
    await eventually(async () => assert.notEqual(await this.#status(name), undefined, 'it is back'), WAIT_MS);
    await engine.remove(name);
  }

  async #status(name: string): Promise<string | undefined> {
    const all = await this.#o.engine.list();
    return all.find(({ config }) => config.name === name)?.state.status;
  }
}
