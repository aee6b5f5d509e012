// The rule file: what each sentence means, and where and how one is wrong.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseRules } from '../../../src/guard/index.js';

const rulesOf = (text: string) => {
  const read = parseRules(text);
  assert.ok(!('problems' in read), JSON.stringify(read));
  return read;
};
const ruleOf = (line: string) => {
  const { condition, act } = rulesOf(line).rules[0]!;
  return { condition, act };
};
const wrongOf = (text: string) => {
  const read = parseRules(text);
  assert.ok('problems' in read, `nothing is wrong with ${text}`);
  return read.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
};

describe('a rule', () => {
  it('is a sentence', () => {
    assert.deepEqual(ruleOf("while web's io pressure is over 20 %, halve the heaviest writer not marked protected"), {
      condition: {
        kind: 'measure',
        subject: { kind: 'container', name: 'web' },
        measure: 'io pressure',
        compare: 'over',
        threshold: 20,
        forMs: 5000,
      },
      act: { kind: 'halve', whom: { kind: 'heaviest', of: 'writer' } },
    });
  });

  it('may be about any container, about a project, about who suffers, and for how long', () => {
    assert.deepEqual(ruleOf("while any container's memory is over 90 % for 2 min, quiet down it"), {
      condition: {
        kind: 'measure',
        subject: { kind: 'any' },
        measure: 'memory',
        compare: 'over',
        threshold: 90,
        forMs: 120_000,
      },
      act: { kind: 'quiet down', whom: { kind: 'itself' } },
    });
    assert.deepEqual(ruleOf("while project shop's cpu is over 1.5 cores for 10s, pause batch").condition, {
      kind: 'measure',
      subject: { kind: 'project', name: 'shop' },
      measure: 'cpu',
      compare: 'over',
      threshold: 1.5,
      forMs: 10_000,
    });
    assert.deepEqual(ruleOf('while any container suffers from io, quiet down whoever does it'), {
      condition: { kind: 'suffers', subject: { kind: 'any' }, resource: 'io', forMs: 0 },
      act: { kind: 'quiet down', whom: { kind: 'suspect' } },
    });
    assert.deepEqual(ruleOf('while web suffers from cpu for 10 s, limit cpu of whoever does it to 0.5').act, {
      kind: 'limit',
      limit: 'cpu',
      whom: { kind: 'suspect' },
      value: 0.5,
    });
  });

  it('may set any limit', () => {
    const valueOf = (limit: string) => {
      const { act } = ruleOf(`while a1's throttling is under 5%, limit ${limit}`);
      return act.kind === 'limit' ? [act.limit, act.value] : [];
    };
    assert.deepEqual(valueOf('memory high of b2 to 64m'), ['memory high', 64 * 1024 ** 2]);
    assert.deepEqual(valueOf('writes of the heaviest writer to 10m/s'), ['writes', 10 * 1024 ** 2]);
    assert.deepEqual(valueOf('cpu weight of it to 2'), ['cpu weight', 2]);
    assert.deepEqual(valueOf('pids of itself to 50'), ['pids', 50]);
  });

  it('stands beside comments, empty lines, and who is never acted upon', () => {
    const { rules, protectedNames, protectedProjects } = rulesOf(
      "# all of it\n\nprotect web db # these\nprotect project shop\r\n  while web's cpu is over 1, pause job  # why\n",
    );
    assert.deepEqual([[...protectedNames], [...protectedProjects]], [['web', 'db'], ['shop']]);
    assert.deepEqual(
      rules.map(({ line, text }) => [line, text]),
      [[5, "while web's cpu is over 1, pause job"]],
    );
  });
});

describe('what is wrong with a rule file', () => {
  it('is said with line, column, the word, and what would be right', () => {
    assert.deepEqual(wrongOf('# fine\nwhen web is busy, stop it'), [
      '2:1: “when” cannot stand here: there should be "while", "protect", or a comment that begins with #',
    ]);
    const after = (rule: string, words: RegExp): void => assert.match(wrongOf(rule).join('\n'), words);
    after(
      "while web's disk is over 20 %, pause it",
      /^1:13: “disk” cannot stand here: there should be what is measured: cpu pressure, .*memory$/,
    );
    after("while web's io pressure is over much, pause it", /^1:33: “much” is no number: write such as 20 %/);
    after("while web's io pressure is over 20, pause it", /^1:35: “,” cannot stand here: there should be "%"/);
    after("while web's io pressure is over 120 %, pause it", /^1:33: 120 % cannot be/);
    after("while web's cpu is over 50 %, pause it", /^1:25: cpu is measured in cores, not in %: write 0.5/);
    after("while web's cpu is over 1 for ever, pause it", /^1:31: “ever” is no duration: write such as 10 s/);
    after("while web's cpu is over 1", /^1:26: the line ends where there should be ","/);
    after("while web's cpu is over 1, delete it", /what is done: quiet down, halve, pause, limit$/);
    after(
      "while web's cpu is over 1, pause it now",
      /^1:37: “now” cannot stand here: there should be the end of the line/,
    );
    after("while web's cpu is over 1, limit cpu of it to many", /^1:47: the number of cores "many"/);
    after("while web's cpu is over 1, limit heat of it to 1", /what is limited: /);
    after(
      "while web's cpu is over 1, halve the heaviest eater",
      /the heaviest of what: cpu user, memory user, writer, reader/,
    );
    after("while web's cpu is over 1, halve the heaviest memory user", /half of its memory would kill it/);
    after("while web's cpu is over 1, pause whoever does it", /who does it is known only of one that "suffers from"/);
    after("while project shop's cpu is over 1, pause it", /a project is not acted upon as a whole/);
    after('while project shop suffers from io, pause job', /a project as a whole is not judged/);
    after('while web is slow, pause it', /“is” cannot stand here/);
    after('while web suffers from love, pause it', /what it suffers from: cpu, memory, io/);
    after('protect', /^1:8: the line ends where there should be the name/);
    after("while ../x's cpu is over 1, pause it", /^1:7: .*\.\.\/x/);
  });

  it('is all of it at once', () => {
    assert.deepEqual(
      wrongOf("while\nwhile web's cpu is over 1, pause it\nnonsense\n").map((text) => text.split(':')[0]),
      ['1', '3'],
    );
  });

  it('whatever stands in the file: nothing crashes, and no escape sequence gets through', () => {
    const words = fc.constantFrom(
      'while',
      "web's",
      'any',
      'container',
      'cpu',
      'is',
      'over',
      '1',
      '%',
      ',',
      'pause',
      'it',
      '\u001b[2J',
      '’s',
      'project',
      'for',
      'limit',
      'of',
      'to',
      '20',
      '#',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(words).map((list) => list.join(' ')),
        ),
        (text) => {
          const read = parseRules(text);
          if ('problems' in read)
            for (const { column, message } of read.problems) {
              assert.ok(column >= 1);
              assert.doesNotMatch(message, /[\u0000-\u001f\u007f-\u009f]/);
            }
        },
      ),
    );
  });
});
