// Counters to rates: what a person reads must follow from what the kernel counted, and from nothing else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nothingMeasured, type Counters } from '../../../src/metrics/counters.js';
import type { Sample } from '../../../src/metrics/model.js';
import { busyShare, fillRow, growth, Tally, type Moment } from '../../../src/metrics/rates.js';
import { newRow, sampleOf as sampleOfRow } from '../../../src/metrics/row.js';

const EPOCH = 1_795_000_000_000;
const moment = (monotonicMs: number, counters: Partial<Counters>, at = EPOCH + monotonicMs): Moment => ({
  at,
  monotonicMs,
  counters: { ...nothingMeasured(), ...counters },
});

const row = newRow();
/** The row is used again for each: what stood in it before must not show. */
function sampleOf(before: Moment | undefined, now: Moment, oomKills: number): Sample {
  fillRow(row, before, now, oomKills);
  return sampleOfRow(now.at, row);
}

/** Every number of a sample, wherever it stands. */
const numbers = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Object.values(value as object).flatMap(numbers);

const none: Omit<Sample, 'at'> = {
  cpu: {},
  memory: {},
  io: {},
  pids: {},
  pressure: { cpu: {}, memory: {}, io: {} },
  network: {},
};

describe('a sample', () => {
  it('of nothing measured has nothing in it, not a 0', () => {
    assert.deepEqual(sampleOf(undefined, moment(0, {}), NaN), { at: EPOCH, ...none });
    assert.deepEqual(sampleOf(moment(0, {}), moment(1000, {}), NaN), { at: EPOCH + 1000, ...none });
  });

  it('without one before it has what is, but no rates', () => {
    const first = moment(0, { cpuUs: 5, pids: 3, memoryUsed: 4096, quotaUs: 20_000, periodUs: 100_000 });
    const expected = { ...none, cpu: { limitCores: 0.2 }, memory: { used: 4096 }, pids: { current: 3 } };
    assert.deepEqual(sampleOf(undefined, first, NaN), { at: EPOCH, ...expected });
  });

  it('has rates a second, cores and per cent', () => {
    const before = moment(0, {
      cpuUs: 1e6,
      userUs: 0,
      systemUs: 0,
      periods: 10,
      throttledPeriods: 0,
      throttledUs: 0,
      readBytes: 0,
      writeOps: 4,
      ioSomeUs: 0,
      ioFullUs: 0,
      rxBytes: 100,
    });
    const now = moment(2000, {
      cpuUs: 2e6,
      userUs: 750_000,
      systemUs: 250_000,
      periods: 30,
      throttledPeriods: 15,
      throttledUs: 600_000,
      readBytes: 8192,
      writeOps: 10,
      ioSomeUs: 460_000,
      ioFullUs: 80_000,
      rxBytes: 300,
    });
    assert.deepEqual(sampleOf(before, now, 2), {
      ...none,
      at: EPOCH + 2000,
      cpu: { cores: 0.5, userCores: 0.375, systemCores: 0.125, throttledPercent: 75, throttledMsPerSecond: 300 },
      io: { readBytes: 4096, writeOps: 3 },
      pressure: { cpu: {}, memory: {}, io: { some: 23, full: 4 } },
      network: { rxBytes: 100 },
      oomKills: 2,
    });
  });

  it('knows throttled, measured and not throttled, and not measured', () => {
    const percent = (before: Partial<Counters>, now: Partial<Counters>): number | undefined =>
      sampleOf(moment(0, before), moment(1000, now), NaN).cpu.throttledPercent;
    assert.equal(percent({ periods: 0, throttledPeriods: 0 }, { periods: 10, throttledPeriods: 10 }), 100);
    assert.equal(percent({ periods: 7, throttledPeriods: 2 }, { periods: 7, throttledPeriods: 2 }), 0);
    assert.equal(percent({}, {}), undefined);
  });

  it('does not measure the interval in which a counter was reset, and measures the next', () => {
    const [first, reset, next] = [9e6, 1e6, 2e6].map((cpuUs, i) => moment(i * 1000, { cpuUs })) as [
      Moment,
      Moment,
      Moment,
    ];
    assert.deepEqual(sampleOf(first, reset, NaN).cpu, {});
    assert.deepEqual(sampleOf(reset, next, NaN).cpu, { cores: 1 });
  });

  it('divides by time that passed, not by a clock that was set or slept through a night', () => {
    const before = moment(0, { cpuUs: 0 });
    const now = { ...moment(1000, { cpuUs: 500_000 }), at: EPOCH + 8 * 3_600_000 };
    assert.deepEqual(sampleOf(before, now, NaN).cpu, { cores: 0.5 });
    assert.deepEqual(sampleOf(before, { ...now, at: EPOCH - 3_600_000 }, NaN).cpu, { cores: 0.5 });
  });

  it('has no rates when no time has passed', () => {
    assert.deepEqual(sampleOf(moment(5, { cpuUs: 1 }), moment(5, { cpuUs: 2 }), NaN).cpu, {});
  });

  it('never holds NaN, infinity or a negative number, whatever was counted', () => {
    const counter = fc.oneof(fc.constant(NaN), fc.nat(), fc.double({ min: 0, max: 2 ** 62, noNaN: true }));
    const counters = fc.record(
      Object.fromEntries(Object.keys(nothingMeasured()).map((name) => [name, counter])) as Record<
        keyof Counters,
        typeof counter
      >,
    );
    fc.assert(
      fc.property(counters, counters, fc.integer({ min: 0, max: 10_000 }), (before, now, elapsedMs) => {
        const sample = sampleOf(moment(0, before), moment(elapsedMs, now), NaN);
        const bad = numbers(sample).filter((value) => !(Number.isFinite(value) && value >= 0));
        assert.deepEqual(bad, []);
        for (const pressure of Object.values(sample.pressure))
          assert.ok(numbers(pressure).every((share) => share <= 100));
        assert.ok((sample.cpu.throttledPercent ?? 0) <= 100);
      }),
    );
  });

  it('loses nothing: rates times their intervals are what was counted', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.nat({ max: 10 ** 9 })), { minLength: 1 });
    fc.assert(
      fc.property(steps, (intervals) => {
        let before = moment(0, { writeBytes: 0 });
        let sum = 0;
        for (const [ms, bytes] of intervals) {
          const now = moment(before.monotonicMs + ms, { writeBytes: before.counters.writeBytes + bytes });
          sum += (sampleOf(before, now, NaN).io.writeBytes! * ms) / 1000;
          before = now;
        }
        assert.ok(Math.abs(sum - before.counters.writeBytes) <= 1e-9 * before.counters.writeBytes + 1e-6);
      }),
    );
  });
});

describe('growth', () => {
  it('is not known across a reset nor from nothing', () => {
    assert.equal(growth(3, 5), 2);
    assert.equal(growth(5, 3), NaN);
    assert.equal(growth(NaN, 3), NaN);
    assert.equal(growth(3, NaN), NaN);
  });
});

describe('a tally', () => {
  it('begins with what was counted before anyone looked', () => {
    assert.equal(new Tally().add(3), 3);
    assert.equal(new Tally().add(NaN), NaN);
  });

  it('goes on over resets that are seen and resets that are known', () => {
    const tally = new Tally();
    tally.add(2);
    assert.equal(tally.add(1), 3, 'the counter went back');
    tally.reset();
    assert.equal(tally.add(1), 4, 'another cgroup, whose first reading hides the reset');
    assert.equal(tally.add(NaN), 4, 'what has been counted stays counted');
  });

  it('counts every kill of every life, however often it looks', () => {
    const lives = fc.array(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(lives, (kills) => {
        const tally = new Tally();
        let total = NaN;
        for (const life of kills) {
          tally.reset();
          let counter = 0;
          for (const more of life) total = tally.add((counter += more));
        }
        assert.equal(
          total,
          kills.flat().reduce((sum, more) => sum + more, 0),
        );
      }),
    );
  });
});

describe('a CPU', () => {
  const ticks = (user: number, system: number, idle: number) => ({ user, system, all: user + system + idle });

  it('is busy for the share of the ticks that it worked', () => {
    assert.equal(busyShare(ticks(0, 0, 0), ticks(20, 5, 75)), 0.25);
  });

  it('is never busier than whole, even where the kernel lets idle go back', () => {
    assert.equal(busyShare(ticks(0, 0, 10), ticks(100, 0, 8)), 1);
  });

  it('that is offline or has had no tick is not measured', () => {
    assert.equal(busyShare(undefined, ticks(1, 1, 1)), NaN);
    assert.equal(busyShare(ticks(1, 1, 1), ticks(1, 1, 1)), NaN);
  });
});
