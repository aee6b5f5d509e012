// How effects are carried out: a function for each type, in a table for each subject.
import type { Effect } from '../actions.js';

export type EffectOf<Type extends Effect['type']> = Extract<Effect, { type: Type }>;

/** Who carries out effects of these types; what comes of it goes back as actions. */
export type Doers<Type extends Effect['type']> = { readonly [Each in Type]: (effect: EffectOf<Each>) => void };
