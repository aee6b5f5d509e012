// What a soak judges by: medians of stretches of time, and whether they grew.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growthOf, Ledger } from '../../support/ledger.js';

describe('a ledger', () => {
  it('gives the median of each stretch, and NaN where nothing was read', () => {
    const ledger = new Ledger();
    for (const [at, resident] of [
      [0, 10],
      [1, 90],
      [2, 11],
      [10, 12],
      [11, 13],
      [19, 70],
      [30, 5],
    ] as const)
      // prettier-ignore
      ledger.note(at, { resident });
    ledger.note(35, { heap: 3 });
    assert.deepEqual(ledger.medians('resident', 0, 40, 4), [11, 13, NaN, 5]);
    assert.deepEqual(ledger.medians('heap', 0, 40, 4), [NaN, NaN, NaN, 3]);
    assert.deepEqual(ledger.names, ['resident', 'heap']);
    assert.deepEqual(ledger.last, { heap: 3 });
  });

  it('tells growth from any stretch to a later one, and none where it only fell', () => {
    assert.equal(growthOf([100, 90, 80]), 0);
    assert.equal(growthOf([100, 80, 88]), 88 / 80 - 1);
    assert.equal(growthOf([100, 125, 100]), 0.25);
    assert.ok(Number.isNaN(growthOf([100, NaN])), 'what was not read is not flat');
    assert.ok(Number.isNaN(growthOf([])));
  });
});
