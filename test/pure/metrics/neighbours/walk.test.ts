// Whatever is fed to the judge, it neither throws nor says what cannot be: a seeded walk through numbers that are none, gaps,
// clocks that jump, and containers that come and go.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createJudge, HOST_ID, SERIES, type Finding, type Observation } from '../../../../src/metrics/index.js';
import { chance, rounds, type Chance } from '../../../support/chance.js';
import { observationAt, T0, type Doing } from '../../../support/observations.js';

const IDS = ['web', 'db', 'backup', 'project:shop', HOST_ID, '', '__proto__', '\u001b[2J'];
const ODD = [NaN, Infinity, -Infinity, -1, 0, 1e-300, 1e300, 2 ** 62];
const NAMES = [
  'cores',
  'cpuWait',
  'memoryWait',
  'ioWait',
  'throttled',
  'reads',
  'writes',
  'operations',
  'anon',
] as const;
const MORE = ['dirty', 'refaults', 'limitHits', 'oomKills'] as const;

function anything(by: Chance): number {
  const kind = by.below(10);
  return kind < 2 ? by.pick(ODD) : kind < 6 ? by.next() * 100 : by.next() * 1e9;
}

const doing = (by: Chance): Doing =>
  Object.fromEntries([...NAMES, ...MORE].filter(() => by.below(4) > 0).map((name) => [name, anything(by)]));

function nextOf(by: Chance, at: number): Observation {
  const ids = IDS.filter(() => by.below(3) > 0);
  const doings = Object.fromEntries(ids.map((id) => [id, doing(by)]));
  const observation = observationAt(at, doings, doing(by));
  const closer = new Map(ids.map((id) => [id, { readBytes: anything(by), waitingCores: anything(by) }]));
  return {
    ...observation,
    ...(by.below(5) === 0 && { host: undefined }),
    ...(by.below(2) === 0 && { closer }),
    ...(by.below(2) === 0 && { groups: new Map(ids.map((id) => [id, by.pick(['/a', '/b'])])) }),
  };
}

const passed = (by: Chance): number =>
  by.below(20) === 0
    ? by.pick([0, NaN, -3_600_000, 120_000, 86_400_000])
    : by.pick([100, 1000, 1000, 1000, 10_000]) * (0.5 + by.next());

function isSane(finding: Finding, at: number): void {
  const { percent, usualPercent, confidence, suspects, since, key, victim, resource, evidence } = finding;
  const within = (value: number, most: number, what: string): void =>
    assert.ok(value >= 0 && value <= most, `${what} is ${value} in ${JSON.stringify(finding)}`);
  within(percent, 100, 'percent');
  within(usualPercent, 100, 'usualPercent');
  within(confidence, 1, 'confidence');
  assert.ok(since <= at, `since ${since} is after ${at}`);
  assert.equal(key, `${victim}/${resource}`);
  assert.ok(victim !== HOST_ID && !victim.startsWith('project:'), `${victim} is no container`);
  for (const { id, share, rate } of suspects) {
    within(share, 1, 'share');
    within(rate, Number.MAX_VALUE, 'rate');
    assert.notEqual(id, victim);
    assert.ok(!id.startsWith('project:'));
  }
  for (const { series } of evidence) assert.ok(SERIES.includes(series));
}

it('nothing that is fed to the judge makes it throw or say what cannot be', () => {
  const by = chance();
  let said = 0;
  for (let walk = 0; walk < rounds(20, 2000); walk++) {
    const judge = createJudge();
    let at = T0;
    for (let step = 0; step < 200; step++) {
      const ms = passed(by);
      at = Number.isNaN(ms) ? at : at + ms;
      try {
        const findings = judge.observe(nextOf(by, Number.isNaN(ms) ? NaN : at));
        for (const finding of findings) isSane(finding, at);
        assert.equal(
          new Set(findings.map(({ key }) => key)).size,
          findings.length,
          'one finding a victim and resource',
        );
        said += findings.length;
      } catch (error) {
        throw new Error(`seed ${by.seed}, walk ${walk}, step ${step}`, { cause: error });
      }
    }
  }
  assert.ok(said > 0, 'in so many steps it had something to say');
});
