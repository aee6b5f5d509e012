// Seconds, hours and weeks of the past, written as supervisors write them and read as the dashboard reads them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { History } from '../../../../src/metrics/history.js';
import { HOST_ID, SERIES, type HostSample, type Sample } from '../../../../src/metrics/index.js';
import { hostColumns, putLoad, takeHostSample, takeSample } from '../../../../src/metrics/archive/columns.js';
import { COLUMNS } from '../../../../src/metrics/row.js';
import { chance } from '../../../support/chance.js';
import { busy, flush, past, record, rowOf, T0 } from '../../../support/past.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const full: Sample = {
  at: T0,
  cpu: { cores: 1, userCores: 0.5, systemCores: 0.25, limitCores: 2, throttledPercent: 3, throttledMsPerSecond: 4 },
  memory: {
    used: 5,
    anon: 6,
    file: 7,
    kernel: 8,
    swap: 9,
    limit: 2 ** 30,
    dirty: 26,
    refaults: 27,
    majorFaults: 28,
    limitHits: 29,
    reclaimed: 30,
  },
  io: { readBytes: 11, writeBytes: 12, readOps: 13, writeOps: 14 },
  pids: { current: 15, limit: 16 },
  pressure: { cpu: { some: 17, full: 18 }, memory: { some: 19, full: 20 }, io: { some: 21, full: 22 } },
  oomKills: 23,
  network: { rxBytes: 24, txBytes: 25, rxPackets: 31, txPackets: 32, drops: 33, errors: 34 },
};

describe('a sample', () => {
  const numbers =
    (columns: readonly string[], row: Float64Array) =>
    (name: string): number =>
      row[columns.indexOf(name)] ?? NaN;

  it('is read back as it was written, with every series in it', () => {
    assert.deepEqual(takeSample(T0, numbers(COLUMNS, rowOf(full))), full);
    assert.deepEqual(COLUMNS.slice(0, SERIES.length), SERIES, 'what a history keeps of it comes first');
  });

  it('has nothing where nothing was measured', () => {
    assert.deepEqual(takeSample(T0, numbers(COLUMNS, rowOf(busy(T0, 0)))), busy(T0, 0));
  });

  it('of a machine has its load and its CPUs', () => {
    const host: HostSample = { ...full, load: [1, 2, 3], perCpu: [0.5, NaN, 1] };
    const columns = hostColumns(3);
    const row = new Float64Array(columns.length);
    row.set(rowOf(full));
    putLoad(row, host.load, host.perCpu);
    const read = takeHostSample(T0, numbers(columns, row), columns);
    assert.deepEqual([read.load, read.perCpu], [host.load, host.perCpu]);
  });
});

describe('the past', () => {
  it('of the last ten minutes is every sample, as a sampler has it', async (t) => {
    const { open, archive } = past(t);
    const dice = chance();
    const recording = await open();
    const history = new History(1000);
    const cores = new Map<number, number>();
    await record(recording, T0, T0 + 25 * MINUTE, (at) => {
      cores.set(at, Math.fround(dice.next() * 8));
      history.add(at - 1000, at, rowOf(busy(at, cores.get(at)!)));
      return cores.get(at)!;
    });
    const until = T0 + 25 * MINUTE;
    for (const [span, points] of [
      [MINUTE, 60],
      [10 * MINUTE, 600],
      [9.7 * MINUTE, 123],
    ] as const) {
      const mine = await archive.series('web', 'cpu.cores', span, points, until);
      const theirs = history.series('cpu.cores', span, points, until);
      assert.deepEqual(mine, theirs, `${span} ms in ${points}, TEST_SEED=${dice.seed}`);
    }
    assert.equal((await archive.sampleAt('web', until - 5000))?.cpu.cores, cores.get(until - 5000));
    await recording.close();
  });

  it('of a night is there in steps of ten seconds, means and peaks', async (t) => {
    const { open, archive } = past(t);
    const recording = await open();
    const spike = T0 + 3 * HOUR + 7000;
    await record(recording, T0, T0 + 8 * HOUR, (at) => (at === spike ? 64 : Math.floor((at - 1 - T0) / HOUR)));
    const until = T0 + 8 * HOUR;
    const { values, peaks } = await archive.series('web', 'cpu.cores', 8 * HOUR, 8, until);
    [...values].forEach((value, hour) => assert.ok(Math.abs(value - hour) < 0.05, `${hour}: ${value}`));
    assert.deepEqual([...peaks].map(Math.round), [0, 1, 2, 64, 4, 5, 6, 7]);
    const fine = await archive.series('web', 'cpu.cores', 2 * MINUTE, 12, T0 + 3 * HOUR + MINUTE);
    assert.deepEqual([...fine.peaks], [2, 2, 2, 2, 2, 2, 64, 3, 3, 3, 3, 3]);
    assert.deepEqual(
      (await archive.list()).map(({ id, from, until }) => [id, from, until]),
      [['web', T0, until]],
    );
    await recording.close();
  });

  it('of weeks is there in steps of five minutes, and joins what is finer', async (t) => {
    const { open, archive } = past(t);
    const recording = await open();
    // A row in five minutes does for weeks, but not for the last day, where the finer rings join.
    const coarse = T0 + 38 * 24 * HOUR;
    for (let at = T0, i = 0; at < T0 + 40 * 24 * HOUR; i++) {
      const step = at < coarse ? 5 * MINUTE : MINUTE;
      at += step;
      recording.add(at - step, at, rowOf(busy(at, Math.floor((at - 1 - T0) / (24 * HOUR)))));
      if (i % 3 === 0) await flush(recording);
    }
    await recording.close();
    const until = T0 + 40 * 24 * HOUR;
    const { values } = await archive.series('web', 'cpu.cores', 30 * 24 * HOUR, 30, until);
    assert.deepEqual(
      [...values].map(Math.round),
      Array.from({ length: 30 }, (_, i) => i + 10),
    );
    const [web] = await archive.list();
    assert.ok(web!.from <= until - 30 * 24 * HOUR, 'thirty days, the first of them too');
    assert.ok(web!.from >= until - 31 * 24 * HOUR, 'and no more');
    // A graph over the place where the rings join has no hole.
    const joint = await archive.series('web', 'cpu.cores', 4 * HOUR, 48, until - 22 * HOUR);
    assert.ok(
      joint.values.every((value) => value >= 38),
      String(joint.values),
    );
  });

  it('has a gap where nothing was measured', async (t) => {
    const { open, archive } = past(t);
    const recording = await open();
    await record(recording, T0, T0 + MINUTE, () => 1);
    await record(recording, T0 + 2 * MINUTE, T0 + 3 * MINUTE, () => 3);
    const { values } = await archive.series('web', 'cpu.cores', 3 * MINUTE, 3, T0 + 3 * MINUTE);
    assert.deepEqual([...values], [1, NaN, 3]);
    assert.equal(await archive.sampleAt('web', T0 + 90_000), undefined);
    assert.equal((await archive.sampleAt('web', T0 + 2.5 * MINUTE))?.cpu.cores, 3);
    await recording.close();
  });

  it('goes on in the same files, and what was half done is done, whoever was killed', async (t) => {
    const { open, archive } = past(t);
    const first = await open();
    // Killed: nothing is closed, and what was not flushed is lost.
    await record(first, T0, T0 + 7 * MINUTE + 4000, () => 1);
    const second = await open();
    await record(second, T0 + 7 * MINUTE + 6000, T0 + 20 * MINUTE, () => 1);
    await second.close();
    const stretch = await archive.load(['web'], T0, T0 + 20 * MINUTE, 5 * MINUTE);
    const { values } = stretch.series('web', 'cpu.cores', 20 * MINUTE, 1200, T0 + 20 * MINUTE);
    const missing = [...values].flatMap((value, second) => (Number.isNaN(value) ? [second] : []));
    assert.deepEqual(
      missing.filter((second) => second < 424 || second > 425),
      [],
      'but for the two seconds between',
    );
    const fine = await archive.series('web', 'cpu.cores', 10 * MINUTE, 600, T0 + 15 * MINUTE);
    assert.deepEqual(
      [...fine.values].flatMap((value, second) => (Number.isNaN(value) ? [second] : [])),
      [124, 125].filter((s) => Number.isNaN(fine.values[s]!)),
    );
  });

  it('follows a clock that was set back: what came later counts', async (t) => {
    const { open, archive } = past(t);
    const recording = await open();
    await record(recording, T0, T0 + 5 * MINUTE, () => 1);
    await record(recording, T0 + 2 * MINUTE, T0 + 4 * MINUTE, () => 2);
    const { values } = await archive.series('web', 'cpu.cores', 5 * MINUTE, 5, T0 + 5 * MINUTE);
    assert.deepEqual([...values], [1, 1, 2, 2, NaN]);
    await record(recording, T0 + 24 * HOUR, T0 + 24 * HOUR + MINUTE, () => 3);
    assert.equal((await archive.sampleAt('web', T0 + 24 * HOUR + 30_000))?.cpu.cores, 3);
    assert.equal((await archive.sampleAt('web', T0 + 3 * MINUTE))?.cpu.cores, 2);
    await recording.close();
  });

  it('of several at once can be asked as the present is asked', async (t) => {
    const { open, archive } = past(t);
    const recording = await open();
    await record(recording, T0, T0 + MINUTE, (at) => (at - T0) / 1000);
    const stretch = await archive.load(['web', 'unknown', HOST_ID], T0, T0 + MINUTE);
    assert.deepEqual(stretch.ids, ['web']);
    const readings = stretch.readingsAt(T0 + 30_000);
    assert.equal(readings.latest('web')?.cpu.cores, 30);
    assert.equal(readings.latest('unknown'), undefined);
    assert.equal(readings.latestHost(), undefined);
    assert.deepEqual(
      [...readings.history('web', 'cpu.cores', 10_000, 10).values],
      [21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
    );
    assert.ok(readings.history('unknown', 'cpu.cores', 10_000, 10).values.every(Number.isNaN));
    const seen = [...stretch.observations(20_000)].map(({ at, samples }) => [at - T0, samples.get('web')?.cpu.cores]);
    assert.deepEqual(seen, [
      [20_000, 20],
      [40_000, 40],
      [60_000, 60],
    ]);
    // What is written meanwhile is there at the next loading.
    await record(recording, T0 + MINUTE, T0 + 2 * MINUTE, () => 99);
    assert.equal((await archive.load(['web'], T0, T0 + 2 * MINUTE)).sampleAt('web', T0 + 90_000)?.cpu.cores, 99);
    await recording.close();
    await assert.rejects(archive.load(['web'], T0, T0), /must end after it begins/);
  });
});
