// Keys in widgets: a pure function from state and key to state.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Canvas,
  InputParser,
  type KeyEvent,
  type PasteEvent,
  glyphsFor,
  themeFor,
  widthOf,
} from '../../../src/tui/screen/index.js';
import {
  EMPTY_LINE,
  type Form,
  LIST_START,
  type LineEdit,
  type Lines,
  type Menu,
  VIEWER_START,
  type Viewer,
  editLine,
  fitPosition,
  foundItems,
  lineOf,
  moveByKey,
  moveByWheel,
  openMenu,
  paintForm,
  paintMenu,
  paintViewer,
  reduceDialog,
  reduceForm,
  reduceMenu,
  reduceViewer,
  scrollViewer,
  selectedItem,
  settleViewer,
  showLine,
  visiblePart,
} from '../../../src/tui/widgets/index.js';
import { searchPattern } from '../../../src/tui/filter.js';
import { breakSpans, markMatches } from '../../../src/tui/widgets/viewer.js';
import { cpuMs } from '../../support/patience.js';

const look = { theme: themeFor(256), glyphs: glyphsFor(false) };

/** The events of what is typed, as the screen would hand them out. */
function typed(bytes: string): (KeyEvent | PasteEvent)[] {
  const parser = new InputParser();
  return [...parser.feed(Buffer.from(bytes)), ...parser.flush()].filter(
    (event): event is KeyEvent | PasteEvent => event.type === 'key' || event.type === 'paste',
  );
}

const edited = (bytes: string, from: LineEdit = EMPTY_LINE): LineEdit =>
  typed(bytes).reduce((line, event) => editLine(line, event) ?? line, from);

describe('a text field', () => {
  it('takes letters where the caret is', () => {
    assert.deepEqual(edited('web\x1b[D\x1b[Dx'), { text: 'wxeb', caret: 2 });
    assert.deepEqual(edited('\x1b[200~two\nlines\n\x1b[201~!'), { text: 'two lines!', caret: 10 });
    assert.deepEqual(edited('a\x1b[200~\x1b[31mred\x07\x1b[201~'), { text: 'a␛[31mred␇', caret: 10 });
  });

  it('knows the keys of a shell', () => {
    assert.deepEqual(edited('one two\x17'), { text: 'one ', caret: 4 });
    assert.deepEqual(edited('one two\x01\x0b'), { text: '', caret: 0 });
    assert.deepEqual(edited('one two\x1b[1;5D\x15'), { text: 'two', caret: 0 });
    assert.deepEqual(edited('abc\x1b[H\x1b[3~'), { text: 'bc', caret: 0 });
  });

  it('deletes what looks like one character at once', () => {
    assert.equal(edited('a👨‍👩‍👧\x7f').text, 'a');
    assert.equal(edited('ne\u0301\x7f').text, 'n');
  });

  it('keeps the caret between two characters, whatever is typed', () => {
    const keys = fc.constantFrom(
      'a',
      '漢',
      '😀',
      'e\u0301',
      '\x7f',
      '\x1b[D',
      '\x1b[C',
      '\x1b[H',
      '\x1b[F',
      '\x17',
      '\x1b[3~',
      '\x1b[1;5D',
    );
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 30 }), (pieces) => {
        const line = edited(pieces.join(''));
        assert.ok(line.caret >= 0 && line.caret <= line.text.length);
        // Half a surrogate pair is what would be left of a character cut in two.
        assert.doesNotMatch(line.text, /\p{Cs}/u);
        assert.doesNotMatch(line.text.slice(0, line.caret), /\p{Cs}/u);
      }),
    );
  });

  it('leaves other keys to others', () => {
    for (const bytes of ['\r', '\x1b', '\t', '\x1b[A', '\x1b1', '\x07']) {
      assert.equal(editLine(lineOf('x'), typed(bytes)[0]!), undefined, JSON.stringify(bytes));
    }
  });

  it('that is longer than it is wide shows the part with the caret', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.nat(40),
        fc.integer({ min: 3, max: 20 }),
        (text, steps, width) => {
          const line = edited('\x1b[D'.repeat(steps), lineOf(text));
          const part = visiblePart(line, width);
          assert.ok(part.caret < width, `${part.caret} of ${width}`);
          assert.ok(text.endsWith(part.text));
        },
      ),
    );
  });
});

describe('a list', () => {
  const at = (selected: number, top: number): { selected: number; top: number } => ({ selected, top });

  it('keeps the selection in sight and wastes no row', () => {
    assert.deepEqual(fitPosition(at(12, 0), 20, 5), at(12, 8));
    assert.deepEqual(fitPosition(at(3, 8), 20, 5), at(3, 3));
    assert.deepEqual(fitPosition(at(19, 30), 20, 5), at(19, 15));
    assert.deepEqual(fitPosition(at(5, 5), 0, 5), at(-1, 0));
    assert.deepEqual(fitPosition(at(-1, 0), 3, 5), at(0, 0));
  });

  it('is right after any keys', () => {
    const keys = fc.array(fc.constantFrom('up', 'down', 'j', 'k', 'pageup', 'pagedown', 'ctrl-u', 'ctrl-d', 'g', 'G'));
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), (pressed, total, height) => {
        let position = LIST_START;
        for (const key of pressed) position = moveByKey(position, key, total, height)!;
        const { selected, top } = position;
        assert.ok(selected >= 0 && selected < total && selected >= top && selected < top + height);
        assert.ok(top >= 0 && top <= Math.max(0, total - height));
      }),
    );
  });

  it('moves its window by the wheel and takes the selection along only where it must', () => {
    assert.deepEqual(moveByWheel(at(4, 0), 3, 20, 5), at(4, 3));
    assert.deepEqual(moveByWheel(at(0, 0), 3, 20, 5), at(3, 3));
    assert.deepEqual(moveByWheel(at(19, 15), 3, 20, 5), at(19, 15));
    assert.deepEqual(moveByWheel(at(19, 15), -3, 20, 5), at(16, 12));
  });

  it('leaves other keys to others', () => {
    assert.equal(moveByKey(LIST_START, 'x', 5, 5), undefined);
  });
});

describe('a form', () => {
  const form: Form = {
    focus: 'name',
    top: 0,
    rows: [
      { kind: 'heading', id: 'h', label: 'what' },
      { kind: 'text', id: 'name', label: 'name', line: lineOf('web'), width: 12 },
      {
        kind: 'text',
        id: 'memory',
        label: 'memory',
        line: EMPTY_LINE,
        width: 12,
        placeholder: 'no limit',
        hint: '48M, 1G',
      },
      { kind: 'check', id: 'tty', label: 'terminal', checked: false },
      { kind: 'choice', id: 'restart', label: 'restart', options: ['no', 'always'], chosen: 0 },
    ],
  };
  const after = (bytes: string): Form => typed(bytes).reduce((state, event) => reduceForm(state, event) ?? state, form);
  const field = (state: Form, id: string): unknown => {
    const row = state.rows.find((candidate) => candidate.id === id)!;
    return row.kind === 'text'
      ? row.line.text
      : row.kind === 'check'
        ? row.checked
        : row.kind === 'choice' && row.chosen;
  };

  it('goes round its fields, past headings', () => {
    assert.equal(after('\t\t').focus, 'tty');
    assert.equal(after('\t\t\t\t').focus, 'name');
    assert.equal(after('\x1b[Z').focus, 'restart');
    assert.equal(after('\x1b[A').focus, 'restart');
  });

  it('writes into the field in focus', () => {
    const state = after('-2\t48M\t \t\x1b[C');
    assert.deepEqual(
      ['name', 'memory', 'tty', 'restart'].map((id) => field(state, id)),
      ['web-2', '48M', true, 1],
    );
  });

  it('leaves enter and escape to the app', () => {
    assert.equal(reduceForm(form, typed('\r')[0]!), undefined);
    assert.equal(reduceForm(form, typed('\x1b')[0]!), undefined);
  });

  it('says what is wrong beside the field, and has its caret where one writes', () => {
    const canvas = Canvas.blank(50, 5, look);
    const rows = form.rows.map((row) => (row.id === 'name' ? { ...row, error: 'is taken' } : row));
    paintForm(canvas, canvas.rect, { ...form, rows });
    assert.equal(
      canvas.textIn(),
      [
        'what',
        'name       web         is taken',
        'memory     no limit    48M, 1G',
        'terminal  [ ]',
        'restart   ‹ no ›',
      ].join('\n'),
    );
    assert.deepEqual(canvas.cursor, { x: 14, y: 1 });
    assert.equal(canvas.cell(24, 1)![0], look.theme.error);
  });

  it('that is longer than its window follows the focus', () => {
    const canvas = Canvas.blank(50, 2, look);
    paintForm(canvas, canvas.rect, { ...form, focus: 'restart' });
    assert.equal(canvas.textIn(), 'terminal  [ ]\nrestart   ‹ no ›');
  });
});

describe('a menu', () => {
  const items = [
    { id: 'stop', label: 'stop', detail: 'TERM, then KILL', key: 't' },
    { id: 'limits', label: 'edit limits', key: 'u' },
    { id: 'sort', label: 'sort by cpu' },
  ];
  const after = (menu: Menu, bytes: string): Menu =>
    typed(bytes).reduce((state, event) => reduceMenu(state, event, 10) ?? state, menu);

  it('finds by letters in order, also what stands in the detail', () => {
    assert.deepEqual(
      foundItems(after(openMenu(items, true), 'edlim')).map(({ item }) => item.id),
      ['limits'],
    );
    assert.equal(selectedItem(after(openMenu(items, true), 'kill'))?.id, 'stop');
    assert.equal(selectedItem(after(openMenu(items, true), 'zzz')), undefined);
  });

  it('moves while one types, and comes round', () => {
    assert.equal(selectedItem(after(openMenu(items, true), '\x1b[B'))?.id, 'limits');
    assert.equal(selectedItem(after(openMenu(items, true), '\x1b[A'))?.id, 'sort');
    assert.equal(selectedItem(after(openMenu(items, false), 'jj'))?.id, 'sort');
    assert.equal(after(openMenu(items, true), 'jj').query?.text, 'jj');
    assert.equal(selectedItem(after(openMenu(items, true), '\x1b[Bs'))?.id, 'stop', 'a new query begins at the best');
  });

  it('shows the key that does the same', () => {
    const canvas = Canvas.blank(40, 5, look);
    paintMenu(canvas, canvas.rect, after(openMenu(items, true), 'st'), (item) => ({ kind: 'item', id: item.id }));
    const rows = canvas.textIn().split('\n');
    assert.equal(rows[0], '› st');
    assert.match(rows[2]!, /^stop {2}TERM, then KILL +t$/);
    assert.deepEqual(canvas.hit(0, 2)?.target, { kind: 'item', id: 'stop' });
  });
});

describe('a dialog', () => {
  const dialog = {
    title: 'remove?',
    body: [],
    buttons: [
      { id: 'cancel', label: 'Cancel' },
      { id: 'remove', label: 'Remove' },
    ],
    focus: 0,
  };
  const result = (bytes: string): unknown => {
    let state = dialog;
    for (const event of typed(bytes)) {
      const next = event.type === 'key' ? reduceDialog(state, event) : undefined;
      if (next && 'dialog' in next) state = next.dialog as typeof dialog;
      else return next;
    }
    return undefined;
  };

  it('does nothing by enter alone', () => {
    assert.deepEqual(result('\r'), { pressed: 'cancel' });
    assert.deepEqual(result('\x1b[C\r'), { pressed: 'remove' });
    assert.deepEqual(result('\t\t\r'), { pressed: 'cancel' });
    assert.deepEqual(result('\x1b'), { cancelled: true });
    assert.equal(result('x'), undefined);
  });
});

describe('a viewer', () => {
  const lines = (...texts: string[]): Lines => ({ length: texts.length, at: (index) => texts[index]! });
  const many = lines(...Array.from({ length: 100 }, (_, i) => `line ${i}`));
  const size = { width: 20, height: 4 };
  const seen = (viewer: Viewer, source: Lines, at = size): string[] => {
    const canvas = Canvas.blank(at.width, at.height, look);
    paintViewer(canvas, canvas.rect, settleViewer(viewer, source, at), source);
    return canvas.textIn().split('\n');
  };

  it('follows the end until one scrolls back, and again once one is back at the end', () => {
    assert.deepEqual(seen(VIEWER_START, many), ['line 96', 'line 97', 'line 98', 'line 99']);
    const back = scrollViewer(VIEWER_START, -2, many, size);
    assert.equal(back.follow, false);
    assert.deepEqual(seen(back, many)[0], 'line 94');
    assert.equal(scrollViewer(back, 5, many, size).follow, true);
  });

  it('wraps, and scrolls by rows then', () => {
    const source = lines('short', 'abcdefghijklmnop', 'end');
    const at = { width: 5, height: 3 };
    const wrapped = { ...VIEWER_START, wrap: true, follow: false };
    assert.deepEqual(seen(wrapped, source, at), ['short', 'abcde', 'fghij']);
    assert.deepEqual(seen(scrollViewer(wrapped, 2, source, at), source, at), ['fghij', 'klmno', 'p']);
    assert.deepEqual(seen({ ...wrapped, follow: true }, source, at), ['klmno', 'p', 'end']);
  });

  it('unwrapped it goes sideways', () => {
    const source = lines('0123456789abcdef');
    const right = reduceViewer({ ...VIEWER_START, follow: false }, 'right', source, size)!;
    assert.deepEqual(seen(right, source)[0], '89abcdef');
    assert.equal(reduceViewer(right, 'left', source, size)!.left, 0);
  });

  it('is at a right place after any keys and any change of its lines', () => {
    const keys = fc.array(
      fc.tuple(
        fc.constantFrom('j', 'k', 'pageup', 'pagedown', 'g', 'G', 'w', 'f', 'ctrl-u', 'ctrl-d', 'right', 'left'),
        fc.nat(60),
      ),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(keys, (pressed) => {
        let viewer = VIEWER_START;
        for (const [key, count] of pressed) {
          const source = lines(...Array.from({ length: count }, (_, i) => 'x'.repeat((i * 7) % 50)));
          viewer = reduceViewer(settleViewer(viewer, source, size), key, source, size) ?? viewer;
          viewer = settleViewer(viewer, source, size);
          assert.ok(viewer.top >= 0 && viewer.top <= Math.max(0, count - 1), `${key} ${viewer.top} of ${count}`);
          assert.ok(viewer.skip >= 0 && viewer.left >= 0);
          seen(viewer, source);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('brings a line into its window and holds there', () => {
    const far = showLine({ ...VIEWER_START, follow: true }, 50, many, size);
    assert.ok(far.top <= 50 && far.top + size.height > 50);
    assert.equal(far.follow, false);
    assert.equal(showLine(far, far.top + 1, many, size).top, far.top, 'what is in sight stays where it is');
  });

  it('marks every match, across spans too, and changes no letter', () => {
    const spans = [
      { text: 'an er', attr: 1 },
      { text: 'ror, Error', attr: 2 },
    ];
    const marked = markMatches(spans, searchPattern('error'), 9);
    assert.equal(marked.map((span) => span.text).join(''), 'an error, Error');
    assert.equal(
      marked
        .filter((span) => span.attr === 9)
        .map((span) => span.text)
        .join('|'),
      'er|ror|Error',
    );
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab]{0,5}$/)), fc.stringMatching(/^[ab]{1,3}$/), (texts, query) => {
        const before = texts.map((text, i) => ({ text, attr: i }));
        const after = markMatches(before, searchPattern(query), 99);
        assert.equal(after.map((span) => span.text).join(''), texts.join(''));
        const lit = after.filter((span) => span.attr === 99).reduce((sum, span) => sum + span.text.length, 0);
        assert.equal(lit, (texts.join('').split(query).length - 1) * query.length);
      }),
    );
  });

  it('is not held up by a line of many millions of characters', () => {
    const long = lines('x'.repeat(20_000_000), 'end');
    const started = cpuMs();
    seen({ ...VIEWER_START, wrap: true, follow: false }, long, { width: 80, height: 24 });
    assert.ok(cpuMs() - started < 2500);
  });

  it('breaks spans into rows that are never too wide', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 2, max: 12 }), (texts, width) => {
        const rows = breakSpans(
          texts.map((text, i) => ({ text, attr: i })),
          width,
        );
        for (const row of rows) assert.ok(row.reduce((sum, span) => sum + widthOf(span.text), 0) <= width);
      }),
    );
  });
});
