// Every theme, in every number of colours: whole, readable, and each meaning told from the others.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bgOf,
  contrast,
  fgOf,
  Flag,
  PALETTES,
  rgbOf,
  shadeAt,
  THEME_NAMES,
  themeFor,
  trueColour,
  type Attr,
  type ColourDepth,
  type Theme,
  type ThemeName,
} from '../../../src/tui/screen/index.js';
import { isGrey, parseHex, splitRgb, type Rgb } from '../../../src/tui/screen/colours.js';
import { detectColours, detectLight } from '../../../src/tui/screen/detect.js';
import { coloursOfEntry } from '../../../src/tui/screen/terminfo.js';
import { isCrowded, takeBack } from '../../../src/tui/screen/true-colours.js';

const COLOURED = THEME_NAMES.filter((name) => name !== 'plain');
const DEPTHS: readonly ColourDepth[] = ['truecolour', 256, 16];
const NO_COLOUR = 0xfff;

/** What is behind and in front, as a person sees it; the terminal's own colours are those that the theme reckons with. */
function seen(theme: Theme, attr: Attr): readonly [front: Rgb, back: Rgb] {
  const palette = PALETTES[theme.name as Exclude<ThemeName, 'plain'>];
  const own: Rgb = theme.depth === 16 ? [0, 0, 0] : splitRgb(parseHex(palette.assumed));
  const back = bgOf(attr) === NO_COLOUR ? own : rgbOf(bgOf(attr));
  const front = fgOf(attr) === NO_COLOUR ? ([229, 229, 229] as const) : rgbOf(fgOf(attr));
  return [front, back];
}

const ratio = (theme: Theme, attr: Attr): number => contrast(...seen(theme, attr));

/** Attributes that are read, by name. */
function readable(theme: Theme): Readonly<Record<string, Attr>> {
  const { text, strong, key, titleFocus, notice, error, good, match, field, fieldFocus, resource, incoming } = theme;
  const plain = { text, strong, key, titleFocus, notice, error, good, match, field, fieldFocus };
  const stops = [
    ...Object.entries(resource),
    ...Object.entries(incoming).map(([name, ramp]) => [`${name} in`, ramp] as const),
  ].flatMap(([name, ramp]) => ramp.map((attr, i) => [`${name} ${['quiet', 'warm', 'hot'][i]!}`, attr] as const));
  return { ...plain, ...Object.fromEntries(stops) };
}

describe('themes', () => {
  it('are at least eight, with a light one, one of high contrast, one for colour-blind eyes and one without colour', () => {
    assert.ok(THEME_NAMES.length >= 8);
    for (const name of ['dark', 'light', 'high-contrast', 'colour-blind', 'plain'] as const)
      assert.ok(THEME_NAMES.includes(name));
  });

  for (const name of COLOURED) {
    for (const depth of DEPTHS) {
      it(`${name} can be read in ${depth} colours`, () => {
        const theme = themeFor(depth, name);
        // The terminal's own 16 are lighter or darker as its owner likes; here they are xterm's.
        const least = depth === 16 ? 3 : 4.5;
        for (const [what, attr] of Object.entries(readable(theme))) {
          assert.ok(ratio(theme, attr) >= least, `${what}: ${ratio(theme, attr).toFixed(2)}`);
          // The terminal's own blue and red are nothing that we could choose.
          const selected = theme.selected(attr, true);
          if (depth === 16 || what.startsWith('field')) continue;
          assert.ok(ratio(theme, selected) >= 3, `${what} on the selected row: ${ratio(theme, selected).toFixed(2)}`);
        }
        for (const what of ['dim', 'title'] as const) {
          for (const attr of [theme[what], theme.selected(theme[what], true), theme.selected(theme[what], false)])
            assert.ok(ratio(theme, attr) >= (depth === 16 ? 2 : 3), `${what}: ${ratio(theme, attr).toFixed(2)}`);
        }
        const text = theme.selected(theme.text, true);
        assert.ok(ratio(theme, text) >= 4.5, `text on the selected row: ${ratio(theme, text).toFixed(2)}`);
      });
    }

    it(`${name} tells quiet from warm from hot, and one resource from another`, () => {
      for (const depth of ['truecolour', 256] as const) {
        const { resource, incoming, notice, error } = themeFor(depth, name);
        for (const [hue, ramp] of Object.entries(resource)) assert.equal(new Set(ramp).size, 3, `${hue} in ${depth}`);
        assert.equal(new Set(Object.values(resource).map(([quiet]) => quiet)).size, 5, String(depth));
        assert.notEqual(notice, error);
        for (const way of ['io', 'net'] as const)
          assert.notEqual(incoming[way][0], resource[way][0], `${way} in ${depth}`);
      }
    });
  }

  it('of high contrast keeps even what is dim at 7 to 1', () => {
    const theme = themeFor('truecolour', 'high-contrast');
    assert.ok(ratio(theme, theme.dim) >= 7);
    assert.ok(ratio(theme, theme.text) >= 15);
  });

  it('for colour-blind eyes tells quiet from hot without red and green, and by lightness', () => {
    // Deuteranopes lack the middle cones: what is left of a colour is blue against yellow, and its lightness (Viénot 1999).
    const { cpu, hot, warm, good, error } = PALETTES['colour-blind'];
    const blueness = (hex: string): number => {
      const [red, green, blue] = splitRgb(parseHex(hex));
      return blue - (red + green) / 2;
    };
    assert.ok(blueness(cpu) - blueness(hot) > 120);
    assert.ok(blueness(cpu) - blueness(warm) > 120);
    assert.ok(blueness(good) - blueness(error) > 120);
    assert.ok(contrast(splitRgb(parseHex(warm)), splitRgb(parseHex(hot))) > 1.5);
  });

  it('without colour has none, and still tells everything apart', () => {
    const theme = themeFor(256, 'plain');
    const all = Object.values(readable(theme)).concat(theme.dim, theme.faint, theme.border, theme.borderFocus);
    for (const attr of all) assert.deepEqual([fgOf(attr), bgOf(attr)], [NO_COLOUR, NO_COLOUR]);
    assert.equal(new Set(theme.resource.cpu).size, 3);
    assert.notEqual(theme.notice, theme.error);
    assert.notEqual(theme.selected(theme.text, true), theme.selected(theme.text, false));
    assert.ok(theme.selected(theme.dim, true) & Flag.inverse);
    assert.equal(themeFor('none', 'nord').name, 'plain');
  });

  it('paint their own ground everywhere, but for the dark one, which leaves the terminal its own', () => {
    for (const name of COLOURED) {
      const { text, dim, border, terminal } = themeFor('truecolour', name);
      assert.deepEqual([bgOf(dim), bgOf(border), bgOf(terminal)], [bgOf(text), bgOf(text), bgOf(text)], name);
      assert.equal(bgOf(text) === NO_COLOUR, name === 'dark', name);
    }
  });

  it('have gradients that go from the hue to hot where there is a limit, and stay with the hue where there is none', () => {
    for (const name of COLOURED) {
      const theme = themeFor('truecolour', name);
      const { byLimit, byScale } = theme.shadesOf(theme.resource.cpu);
      assert.ok(new Set(byLimit).size >= 8, name);
      assert.equal(shadeAt(byLimit, 1), theme.resource.cpu[2], `${name}: full is hot`);
      assert.equal(shadeAt(byScale, 1), theme.resource.cpu[0], `${name}: the top of a scale has the hue`);
      assert.equal(shadeAt(byLimit, NaN), byLimit[0]);
      assert.equal(shadeAt(byLimit, -1), byLimit[0]);
      assert.ok(new Set(themeFor(256, name).shadesOf(themeFor(256, name).resource.io).byLimit).size >= 4, name);
    }
    for (const name of COLOURED) {
      const theme = themeFor(256, name);
      for (const ramp of [...Object.values(theme.resource), ...Object.values(theme.incoming)]) {
        const greys = theme.shadesOf(ramp).byScale.filter((attr) => isGrey(fgOf(attr)));
        assert.ok(greys.length === 0 || isGrey(fgOf(ramp[0])), `${name}: a faint hue is a hue in 256 colours too`);
      }
    }
    const basic = themeFor(16);
    assert.deepEqual(new Set(basic.shadesOf(basic.resource.cpu).byLimit), new Set(basic.resource.cpu));
  });
});

describe('true colours', () => {
  it('keep their number while a cell shows them, and give it back after', () => {
    const red = trueColour(0xfe0102);
    assert.equal(trueColour(0xfe0102), red);
    assert.deepEqual(rgbOf(red), [0xfe, 1, 2]);
    const theme = themeFor('truecolour', 'gruvbox');
    const kept = rgbOf(fgOf(theme.text));
    takeBack(new Set());
    assert.deepEqual(rgbOf(fgOf(theme.text)), kept, 'those of themes stay');
    const shown = trueColour(0x010203);
    takeBack(new Set([shown]));
    assert.deepEqual(rgbOf(shown), [1, 2, 3]);
  });

  it('that are among the 256 are those, which take fewer bytes', () => {
    assert.equal(trueColour(0x5f87af), 67);
    assert.equal(trueColour(0x808080), 244);
  });

  it('are the nearest of the 256 when more of them are shown at once than there are numbers', () => {
    for (let i = 0; i < 5000; i++) trueColour(0x400000 + i * 977);
    assert.ok(isCrowded());
    const late = trueColour(0xfe0102);
    assert.equal(late, 196);
    assert.equal(takeBack(new Set()), true);
    assert.ok(!isCrowded());
    assert.ok(trueColour(0xfe0102) > 255);
    takeBack(new Set());
  });
});

describe('what the terminal can do', () => {
  const nothing = (): undefined => undefined;

  it('is judged by what it says', () => {
    assert.equal(detectColours({ COLORTERM: 'truecolor', TERM: 'xterm' }, nothing), 'truecolour');
    assert.equal(detectColours({ TERM: 'xterm-kitty' }, nothing), 'truecolour');
    assert.equal(detectColours({ TERM: 'xterm-256color' }, nothing), 256);
    assert.equal(detectColours({ TERM: 'xterm' }, nothing), 16);
    assert.equal(
      detectColours({ TERM: 'odd' }, () => 256),
      256,
      'terminfo knows terminals that we do not',
    );
    assert.equal(detectColours({ NO_COLOR: '1', COLORTERM: 'truecolor' }, nothing), 'none');
    assert.equal(detectColours({ NO_COLOR: '', COLORTERM: 'truecolor' }, nothing), 'truecolour');
    assert.ok(detectLight({ COLORFGBG: '0;15' }));
    assert.ok(!detectLight({ COLORFGBG: '15;0' }));
    assert.ok(!detectLight({}));
  });

  /** A terminfo entry with so many colours (term(5)). */
  function entry(colours: number, wide = false, extended = ''): Buffer {
    const names = Buffer.from('odd\0');
    const numbers = Array.from({ length: 14 }, (_, i) => (i === 13 ? colours : -1));
    const header = Buffer.alloc(12);
    [wide ? 0o1036 : 0o432, names.length, 1, numbers.length, 0, 0].forEach((value, i) =>
      header.writeUInt16LE(value, 2 * i),
    );
    const body = Buffer.alloc(numbers.length * (wide ? 4 : 2));
    numbers.forEach((value, i) => (wide ? body.writeInt32LE(value, 4 * i) : body.writeInt16LE(value, 2 * i)));
    return Buffer.concat([header, names, Buffer.alloc(2), body, Buffer.from(extended)]);
  }

  it('is read from a terminfo entry, old and new, and nothing else passes for one', () => {
    assert.equal(coloursOfEntry(entry(8)), 16);
    assert.equal(coloursOfEntry(entry(256)), 256);
    assert.equal(coloursOfEntry(entry(-1)), 'none');
    assert.equal(coloursOfEntry(entry(1 << 24, true)), 'truecolour');
    assert.equal(coloursOfEntry(entry(256, false, '\0Tc\0')), 'truecolour');
    assert.equal(coloursOfEntry(Buffer.from('#!/bin/sh, not an entry')), undefined);
    assert.equal(coloursOfEntry(Buffer.alloc(3)), undefined);
    assert.equal(coloursOfEntry(entry(256).subarray(0, 20)), 'none');
  });
});
