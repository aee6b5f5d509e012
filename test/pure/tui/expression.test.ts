// Regular expressions of our own: they find what JavaScript's find, and take no longer over a hostile text than over another.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileExpression } from '../../../src/tui/expression/index.js';
import { cpuMs } from '../../support/patience.js';

const quantified = (atom: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,3}?', '{2,}'))
    .map(([one, many]) => one + many);
const choiceOf = (atom: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const item = fc.oneof(
    { weight: 6, arbitrary: quantified(atom) },
    { weight: 1, arbitrary: fc.constantFrom('^', '$', '\\b', '\\B') },
  );
  const way = fc.array(item, { maxLength: 3 }).map((items) => items.join(''));
  return fc.array(way, { minLength: 1, maxLength: 2 }).map((ways) => ways.join('|'));
};
const plain = fc.constantFrom(
  ...[
    'a',
    'b',
    'B',
    'é',
    '漢',
    '😀',
    '.',
    '\\d',
    '\\w',
    '\\S',
    '[ab]',
    '[^a]',
    '[a-c1]',
    '[\\d-]',
    '\\.',
    '\\x61',
    '\\u{62}',
  ],
);
const grouped = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: inner.map((way) => `(?:${way})`) });
/** Sources over a small alphabet, so that texts over the same one match now and then; groups in groups in groups. */
const source = choiceOf(grouped(choiceOf(grouped(choiceOf(plain)))));

const text = fc
  .array(fc.constantFrom('a', 'b', 'A', 'B', 'c', '1', '-', '.', ' ', 'é', 'É', '漢', '😀', '_'), { maxLength: 12 })
  .map((letters) => letters.join(''));

/** The first find that is not empty, by JavaScript's own. */
function byJavaScript(pattern: string, subject: string): boolean {
  return new RegExp(pattern, 'u').test(subject);
}

/** V8 finds \B between the two halves of a character outside of the basic plane, where ECMAScript has no place to look. */
const isOddInV8 = (pattern: string, subject: string): boolean => pattern.includes('\\B') && subject.includes('😀');

describe('an expression', () => {
  it('matches what JavaScript says it matches', () => {
    fc.assert(
      fc.property(source, text, (pattern, subject) => {
        fc.pre(!isOddInV8(pattern, subject));
        const ours = compileExpression(pattern, false);
        assert.equal(ours.matches(subject), byJavaScript(pattern, subject), `/${pattern}/ on “${subject}”`);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds its first match where JavaScript does, where that is not empty', () => {
    fc.assert(
      fc.property(source, text, (pattern, subject) => {
        const theirs = new RegExp(pattern, 'u').exec(subject);
        // A round of a group that takes nothing does not count in JavaScript, whatever way it prefers: a rule for backtracking.
        if (/\)[*+?{]/.test(pattern)) return;
        const ours = compileExpression(pattern, false).find(subject);
        if (theirs === null) assert.equal(ours, undefined);
        else if (theirs[0] !== '')
          assert.deepEqual(
            ours,
            { start: theirs.index, end: theirs.index + theirs[0].length },
            `/${pattern}/ on “${subject}”`,
          );
      }),
      { numRuns: 2000 },
    );
  });

  it('does not care about case where it is told so', () => {
    for (const [pattern, subject, expected] of [
      ['straße', 'STRASSE', false],
      ['élan', 'ÉLAN', true],
      ['[a-f]{3}', 'ABC', true],
      ['[^a]', 'A', false],
      ['ΣΊΣΥΦΟΣ', 'σίσυφοσ', true],
    ] as const) {
      assert.equal(compileExpression(pattern, true).matches(subject), expected, pattern);
    }
  });

  it('takes no longer over what takes JavaScript years', () => {
    const began = cpuMs();
    const subject = `${'a'.repeat(20_000)}!`;
    for (const pattern of ['(a+)+$', '(a*)*b', '(a|aa)+$', '(.*)*x', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a?){50}a{50}b']) {
      assert.equal(compileExpression(pattern, false).matches(subject), false, pattern);
      compileExpression(pattern, false).find(subject.slice(0, 4000));
    }
    assert.ok(cpuMs() - began < 8000, `${(cpuMs() - began).toFixed(0)} ms`);
  });

  it('bounds its memory over a pattern with too many states', () => {
    // Which of the last 14 letters was an a: 2^14 states if all were kept.
    const expression = compileExpression('a[ab]{14}c', false);
    let seed = 7;
    let subject = '';
    for (let i = 0; i < 40_000; i++) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      subject += seed & 0x10000 ? 'a' : 'b';
    }
    assert.equal(expression.matches(subject), false);
    assert.equal(expression.matches(`${subject}aabababababababac`), true);
  });

  it('says in one sentence what is wrong', () => {
    for (const [pattern, reason] of [
      ['(a', /is not closed/],
      ['a)', /has no \(/],
      ['[a', /is not closed/],
      ['*a', /nothing to repeat/],
      ['a**', /nothing to repeat/],
      ['(?=a)', /looks ahead/],
      ['(?<!a)b', /looks ahead or behind/],
      ['(a)\\1', /refers to a group/],
      ['\\', /backslash at the end/],
      ['[z-a]', /runs backwards/],
      ['a{3,2}', /counts backwards/],
      ['(a{500}){500}', /too large/],
      ['a{501}', /more than 500/],
      ['\\p{L}', /\\p has no meaning/],
      ['x'.repeat(501), /501 characters/],
      ['('.repeat(400), /is not closed/],
    ] as const) {
      assert.throws(() => compileExpression(pattern, false), reason, pattern);
    }
  });

  it('stands whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40, unit: 'binary' }),
        fc.string({ maxLength: 40, unit: 'binary' }),
        (pattern, subject) => {
          let expression;
          try {
            expression = compileExpression(pattern, true);
          } catch (error) {
            assert.ok(error instanceof Error && !error.message.includes('\n\n'));
            return;
          }
          const found = expression.find(subject);
          if (found) assert.ok(expression.matches(subject) && found.start < found.end && found.end <= subject.length);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
