// IO is counted from the first byte, on a disk of which nobody has ever limited a rate: there the kernel counts nothing for
// cgroup v1 until it is woken. A loop device that was never there before stands for the disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { countIoOf, diskNumbers } from '../../src/engine/cgroup/io-accounting.js';
import { syscall } from '../../src/native/index.js';
import { ended, host, newCgroup } from '../support/cgroups.js';

const MiB = 1024 * 1024;
const LOOP_CONTROL = '/dev/loop-control';
/** linux/loop.h */
const LOOP_CTL_ADD = 0x4c80;
const LOOP_CTL_REMOVE = 0x4c81;

const control = (request: number, number: number): void => {
  const fd = openSync(LOOP_CONTROL, 'r+');
  try {
    syscall('ioctl', fd, request, number);
  } finally {
    closeSync(fd);
  }
};

/** @returns a block device that this kernel has never seen, and its number */
function freshDisk(t: TestContext): { path: string; number: string } {
  const index = 20_000 + (process.pid % 10_000);
  const folder = mkdtempSync(join(tmpdir(), 'tscontain-loop-'));
  writeFileSync(join(folder, 'disk'), '');
  truncateSync(join(folder, 'disk'), 16 * MiB);
  control(LOOP_CTL_ADD, index);
  const path = `/dev/loop${index}`;
  t.after(() => {
    execFileSync('losetup', ['-d', path]);
    control(LOOP_CTL_REMOVE, index);
    rmSync(folder, { recursive: true });
  });
  execFileSync('losetup', [path, join(folder, 'disk')]);
  return { path, number: readFileSync(`/sys/block/loop${index}/dev`, 'latin1').trim() };
}

describe('the bytes of a disk', { skip: host.v1['blkio'] === undefined && 'cgroup v2 counts by itself' }, () => {
  it('are counted once a rate of none was set, and nothing is limited by it', async (t) => {
    if (!existsSync(LOOP_CONTROL)) {
      t.skip('this kernel makes no loop devices');
      return;
    }
    const { path, number } = freshDisk(t);
    const cgroup = newCgroup(t);
    const blkio = cgroup.paths.controllers['blkio']!;
    const written = async (): Promise<number> => {
      const dd = await cgroup.spawn('dd', 'if=/dev/zero', `of=${path}`, 'bs=1M', 'count=4', 'oflag=direct');
      assert.equal((await ended(dd)).code, 0);
      const counts = readFileSync(join(blkio, 'blkio.throttle.io_service_bytes_recursive'), 'latin1');
      return Number(new RegExp(`^${number} Write (\\d+)$`, 'm').exec(counts)?.[1] ?? 0);
    };
    const before = await written();
    countIoOf([number], blkio);
    assert.equal((await written()) - before, 4 * MiB);
    assert.equal(readFileSync(join(blkio, 'blkio.throttle.read_bps_device'), 'latin1'), '');
  });

  it('are those of every disk of the machine, and one that is gone is no fault', (t) => {
    const disks = diskNumbers();
    for (const disk of disks) assert.match(disk, /^\d+:\d+$/);
    assert.deepEqual(diskNumbers('/nowhere'), []);
    countIoOf(['4095:77', ...disks], newCgroup(t).paths.controllers['blkio']!);
  });
});
