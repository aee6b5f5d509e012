// The scorer itself: what counts as found, as missed, as a false alarm, and as neither.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Label, Recording } from '../../../../bench/neighbours/recording.js';
import { scoreOf, verdictOn, type Verdict } from '../../../../bench/neighbours/score.js';
import { mixedOf, tableOf } from '../../../../bench/neighbours/table.js';
import { MiB, observationAt, T0, type Doing } from '../../../support/observations.js';

const CALM = 20;
const BEGAN = T0 + CALM * 1000;
const calm = { web: { ioWait: 1 }, backup: {} };

/** Twenty calm seconds, then ten of something. */
function recorded(then: Readonly<Record<string, Doing>>, label: Partial<Label>): Recording {
  const observations = Array.from({ length: CALM + 11 }, (_, i) =>
    observationAt(T0 + i * 1000, i <= CALM ? calm : then),
  );
  const whole: Label = { victims: [], maybe: [], began: BEGAN, ...label };
  return { scenario: 'some', seed: 1, host: 'hybrid', intervalMs: 1000, groups: {}, label: whole, observations };
}

const hurting = { web: { ioWait: 40 }, backup: { writes: 50 * MiB } };
const staged = { victims: ['web'], culprit: 'backup', resource: 'io' } as const;

describe('a verdict', () => {
  it('is right with victim, culprit, resource and time', () => {
    const verdict = verdictOn(recorded(hurting, staged));
    assert.deepEqual(
      [verdict.truth, verdict.named, verdict.isNamedRight, verdict.isResourceRight, verdict.falseAlarms],
      ['hurt', 'backup', true, true, []],
    );
    assert.ok(verdict.foundAfterMs! > 2000 && verdict.foundAfterMs! <= 5000);
  });

  it('goes by the work that was done where that was counted', () => {
    const truth = (got: number, then: Readonly<Record<string, Doing>>): Verdict =>
      verdictOn(recorded(then, { ...staged, got: { web: got } }));
    assert.deepEqual([truth(0.4, hurting).truth, truth(0.4, calm).truth], ['hurt', 'hurt']);
    assert.equal(truth(0.4, calm).foundAfterMs, undefined);
    assert.equal(truth(1, hurting).truth, 'unhurt');
    assert.equal(truth(1, hurting).falseAlarms.length, 1);
    assert.equal(truth(0.9, hurting).truth, 'unclear');
    assert.deepEqual(truth(0.9, hurting).falseAlarms, []);
  });

  it('is a false alarm where nobody is hurt, and before it began', () => {
    assert.equal(verdictOn(recorded(hurting, {})).falseAlarms.length, 1);
    const early = verdictOn(recorded(hurting, { ...staged, began: BEGAN + 8000 }));
    assert.equal(early.falseAlarms.length, 1);
    assert.equal(early.foundAfterMs, undefined);
  });

  it('knows who is named wrongly', () => {
    const verdict = verdictOn(recorded(hurting, { ...staged, culprit: 'db', resource: 'cpu' }));
    assert.deepEqual([verdict.isNamedRight, verdict.isResourceRight], [false, false]);
  });
});

describe('a score', () => {
  const right = verdictOn(recorded(hurting, staged));
  const missed = verdictOn(recorded(calm, staged));
  const alarm = verdictOn(recorded(hurting, {}));
  const quiet = verdictOn(recorded(calm, {}));

  it('is precision and recall over runs', () => {
    const score = scoreOf([right, right, right, missed, alarm, quiet]);
    assert.deepEqual([score.runs, score.hurt, score.found, score.false], [6, 4, 3, 1]);
    assert.deepEqual([score.precision, score.recall, score.who, score.inTime], [0.75, 0.75, 1, 1]);
  });

  it('of nothing says so', () => {
    assert.ok(Number.isNaN(scoreOf([]).precision));
    assert.match(tableOf([quiet]), /precision \*\*–\*\*/);
  });

  it('is a table with every fault by name', () => {
    const table = tableOf([right, missed, alarm]);
    assert.match(table, /^\| some \| 3 \| 1 of 2 \| 1 \| 1 of 1 \|/m);
    assert.match(table, /- some, seed 1: not found/);
    assert.match(table, /- some, seed 1: web\/io waits 40 % by backup at \d+ s/);
    assert.match(mixedOf([quiet, alarm]), /no alarm\.\n.*1 alarms\.\n- web\/io/s);
  });
});
