// From the text of a Dockerfile to its instructions. Whatever is wrong with it is said with its line and column; what is only
// doubtful becomes a warning. Pure. Tests: test/pure/engine/build/dockerfile.test.ts.
//
// Our own and no library's: dockerfile-ast 0.7.1, the one that is kept up, is made for editors. It tells where instructions, flags
// and here documents stand and refuses nothing: no flag, option or form is wrong to it, substitution is a plain look-up, and what
// an instruction means is left to others. Grammar, faults and meaning would all have had to be written again above it.
import { shown } from '../../grammar/wrong.js';
import { isWanted, readDirectives } from './directives.js';
import type { Dockerfile, Instruction } from './instruction.js';
import { Parser } from './parser.js';
import { BuildError, faultAt, type Source } from './position.js';

/** More is refused before it is looked at: a Dockerfile is written by people. */
const MAX_BYTES = 8 * 1024 * 1024;

/** @throws BuildError */
export function parseDockerfile(name: string, text: string): Dockerfile {
  if (text.length > MAX_BYTES) {
    throw new BuildError('INVALID_VALUE', `${name} has ${text.length} characters, which no Dockerfile has`, {
      hint: 'name another file with -f',
    });
  }
  const lines = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const source: Source = { name, lines };
  const directives = readDirectives(source);
  const parser = new Parser(source, directives.escape, directives.end);
  const instructions = parser.readAll();
  if (instructions.length === 0) {
    throw new BuildError('INVALID_VALUE', `${name} has no instructions`, { hint: 'begin it with FROM and an image' });
  }
  const { escape, check, syntax } = directives;
  if (syntax !== undefined) {
    parser.warnings.unshift({
      rule: 'SyntaxDirective',
      position: syntax.position,
      message: `${shown(syntax.image)} is not fetched to read this file: it is read by tscontain itself`,
    });
  }
  const warnings = parser.warnings.filter((warning) => isWanted(check, warning));
  const [first] = warnings.filter(({ rule }) => rule !== 'SyntaxDirective');
  if (check.isError && first !== undefined)
    throw faultAt(source, first.position, first.message, { hint: 'the check directive wants that to end the build' });
  return { source, escape, check, instructions, warnings };
}

/** What ONBUILD of an image put off, one instruction. @param image whose it is */
export function parseTrigger(image: string, text: string): { source: Source; instruction: Instruction } {
  const source: Source = { name: `ONBUILD of ${image}`, lines: text.split('\n') };
  const [instruction, ...others] = new Parser(source, '\\', 0).readAll();
  if (instruction === undefined || others.length > 0)
    throw faultAt(source, { line: 1, column: 1 }, 'it is to be one instruction', {
      hint: 'the image says what it cannot mean',
    });
  return { source, instruction };
}
