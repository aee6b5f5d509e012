// The schedule of a health check on a made-up clock: single stories by hand, then any story against Docker's rules.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { HealthTimes } from '../../../../src/engine/health/course.js';
import { expected, told, type Outcome, type Story } from '../../../support/health-clock.js';

const TIMES: HealthTimes = {
  intervalMs: 30_000,
  timeoutMs: 30_000,
  startPeriodMs: 0,
  startIntervalMs: 5_000,
  retries: 3,
};
const good: Outcome = { takes: 10, exitCode: 0, lingers: 0 };
const bad: Outcome = { ...good, exitCode: 1 };
const stuck: Outcome = { takes: Infinity, exitCode: 0, lingers: 0 };

const story = (
  outcomes: readonly Outcome[],
  rest: Partial<Omit<Story, 'times'>> & { times?: Partial<HealthTimes> } = {},
) => told({ outcomes, pauses: [], until: 100_000, ...rest, times: { ...TIMES, ...rest.times } });

describe('the schedule of a health check', () => {
  it('begins one interval after the start, and counts the next from the end of a probe', async () => {
    assert.deepEqual(await story([good]), [
      { at: 30_000, what: 'probe' },
      { at: 30_010, what: 'result', status: 'healthy', streak: 0 },
      { at: 60_010, what: 'probe' },
      { at: 60_020, what: 'result', status: 'healthy', streak: 0 },
      { at: 90_020, what: 'probe' },
      { at: 90_030, what: 'result', status: 'healthy', streak: 0 },
    ]);
  });

  it('says unhealthy after so many failures in a row, and healthy after one success', async () => {
    const results = (await story([bad, bad, good, bad, bad, bad, bad, good], { until: 300_000 })).flatMap((one) =>
      one.what === 'result' ? [[one.status, one.streak]] : [],
    );
    assert.deepEqual(results.slice(0, 8), [
      ['starting', 1],
      ['starting', 2],
      ['healthy', 0],
      ['healthy', 1],
      ['healthy', 2],
      ['unhealthy', 3],
      ['unhealthy', 4],
      ['healthy', 0],
    ]);
  });

  it('takes a probe that does not end for a failure, after its timeout', async () => {
    const happenings = await story([stuck], { times: { timeoutMs: 2_000, retries: 1 }, until: 33_000 });
    assert.deepEqual(happenings, [
      { at: 30_000, what: 'probe' },
      { at: 32_000, what: 'result', status: 'unhealthy', streak: 1 },
    ]);
  });

  it('looks more often while it starts, and forgives what fails then', async () => {
    const times = { startPeriodMs: 12_000, retries: 1 };
    const happenings = await story([bad, bad, bad], { times, until: 47_000 });
    assert.deepEqual(happenings, [
      { at: 5_000, what: 'probe' },
      { at: 5_010, what: 'result', status: 'starting', streak: 0 },
      { at: 10_010, what: 'probe' },
      { at: 10_020, what: 'result', status: 'starting', streak: 0 },
      // Begun after the period it counts.
      { at: 15_020, what: 'probe' },
      { at: 15_030, what: 'result', status: 'unhealthy', streak: 1 },
      { at: 45_030, what: 'probe' },
      { at: 45_040, what: 'result', status: 'unhealthy', streak: 2 },
    ]);
    const well = await story([good, bad], { times, until: 36_000 });
    assert.deepEqual(
      well.at(-1),
      { at: 35_020, what: 'result', status: 'unhealthy', streak: 1 },
      'healthy, it has started',
    );
  });

  it('never asks more than ten times a second, whatever an image wants', async () => {
    const probes = (await story([{ ...good, takes: 0 }], { times: { intervalMs: 1 }, until: 1_001 })).filter(
      ({ what }) => what === 'probe',
    );
    assert.equal(probes.length, 10);
  });

  it('stands still while it is paused, and begins anew with an interval when it goes on', async () => {
    assert.deepEqual(await story([good], { pauses: [[40_000, 200_000]], until: 240_000 }), [
      { at: 30_000, what: 'probe' },
      { at: 30_010, what: 'result', status: 'healthy', streak: 0 },
      { at: 230_000, what: 'probe' },
      { at: 230_010, what: 'result', status: 'healthy', streak: 0 },
    ]);
  });

  it('never has two probes, however long one takes that was called off', async () => {
    const slow: Outcome = { takes: 20_000, exitCode: 0, lingers: 100_000 };
    const happenings = await story([slow, good], { pauses: [[40_000, 50_000]], until: 145_000 });
    assert.deepEqual(happenings, [
      { at: 30_000, what: 'probe' },
      { at: 140_000, what: 'probe' },
      { at: 140_010, what: 'result', status: 'healthy', streak: 0 },
    ]);
  });

  it('is that of Docker for any times, outcomes and pauses', async () => {
    const ms = (max: number) => fc.integer({ min: 1, max });
    const outcome = fc.record({
      takes: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.constant(Infinity)),
      exitCode: fc.constantFrom(0, 0, 1, 137, -1),
      lingers: fc.integer({ min: 0, max: 3_000 }),
    });
    const any = fc.record({
      times: fc.record({
        intervalMs: ms(3_000),
        timeoutMs: ms(1_500),
        startPeriodMs: fc.integer({ min: 0, max: 8_000 }),
        startIntervalMs: ms(1_000),
        retries: fc.integer({ min: 1, max: 4 }),
      }),
      outcomes: fc.array(outcome, { minLength: 1, maxLength: 20 }),
      lengths: fc.array(fc.tuple(ms(6_000), ms(4_000)), { maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(any, async ({ times, outcomes, lengths }) => {
        const one: Story = { times, outcomes, pauses: pausesOf(lengths), until: 25_000 };
        assert.deepEqual(await told(one), expected(one));
      }),
      { numRuns: 300 },
    );
  });
});

/** Each at a fraction of a ms of its own, so that nothing else ever happens at the very same time. */
function pausesOf(lengths: readonly (readonly [runs: number, paused: number])[]): [number, number][] {
  let at = 0;
  return lengths.map(([runs, paused], i) => {
    const from = Math.floor(at) + runs + (2 * i + 1) / 64;
    at = Math.floor(from) + paused + (2 * i + 2) / 64;
    return [from, at];
  });
}
