// Volumes on a file system that counts by project: their size is known without looking at their files, and can have a limit.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Mount } from '../../../src/engine/model.js';
import { layout } from '../../../src/engine/state/layout.js';
import { O_DIRECTORY, O_RDONLY, projectOf, projectQuota } from '../../../src/native/index.js';
import { EngineHouse } from '../../support/engine-house.js';
import { loopDisk } from '../../support/loop-disk.js';
import { refusal } from '../../support/refusal.js';

const MiB = 1024 * 1024;

/** Mounted with project quotas; or why that cannot be here. */
function countingDisk(t: TestContext): string | { readonly missing: string } {
  const disk = loopDisk(t, 64 * MiB);
  if (disk === undefined) return { missing: 'this kernel makes no loop devices' };
  const made = spawnSync('mkfs.ext4', ['-q', '-O', 'quota,project', '-E', 'quotatype=prjquota', disk.path]);
  if (made.status !== 0) return { missing: 'mkfs.ext4 is not to be had, or makes no project quotas' };
  const path = mkdtempSync(join(tmpdir(), 'tscontain-quota-'));
  const mounted = spawnSync('mount', ['-o', 'prjquota', disk.path, path], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    return { missing: 'this kernel mounts no ext4 with project quotas (CONFIG_QFMT_V2)' };
  }
  return path;
}

/** Before the hooks of the test, in whose order the device goes first. */
function unmounted(path: string): void {
  spawnSync('umount', ['--lazy', path]);
  rmSync(path, { recursive: true, force: true });
}

const projectIn = (path: string): { project: number; usedBytes: number; limitBytes: number } => {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    const project = projectOf(fd) ?? 0;
    const { usedBytes = 0, limitBytes = 0 } = projectQuota(fd, project) ?? {};
    return { project, usedBytes, limitBytes };
  } finally {
    closeSync(fd);
  }
};

describe('a volume on a file system that counts', () => {
  it('has a project of its own, is measured by it, and takes no more than it may', async (t) => {
    const disk = countingDisk(t);
    if (typeof disk !== 'string') {
      t.skip(disk.missing);
      return;
    }
    try {
      const house = await EngineHouse.open();
      t.after(() => house.close());
      mkdirSync(join(disk, 'volumes'));
      symlinkSync(join(disk, 'volumes'), layout.volumes(house.root));
      const { mountpoint } = await house.engine.volumes.create({ name: 'small', options: { size: '4m' } });
      const { project, limitBytes } = projectIn(mountpoint);
      assert.ok(project >= 0x4000_0000);
      assert.equal(limitBytes, 4 * MiB);
      writeFileSync(join(mountpoint, 'f'), Buffer.alloc(MiB, 'x'));
      spawnSync('sync', ['-f', mountpoint]);
      const size = await house.engine.volumes.size('small');
      assert.equal(size.from, 'quota');
      assert.ok(size.bytes >= MiB && size.bytes < 2 * MiB, String(size.bytes));
      const mounts: Mount[] = [{ type: 'volume', source: 'small', target: '/d', readOnly: false }];
      const { id } = await house.run('dd if=/dev/zero of=/d/big bs=64k count=128', { mounts });
      assert.match(house.lines(id).join('\n'), /quota|No space/i);
      await house.engine.remove(id);
      await house.engine.volumes.create({ name: 'other' });
      assert.notEqual(projectIn(layout.volumeData(house.root, 'other')).project, project);
      await house.engine.volumes.remove('small');
      const fd = openSync(disk, O_RDONLY | O_DIRECTORY);
      try {
        assert.equal(projectQuota(fd, project)?.limitBytes ?? 0, 0, 'its limit is not left behind');
      } finally {
        closeSync(fd);
      }
      await house.engine.volumes.remove('other');
    } finally {
      unmounted(disk);
    }
  });
});

describe('a volume on a file system that does not', () => {
  it('is measured by its files, and cannot have a size', async (t) => {
    const house = await EngineHouse.open();
    t.after(() => house.close());
    const disk = mkdtempSync(join(tmpdir(), 'tscontain-plain-'));
    assert.equal(spawnSync('mount', ['-t', 'tmpfs', 'tscontain-test', disk]).status, 0);
    t.after(() => unmounted(disk));
    symlinkSync(disk, layout.volumes(house.root));
    await assert.rejects(
      house.engine.volumes.create({ name: 'small', options: { size: '4m' } }),
      refusal('NOT_SUPPORTED', /volume small cannot have a size/),
    );
    assert.deepEqual(await house.engine.volumes.list(), []);
    await house.engine.volumes.create({ name: 'plain' });
    assert.equal((await house.engine.volumes.size('plain')).from, 'files');
    await house.engine.volumes.remove('plain');
  });
});
