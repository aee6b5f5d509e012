// Which devices are hardware, over a made-up /sys laid out as the kernel lays it out.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { disks, virtualInterfaces } from '../../../src/metrics/devices.js';

const sys = mkdtempSync(join(tmpdir(), 'tscontain-sys-'));
after(() => rmSync(sys, { recursive: true, force: true }));

function device(number: string, path: string, slaves: readonly string[] = []): void {
  const folder = join(sys, 'devices', path);
  mkdirSync(join(folder, 'slaves'), { recursive: true });
  for (const slave of slaves) mkdirSync(join(folder, 'slaves', slave));
  mkdirSync(join(sys, 'dev/block'), { recursive: true });
  symlinkSync(`../../devices/${path}`, join(sys, 'dev/block', number));
}

device('254:0', 'virtio1/block/vda');
device('254:1', 'virtio1/block/vda/vda1');
writeFileSync(join(sys, 'devices/virtio1/block/vda/vda1/partition'), '1\n');
device('253:0', 'virtual/block/dm-0', ['vda1']);
device('9:0', 'virtual/block/md0', ['sda', 'sdb']);
device('7:0', 'virtual/block/loop0');
device('252:0', 'virtual/block/zram0');
device('259:0', 'pci0/nvme/nvme0/nvme0n1');
mkdirSync(join(sys, 'devices/virtual/net/docker0'), { recursive: true });

describe('block devices', () => {
  const isDisk = disks(sys);

  it('that count are disks', () => {
    assert.equal(isDisk(254, 0), true);
    assert.equal(isDisk(259, 0), true);
  });

  it('that are part of a disk, stacked upon one, in memory or in a file do not', () => {
    for (const [major, minor] of [
      [254, 1],
      [253, 0],
      [9, 0],
      [7, 0],
      [252, 0],
    ] as const)
      assert.equal(isDisk(major, minor), false, `${major}:${minor}`);
  });

  it('that /sys does not know count: better twice than never', () => {
    assert.equal(isDisk(8, 0), true);
  });
});

describe('network interfaces', () => {
  it('without hardware are known by name', () => {
    assert.deepEqual([...virtualInterfaces(sys)], ['docker0']);
    assert.deepEqual([...virtualInterfaces(join(sys, 'nowhere'))], []);
  });
});
