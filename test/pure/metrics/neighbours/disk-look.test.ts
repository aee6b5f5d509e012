// What is moved on each disk, over made-up files: of cgroup v1, of cgroup v2, and of the machine.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Target } from '../../../../src/metrics/index.js';
import { DiskLook } from '../../../../src/metrics/neighbours/disk-look.js';

let scratch: string;
let look: DiskLook;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tscontain-disks-'));
  // Volumes of LVM (253) lie upon the disks, and their bytes are counted there as well.
  look = new DiskLook(join(scratch, 'proc'), (major) => major !== 253);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function file(path: string, lines: readonly string[]): void {
  mkdirSync(join(scratch, path, '..'), { recursive: true });
  writeFileSync(join(scratch, path), lines.map((line) => `${line}\n`).join(''));
}

/** Sectors of half a KiB. */
const machine = (sda: readonly [number, number], sdb: readonly [number, number]): void =>
  file('proc/diskstats', [
    `   8       0 sda ${sda[0]} 0 ${sda[0] * 8} 1 ${sda[1]} 0 ${sda[1] * 8} 1 0 1 1 0 0 0 0 0 0`,
    `   8      16 sdb ${sdb[0]} 0 ${sdb[0] * 8} 1 ${sdb[1]} 0 ${sdb[1] * 8} 1 0 1 1 0 0 0 0 0 0`,
    ` 253       0 dm-0 ${sda[0]} 0 ${sda[0] * 8} 1 ${sda[1]} 0 ${sda[1] * 8} 1 0 1 1 0 0 0 0 0 0`,
  ]);

function v1(id: string, disks: Readonly<Record<string, readonly [read: number, written: number]>>): Target {
  const folder = `v1/${id.replace(':', '-')}`;
  const lines = (unit: number): string[] => [
    ...Object.entries(disks).flatMap(([number, [read, written]]) => [
      `${number} Read ${read * unit}`,
      `${number} Write ${written * unit}`,
      `${number} Sync ${(read + written) * unit}`,
      `${number} Total ${(read + written) * unit}`,
    ]),
    'Total 77',
  ];
  file(`${folder}/blkio.throttle.io_service_bytes_recursive`, lines(4096));
  file(`${folder}/blkio.throttle.io_serviced_recursive`, lines(1));
  return { id, cgroup: { controllers: { blkio: join(scratch, folder) } } };
}

function v2(id: string, lines: readonly string[]): Target {
  file(`v2/${id}/io.stat`, lines);
  return { id, cgroup: { controllers: {}, unified: join(scratch, 'v2', id) } };
}

describe('a look at the disks', () => {
  it('has rates of each disk by its name from the second on, of cgroup v1', () => {
    machine([0, 0], [0, 0]);
    assert.equal(look.look([v1('web', { '8:0': [10, 0], '253:0': [10, 0] })], 0), undefined);
    machine([20, 10], [0, 40]);
    const rates = look.look([v1('web', { '8:0': [30, 10], '253:0': [30, 10], '8:16': [0, 2] })], 2000)!;
    assert.deepEqual(
      [...rates.machine],
      [
        ['sda', { readBytes: 40_960, writeBytes: 20_480, operations: 15 }],
        ['sdb', { readBytes: 0, writeBytes: 81_920, operations: 20 }],
      ],
    );
    assert.deepEqual(
      [...rates.targets.get('web')!],
      [
        ['sda', { readBytes: 40_960, writeBytes: 20_480, operations: 15 }],
        ['sdb', { readBytes: 0, writeBytes: 4096, operations: 1 }],
      ],
    );
  });

  it('has them of cgroup v2, a disk that is limited and unused among them', () => {
    machine([0, 0], [0, 0]);
    look.look([v2('web', ['8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0', '8:16 '])], 0);
    machine([1, 1], [1, 1]);
    const now = [
      '8:0 rbytes=8192 wbytes=512 rios=3 wios=1 dbytes=0 dios=0',
      '253:0 rbytes=9 wbytes=9 rios=9 wios=9',
      '8:16 ',
    ];
    const rates = look.look([v2('web', now)], 1000)!;
    assert.deepEqual(
      [...rates.targets.get('web')!],
      [
        ['sda', { readBytes: 4096, writeBytes: 512, operations: 3 }],
        ['sdb', { readBytes: 0, writeBytes: 0, operations: 0 }],
      ],
    );
  });

  it('asks nobody where one disk is in use, and does as soon as another one is', () => {
    let seconds = 1;
    const seen = (sdb: number): number | undefined => {
      machine([seconds, seconds], [sdb, 0]);
      return look.look([v1('web', { '8:0': [seconds, 0] })], seconds++ * 1000)?.targets.size;
    };
    assert.deepEqual([seen(7), seen(7), seen(7)], [undefined, undefined, undefined]);
    // From then on there is something to compare with.
    assert.deepEqual([seen(8), seen(8), seen(8)], [0, 1, 1]);
  });

  it('names a disk that the machine does not tell of by its number', () => {
    machine([0, 0], [0, 0]);
    const web = (bytes: number): Target => v2('web', [`259:1048575 rbytes=${bytes} wbytes=0 rios=1 wios=0`]);
    look.look([web(0)], 0);
    machine([1, 0], [1, 0]);
    const rates = look.look([web(5)], 1000)!;
    assert.deepEqual([...rates.targets.get('web')!.keys()], ['259:1048575']);
  });

  it('never goes below nothing, and begins anew after a pause', () => {
    machine([9, 9], [9, 9]);
    look.look([v1('web', { '8:0': [9, 9] })], 0);
    machine([1, 1], [1, 1]);
    const rates = look.look([v1('web', { '8:0': [1, 1] })], 1000)!;
    assert.deepEqual(rates.targets.get('web')!.get('sda'), { readBytes: 0, writeBytes: 0, operations: 0 });
    assert.equal(look.look([], 60_000), undefined);
  });

  it('passes over sums, what is gone, and what has no such counters', () => {
    machine([0, 0], [0, 0]);
    const all = (): Target[] => [
      v1('project:shop', {}),
      v1('web', {}),
      { id: 'gone', cgroup: { controllers: { blkio: join(scratch, 'nowhere') } } },
      { id: 'bare', cgroup: { controllers: {}, unified: join(scratch, 'nowhere') } },
      { id: 'nowhere', cgroup: { controllers: {} } },
    ];
    look.look(all(), 0);
    machine([1, 1], [1, 1]);
    assert.deepEqual([...look.look(all(), 1000)!.targets.keys()], ['web']);
  });

  it('does not look again at what has moved nothing, and finds what it did when it has', () => {
    const seen = (at: number, isStill: boolean): number | undefined => {
      machine([at, 0], [at, 0]);
      const rates = look.look([v1('web', { '8:0': [0, at] })], at, () => isStill);
      return rates?.targets.get('web')?.get('sda')?.operations;
    };
    // One that is not known yet is looked at, still or not.
    seen(0, true);
    assert.equal(seen(1000, true), 0);
    assert.equal(seen(2000, false), 2000);
  });
});
