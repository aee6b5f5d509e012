// Colour says value or kind, never decoration: three stops by how near a limit, one hue a resource, dim for what is
// secondary, a bright border for focus, one colour for notices. Two sets: 256 colours and 16.
import type { Attr } from './cells.js';
import { Flag, PLAIN, attr, fgOf, NO_COLOUR, withBg, withFg } from './cells.js';
import type { ColourDepth } from './colours.js';

export type Resource = 'cpu' | 'memory' | 'io' | 'net' | 'pids';

/** Attributes for quiet, warm and hot. */
export type Ramp = readonly [quiet: Attr, warm: Attr, hot: Attr];

export interface Theme {
  readonly depth: ColourDepth;
  readonly text: Attr;
  /** Secondary text: units, hints, labels of columns. */
  readonly dim: Attr;
  /** Fainter still: unlit parts of bars and graphs, rules. */
  readonly faint: Attr;
  readonly strong: Attr;
  /** The letter to press. */
  readonly key: Attr;
  readonly title: Attr;
  readonly titleFocus: Attr;
  readonly border: Attr;
  readonly borderFocus: Attr;
  /** Victims and suspects, warnings. */
  readonly notice: Attr;
  readonly error: Attr;
  readonly good: Attr;
  /** Found by a search. */
  readonly match: Attr;
  /** Text fields: what can be written into. */
  readonly field: Attr;
  readonly fieldFocus: Attr;
  readonly resource: Readonly<Record<Resource, Ramp>>;
  /** An attribute as it looks on the selected row; `active` where the pane has the focus. */
  selected(a: Attr, active: boolean): Attr;
  /** Everything behind a dialog. */
  readonly behind: Attr;
}

/** From this share of a limit a value is warm, then hot. */
export const WARM = 0.7;
export const HOT = 0.9;

/** Which attribute of a ramp stands for `share` (0..1 of the limit; NaN where there is no limit). */
export function stopOf(ramp: Ramp, share: number): Attr {
  return share >= HOT ? ramp[2] : share >= WARM ? ramp[1] : ramp[0];
}

function ramps(hues: Record<Resource, number>, warm: number, hot: number): Record<Resource, Ramp> {
  const ramp = (hue: number): Ramp => [attr({ fg: hue }), attr({ fg: warm }), attr({ fg: hot })];
  return {
    cpu: ramp(hues.cpu),
    memory: ramp(hues.memory),
    io: ramp(hues.io),
    net: ramp(hues.net),
    pids: ramp(hues.pids),
  };
}

const rich: Theme = {
  depth: 256,
  text: attr({ fg: 252 }),
  dim: attr({ fg: 245 }),
  faint: attr({ fg: 239 }),
  strong: attr({ fg: 255, bold: true }),
  key: attr({ fg: 231, bold: true }),
  title: attr({ fg: 248 }),
  titleFocus: attr({ fg: 231, bold: true }),
  border: attr({ fg: 239 }),
  borderFocus: attr({ fg: 250 }),
  notice: attr({ fg: 215 }),
  error: attr({ fg: 203 }),
  good: attr({ fg: 114 }),
  match: attr({ fg: 16, bg: 215 }),
  field: attr({ fg: 252, bg: 236 }),
  fieldFocus: attr({ fg: 231, bg: 239 }),
  resource: ramps({ cpu: 114, memory: 75, io: 176, net: 80, pids: 250 }, 221, 203),
  selected: (a, active) => withBg(fgOf(a) === NO_COLOUR ? withFg(a, 252) : a, active ? 238 : 235),
  behind: attr({ fg: 239 }),
};

const basic: Theme = {
  depth: 16,
  text: PLAIN,
  dim: attr({ fg: 8 }),
  faint: attr({ fg: 8 }),
  strong: attr({ fg: 15, bold: true }),
  key: attr({ fg: 15, bold: true }),
  title: attr({ fg: 7 }),
  titleFocus: attr({ fg: 15, bold: true }),
  border: attr({ fg: 8 }),
  borderFocus: attr({ fg: 15 }),
  notice: attr({ fg: 11 }),
  error: attr({ fg: 9 }),
  good: attr({ fg: 10 }),
  match: attr({ fg: 0, bg: 11 }),
  field: attr({ underline: true }),
  fieldFocus: attr({ fg: 15, bg: 4 }),
  resource: ramps({ cpu: 10, memory: 12, io: 13, net: 14, pids: 7 }, 11, 9),
  // Blue is the one background on which the sixteen stay readable; what is dark on it is lifted to white.
  selected: (a, active) => {
    if (!active) return a | Flag.bold;
    const fg = fgOf(a);
    return withBg(fg === NO_COLOUR || fg === 8 || fg === 12 ? withFg(a, fg === 12 ? 14 : 15) : a, 4);
  },
  behind: attr({ fg: 8 }),
};

export function themeFor(depth: ColourDepth): Theme {
  return depth === 256 ? rich : basic;
}
