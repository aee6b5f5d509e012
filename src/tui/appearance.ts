// What the dashboard looks like: which theme, in how many colours, drawn with which signs. Chosen by a person where they chose,
// else what the terminal is found to be able to.
import {
  detectAscii,
  detectColours,
  detectLight,
  glyphsFor,
  themeFor,
  type ColourDepth,
  type GlyphSet,
  type Look,
  type ThemeName,
} from './screen/index.js';
import type { ColourName, Settings } from './config/schema.js';

export interface Appearance {
  readonly theme: ThemeName;
  readonly colours: ColourDepth;
  readonly glyphs: GlyphSet;
}

export function detectAppearance(env: NodeJS.ProcessEnv): Appearance {
  return {
    theme: detectLight(env) ? 'light' : 'dark',
    colours: detectColours(env),
    glyphs: detectAscii(env) ? 'ascii' : 'braille',
  };
}

/** `auto` follows what was found. */
export function appearanceFor(settings: Pick<Settings, 'theme' | 'colours' | 'glyphs'>, found: Appearance): Appearance {
  const { theme, colours, glyphs } = settings;
  return {
    theme: theme === 'auto' ? found.theme : theme,
    colours: colours === 'auto' ? found.colours : DEPTHS[colours],
    glyphs: glyphs === 'auto' ? found.glyphs : glyphs,
  };
}

const DEPTHS: Readonly<Record<ColourName, ColourDepth>> = { truecolour: 'truecolour', 256: 256, 16: 16, none: 'none' };

export const lookOf = ({ theme, colours, glyphs }: Appearance): Look => ({
  theme: themeFor(colours, theme),
  glyphs: glyphsFor(glyphs),
});

export const isSameAppearance = (a: Appearance, b: Appearance): boolean =>
  a.theme === b.theme && a.colours === b.colours && a.glyphs === b.glyphs;
