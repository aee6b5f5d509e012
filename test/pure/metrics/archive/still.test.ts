// What does nothing is written down with fewer rows, and what it does after that is in rows of its own.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { COLUMNS } from '../../../../src/metrics/row.js';
import { TargetMeter } from '../../../../src/metrics/archive/target-meter.js';
import { DescriptorBudget, TextBuffer } from '../../../../src/metrics/kept-file.js';
import type { Reader } from '../../../../src/metrics/reader.js';

const CORES = COLUMNS.indexOf('cpu.cores');
const USED = COLUMNS.indexOf('memory.used');
const LIMIT = COLUMNS.indexOf('memory.limit');

interface Row {
  readonly from: number;
  readonly to: number;
  readonly cores: number;
  readonly used: number;
}

let unified: string;
let meter: TargetMeter;
let reader: Reader;
let rows: Row[];

/** of the memory, a row */
let limits: number[];

function add(from: number, to: number, row: Float64Array): void {
  rows.push({ from, to, cores: row[CORES]!, used: row[USED]! });
  limits.push(row[LIMIT]!);
}

beforeEach(() => {
  unified = mkdtempSync(join(tmpdir(), 'tscontain-still-'));
  reader = {
    procRoot: '/proc',
    buffer: new TextBuffer(),
    budget: new DescriptorBudget(16),
    isDisk: () => true,
  };
  meter = new TargetMeter({ id: 'web', cgroup: { controllers: {}, unified } }, reader);
  rows = [];
  limits = [];
});
afterEach(() => {
  meter.leave(add);
  rmSync(unified, { recursive: true, force: true });
});

function counts(cpuMs: number, usedBytes = 4096): void {
  mkdirSync(unified, { recursive: true });
  const us = cpuMs * 1000;
  writeFileSync(join(unified, 'cpu.stat'), `usage_usec ${us}\nuser_usec ${us}\nsystem_usec 0\n`);
  writeFileSync(join(unified, 'memory.current'), `${usedBytes}\n`);
}

function limit(bytes: number): void {
  mkdirSync(unified, { recursive: true });
  writeFileSync(join(unified, 'memory.max'), `${bytes}\n`);
}

/** @param isTurn as a recorder says every tenth time */
function tick(second: number, isTurn = second % 10 === 0): void {
  const now = { at: second * 1000, monotonicMs: second * 1000 };
  const file = meter.glancedAt;
  if (file?.read(reader.buffer) === 'read') meter.glance(reader.buffer, now, 1000);
  meter.sample(now, 1000, isTurn, add);
}

/** Until it is taken to do nothing. */
function rest(cpuMs: number): void {
  counts(cpuMs);
  for (let second = 1; second <= 20; second++) tick(second);
  rows = [];
}

describe('a container that does nothing', () => {
  it('has a row whenever rows are written, which says what is true by then', () => {
    rest(0);
    counts(0, 8192);
    for (let second = 21; second <= 40; second++) tick(second);
    assert.deepEqual(rows, [
      { from: 20_000, to: 30_000, cores: 0, used: 8192 },
      { from: 30_000, to: 40_000, cores: 0, used: 8192 },
    ]);
  });

  it('that wakes has a row for the time before, and one for each second from then on', () => {
    rest(0);
    for (let second = 21; second <= 24; second++) tick(second);
    counts(500, 8192);
    tick(25);
    counts(1500, 8192);
    tick(26);
    assert.deepEqual(rows, [
      { from: 20_000, to: 24_000, cores: 0, used: 4096 },
      { from: 24_000, to: 25_000, cores: 0.5, used: 8192 },
      { from: 25_000, to: 26_000, cores: 1, used: 8192 },
    ]);
  });

  it('adds what it used a little at a time to no second but its own', () => {
    rest(0);
    for (let second = 21; second <= 28; second++) {
      counts(9 * (second - 20));
      tick(second);
    }
    counts(9 * 8 + 100);
    tick(29);
    assert.deepEqual(
      rows.map(({ to, cores }) => [to, Math.round(cores * 1000) / 1000]),
      [
        [28_000, 0],
        [29_000, 0.1],
      ],
    );
  });

  it('has a gap where nobody looked', () => {
    rest(0);
    for (let second = 21; second <= 23; second++) tick(second);
    tick(90);
    assert.deepEqual(
      rows.map(({ from, to }) => [from, to]),
      [
        [20_000, 23_000],
        [89_000, 90_000],
      ],
    );
  });

  it('is written down up to its end', () => {
    rest(0);
    for (let second = 21; second <= 23; second++) tick(second);
    meter.leave(add);
    assert.deepEqual(rows, [{ from: 20_000, to: 23_000, cores: 0, used: 4096 }]);
  });

  it('says of what hardly changes what it was a minute ago at most, and of its memory what is true by then', () => {
    limit(2 ** 20);
    rest(0);
    counts(0, 8192);
    limit(2 ** 21);
    for (let second = 21; second <= 80; second++) tick(second);
    assert.deepEqual(
      rows.map(({ used }) => used),
      rows.map(() => 8192),
    );
    assert.equal(rows.length, 6);
    assert.deepEqual([limits.at(-6), limits.at(-1)], [2 ** 20, 2 ** 21]);
  });
});
