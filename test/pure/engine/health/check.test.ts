// What a container is checked with, and how its health is said.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeHealthcheck, NO_CHECK, probeCommand } from '../../../../src/engine/health/check.js';
import {
  healthAfter,
  healthAtStart,
  healthUnwatched,
  healthWords,
  timesOf,
} from '../../../../src/engine/health/course.js';
import type { Healthcheck, ProbeResult } from '../../../../src/engine/model.js';
import { refusal } from '../../../support/refusal.js';
import { configured, IMAGE } from '../../../support/spec.js';

const SECOND = 1e9;
const NOTHING: Healthcheck = { ...NO_CHECK, test: [] };
const IMAGES: Healthcheck = {
  test: ['CMD', '/check', '-q'],
  intervalNs: 10 * SECOND,
  timeoutNs: 2 * SECOND,
  startPeriodNs: 60 * SECOND,
  startIntervalNs: SECOND,
  retries: 5,
};

describe('a health check', () => {
  it('is the image’s, field by field, where nothing else was asked for', () => {
    assert.deepEqual(mergeHealthcheck(undefined, IMAGES), IMAGES);
    assert.equal(mergeHealthcheck(undefined, undefined), undefined);
    assert.deepEqual(mergeHealthcheck(NOTHING, IMAGES), IMAGES);
    const asked = { ...NOTHING, test: ['CMD-SHELL', 'true'], retries: 1 };
    assert.deepEqual(mergeHealthcheck(asked, IMAGES), { ...IMAGES, test: asked.test, retries: 1 });
    assert.deepEqual(mergeHealthcheck(asked, undefined), asked);
    assert.deepEqual(mergeHealthcheck(NO_CHECK, IMAGES)?.test, ['NONE']);
  });

  it('is refused where it cannot be', () => {
    const wrong: readonly (readonly [Partial<Healthcheck>, RegExp])[] = [
      [{}, /has no command/],
      [{ test: ['CMD'] }, /"CMD"/],
      [{ test: ['CMD', ''] }, /CMD and a program/],
      [{ test: ['CMD-SHELL', 'a', 'b'] }, /"CMD-SHELL a b"/],
      [{ test: ['NONE', 'x'] }, /NONE/],
      [{ test: ['curl', 'x'] }, /"curl x"/],
      [{ test: ['CMD', 'a\0b'] }, /zero byte/],
      [{ test: ['CMD', 'a'], intervalNs: 1000 }, /the interval .*"0\.001ms"/],
      [{ test: ['CMD', 'a'], timeoutNs: -SECOND }, /the timeout .*"-1000ms"/],
      [{ test: ['CMD', 'a'], startPeriodNs: 999_999 }, /the start period/],
      [{ test: ['CMD', 'a'], startIntervalNs: 5 }, /the start interval/],
      [{ test: ['CMD', 'a'], retries: -1 }, /"-1"/],
      [{ test: ['CMD', 'a'], retries: 1.5 }, /"1\.5"/],
    ];
    for (const [asked, message] of wrong)
      assert.throws(() => mergeHealthcheck({ ...NOTHING, ...asked }, undefined), refusal('INVALID_VALUE', message));
  });

  it('is run as it stands, or by a shell, and by the image’s where that has one', () => {
    const shell = { ...NOTHING, test: ['CMD-SHELL', 'curl -f localhost || exit 1'] };
    assert.deepEqual(probeCommand(IMAGES), ['/check', '-q']);
    assert.deepEqual(probeCommand(shell), ['/bin/sh', '-c', 'curl -f localhost || exit 1']);
    assert.deepEqual(probeCommand(shell, ['/bin/bash', '-ec'])?.slice(0, 2), ['/bin/bash', '-ec']);
    // An image may say anything, and is run all the same.
    for (const test of [['NONE'], [], ['CMD'], ['CMD-SHELL'], ['WHAT', 'ever']])
      assert.equal(probeCommand({ ...NOTHING, test }), undefined, test.join(' '));
    assert.equal(probeCommand(undefined), undefined);
  });

  it('has Docker’s times where it says none', () => {
    const usual = { intervalMs: 30_000, timeoutMs: 30_000, startPeriodMs: 0, startIntervalMs: 5_000, retries: 3 };
    assert.deepEqual(timesOf(NOTHING), usual);
    assert.deepEqual(timesOf({ ...NOTHING, intervalNs: -1, retries: -3 }), usual);
    assert.deepEqual(timesOf({ ...NOTHING, intervalNs: 1_500_000 }), { ...usual, intervalMs: 1.5 });
  });
});

describe('the health of a container', () => {
  const times = timesOf(NOTHING);
  const result = (exitCode: number, seconds: number): ProbeResult => ({
    start: new Date(seconds * 1000).toISOString(),
    end: new Date(seconds * 1000 + 5).toISOString(),
    exitCode,
    output: String(seconds),
  });

  it('keeps the last five results, and those of the run before until there are new ones', () => {
    let health = healthAtStart(undefined);
    for (let i = 1; i <= 7; i++) health = healthAfter(health, result(0, i), times, 0);
    assert.deepEqual(
      health.log.map(({ output }) => output),
      ['3', '4', '5', '6', '7'],
    );
    assert.deepEqual(healthAtStart(health), { status: 'starting', failingStreak: 0, log: health.log });
  });

  it('is not known to be good while nobody looks', () => {
    const health = healthAfter(healthAtStart(undefined), result(0, 1), times, 0);
    assert.deepEqual(healthUnwatched(health), { ...health, status: 'unhealthy' });
  });

  it('is said in Docker’s words', () => {
    const words = (['starting', 'healthy', 'unhealthy'] as const).map((status) =>
      healthWords({ status, failingStreak: 0, log: [] }),
    );
    assert.deepEqual(words, ['health: starting', 'healthy', 'unhealthy']);
  });
});

describe('a container of an image that says more of itself', () => {
  const image = {
    ...IMAGE,
    config: {
      ...IMAGE.config,
      healthcheck: IMAGES,
      shell: ['/bin/bash', '-c'],
      exposedPorts: ['80/tcp', '443/tcp'],
      volumes: ['/data'],
      env: ['A=1', 'NOTHING', '=x', 'B=\0', 'A=2'],
      stopSignal: '3',
    },
  };

  it('carries what it needs of that', () => {
    const { config, problems } = configured({}, image);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [config.healthcheck, config.shell, config.exposedPorts, config.volumes],
      [IMAGES, ['/bin/bash', '-c'], ['80/tcp', '443/tcp'], ['/data']],
    );
    assert.deepEqual([config.env, config.stopSignal], [['A=2'], 'SIGQUIT'], 'what is no variable is left out');
  });

  it('has none of it in its file where nobody says it', () => {
    const { config } = configured();
    for (const field of ['healthcheck', 'shell', 'exposedPorts', 'volumes']) assert.ok(!(field in config), field);
  });

  it('is told beside the field what is wrong with its check', () => {
    const { problems } = configured({ healthcheck: { ...NOTHING, test: ['CMD'], retries: 1 } }, image);
    assert.deepEqual(
      problems.map(({ field }) => field),
      ['healthcheck'],
    );
  });
});
