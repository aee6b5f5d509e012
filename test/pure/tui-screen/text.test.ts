import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  Flag,
  PLAIN,
  attr,
  clean,
  nearest16,
  pad,
  printable,
  rgbOf,
  styledLine,
  truncate,
  widthOf,
  nearest256,
  trueColour,
  withFg,
  wrap,
} from '../../../src/tui/screen/index.js';

/** What no string may hold once it is fit to be shown: controls, and what changes the layout of its neighbours. */
const hostile = /[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

const nasty = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(
      '\x1b[31m',
      '\x1b]52;c;aGk=\x07',
      '\x1b]0;t\x1b\\',
      '\x9b1m',
      '\x1bP',
      '\u202e',
      '\u200b',
      '\ufeff',
      '👨‍👩‍👧',
    ),
    fc.constantFrom(
      'e\u0301',
      'a' + '\u0300'.repeat(20),
      '漢字',
      '\ud800',
      '\udc00',
      '\t',
      '\r',
      '\n',
      '\x07',
      '\x00',
      '\u2028',
    ),
    fc.constantFrom('\x1b[', '\x1b[38;2;1', '\x1b]8;;http://x', '\x1b\\', '\x90q', '\x1b#8', '\x1b(0', '\x1bc'),
  ),
  { maxLength: 12 },
);

describe('text fit to be shown', () => {
  it('holds nothing that a terminal could act on, whatever came in', () => {
    fc.assert(
      fc.property(nasty, (pieces) => {
        const text = pieces.join('');
        assert.doesNotMatch(printable(text), hostile);
        assert.doesNotMatch(clean(text), hostile);
        for (const span of styledLine(text).spans) assert.doesNotMatch(printable(span.text), hostile);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same when it is made fit twice', () => {
    fc.assert(
      fc.property(nasty, (pieces) => {
        const once = clean(pieces.join(''));
        assert.equal(clean(once), once);
      }),
      { numRuns: 500 },
    );
  });

  it('shows controls as pictures and drops what would turn the line around', () => {
    assert.equal(printable('a\x07b\x1bc\x7f'), 'a␇b␛c␡');
    assert.equal(printable('evil\u202egpj.exe'), 'evilgpj.exe');
    assert.equal(printable('a\u200db\ufe0f'), 'ab');
    assert.equal(printable('\ud800x'), '\ufffdx');
    assert.equal(printable('na\u0308ive'), 'na\u0308ive');
  });

  it('is rid of whole escape sequences, those without an end too', () => {
    assert.equal(clean('web\x1b[2J\x1b]0;owned\x07!'), 'web!');
    assert.equal(clean('a\x1b]52;c;aGVsbG8='), 'a');
    assert.equal(clean('a\x9b31mb\x1b(0c\x1bMd'), 'abcd');
    assert.equal(clean('a\x1bP1;2|secret\x1b\\b'), 'ab');
  });

  it('carries few marks a character, however many were written', () => {
    const text = `a${'\u0301'.repeat(500)}b`;
    assert.equal(widthOf(text), 2);
    assert.ok(printable(text).length < 10);
  });
});

describe('widths', () => {
  it('are those of terminals', () => {
    assert.equal(widthOf('plain'), 5);
    assert.equal(widthOf('漢字'), 4);
    assert.equal(widthOf('😀'), 2);
    assert.equal(widthOf('e\u0301'), 1);
    assert.equal(widthOf('⣀⣿'), 2);
    assert.equal(widthOf('●○▲◆…–⏎'), 7);
    assert.equal(widthOf('한글'), 4);
    assert.equal(widthOf('ｗｉｄｅ'), 8);
  });

  it('are kept by truncate and pad to the cell', () => {
    fc.assert(
      fc.property(
        nasty,
        fc.nat(20),
        fc.constantFrom('left' as const, 'right' as const, 'centre' as const),
        (pieces, width, align) => {
          const text = pieces.join('');
          assert.ok(widthOf(truncate(text, width)) <= width);
          assert.equal(widthOf(pad(text, width, align)), width);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('truncate says that it cut, and cuts no wide character in two', () => {
    assert.equal(truncate('containers', 5), 'cont…');
    assert.equal(truncate('web', 3), 'web');
    assert.equal(truncate('漢字漢字', 4), '漢…');
    assert.equal(truncate('漢字', 4), '漢字');
  });
});

describe('wrap', () => {
  it('breaks at spaces where it can and anywhere where it must', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
    assert.deepEqual(wrap('a\n\nb', 10), ['a', '', 'b']);
    assert.deepEqual(wrap('漢字漢', 4), ['漢字', '漢']);
  });

  it('never makes a row wider than it may be, and loses no letter', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z漢]{1,12}$/u), { maxLength: 10 }),
        fc.integer({ min: 2, max: 20 }),
        (words, width) => {
          const rows = wrap(words.join(' '), width);
          for (const row of rows) assert.ok(widthOf(row) <= width, row);
          assert.equal(rows.join('').replaceAll(' ', ''), words.join(''));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a log line', () => {
  const red = withFg(PLAIN, 1);

  it('keeps its colours as attributes of ours', () => {
    assert.deepEqual(styledLine('a\x1b[31mb\x1b[0mc').spans, [
      { text: 'a', attr: PLAIN },
      { text: 'b', attr: red },
      { text: 'c', attr: PLAIN },
    ]);
    assert.equal(styledLine('\x1b[1;4;38;5;208mx').spans[0]!.attr, attr({ fg: 208, bold: true, underline: true }));
    assert.equal(styledLine('\x1b[97;104mx').spans[0]!.attr, attr({ fg: 15, bg: 12 }));
    assert.equal(styledLine('\x1b[1m\x1b[22mx').spans[0]!.attr, PLAIN);
  });

  it('understands true colours in every way they are written', () => {
    const orange = attr({ fg: trueColour(0xff6400) });
    for (const code of ['38;2;255;100;0', '38:2:255:100:0', '38:2::255:100:0']) {
      assert.equal(styledLine(`\x1b[${code}mx`).spans[0]!.attr, orange, code);
    }
    assert.equal(styledLine('\x1b[38;2;255;100;0;1mx').spans[0]!.attr, orange | Flag.bold);
    assert.equal(styledLine('\x1b[38;5;999mx').spans[0]!.attr, PLAIN);
    assert.equal(styledLine('\x1b[4:3mx').spans[0]!.attr, attr({ underline: true }));
    assert.equal(styledLine('\x1b[4m\x1b[4:0mx').spans[0]!.attr, PLAIN);
  });

  it('does not hide or blink, and does not move the cursor', () => {
    assert.deepEqual(styledLine('\x1b[8mhidden\x1b[5mblink\x1b[2J\x1b[10;10H').spans, [
      { text: 'hidden', attr: PLAIN },
      { text: 'blink', attr: PLAIN },
    ]);
  });

  it('is what stands after the last carriage return, as on a terminal', () => {
    assert.equal(styledLine('10 %\r50 %\r100 %').spans[0]!.text, '100 %');
    assert.equal(styledLine('done\r').spans[0]!.text, 'done');
  });

  it('has its tabs at every eighth column', () => {
    assert.equal(styledLine('a\tb').spans[0]!.text, 'a       b');
    assert.equal(styledLine('12345678\tb').spans[0]!.text, '12345678        b');
  });
});

describe('colours', () => {
  it('of the cube and the grey ramp are found again by what they look like', () => {
    for (let index = 16; index < 256; index++) {
      const found = nearest256(...rgbOf(index));
      assert.deepEqual(rgbOf(found), rgbOf(index), String(index));
    }
  });

  it('come to one of the sixteen that is like them', () => {
    assert.equal(nearest16(3), 3);
    assert.equal(nearest16(196), 9);
    assert.equal(nearest16(16), 0);
    assert.equal(nearest16(231), 15);
    assert.equal(nearest16(46), 10);
  });
});
