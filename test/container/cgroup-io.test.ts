// IO is counted from the first byte, on a disk of which nobody has ever limited a rate: there the kernel counts nothing for
// cgroup v1 until it is woken. A loop device that was never there before stands for the disk.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { countIoOf, diskNumbers } from '../../src/engine/cgroup/io-accounting.js';
import { ended, host, newCgroup } from '../support/cgroups.js';
import { loopDisk } from '../support/loop-disk.js';

const MiB = 1024 * 1024;

describe('the bytes of a disk', { skip: host.v1['blkio'] === undefined && 'cgroup v2 counts by itself' }, () => {
  it('are counted once a rate of none was set, and nothing is limited by it', async (t) => {
    const disk = loopDisk(t, 16 * MiB);
    if (disk === undefined) {
      t.skip('this kernel makes no loop devices');
      return;
    }
    const { path, number } = disk;
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
