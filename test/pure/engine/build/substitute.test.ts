// Variables in words: what replaces them, quotes and escapes, and what cannot be understood.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { substitute, SubstitutionError } from '../../../../src/engine/build/dockerfile/substitute.js';

const VARIABLES = new Map([
  ['a', 'one'],
  ['empty', ''],
  ['path', '/usr/local/lib/x.tar.gz'],
  ['two', 'x y'],
]);
const text = (word: string) => substitute(word, { escape: '\\', variables: VARIABLES }).text;

describe('a variable', () => {
  const cases: readonly (readonly [word: string, result: string])[] = [
    ['$a', 'one'],
    ['${a}', 'one'],
    ['$a.b', 'one.b'],
    ['$ab', ''],
    ['${none:-d}', 'd'],
    ['${none-d}', 'd'],
    ['${empty:-d}', 'd'],
    ['${empty-d}', ''],
    ['${a:-d}', 'one'],
    ['${none:-${a}x}', 'onex'],
    ['${none:-"a b"}', 'a b'],
    ['${a:+s}', 's'],
    ['${none:+s}', ''],
    ['${empty:+s}', ''],
    ['${empty+s}', 's'],
    ['${a:?is needed}', 'one'],
    ['${path#*/}', 'usr/local/lib/x.tar.gz'],
    ['${path##*/}', 'x.tar.gz'],
    ['${path%.*}', '/usr/local/lib/x.tar'],
    ['${path%%.*}', '/usr/local/lib/x'],
    ['${path%/*}', '/usr/local/lib'],
    ['${path#no}', '/usr/local/lib/x.tar.gz'],
    ['${path/lib/LIB}', '/usr/local/LIB/x.tar.gz'],
    ['${path//l/L}', '/usr/LocaL/Lib/x.tar.gz'],
    ['${path/l*b/-}', '/usr/-/x.tar.gz'],
    ['${a/n/$two}', 'ox ye'],
    ['\\$a', '$a'],
    ["'$a'", '$a'],
    ['"$a"', 'one'],
    ['"\\$a"', '$a'],
    ['"a\\b"', 'a\\b'],
    ['a\\ b', 'a b'],
    ['$', '$'],
    ['$ a', '$ a'],
    ['a$', 'a$'],
    ["it\\'s", "it's"],
    ['"it\'s"', "it's"],
  ];
  for (const [word, result] of cases) it(`${word} becomes ${result}`, () => assert.equal(text(word), result));
});

it('words are cut at blanks that are not quoted, those that a variable brings along too', () => {
  const words = (word: string) => substitute(word, { escape: '\\', variables: VARIABLES }).words;
  assert.deepEqual(words('a "b c" d\\ e $two "$two"'), ['a', 'b c', 'd e', 'x', 'y', 'x y']);
});

it('what is asked for and not set is told, and what has another value is not', () => {
  const { unset } = substitute('$no ${no2:-x} $a ${no3}', { escape: '\\', variables: VARIABLES });
  assert.deepEqual(unset, ['no', 'no3']);
});

it('with another escape character a backslash is one', () => {
  assert.equal(substitute('\\$a `$a', { escape: '`', variables: VARIABLES }).text, '\\one $a');
});

it('in a here document quotes are text', () => {
  const { text: result } = substitute(`'$a' "\\$a" don't`, { escape: '\\', variables: VARIABLES, hasQuotes: false });
  assert.equal(result, `'one' "$a" don't`);
  assert.equal(
    substitute('a\\.b \\\\ $a', { escape: '\\', variables: VARIABLES, hasQuotes: false }).text,
    'a\\.b \\ one',
  );
});

describe('what cannot be understood', () => {
  const cases: readonly (readonly [word: string, offset: number])[] = [
    ['x${a', 1],
    ['${}', 0],
    ['${:-a}', 0],
    ['"a', 0],
    ["ab'c", 2],
    ['${a&b}', 3],
    ['${a:=b}', 4],
    ['${none:?}', 0],
    ['${a:-b', 5],
  ];
  for (const [word, offset] of cases) {
    it(`${word} points at ${offset}`, () => {
      assert.throws(
        () => text(word),
        (error) => error instanceof SubstitutionError && error.offset === offset,
      );
    });
  }

  it('however deeply it is nested', () => {
    assert.throws(() => text('${a:-'.repeat(10_000)), SubstitutionError);
  });
});

it('patterns take time in proportion, whatever they are', () => {
  const variables = new Map([['a', 'a'.repeat(2000)]]);
  const begun = process.cpuUsage();
  substitute(`\${a##${'*a'.repeat(50)}b}`, { escape: '\\', variables });
  const { user } = process.cpuUsage(begun);
  assert.ok(user < 2_000_000, `${user} µs`);
});

it('a shell agrees about what it has too', () => {
  const piece = fc.constantFrom(
    '$a',
    '${a}',
    '${none:-d}',
    '${a:+s}',
    '${path##*/}',
    '${path%.*}',
    '${path%%.*}',
    '${path#*/}',
    'x',
    '-',
    '"$a"',
    "'$a'",
    '\\$',
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      const word = pieces.join('');
      const said = execFileSync('sh', ['-c', `printf %s ${word}`], {
        env: { PATH: process.env['PATH'], ...Object.fromEntries(VARIABLES) },
      });
      assert.equal(text(word), said.toString(), word);
    }),
    { numRuns: 40 },
  );
});
