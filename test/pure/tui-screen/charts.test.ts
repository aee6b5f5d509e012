// The big charts, as a person would see them: lines over time, and two directions that belong together.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Canvas, type Look, glyphsFor, themeFor } from '../../../src/tui/screen/index.js';
import {
  type LineChart,
  type MirroredChart,
  loadLineChart,
  paintLineChart,
  paintMirrored,
  paintMirroredChart,
} from '../../../src/tui/widgets/index.js';
import { resample, stretched } from '../../../src/tui/widgets/chart-axes.js';

const rich: Look = { theme: themeFor(256), glyphs: glyphsFor(false) };
const blocks: Look = { theme: themeFor(256), glyphs: glyphsFor('block') };
const plain: Look = { theme: themeFor(16), glyphs: glyphsFor(true) };

function painted(width: number, height: number, paint: (canvas: Canvas) => void, look: Look): string {
  const canvas = Canvas.blank(width, height, look);
  paint(canvas);
  return canvas.textIn();
}

describe('a line chart', () => {
  const chart = (values: number[], more: Partial<LineChart> = {}): LineChart => ({
    series: [{ values, style: rich.theme.resource.cpu[0] }],
    span: 20,
    max: 1,
    label: (value) => value.toFixed(1),
    labelWidth: 3,
    from: '-20s',
    to: 'now',
    ...more,
  });
  const seen = (data: LineChart, look = rich): string =>
    painted(24, 5, (canvas) => paintLineChart(canvas, canvas.rect, data), look);

  it('has axes with units of its own, and a line from foot to top', async () => {
    await loadLineChart();
    assert.equal(
      seen(chart(Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 1)))),
      [
        '1.0 ┤         ⢸⠉⠉⠉⠉⠉⠉⠉⠉⠉',
        '    │         ⡇',
        '    │         ⡇',
        '0.0 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣸',
        '    └ -20s ───────── now',
      ].join('\n'),
    );
  });

  it('has a gap where nothing was measured', async () => {
    await loadLineChart();
    const values = Array.from({ length: 20 }, (_, i) => (i >= 8 && i < 14 ? NaN : 0));
    assert.equal(seen(chart(values)).split('\n')[3], '0.0 ┤⣀⣀⣀⣀⣀⣀⣀      ⢀⣀⣀⣀⣀⣀');
    assert.equal(seen(chart([NaN, NaN, NaN])).split('\n')[3], '0.0 ┤');
  });

  it('shows a limit as a dashed line below the data, and points in ASCII', async () => {
    await loadLineChart();
    assert.equal(seen(chart([], { limit: 1 })).split('\n')[0], `1.0 ┤${'┄'.repeat(19)}`);
    assert.ok(seen(chart(Array.from({ length: 20 }, () => 1)), plain).startsWith('1.0 +****'));
  });

  it('keeps every peak when it has more values than dots', () => {
    const values = new Float64Array(1000);
    values[500] = 7;
    assert.ok(resample(values, 1000, 40).includes(7));
    assert.equal(resample(values, 1000, 40).length, 40);
    assert.deepEqual(resample([1, 2, 3], 6, 100), [NaN, NaN, NaN, 1, 2, 3]);
  });

  it('takes its whole width for its whole span, whatever it is drawn with', () => {
    assert.deepEqual(stretched([1, 2, 3], 3, 6), [1, 1, 2, 2, 3, 3]);
    assert.deepEqual(stretched([1, 2, 3, 4], 4, 2), [2, 4]);
    const half = chart([0, 0, 1, 1], { span: 4 });
    const top = (look: Look): string => seen(half, look).split('\n')[0]!;
    assert.equal(top(plain).indexOf('*'), 5 + 10);
    assert.equal(top(blocks).search(/[▀█]/), 5 + 10);
  });
});

describe('a mirrored chart', () => {
  const { io } = rich.theme.resource;
  const { io: incoming } = rich.theme.incoming;
  interface Values {
    readonly up?: readonly number[];
    readonly down?: readonly number[];
    readonly marks?: NonNullable<MirroredChart['marks']>;
  }
  const chart = ({ up = [0, 0, 10, 10], down = [10, 10, 5, 5], ...more }: Values = {}): MirroredChart => ({
    up: { values: up, ramp: incoming },
    down: { values: down, ramp: io },
    span: 4,
    max: 10,
    label: (value) => `${value}M`,
    labelWidth: 3,
    from: '-4s',
    to: 'now',
    ...more,
  });
  const seen = (data: MirroredChart, look = rich, height = 5): string =>
    painted(25, height, (canvas) => paintMirroredChart(canvas, canvas.rect, data), look);

  it('stands on its middle line and hangs from it, with the scale at both ends', () => {
    assert.equal(
      seen(chart()),
      [
        '10M ┤          ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿',
        ' 0M ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿',
        '    │⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿',
        '10M ┤⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿',
        '    └ -4s ─────────── now',
      ].join('\n'),
    );
  });

  it('says the same in blocks and in ASCII', () => {
    const quiet = chart({ up: [0, 0, 5, 5], down: [5, 5, 0, 0] });
    const rows = (look: Look): string[] => seen(quiet, look).split('\n').slice(0, 4);
    assert.deepEqual(rows(blocks), ['10M ┤', ' 0M ┤▁▁▁▁▁▁▁▁▁▁██████████', '    │██████████▔▔▔▔▔▔▔▔▔▔', '10M ┤']);
    assert.deepEqual(rows(plain), ['10M +', ' 0M +__________##########', "    |##########''''''''''", '10M +']);
  });

  it('has gaps where nothing was measured, in each direction its own', () => {
    const rows = seen(chart({ up: [NaN, NaN, 0, 0], down: [0, 0, NaN, NaN] })).split('\n');
    assert.deepEqual(rows.slice(1, 3), [' 0M ┤          ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀', '    │⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉']);
  });

  it('gives both directions as many rows, and leaves one that is over free', () => {
    const rows = seen(chart({ up: [10, 10, 10, 10], down: [10, 10, 10, 10] }), rich, 6).split('\n');
    assert.deepEqual(
      rows.slice(0, 5).map((row) => row.includes('⣿')),
      [false, true, true, true, true],
    );
    assert.deepEqual(
      [1, 2, 4].map((y) => rows[y]!.slice(0, 3)),
      ['10M', ' 0M', '10M'],
    );
    assert.equal(seen(chart(), rich, 2).trim(), '', 'what has no room for both is left to whoever asked');
  });

  it('shows over the values where something was changed, and what', () => {
    const rows = seen(chart({ down: [10, 10, 10, 10], marks: [{ at: 0.5, word: 'stop' }] })).split('\n');
    assert.deepEqual(
      rows.slice(0, 4).map((row) => row[15]),
      ['┊', '┊', '┊', '┊'],
    );
    assert.equal(rows[4], '    └ -4s ─────┴stop─ now');
  });

  it('is brightest where most goes either way', () => {
    const canvas = Canvas.blank(2, 4, rich);
    const values = [1, 1, 1, 1];
    paintMirrored(canvas, canvas.rect, { up: { values, ramp: incoming }, down: { values, ramp: io }, max: 1 });
    const attrs = [0, 1, 2, 3].map((y) => canvas.cell(0, y)![0]);
    assert.deepEqual([attrs[0], attrs[3]], [incoming[0], io[0]]);
    assert.notEqual(attrs[0], attrs[3], 'each direction has a hue of its own');
    for (const [edge, middle] of [
      [attrs[0], attrs[1]],
      [attrs[3], attrs[2]],
    ])
      assert.notEqual(edge, middle, 'fainter in the middle');
  });

  it('has two steps either way in one row of braille, and no room in any other', () => {
    const row = (look: Look, up: number[], down: number[]): string =>
      painted(
        2,
        1,
        (canvas) =>
          paintMirrored(canvas, canvas.rect, {
            up: { values: up, ramp: incoming },
            down: { values: down, ramp: io },
            max: 1,
          }),
        look,
      );
    assert.equal(row(rich, [0, 0, 1, 1], [1, 1, 0, 0]), '⣶⠿');
    assert.equal(row(rich, [NaN, NaN, 1, 1], [1, 1, NaN, NaN]), '⣤⠛');
    assert.equal(row(rich, [NaN, NaN], [NaN, NaN]), '');
    assert.equal(row(blocks, [0, 0, 1, 1], [1, 1, 0, 0]), '');
  });
});
