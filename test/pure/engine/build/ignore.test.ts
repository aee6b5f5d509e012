// .dockerignore: which files of a context are left out, and the wildcards of COPY.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { matcherOf, parseIgnore } from '../../../../src/engine/build/ignore.js';

const ignored = (text: string, ...paths: string[]) => paths.filter((path) => parseIgnore(text).ignores(path));

describe('.dockerignore', () => {
  const cases: readonly (readonly [text: string, ignored: string[], kept: string[]])[] = [
    ['node_modules', ['node_modules', 'node_modules/a/b'], ['src/node_modules', 'node_modules2']],
    ['**/node_modules', ['node_modules', 'a/b/node_modules', 'a/node_modules/c'], ['a/node_modules2']],
    ['*.log', ['a.log'], ['b/a.log', 'a.log2']],
    ['**/*.log', ['a.log', 'b/a.log', 'b/c/a.log'], ['a.txt']],
    ['/build/', ['build', 'build/x'], ['src/build']],
    ['a/**', ['a/b', 'a/b/c'], ['a']],
    ['a/**/z', ['a/z', 'a/b/z', 'a/b/c/z'], ['z', 'b/z']],
    ['a?c', ['abc'], ['ac', 'a/c']],
    ['[a-c]x', ['ax', 'cx'], ['dx']],
    ['[^a-c]x', ['dx'], ['ax']],
    ['\\*', ['*'], ['a']],
    ['# a comment\n\nx', ['x'], ['# a comment']],
    ['*\n!keep', ['a', 'b/keep'], ['keep', 'keep/inside']],
    ['*\n!a/keep\n', ['a', 'a/other', 'b'], ['a/keep']],
    ['!a\na', ['a'], []],
    ['a/../b', ['b'], ['a']],
    ['./c', ['c'], []],
    ['**', ['a', 'b/c'], []],
    ['', [], ['a']],
  ];
  for (const [text, gone, kept] of cases) {
    it(JSON.stringify(text), () => {
      assert.deepEqual(ignored(text, ...gone), gone);
      assert.deepEqual(ignored(text, ...kept), []);
    });
  }

  it('what is below an ignored directory need not be looked at, unless something may be kept', () => {
    assert.equal(parseIgnore('a').ignoresAllBelow('a'), true);
    assert.equal(parseIgnore('a\n!a/b').ignoresAllBelow('a'), false);
  });

  it('takes any text', () => {
    const sign = fc.constantFrom(
      '*',
      '**',
      '?',
      '[',
      ']',
      '^',
      '-',
      '\\',
      '/',
      '!',
      'a',
      'b',
      '.',
      '..',
      '\n',
      '#',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.array(sign, { maxLength: 20 }),
        fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 }),
        (signs, names) => {
          const ignore = parseIgnore(signs.join(''));
          assert.equal(typeof ignore.ignores(names.join('/')), 'boolean');
        },
      ),
    );
  });

  it('an ignored directory ignores all that is in it', () => {
    const sign = fc.constantFrom('*', '**', '?', '/', 'a', 'b');
    fc.assert(
      fc.property(
        fc.array(sign, { minLength: 1, maxLength: 8 }),
        fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 }),
        (signs, names) => {
          const ignore = parseIgnore(signs.join(''));
          const path = names.join('/');
          if (ignore.ignores(path)) assert.ok(ignore.ignores(`${path}/below`), `${signs.join('')} ${path}`);
        },
      ),
    );
  });
});

it('a wildcard of COPY fits a whole path and nothing below it', () => {
  const fits = (pattern: string, path: string) => matcherOf(pattern)(path);
  assert.equal(fits('*.txt', 'a.txt'), true);
  assert.equal(fits('*.txt', 'b/a.txt'), false);
  assert.equal(fits('src/*', 'src/a'), true);
  assert.equal(fits('src/*', 'src/a/b'), false);
  assert.equal(fits('**/*.c', 'a/b/x.c'), true);
  assert.equal(fits('a?/[bc]', 'ax/c'), true);
});
