// Numbers, times and containers in words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Container, ContainerState } from '../../../src/engine/index.js';
import { filterPattern } from '../../../src/tui/filter.js';
import { markOf, statusWords } from '../../../src/tui/present/container.js';
import { launchLines } from '../../../src/tui/present/launch.js';
import type { Finding, Resource, Symptom } from '../../../src/metrics/index.js';
import { badgesOf } from '../../../src/tui/present/pressure.js';
import { age, ago, bytes, bytesOf, cores, cpuTime, percent } from '../../../src/tui/present/units.js';
import { roundedUp } from '../../../src/tui/panels/graphs.js';

describe('numbers', () => {
  it('are short, with their unit', () => {
    assert.deepEqual([0, 812, 1024, 63_963_136, 432_013_312, 1023 * 1024 ** 2].map(bytes), [
      '0',
      '812B',
      '1.0K',
      '61M',
      '412M',
      '1.0G',
    ]);
    assert.equal(bytesOf(5.2 * 1024 ** 3, 23.4 * 1024 ** 3), '5.2/23.4G');
    assert.deepEqual([0.205, 9.99, 12.34].map(cores), ['0.20', '9.99', '12.3']);
    assert.deepEqual(
      [percent(22.6), cpuTime(1200), cpuTime(187_000), cpuTime(8_040_000)],
      ['23%', '1.20s', '3m07s', '2h14m'],
    );
  });

  it('never say 0 for what was not measured', () => {
    for (const show of [bytes, cores, percent, age]) assert.deepEqual([show(undefined), show(NaN)], ['–', '–']);
  });

  it('keep their column, whatever they are', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1e18, noNaN: true }), (value) => bytes(value).length <= 4));
  });

  it('of time have one unit', () => {
    assert.deepEqual([0, 59_999, 60_000, 3_599_999, 47 * 3_600_000, 48 * 3_600_000].map(age), [
      '0s',
      '59s',
      '1m',
      '59m',
      '47h',
      '2d',
    ]);
    assert.deepEqual([60_000, 90_000, 300_000, 86_400_000].map(ago), ['-1m', '-90s', '-5m', '-24h']);
  });

  it('on an axis are round and at least the peak', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (peak) => {
        const top = roundedUp(peak);
        assert.ok(top >= peak * (1 - 1e-9) && top <= peak * 10);
        assert.match(top.toExponential(0), /^[125]e/);
      }),
    );
  });
});

describe('how a container ended', () => {
  const ended = (state: Partial<ContainerState>, limits = {}): string | undefined =>
    statusWords(
      {
        id: 'x',
        cgroup: { controllers: {} },
        config: { created: '2026-01-01T00:00:00Z', limits },
        state: { schema: 1, status: 'exited', oomKilled: false, restartCount: 0, stopRequested: false, ...state },
      } as unknown as Container,
      Date.parse('2026-01-01T01:00:00Z'),
    );

  it('is said with its code, its signal, its cause', () => {
    assert.equal(ended({ exitCode: 0, finishedAt: '2026-01-01T00:57:00Z' }), 'exited 0 · 3m ago');
    assert.equal(ended({ exitCode: 143 }), 'exited 143 (SIGTERM)');
    assert.equal(
      ended({ exitCode: 137, oomKilled: true, restartCount: 2 }, { memory: 512 * 1024 ** 2 }),
      'OOM-killed at 512M · restarts 2',
    );
    assert.equal(ended({}), 'ended, exit code unknown');
    assert.equal(ended({ status: 'created' }), 'created, never started');
    assert.equal(ended({ status: 'running' }), undefined);
  });

  it('is marked as failed unless it was asked for or went well', () => {
    const mark = (state: Partial<ContainerState>): string =>
      markOf({
        state: { schema: 1, status: 'exited', oomKilled: false, restartCount: 0, stopRequested: false, ...state },
      } as Container).mark;
    assert.deepEqual(
      [
        mark({ exitCode: 0 }),
        mark({ exitCode: 1 }),
        mark({ exitCode: 137, stopRequested: true }),
        mark({ exitCode: 137, oomKilled: true, stopRequested: true }),
      ],
      ['stopped', 'failed', 'stopped', 'failed'],
    );
  });
});

describe('badges', () => {
  const sample = (cpu: object, pressure: object): Parameters<typeof badgesOf>[0] => ({
    at: 0,
    cpu,
    memory: {},
    io: {},
    pids: {},
    network: {},
    pressure: { cpu: {}, memory: {}, io: {}, ...pressure },
  });

  const judged = (resource: Resource, symptom: Symptom): Finding => ({
    key: resource,
    victim: 'web',
    resource,
    symptom,
    percent: 23,
    usualPercent: 1,
    since: 0,
    byOwnLimit: false,
    suspects: [],
    confidence: 1,
    evidence: [],
  });

  it('come worst first, and not for noise; the mark is for whom the judgement names', () => {
    const pressure = { io: { some: 23 }, memory: { some: 9 }, cpu: { some: 4 } };
    const badges = badgesOf(sample({}, pressure), [judged('io', 'waits')]);
    assert.deepEqual(
      badges.map(({ text, suffers }) => [text, suffers]),
      [
        ['io 23%', true],
        ['mem 9%', false],
      ],
    );
  });

  it('of what one suffers from stands before what is merely high', () => {
    const badges = badgesOf(sample({}, { io: { some: 60 }, memory: { some: 9 } }), [judged('memory', 'reclaims')]);
    assert.deepEqual(
      badges.map(({ text, suffers }) => [text, suffers]),
      [
        ['mem 9%', true],
        ['io 60%', false],
      ],
    );
    const busy = badgesOf(sample({ throttledPercent: 90 }, { cpu: { some: 80 } }), [judged('cpu', 'waits')]);
    assert.deepEqual(busy, [{ text: 'thr 90%', level: 0.9, suffers: false }], 'another symptom of the same resource');
  });

  it('say throttled, and then not that it waits for the CPU as well', () => {
    assert.deepEqual(
      badgesOf(sample({ throttledPercent: 78 }, { cpu: { some: 60 } }), []).map(({ text }) => text),
      ['thr 78%'],
    );
  });

  it('are none where nothing is measured', () => {
    assert.deepEqual(badgesOf(undefined, []), []);
    assert.deepEqual(badgesOf(sample({}, {}), []), []);
  });
});

describe('a launch', () => {
  const step = (name: string, call: string, atUs: number): Parameters<typeof launchLines>[0]['steps'][number] => ({
    name,
    call,
    args: '1, 2',
    atUs,
    durationUs: 10,
    result: 0,
  });
  const lines = (...steps: readonly ReturnType<typeof step>[]): string[] =>
    launchLines({ startedAt: '', totalUs: 100, steps }).map(({ title, detail }) => `${title}: ${detail}`);

  it('has one line for steps that do one thing', () => {
    assert.deepEqual(lines(step('join cgroup cpu', 'write', 10), step('join cgroup memory', 'write', 20)), [
      'write: join cgroup cpu memory',
    ]);
    assert.deepEqual(
      lines(step('drop capabilities for good', 'prctl', 10), step('drop capabilities for good', 'prctl', 20)),
      ['prctl: drop capabilities for good   2 steps'],
    );
    assert.deepEqual(
      lines(
        step('make /dev/pts', 'mkdirat', 10),
        step('mount /dev/pts', 'mount', 20),
        step('mask /proc/kcore', 'mount', 30),
      ),
      ['mount: furnish /dev/pts', 'mount: mask /proc/kcore'],
    );
  });
});

describe('a filter', () => {
  it('regards upper case only where there is some in it', () => {
    assert.equal(filterPattern('web').matches('WEB'), true);
    assert.equal(filterPattern('Web').matches('web'), false);
    assert.equal(filterPattern('re:^w.b$').matches('WEB'), true);
    assert.equal(filterPattern('!web').matches('db'), true);
    assert.equal(filterPattern('!').matches('anything'), true);
  });

  it('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, line) => typeof filterPattern(text).matches(line) === 'boolean'),
    );
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (text, line) => typeof filterPattern(`re:${text}`).matches(line) === 'boolean',
      ),
    );
  });
});
