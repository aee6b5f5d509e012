// A machine that does next to nothing is written down with fewer rows, and what it does after that is in rows of its own.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HostMeter } from '../../../../src/metrics/archive/host-meter.js';
import { DescriptorBudget, TextBuffer } from '../../../../src/metrics/kept-file.js';
import type { Reader } from '../../../../src/metrics/reader.js';
import { AT } from '../../../../src/metrics/row.js';
import { FIXTURES } from '../../../support/kernel-text.js';

interface Row {
  readonly from: number;
  readonly to: number;
  readonly cores: number;
  readonly load: number;
  readonly cpu0: number;
}

let root: string;
let reader: Reader;
let meter: HostMeter;
let rows: Row[];
/** hundredths of a second that its two CPUs were busy since the test began */
let busy: number;

const rounded = (value: number | undefined): number => Math.round(value! * 1000) / 1000;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tscontain-quiet-'));
  cpSync(join(FIXTURES, 'proc'), join(root, 'proc'), { recursive: true });
  reader = {
    procRoot: join(root, 'proc'),
    buffer: new TextBuffer(),
    budget: new DescriptorBudget(16),
    isDisk: () => true,
  };
  busy = 0;
  seen(0);
  meter = new HostMeter(reader, join(root, 'sys'));
  rows = [];
});
afterEach(() => {
  meter.leave(add);
  rmSync(root, { recursive: true, force: true });
});

const add = (from: number, to: number, row: Float64Array): void =>
  void rows.push({
    from,
    to,
    cores: rounded(row[AT.cores]),
    load: rounded(row.at(-5)),
    cpu0: rounded(row.at(-2)),
  });

/** What the kernel says: all that was done was done by the first of its CPUs. */
function seen(second: number): void {
  const idle = 100 * second;
  writeFileSync(
    join(reader.procRoot, 'stat'),
    `cpu  ${busy} 0 0 ${2 * idle - busy} 0 0 0 0\ncpu0 ${busy} 0 0 ${idle - busy} 0 0 0 0\ncpu1 0 0 0 ${idle} 0 0 0 0\nintr 1\n`,
  );
}

/** @param ticks hundredths of a second that its CPUs are busy in this one; @param isTurn as a recorder says every tenth time */
function tick(second: number, ticks: number, isTurn = second % 10 === 0): void {
  busy += ticks;
  seen(second);
  const now = { at: second * 1000, monotonicMs: second * 1000 };
  const file = meter.glancedAt;
  if (file?.read(reader.buffer) === 'read') meter.glance(reader.buffer, now, 1000);
  meter.sample(now, 1000, isTurn, add);
}

/** Until it is taken to be quiet, and a row was written. */
function rest(): void {
  for (let second = 1; second <= 20; second++) tick(second, 2);
  rows = [];
}

const times = (): number[][] => rows.map(({ from, to }) => [from, to]);

describe('a machine that does next to nothing', () => {
  it('has a row every five seconds, and one whenever rows are written, that say what is true by then', () => {
    rest();
    writeFileSync(join(reader.procRoot, 'loadavg'), '0.70 0.18 0.12 1/80 11206\n');
    for (let second = 21; second <= 40; second++) tick(second, 2);
    assert.deepEqual(times(), [
      [20_000, 25_000],
      [25_000, 30_000],
      [30_000, 35_000],
      [35_000, 40_000],
    ]);
    assert.deepEqual(
      rows.map(({ cores, cpu0, load }) => [cores, cpu0, load]),
      rows.map(() => [0.02, 0.02, 0.7]),
    );
  });

  it('and then something has a row for the time before, and one for each second from then on', () => {
    rest();
    for (let second = 21; second <= 23; second++) tick(second, 4);
    for (let second = 24; second <= 26; second++) tick(second, 80);
    assert.deepEqual(times(), [
      [20_000, 23_000],
      [23_000, 24_000],
      [24_000, 25_000],
      [25_000, 26_000],
    ]);
    assert.deepEqual(
      rows.slice(1).map(({ cores, cpu0 }) => [cores, cpu0]),
      [
        [0.8, 0.8],
        [0.8, 0.8],
        [0.8, 0.8],
      ],
    );
  });

  it('has a gap where nobody looked', () => {
    rest();
    for (let second = 21; second <= 23; second++) tick(second, 2);
    tick(90, 2);
    assert.deepEqual(times(), [
      [20_000, 23_000],
      [89_000, 90_000],
    ]);
  });

  it('is written down up to its end', () => {
    rest();
    for (let second = 21; second <= 23; second++) tick(second, 2);
    meter.leave(add);
    assert.deepEqual(times(), [[20_000, 23_000]]);
  });
});

describe('a machine that does something', () => {
  it('has a row a second', () => {
    for (let second = 1; second <= 12; second++) tick(second, 15);
    rows = [];
    for (let second = 13; second <= 15; second++) tick(second, 15);
    assert.deepEqual(times(), [
      [12_000, 13_000],
      [13_000, 14_000],
      [14_000, 15_000],
    ]);
  });
});
