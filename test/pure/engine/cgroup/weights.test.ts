// Shares and weights keep their order and their ends from v1 to v2 and back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  blkioToIoWeight,
  ioToBlkioWeight,
  sharesToWeight,
  weightToShares,
} from '../../../../src/engine/cgroup/weights.js';

describe('cpu.shares as cpu.weight', () => {
  it('brings the least, the default and the most to their like', () => {
    assert.deepEqual([2, 1024, 262_144].map(sharesToWeight), [1, 100, 10_000]);
    assert.deepEqual([1, 100, 10_000].map(weightToShares), [2, 1024, 262_144]);
  });

  it('never turns an order around', () => {
    const shares = fc.integer({ min: 2, max: 262_144 });
    fc.assert(
      fc.property(shares, shares, (one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        assert.ok(sharesToWeight(less) <= sharesToWeight(more));
      }),
    );
  });

  it('comes back to the same weight for every weight', () => {
    for (let weight = 1; weight <= 10_000; weight++) assert.equal(sharesToWeight(weightToShares(weight)), weight);
  });
});

describe('blkio weight as io.weight', () => {
  it('brings the ends to the ends', () => {
    assert.deepEqual([10, 1000].map(blkioToIoWeight), [1, 10_000]);
  });

  it('comes back to the same weight for every weight', () => {
    for (let weight = 10; weight <= 1000; weight++) assert.equal(ioToBlkioWeight(blkioToIoWeight(weight)), weight);
  });
});
