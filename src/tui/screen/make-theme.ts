// A theme made of a palette (palettes.ts) for the colours that the terminal has: true ones, the nearest of the 256, the
// terminal's own 16, or none.
import { Flag, NO_COLOUR, PLAIN, type Attr, type Style, attr, fgOf, withBg, withFg } from './cells.js';
import { type ColourDepth, isGrey, mixed, nearest256, parseHex, splitRgb, trueColour } from './colours.js';
import { type ColourName, PALETTES, type Palette, type ThemeName } from './palettes.js';
import { type Ramp, type Resource, type Shades, type Theme, type TwoWay, stopOf } from './theme.js';

const RESOURCES: readonly Resource[] = ['cpu', 'memory', 'io', 'net', 'pids'];
const TWO_WAYS: readonly TwoWay[] = ['io', 'net'];

/**
 * So many colours a gradient has. Neighbours in a graph that share one are written without a change of colour between them, so
 * this is also what keeps frames light; the eye sees no steps from about a dozen on.
 */
const LIMIT_SHADES = 10;
const SCALE_SHADES = 3;
/** What is lowest is this near to the background. */
const LOWEST = 0.4;

/** A colour of the gradient: the hue grows out of the background, and from the middle on turns to warm and hot. */
function shade({ warm, hot, ground = '', assumed }: Palette, hue: number, share: number): number {
  const back = parseHex(ground === '' ? assumed : ground);
  if (share < 0.4) return mixed(hue, back, LOWEST * (1 - share / 0.4));
  if (share < 0.55) return hue;
  if (share < 0.78) return mixed(hue, parseHex(warm), (share - 0.55) / 0.23);
  return mixed(parseHex(warm), parseHex(hot), Math.min(1, (share - 0.78) / 0.16));
}

function shaded(count: number, pick: (share: number) => Attr): readonly Attr[] {
  return Array.from({ length: count }, (_, i) => pick((i + 0.5) / count));
}

/** Without gradients: three stops by the limit, one colour by the scale. */
const steps = (ramp: Ramp): Shades => ({ byLimit: shaded(20, (share) => stopOf(ramp, share)), byScale: [ramp[0]] });

function shadesFrom(known: ReadonlyMap<Ramp, Shades>): Theme['shadesOf'] {
  return (ramp) => known.get(ramp) ?? steps(ramp);
}

const record = <T, Name extends Resource>(names: readonly Name[], make: (resource: Name) => T): Record<Name, T> =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;

/** So much of the text's colour is in the hue of what comes in: enough to tell it from what goes out, and to see that they belong together. */
const INCOMING = 0.55;

/** 256 colours and more. */
function richTheme(name: ThemeName, palette: Palette, depth: 256 | 'truecolour'): Theme {
  const numberFor = (rgb: number): number =>
    depth === 'truecolour' ? trueColour(rgb, true) : nearest256(...splitRgb(rgb));
  const colour = (of: ColourName): number =>
    (depth === 256 ? palette.at256?.[of] : undefined) ?? numberFor(parseHex(palette[of]));
  const ground = palette.ground === undefined ? {} : { bg: numberFor(parseHex(palette.ground)) };
  const look = (fg: ColourName, more: Style = {}): Attr => attr({ fg: colour(fg), ...ground, ...more });
  const shades = new Map<Ramp, Shades>();
  const ramp = (hue: number, quiet: Attr): Ramp => {
    const made: Ramp = [quiet, look('warm'), look('hot')];
    const at = (share: number): Attr => {
      const fg = numberFor(shade(palette, hue, share));
      // Among 256 the nearest to a faint colour may be a grey: which resource it is says more than how faint.
      return depth === 256 && isGrey(fg) && !isGrey(fgOf(quiet)) ? quiet : attr({ fg, ...ground });
    };
    shades.set(made, { byLimit: shaded(LIMIT_SHADES, at), byScale: shaded(SCALE_SHADES, (share) => at(share * 0.5)) });
    return made;
  };
  const match = attr({ fg: numberFor(parseHex(palette.light ? '#ffffff' : '#101010')), bg: colour('notice') });
  const onGround = (bg: ColourName, fg: ColourName): Attr => attr({ fg: colour(fg), bg: colour(bg) });
  return {
    name,
    depth,
    text: look('text'),
    dim: look('dim'),
    faint: look('faint'),
    strong: look('bright', { bold: true }),
    key: look('bright', { bold: true }),
    title: look('dim'),
    titleFocus: look('bright', { bold: true }),
    border: look('border'),
    borderFocus: look('borderFocus'),
    notice: look('notice'),
    error: look('error'),
    good: look('good'),
    match,
    field: onGround('field', 'text'),
    fieldFocus: onGround('fieldFocus', 'bright'),
    resource: record(RESOURCES, (name) => ramp(parseHex(palette[name]), look(name))),
    incoming: record(TWO_WAYS, (name) => {
      const hue = mixed(parseHex(palette[name]), parseHex(palette.text), INCOMING);
      return ramp(hue, attr({ fg: numberFor(hue), ...ground }));
    }),
    selected: (a, active) =>
      a === match
        ? a
        : withBg(fgOf(a) === NO_COLOUR ? withFg(a, colour('text')) : a, colour(active ? 'selected' : 'selectedIdle')),
    behind: look('faint'),
    terminal: palette.ground === undefined ? PLAIN : look('text'),
    shadesOf: shadesFrom(shades),
  };
}

type Sixteen = Readonly<
  Record<Exclude<ColourName, 'text' | 'field' | 'fieldFocus' | 'selected' | 'selectedIdle'>, number>
>;

/** The terminal's own 16 are what its owner made of them: themes differ little there, and only light from dark. */
const DARK_16: Sixteen = {
  dim: 8, faint: 8, bright: 15, border: 8, borderFocus: 15, cpu: 10, memory: 12, io: 13, net: 14, pids: 7, warm: 11, hot: 9,
  good: 10, notice: 11, error: 9,
}; // prettier-ignore
/** On white only the dark ones can be read; hot is bold besides. */
const LIGHT_16: Sixteen = {
  dim: 8, faint: 7, bright: 0, border: 8, borderFocus: 0, cpu: 4, memory: 5, io: 4, net: 5, pids: 8, warm: 1, hot: 1, good: 4,
  notice: 1, error: 1,
}; // prettier-ignore

function basicTheme(name: ThemeName, palette: Palette): Theme {
  const light = palette.light === true;
  const colours: Sixteen = { ...(light ? LIGHT_16 : DARK_16), ...palette.at16 };
  const ground = light ? { bg: 15 } : {};
  const look = (fg: keyof Sixteen, more: Style = {}): Attr => attr({ fg: colours[fg], ...ground, ...more });
  const text = light ? attr({ fg: 0, bg: 15 }) : PLAIN;
  const hot = look('hot', { bold: light || colours.hot === colours.warm });
  return {
    name,
    depth: 16,
    text,
    dim: look('dim'),
    faint: look('faint'),
    strong: look('bright', { bold: true }),
    key: look('bright', { bold: true }),
    title: light ? look('dim') : attr({ fg: 7 }),
    titleFocus: look('bright', { bold: true }),
    border: look('border'),
    borderFocus: look('borderFocus'),
    notice: look('notice'),
    error: look('error', { bold: colours.error === colours.notice }),
    good: look('good'),
    match: light ? attr({ fg: 15, bg: 1 }) : attr({ fg: 0, bg: 11 }),
    field: attr({ ...ground, ...(light ? { fg: 0 } : {}), underline: true }),
    fieldFocus: attr({ fg: 15, bg: 4 }),
    resource: record(RESOURCES, (hue): Ramp => [look(hue), look('warm'), hot]),
    incoming: record(TWO_WAYS, (): Ramp => [text, look('warm'), hot]),
    // Blue is the one background on which the sixteen stay readable; what is dark on it is lifted to white.
    selected: (a, active) => {
      if (!active) return a | Flag.bold;
      if (light) return withBg(a, 7);
      const fg = fgOf(a);
      return withBg(fg === NO_COLOUR || fg === 8 || fg === 12 ? withFg(a, fg === 12 ? 14 : 15) : a, 4);
    },
    behind: look('faint'),
    terminal: light ? text : PLAIN,
    shadesOf: shadesFrom(new Map()),
  };
}

/** Without colours weight, underline and reverse carry the meaning, together with the signs that are there anyway. */
function plainTheme(depth: ColourDepth): Theme {
  const bold = attr({ bold: true });
  const dim = attr({ dim: true });
  return {
    name: 'plain',
    depth,
    text: PLAIN,
    dim,
    faint: dim,
    strong: bold,
    key: attr({ bold: true, underline: true }),
    title: PLAIN,
    titleFocus: bold,
    border: dim,
    borderFocus: bold,
    notice: bold,
    error: attr({ bold: true, underline: true }),
    good: PLAIN,
    match: attr({ inverse: true }),
    field: attr({ underline: true }),
    fieldFocus: attr({ inverse: true }),
    resource: record(RESOURCES, (): Ramp => [PLAIN, bold, attr({ bold: true, underline: true })]),
    incoming: record(TWO_WAYS, (): Ramp => [bold, bold, attr({ bold: true, underline: true })]),
    selected: (a, active) => (active ? (a & ~Flag.dim) | Flag.inverse : a | Flag.underline),
    behind: dim,
    terminal: PLAIN,
    shadesOf: shadesFrom(new Map()),
  };
}

const made = new Map<string, Theme>();

/** A theme for so many colours; made once. */
export function themeFor(depth: ColourDepth, name: ThemeName = 'dark'): Theme {
  const key = `${depth} ${name}`;
  let theme = made.get(key);
  if (theme === undefined) {
    theme = makeTheme(depth, name);
    made.set(key, theme);
  }
  return theme;
}

function makeTheme(depth: ColourDepth, name: ThemeName): Theme {
  if (name === 'plain' || depth === 'none') return plainTheme(depth);
  const palette: Palette = PALETTES[name];
  return depth === 16 ? basicTheme(name, palette) : richTheme(name, palette, depth);
}
