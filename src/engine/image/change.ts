// --change of commit and import: instructions of a Dockerfile, applied to an image's defaults one after another. Pure.
// Tests: test/pure/engine/image/instructions.test.ts.
import { SubstitutionError, substitute } from '../build/dockerfile/substitute.js';
import { wrong } from '../grammar/wrong.js';
import { applyInstruction, readChange, type Draft } from './instructions.js';
import type { ImageDefaults } from './oci.js';

const ESCAPE = '\\';

/** What stands in the environment can be used in what follows, as in a Dockerfile. @throws TscontainError INVALID_VALUE */
export function applyChanges(config: ImageDefaults, changes: readonly string[]): ImageDefaults {
  let draft: Draft = { config, hasOwnCmd: false };
  for (const change of changes) {
    const { word, rest } = readChange(change);
    const variables = new Map(draft.config.env.map(variable));
    const expand = (text: string): string => substitute(text, { escape: ESCAPE, variables }).text;
    try {
      draft = applyInstruction(draft, word, rest, { expand, escape: ESCAPE });
    } catch (error) {
      if (!(error instanceof SubstitutionError)) throw error;
      throw wrong('the change', change, `${error.message}; write \\$ for a dollar sign`);
    }
  }
  return draft.config;
}

function variable(entry: string): [name: string, value: string] {
  const equals = entry.indexOf('=');
  return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
}
