// A rule file of the guard, read from the disk: its rules, or everything that is wrong with it.
import { readFileSync } from 'node:fs';
import { TscontainError } from '../engine/index.js';
import { parseRules, type RuleSet } from '../guard/index.js';

/** Every problem as FILE:LINE:COLUMN, the way compilers say it, so that editors find the place. */
export function readGuardFile(path: string): RuleSet | { readonly complaints: readonly string[] } {
  const read = parseRules(textOf(path));
  if (!('problems' in read)) return read;
  return { complaints: read.problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`) };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TscontainError('NO_SUCH_PATH', `the rule file ${path} cannot be read`, {
      cause,
      hint: 'name a readable text file, one rule a line',
    });
  }
}
