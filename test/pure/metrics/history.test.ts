// A day of samples: nothing is lost in the mean, no spike in the peaks, no gap is filled, and the memory stays bounded.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { History } from '../../../src/metrics/history.js';
import { SERIES } from '../../../src/metrics/model.js';
import { busy, rowOf } from '../../support/past.js';

const T0 = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const add = (history: History, at: number, cores: number, ms: number): void =>
  history.add(at - ms, at, rowOf(busy(at, cores)));

/** A sample a second from T0 on, for that long; cores by the second. */
function recorded(ms: number, cores: (second: number) => number, intervalMs = 1000): History {
  const history = new History(intervalMs);
  for (let t = intervalMs; t <= ms; t += intervalMs) add(history, T0 + t, cores(t / 1000), intervalMs);
  return history;
}

const close = (actual: number, expected: number, tolerance = 1e-5): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);

describe('history', () => {
  it('of the last ten minutes is every sample', () => {
    const history = recorded(15 * MINUTE, (second) => second);
    const { values, peaks, from, stepMs } = history.series('cpu.cores', 10 * MINUTE, 600, T0 + 15 * MINUTE);
    assert.deepEqual([from, stepMs], [T0 + 5 * MINUTE, 1000]);
    assert.deepEqual(
      [...values],
      Array.from({ length: 600 }, (_, i) => 301 + i),
    );
    assert.deepEqual([...peaks], [...values]);
  });

  it('shows a spike of one second in a graph of a day', () => {
    const history = recorded(23 * HOUR, (second) => (second === 3600 ? 64 : 1));
    const { values, peaks } = history.series('cpu.cores', 24 * HOUR, 96, T0 + 23.5 * HOUR);
    assert.equal(Math.max(...peaks.filter((peak) => !Number.isNaN(peak))), 64);
    assert.equal(peaks.filter((peak) => peak === 64).length, 1);
    assert.ok(
      values.every((value) => Number.isNaN(value) || value < 1.2),
      'and its mean says that it was one second',
    );
  });

  it('of a day has the mean of every quarter of an hour', () => {
    const history = recorded(24 * HOUR, (second) => Math.floor((second - 1) / 900));
    const { values } = history.series('cpu.cores', 24 * HOUR, 96, T0 + 24 * HOUR);
    values.forEach((value, quarter) => close(value, quarter));
  });

  it('of a young target is every sample, however long the span', () => {
    const history = recorded(MINUTE, () => 2);
    const { values } = history.series('cpu.cores', 24 * HOUR, 24 * 60, T0 + MINUTE);
    assert.equal(values.at(-1), 2);
    assert.ok(values.slice(0, -1).every(Number.isNaN));
  });

  it('includes the step that is still being gathered', () => {
    const history = recorded(2 * HOUR + 5000, (second) => (second > 7200 ? 9 : 1));
    const { values } = history.series('cpu.cores', 2 * HOUR, 7200, T0 + 2 * HOUR + 5000);
    assert.equal(values.at(-1), 9);
  });

  it('keeps a gap a gap', () => {
    const history = new History(1000);
    for (const second of [1, 2, 3, 60, 61]) add(history, T0 + second * 1000, 1, 1000);
    const { values } = history.series('cpu.cores', MINUTE + 1000, 61, T0 + MINUTE + 1000);
    const shown = [...values].flatMap((value, second) => (Number.isNaN(value) ? [] : [second + 1]));
    assert.deepEqual(shown, [1, 2, 3, 60, 61]);
  });

  it('has no holes where timers tremble', () => {
    const tremble = fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(tremble, (offsets) => {
        const history = new History(1000);
        let before = T0;
        offsets.forEach((offset, i) => {
          const at = T0 + (i + 1) * 1000 + offset;
          add(history, at, 1, at - before);
          before = at;
        });
        const { values } = history.series('cpu.cores', 58_000, 58, T0 + 59_000);
        assert.deepEqual([...values], Array<number>(58).fill(1));
      }),
    );
  });

  it('loses nothing in whatever points it is asked for', () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 100, max: 3000 }), fc.nat({ max: 1000 })), {
      minLength: 1,
      maxLength: 100,
    });
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 300 }), (intervals, points) => {
        const history = new History(1000);
        let at = T0;
        let total = 0;
        for (const [ms, cores] of intervals) {
          at += ms;
          total += cores * ms;
          add(history, at, cores, ms);
        }
        const { values, peaks, stepMs } = history.series('cpu.cores', at - T0, points, at);
        close(
          values.reduce((sum, value) => sum + value * stepMs, 0),
          total,
          1e-4,
        );
        assert.equal(Math.max(...peaks), Math.max(...intervals.map(([, cores]) => cores)), 'the highest is never lost');
        values.forEach((value, point) => assert.ok(peaks[point]! >= value));
      }),
    );
  });

  it('forgets what a clock that was set back has yet to come to', () => {
    const history = recorded(10 * MINUTE, () => 1);
    add(history, T0 + 5 * MINUTE, 7, 1000);
    const { values } = history.series('cpu.cores', 10 * MINUTE, 10, T0 + 10 * MINUTE);
    assert.equal(values.slice(5).every(Number.isNaN), true);
    assert.ok(values[4]! > 1 && values[4]! < 1.2);
    const day = history.series('cpu.cores', 24 * HOUR, 24 * 60, T0 + 24 * HOUR).values;
    assert.equal(day.filter((value) => !Number.isNaN(value)).length, 5);
  });

  it('holds what was not measured as not measured, next to what was', () => {
    const history = recorded(MINUTE, () => 1);
    for (const name of SERIES) {
      const { values, peaks } = history.series(name, MINUTE, 6, T0 + MINUTE);
      const expected = Array<number>(6).fill(name === 'cpu.cores' ? 1 : NaN);
      assert.deepEqual([[...values], [...peaks]], [expected, expected]);
    }
  });

  it('takes 0.6 MB for a day at 1 Hz, 1.4 MB at 10 Hz, and a twentieth of it for a minute', () => {
    assert.ok(recorded(MINUTE, () => 1).bytes < 28_000);
    const day = recorded(26 * HOUR, () => 1).bytes;
    assert.ok(day > 450_000 && day <= 650_000, `${day} bytes`);
    const fast = recorded(26 * HOUR, () => 1, 100).bytes;
    assert.ok(fast > 1_000_000 && fast <= 1_450_000, `${fast} bytes`);
  });

  it('makes room when samples come faster', () => {
    const history = recorded(10 * MINUTE, () => 1);
    history.setInterval(100);
    for (let t = 100; t <= 10 * MINUTE; t += 100) add(history, T0 + 10 * MINUTE + t, t / 100, 100);
    const { values } = history.series('cpu.cores', 10 * MINUTE, 6000, T0 + 20 * MINUTE);
    assert.deepEqual(
      [...values],
      Array.from({ length: 6000 }, (_, i) => i + 1),
    );
  });
});
