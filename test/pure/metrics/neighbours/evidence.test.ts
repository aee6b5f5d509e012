// What is usual and what is enough: the two memories that a judgement rests on.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Baseline } from '../../../../src/metrics/neighbours/baseline.js';
import { Evidence } from '../../../../src/metrics/neighbours/evidence.js';
import { RecentMean } from '../../../../src/metrics/neighbours/mean.js';

const always = (): boolean => true;

describe('what is usual', () => {
  const learnt = (values: readonly number[], stepMs = 1000): Baseline => {
    const baseline = new Baseline(10, 5);
    for (const value of values) baseline.learn(value, stepMs);
    return baseline;
  };
  const steady = (value: number, count: number): number[] => Array<number>(count).fill(value);

  it('is nothing at first, and nothing below the floor is out of the ordinary', () => {
    assert.deepEqual([learnt([]).usual, learnt([]).threshold], [0, 10]);
    assert.equal(learnt(steady(1, 100)).threshold, 10);
  });

  it('is the level of the last minutes, whatever the pace of samples', () => {
    for (const stepMs of [100, 1000, 10_000]) {
      const { usual, threshold } = learnt(steady(20, 600_000 / stepMs), stepMs);
      assert.ok(Math.abs(usual - 20) < 1, `${usual} at ${stepMs} ms`);
      assert.ok(threshold >= 29 && threshold < 36, `${threshold} at ${stepMs} ms`);
    }
  });

  it('follows what strays with a wider margin', () => {
    const wild = learnt(Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? 5 : 25)));
    assert.ok(wild.threshold > 25, `${wild.threshold}`);
  });

  it('hardly believes what is out of the ordinary', () => {
    const baseline = learnt(steady(4, 120));
    for (let i = 0; i < 5; i++) baseline.learn(80, 1000);
    assert.ok(baseline.usual < 7, `${baseline.usual}`);
  });

  it('learns nothing from what was not measured', () => {
    assert.equal(learnt([NaN, Infinity]).usual, 0);
  });
});

describe('evidence', () => {
  /** Values a second; answers the seconds in which it was enough. */
  function enough(values: readonly number[], stepMs = 1000, allowed = always): number[] {
    const evidence = new Evidence();
    return values.flatMap((value, i) => {
      evidence.add(value, 10, (i + 1) * stepMs, stepMs, allowed);
      return evidence.isEnough ? [i + 1] : [];
    });
  }
  const steady = (value: number, count: number): number[] => Array<number>(count).fill(value);

  it('is enough after four strong seconds, later when it is weak, never below the line', () => {
    assert.equal(enough(steady(90, 20))[0], 4);
    assert.ok(enough(steady(12, 60))[0]! > 7);
    assert.deepEqual(enough(steady(9.9, 600)), []);
  });

  it('is not enough for a burst of two seconds that falls into three samples', () => {
    assert.deepEqual(enough([0, 45, 90, 45, 0, 0, 0, 0, 0, 0, 45, 90, 45, 0]), []);
  });

  it('is as quick at other paces', () => {
    for (const stepMs of [100, 200, 500, 2000, 4000]) {
      const first = enough(steady(90, 8000 / stepMs), stepMs)[0]! * stepMs;
      assert.ok(first >= 3000 && first <= 4000, `${first} ms in steps of ${stepMs}`);
    }
  });

  it('sees what comes and goes by the second', () => {
    assert.ok(enough(Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 60 : 0))).length > 10);
  });

  it('stays while it lets up, and is over six seconds after', () => {
    const said = enough([...steady(90, 10), 0, 0, ...steady(90, 5), ...steady(0, 20)]);
    assert.equal(said.at(-1)! - said[0]! + 1, said.length, 'it does not flicker');
    assert.equal(said.at(-1), 17 + 5);
  });

  it('waits for leave to be said, and remembers since when it was', () => {
    const evidence = new Evidence();
    for (let i = 1; i <= 10; i++) evidence.add(90, 10, i * 1000, 1000, () => i > 8);
    assert.deepEqual([evidence.isEnough, evidence.since], [true, 0]);
    evidence.drop();
    assert.deepEqual([evidence.isEnough, evidence.since], [false, undefined]);
  });

  it('takes no notice of what was not measured', () => {
    assert.equal(enough([90, 90, NaN, NaN, 90, 90])[0], 6);
  });
});

describe('a recent mean', () => {
  it('lies between the least and the greatest of what was added', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 60_000 })), {
          minLength: 1,
        }),
        (values) => {
          const mean = new RecentMean(3000);
          for (const [value, forMs] of values) mean.add(value, forMs);
          const all = values.map(([value]) => value);
          const slack = 1e-6 * (1 + Math.max(...all.map(Math.abs)));
          return mean.value >= Math.min(...all) - slack && mean.value <= Math.max(...all) + slack;
        },
      ),
    );
  });

  it('is the first value after the first, and none before', () => {
    const mean = new RecentMean(3000);
    assert.ok(Number.isNaN(mean.value));
    mean.add(undefined, 1000);
    mean.add(NaN, 1000);
    assert.ok(Number.isNaN(mean.value));
    mean.add(7, 100);
    assert.ok(Math.abs(mean.value - 7) < 1e-9);
    mean.reset();
    assert.ok(Number.isNaN(mean.value));
  });
});
