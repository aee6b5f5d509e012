// The ring against the simplest thing that does the same: an array that forgets its head.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Ring } from '../../../src/metrics/ring.js';

interface Row {
  from: number;
  to: number;
  values: number[];
  peaks: number[];
}

const rowsOf = (ring: Ring): Row[] =>
  Array.from({ length: ring.length }, (_, i) => ({
    from: ring.from(i),
    to: ring.to(i),
    values: [ring.value(i, 0), ring.value(i, 1)],
    peaks: [ring.peak(i, 0), ring.peak(i, 1)],
  }));

describe('a ring', () => {
  it('holds the newest rows in order, through growth, loss, a clock set back and a larger bound', () => {
    const action = fc.oneof(
      {
        weight: 20,
        arbitrary: fc.record({
          push: fc.nat({ max: 1000 }),
          values: fc.tuple(fc.nat({ max: 999 }), fc.nat({ max: 999 })),
        }),
      },
      { weight: 1, arbitrary: fc.record({ back: fc.nat({ max: 3000 }) }) },
      { weight: 1, arbitrary: fc.record({ extend: fc.integer({ min: 1, max: 80 }) }) },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        fc.array(action, { maxLength: 300 }),
        (bound, withPeaks, actions) => {
          const ring = new Ring(2, bound, withPeaks);
          let capacity = bound;
          let model: Row[] = [];
          let forgotten = -Infinity;
          let time = 0;
          for (const act of actions) {
            if ('push' in act) {
              const row = {
                from: time,
                to: time + act.push,
                values: act.values,
                peaks: act.values.map((v) => v + (withPeaks ? 1 : 0)),
              };
              time = row.to;
              ring.push(row.from, row.to, Float64Array.from(row.values), Float64Array.from(row.peaks));
              model.push(row);
              while (model.length > capacity) forgotten = model.shift()!.from;
            } else if ('back' in act) {
              time = Math.max(0, time - act.back);
              ring.dropAfter(time);
              model = model.filter(({ to }) => to <= time);
            } else {
              capacity = Math.max(capacity, act.extend);
              ring.extend(act.extend);
            }
            assert.deepEqual(rowsOf(ring), model);
            const found = model.findIndex(({ to }) => to > time / 2);
            assert.equal(ring.firstEndingAfter(time / 2), found < 0 ? model.length : found);
            if (model.length > 0) assert.ok(ring.covers(model[0]!.from));
            if (forgotten > -Infinity && model.length > 0) assert.equal(ring.covers(model[0]!.from - 1), false);
          }
          assert.ok(ring.bytes <= Math.max(16, capacity) * (16 + 2 * 4 * (withPeaks ? 2 : 1)));
        },
      ),
    );
  });

  it('keeps "not measured" as what it is', () => {
    const ring = new Ring(1, 4, false);
    ring.push(0, 1, Float64Array.of(NaN));
    assert.equal(ring.value(0, 0), NaN);
  });
});
