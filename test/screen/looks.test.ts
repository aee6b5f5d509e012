// How the overview looks, cell by cell: with true colours, with 16 and without any; and a theme that is put into the config file
// while the dashboard runs. Renewed like the other golden screens: `UPDATE_GOLDEN=1 node scripts/test.mjs screen -- looks`.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Appearance } from '../../src/tui/appearance.js';
import { bgOf, fgOf, Flag, rgbOf, THEME_NAMES, type Attr, type Canvas } from '../../src/tui/screen/index.js';
import { loadLineChart } from '../../src/tui/widgets/index.js';
import { Desk } from '../support/desk.js';
import { Emulator } from '../support/emulator.js';
import { product } from '../support/house.js';

process.env['TZ'] = 'UTC';

const NO_COLOUR = 0xfff;

function colourName(colour: number): string {
  if (colour === NO_COLOUR) return 'own';
  if (colour < 256) return String(colour);
  return `#${rgbOf(colour)
    .map((part) => part.toString(16).padStart(2, '0'))
    .join('')}`;
}

function attrName(attr: Attr): string {
  const flags = (Object.keys(Flag) as (keyof typeof Flag)[]).filter((name) => attr & Flag[name]);
  return [`${colourName(fgOf(attr))} on ${colourName(bgOf(attr))}`, ...flags].join(', ');
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%&()=+*#@<>{}[]';

/** A letter for each cell's look, a dot for an empty cell of plain text, and what the letters mean. */
function looksOf(canvas: Canvas): string {
  const letters = new Map<Attr, string>();
  const rows = Array.from({ length: canvas.height }, (_, y) =>
    Array.from({ length: canvas.width }, (_cell, x) => {
      const [attr, ch] = canvas.cell(x, y)!;
      if (ch === ' ' && attr === canvas.theme.text) return '.';
      const letter = letters.get(attr) ?? LETTERS[letters.size] ?? '?';
      letters.set(attr, letter);
      return letter;
    }).join(''),
  );
  const legend = [...letters].map(([attr, letter]) => `${letter}  ${attrName(attr)}`);
  return `${rows.join('\n')}\n\n${legend.join('\n')}\n`;
}

const LOOKS: Readonly<Record<string, Partial<Appearance>>> = {
  'looks-truecolour': { colours: 'truecolour' },
  'looks-16': { colours: 16 },
  'looks-none': { colours: 'none' },
  'looks-light': { colours: 'truecolour', theme: 'light' },
};

describe('the overview at 120x40', () => {
  before(loadLineChart);

  for (const [name, choice] of Object.entries(LOOKS)) {
    it(`has the looks of ${name}`, async () => {
      const desk = await Desk.open({ rows: 40, choice });
      const shown = looksOf(desk.paint());
      desk.close();
      const path = resolve('test/screen/golden', `${name}.txt`);
      if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(path, shown);
      assert.equal(shown, readFileSync(path, 'utf8'));
    });
  }

  it('says the same in every theme: only looks differ', async () => {
    const texts = new Set<string>();
    for (const theme of THEME_NAMES) {
      const desk = await Desk.open({ rows: 40, choice: { theme, colours: 'truecolour' } });
      texts.add(desk.text());
      desk.close();
    }
    assert.equal(texts.size, 1);
  });
});

describe('a config file that is saved while the dashboard runs', () => {
  it('changes the theme on the screen at once, and a mistake in it is told with its place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tscontain-looks-'));
    const config = join(folder, 'config.yaml');
    writeFileSync(config, 'theme: gruvbox\n');
    const screen = new Emulator({
      columns: 120,
      rows: 36,
      command: [process.execPath, product('tscontain-tui'), '--root', join(folder, 'root'), '--config', config],
      env: { COLORTERM: 'truecolor' },
    });
    try {
      await screen.waitFor('Nothing runs here yet', 20_000);
      assert.equal(screen.cellAt(0, 20).bg, '#282828');
      await screen.settle(500, 10_000).catch(() => undefined);
      writeFileSync(config, 'theme: nord\n');
      await screen.waitFor(() => screen.cellAt(5, 20).bg === '#2e3440', 10_000);
      writeFileSync(config, 'theme: nord\nintervall: 3\n');
      await screen.waitFor('config.yaml:2:1: intervall is no setting: did you mean interval?', 10_000);
    } finally {
      await screen.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
