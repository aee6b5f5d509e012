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

export interface Appearance {
  readonly theme: ThemeName;
  readonly colours: ColourDepth;
  readonly glyphs: GlyphSet;
}

/** What was chosen; what is absent follows the terminal. */
export type Choice = Partial<Appearance>;

export function detectAppearance(env: NodeJS.ProcessEnv): Appearance {
  return {
    theme: detectLight(env) ? 'light' : 'dark',
    colours: detectColours(env),
    glyphs: detectAscii(env) ? 'ascii' : 'braille',
  };
}

export const lookOf = ({ theme, colours, glyphs }: Appearance): Look => ({
  theme: themeFor(colours, theme),
  glyphs: glyphsFor(glyphs),
});

export const isSameAppearance = (a: Appearance, b: Appearance): boolean =>
  a.theme === b.theme && a.colours === b.colours && a.glyphs === b.glyphs;
