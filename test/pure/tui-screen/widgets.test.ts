// What widgets look like, as a person would see it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Canvas, type Look, glyphsFor, shadeAt, themeFor } from '../../../src/tui/screen/index.js';
import {
  type Column,
  type Dialog,
  type HelpRow,
  type KeyHint,
  type Title,
  helpHeight,
  paintDialog,
  paintFrame,
  paintGraph,
  paintHelp,
  paintMeter,
  paintNotice,
  paintTable,
  placeColumns,
} from '../../../src/tui/widgets/index.js';

const rich: Look = { theme: themeFor(256), glyphs: glyphsFor(false) };
const blocks: Look = { theme: themeFor(256), glyphs: glyphsFor('block') };
const plain: Look = { theme: themeFor(16), glyphs: glyphsFor(true) };

function painted(width: number, height: number, paint: (canvas: Canvas) => void, look = rich): string {
  const canvas = Canvas.blank(width, height, look);
  paint(canvas);
  return canvas.textIn();
}

describe('a frame', () => {
  const titles: Title[] = [{ text: 'containers 7 of 9', number: 1 }, { text: 'sort cpu ↓' }, { text: 'project' }];
  const keys: KeyHint[] = [
    { key: 'n', label: 'new' },
    { key: 'e', label: 'shell' },
    { key: '?', label: 'keys' },
  ];
  const frame = (width: number, focused = true): string =>
    painted(width, 3, (canvas) => paintFrame(canvas, canvas.rect, { titles, keys, focused }));

  it('says in its border what it is and what one can press', () => {
    assert.equal(
      frame(60),
      [
        '╭─┤¹containers 7 of 9├─┤sort cpu ↓├─┤project├──────────────╮',
        '│                                                          │',
        '╰─┤n new  e shell  ? keys├─────────────────────────────────╯',
      ].join('\n'),
    );
  });

  it('names its keys only while it has the focus', () => {
    assert.equal(frame(60, false).split('\n')[2], `╰${'─'.repeat(58)}╯`);
  });

  it('leaves out what has no room, the help key last', () => {
    assert.equal(
      frame(27),
      ['╭─┤¹containers 7 of 9├…───╮', `│${' '.repeat(25)}│`, '╰─┤n new  ? keys├─────────╯'].join('\n'),
    );
    assert.equal(frame(16).split('\n')[0], '╭─┤¹containe…├─╮');
    assert.equal(frame(16).split('\n')[2], '╰─┤? keys├─────╯');
  });

  it('keeps the active tab in sight', () => {
    const tabs = ['graphs', 'logs', 'processes', 'inspect', 'web sh'].map((text, i) => ({ text, active: i === 4 }));
    const top = painted(36, 2, (canvas) => paintFrame(canvas, canvas.rect, { titles: tabs, focused: true }));
    assert.equal(top.split('\n')[0], '╭─┤graphs├─┤logs├─┤web sh├…────────╮');
  });

  it('can be clicked, letter by letter', () => {
    const canvas = Canvas.blank(60, 3, rich);
    paintFrame(canvas, canvas.rect, {
      titles: [{ text: 'logs', target: { kind: 'tab', index: 3 } }],
      keys: keys.map((hint) => ({ ...hint, target: { kind: 'key', id: hint.key } })),
      focused: true,
    });
    assert.deepEqual(canvas.hit(4, 0)?.target, { kind: 'tab', index: 3 });
    assert.deepEqual(canvas.hit(12, 2)?.target, { kind: 'key', id: 'e' });
    assert.equal(canvas.hit(40, 2), undefined);
  });

  it('is made of ASCII where there is no more', () => {
    assert.equal(
      painted(
        40,
        3,
        (canvas) => paintFrame(canvas, canvas.rect, { titles: [{ text: 'logs', number: 3 }], keys, focused: true }),
        plain,
      ),
      [
        '+-[3logs]------------------------------+',
        `|${' '.repeat(38)}|`,
        '+-[n new  e shell  ? keys]-------------+',
      ].join('\n'),
    );
  });
});

interface Row {
  readonly name: string;
  readonly cores: string;
}

const columns: Column<Row>[] = [
  { id: 'name', title: 'NAME', min: 6, max: 20, priority: 0, cell: (row) => row.name },
  { id: 'image', title: 'IMAGE', min: 8, priority: 2, cell: () => 'base' },
  { id: 'cores', title: 'cores', min: 6, priority: 0, align: 'right', cell: (row) => row.cores },
  { id: 'age', title: 'AGE', min: 4, priority: 1, cell: () => '2d' },
];

describe('a table', () => {
  it('drops the least important columns first, and gives spare room to those that may grow', () => {
    const ids = (width: number): string[] => placeColumns(columns, width).map(({ column }) => column.id);
    assert.deepEqual(ids(40), ['name', 'image', 'cores', 'age']);
    assert.deepEqual(ids(24), ['name', 'cores', 'age']);
    assert.deepEqual(ids(15), ['name', 'cores']);
    assert.equal(placeColumns(columns, 80)[0]!.width, 20);
  });

  it('never paints beyond its width, whatever its columns want', () => {
    const column = fc.record({ min: fc.integer({ min: 1, max: 20 }), grow: fc.nat(30), priority: fc.nat(4) });
    fc.assert(
      fc.property(
        fc.array(column, { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 150 }),
        (wanted, width) => {
          const made = wanted.map(({ min, grow, priority }, i): Column<Row> => ({
            id: String(i),
            title: '',
            min,
            max: min + grow,
            priority,
            cell: () => '',
          }));
          const placed = placeColumns(made, width);
          assert.ok(placed.length >= 1);
          for (const [i, { x, width: cells }] of placed.entries()) {
            assert.ok(x + cells <= width || cells === 0);
            if (i > 0) assert.ok(x > placed[i - 1]!.x);
          }
        },
      ),
    );
  });

  it('shows the visible rows, numbers in their column, names cut with a sign', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ name: `container-${i}`, cores: (i / 100).toFixed(2) }));
    assert.equal(
      painted(24, 4, (canvas) =>
        paintTable(canvas, canvas.rect, {
          columns,
          rows,
          position: { selected: 501, top: 500 },
          focused: true,
          sort: { column: 'cores', descending: true },
        }),
      ),
      ['NAME         cores↓ AGE', 'container-5…   5.00 2d', 'container-5…   5.01 2d', 'container-5…   5.02 2d'].join(
        '\n',
      ),
    );
  });

  it('asks for the cells of visible rows only', () => {
    let asked = 0;
    const counting = [{ ...columns[0]!, cell: (row: Row) => ((asked += 1), row.name) }];
    const rows = Array.from({ length: 100_000 }, () => ({ name: 'x', cores: '' }));
    painted(20, 11, (canvas) =>
      paintTable(canvas, canvas.rect, { columns: counting, rows, position: { selected: 0, top: 0 }, focused: true }),
    );
    assert.equal(asked, 10);
  });

  it('lifts the selected row and knows it by a click', () => {
    const canvas = Canvas.blank(24, 3, rich);
    const rows = [
      { name: 'a', cores: '' },
      { name: 'b', cores: '' },
    ];
    paintTable(canvas, canvas.rect, {
      columns,
      rows,
      position: { selected: 1, top: 0 },
      focused: true,
      rowTarget: (row, index) => ({ kind: 'row', id: row.name, index }),
      headerTarget: (column) => ({ kind: 'sort', id: column.id }),
    });
    assert.notEqual(canvas.cell(5, 2)![0], canvas.cell(5, 1)![0]);
    assert.deepEqual(canvas.hit(9, 2)?.target, { kind: 'row', id: 'b', index: 1 });
    assert.deepEqual(canvas.hit(0, 0)?.target, { kind: 'sort', id: 'name' });
  });
});

describe('a graph', () => {
  const ramp = rich.theme.resource.cpu;
  const row = (values: number[], width: number, look = rich): string =>
    painted(width, 1, (canvas) => paintGraph(canvas, canvas.rect, { values, max: 1, ramp }), look);

  it('rises in four steps, two values a cell, the newest at the right', () => {
    assert.equal(row([0, 0.25, 0.5, 0.75, 1, 1], 3), '⣀⣴⣿');
    assert.equal(row([1, 1], 3), '  ⣿');
    assert.equal(row([9, 9, 0, 0], 1), '⣀');
  });

  it('tells what was not measured from zero', () => {
    assert.equal(row([0, 0, NaN, NaN, 0, 0], 3), '⣀ ⣀');
    assert.equal(row([NaN, 1], 1), '⢸');
  });

  it('shows a little as something, and more than all as all', () => {
    assert.equal(row([0.001, 1e9], 1), '⣸');
  });

  it('of several rows fills from the foot', () => {
    assert.equal(
      painted(2, 2, (canvas) => paintGraph(canvas, canvas.rect, { values: [0.5, 0.5, 1, 1], max: 1, ramp })),
      ' ⣿\n⣿⣿',
    );
  });

  it('is warm and hot by how near the limit a value is, and quiet where there is none', () => {
    const canvas = Canvas.blank(3, 1, rich);
    paintGraph(canvas, canvas.rect, { values: [0.5, 0.5, 0.77, 0.77, 1, 1], max: 1, limit: 1, ramp });
    const attrs = [0, 1, 2].map((x) => canvas.cell(x, 0)![0]);
    const { byLimit, byScale } = rich.theme.shadesOf(ramp);
    assert.deepEqual(
      attrs,
      [0.5, 0.77, 1].map((share) => shadeAt(byLimit, share)),
    );
    assert.equal(new Set(attrs).size, 3);
    paintGraph(canvas, canvas.rect, { values: [1, 1, 1, 1, 1, 1], max: 1, ramp });
    assert.equal(canvas.cell(2, 0)![0], byScale.at(-1), 'at the top of its own scale it has its hue and is not hot');
  });

  it('is coloured by row where it has several, so that only a peak is hot at its top', () => {
    const canvas = Canvas.blank(2, 4, rich);
    paintGraph(canvas, canvas.rect, { values: [1, 1, 1, 1], max: 1, limit: 1, ramp });
    const { byLimit } = rich.theme.shadesOf(ramp);
    assert.equal(canvas.cell(0, 0)![0], byLimit.at(-1));
    assert.equal(canvas.cell(0, 3)![0], shadeAt(byLimit, 0.25));
    assert.equal(canvas.cell(0, 3)![0], canvas.cell(1, 3)![0]);
  });

  it('has one value a cell and eight steps with blocks', () => {
    assert.equal(row([0, 0.5, 1], 3, blocks), '▁▄█');
  });

  it('can hang from the upper edge', () => {
    const hanging = (look: Look): string =>
      painted(
        1,
        2,
        (canvas) => paintGraph(canvas, canvas.rect, { values: [0.3, 0.3], max: 1, ramp, hangs: true }),
        look,
      );
    assert.equal(hanging(rich), '⠿\n');
    assert.equal(hanging(blocks), '▀\n');
    assert.equal(hanging(plain), '"\n');
    assert.equal(
      painted(1, 1, (canvas) => paintGraph(canvas, canvas.rect, { values: [0.1, 1], max: 1, ramp, hangs: true })),
      '⢹',
    );
  });

  it('has one value a cell in ASCII', () => {
    assert.equal(row([0, 0.5, 1], 3, plain), '_=#');
  });
});

describe('a meter', () => {
  const meter = (share: number, look = rich): string =>
    painted(5, 1, (canvas) => paintMeter(canvas, 0, 0, 5, share, canvas.theme.resource.memory), look);

  it('is lit by its share, to a sixth of a cell', () => {
    assert.equal(meter(0), '▁▁▁▁▁');
    assert.equal(meter(0.5), '▆▆▃▁▁');
    assert.equal(meter(1), '▆▆▆▆▆');
    assert.equal(meter(7), '▆▆▆▆▆');
    assert.equal(meter(0.4, plain), '##...');
  });

  it('without a limit is the track alone; next to nothing is still something', () => {
    const colourAt = (share: number): number => {
      const canvas = Canvas.blank(5, 1, rich);
      paintMeter(canvas, 0, 0, 5, share, rich.theme.resource.memory);
      return canvas.cell(0, 0)![0];
    };
    assert.equal(colourAt(NaN), rich.theme.faint);
    assert.equal(colourAt(0), rich.theme.faint);
    assert.equal(colourAt(0.0001), rich.theme.shadesOf(rich.theme.resource.memory).byLimit[0]);
  });
});

describe('what opens over the rest', () => {
  const dialog: Dialog = {
    title: 'remove web?',
    body: [[{ text: 'It goes with all it has written.', attr: rich.theme.text }]],
    buttons: [
      { id: 'cancel', label: 'Cancel' },
      { id: 'remove', label: 'Remove' },
    ],
    focus: 0,
  };

  it('stands in the middle and takes the mouse for itself', () => {
    const canvas = Canvas.blank(60, 12, rich);
    canvas.region(canvas.rect, { kind: 'below' });
    paintDialog(canvas, dialog, (button) => ({ kind: 'button', id: button.id }));
    const text = canvas.textIn();
    assert.match(text, /╭─┤remove web\?├─+╮/);
    assert.match(text, /│ {2}It goes with all it has written\. +│/);
    assert.equal(canvas.hit(0, 0), undefined, 'what lies below is deaf');
    const y = text.split('\n').findIndex((line) => line.includes('Remove'));
    const x = text.split('\n')[y]!.indexOf('Remove');
    assert.deepEqual(canvas.hit(x, y)?.target, { kind: 'button', id: 'remove' });
  });

  it('fits on a small screen', () => {
    const canvas = Canvas.blank(20, 5, rich);
    paintDialog(canvas, dialog, (button) => ({ kind: 'button', id: button.id }));
    assert.match(canvas.textIn(), /remove web/);
  });
});

describe('a notice and a help table', () => {
  it('say their piece and what to press', () => {
    assert.equal(
      painted(50, 1, (canvas) =>
        paintNotice(canvas, canvas.rect, {
          text: '▲ web waits 23 % of its time for the disk since 14:02',
          style: canvas.theme.notice,
          keys: [
            { key: '⏎', label: 'look' },
            { key: 'u', label: 'quieten' },
          ],
        }),
      ),
      '▲ web waits 23 % of its time f…  ⏎ look  u quieten',
    );
    const sections = [{ title: 'move', rows: [{ keys: 'j k', text: 'down, up' }] }];
    assert.equal(
      painted(30, 2, (canvas) => paintHelp(canvas, canvas.rect, sections, 0)),
      'move\nj k  down, up',
    );
    assert.equal(
      painted(30, 1, (canvas) => paintHelp(canvas, canvas.rect, sections, 1)),
      'j k  down, up',
    );
  });

  it('tear no row of keys apart between columns, and leave no gap at the top of one', () => {
    const row = (keys: string, words: number): HelpRow => ({ keys, text: Array(words).fill('word').join(' ') });
    const sections = [
      { title: 'here', rows: [row('a', 1), row('b', 25)] },
      { title: 'everywhere', rows: [row('c', 1), row('d', 1)] },
    ];
    const text = painted(108, 5, (canvas) => paintHelp(canvas, canvas.rect, sections, 0));
    const second = text.split('\n').map((line) => line.slice(54).trim());
    assert.deepEqual(second.slice(0, 3), ['everywhere', 'c  word', 'd  word']);
    assert.equal(helpHeight(sections, 106), 5);
    assert.match(text.split('\n')[4]!, /^ {3}word/, 'the last row of b');
  });
});
