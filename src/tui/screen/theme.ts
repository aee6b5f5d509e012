// Colour says value or kind, never decoration: three stops by how near a limit, one hue a resource, dim for what is
// secondary, a bright border for focus, one colour for notices. A theme is the attributes that say so; make-theme.ts makes it.
import type { Attr } from './cells.js';
import type { ColourDepth } from './colours.js';
import type { ThemeName } from './palettes.js';

export type Resource = 'cpu' | 'memory' | 'io' | 'net' | 'pids';
export type TwoWay = Extract<Resource, 'io' | 'net'>;

/** Attributes for quiet, warm and hot. */
export type Ramp = readonly [quiet: Attr, warm: Attr, hot: Attr];

/** The finer colours of a ramp, lowest first: by the share of a limit, and where there is none by the share of the scale. */
export interface Shades {
  readonly byLimit: readonly Attr[];
  readonly byScale: readonly Attr[];
}

export interface Theme {
  readonly name: ThemeName;
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
  /** Of what has two directions the one that comes in; what goes out has the hue of the resource itself. */
  readonly incoming: Readonly<Record<TwoWay, Ramp>>;
  /** An attribute as it looks on the selected row; `active` where the pane has the focus. */
  selected(a: Attr, active: boolean): Attr;
  /** Everything behind a dialog. */
  readonly behind: Attr;
  /** What a program in a shell tab finds where it sets no colour. */
  readonly terminal: Attr;
  /** The gradient that goes with a ramp, for graphs and bars; text keeps to the three stops, or it could not be read. */
  shadesOf(ramp: Ramp): Shades;
}

/** From this share of a limit a value is warm, then hot. */
export const WARM = 0.7;
export const HOT = 0.9;

/** Which attribute of a ramp stands for `share` (0..1 of the limit; NaN where there is no limit). */
export function stopOf(ramp: Ramp, share: number): Attr {
  return share >= HOT ? ramp[2] : share >= WARM ? ramp[1] : ramp[0];
}

/** The colour of a list of shades for a share of the whole; the first for NaN. */
export function shadeAt(shades: readonly Attr[], share: number): Attr {
  const index = Number.isNaN(share) ? 0 : Math.floor(share * shades.length);
  return shades[Math.max(0, Math.min(shades.length - 1, index))]!;
}
