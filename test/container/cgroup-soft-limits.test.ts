// The soft limits by which a neighbour is quietened first, on the real kernel: what it offers is put in force and works, and what
// it does not offer is refused with its reason, and leaves nothing behind.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openCgroupDriver } from '../../src/engine/cgroup/index.js';
import { isTscontainError, type ErrorCode } from '../../src/engine/errors.js';
import { ended, existing, host, hosts, newCgroup, newPaths, type TestCgroup } from '../support/cgroups.js';
import { loopDisk } from '../support/loop-disk.js';
import { eventually, patience } from '../support/patience.js';

const MiB = 1024 * 1024;
const HIGH = 16 * MiB;
/** Pages are charged in batches, on each CPU. */
const SLACK = 4 * MiB;

const read = ({ paths }: TestCgroup, file: string): string => readFileSync(join(paths.unified!, file), 'utf8').trim();
const event = (cgroup: TestCgroup, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(read(cgroup, 'memory.events'))?.[1]);

/** @throws AssertionError for anything but a refusal that says this */
const refused = (code: ErrorCode, words: RegExp) => (error: unknown) => {
  assert.ok(isTscontainError(error, code), String(error));
  assert.match(error.message, words);
  return true;
};

/** Takes so many MiB, says so, and keeps them. */
const hold = (cgroup: TestCgroup, mib: number) =>
  cgroup.spawn('/usr/bin/perl', '-e', '$x = "x" x ($ARGV[0] << 20); $| = 1; print "held\n"; sleep 600', String(mib));

for (const on of hosts) {
  const isV2 = on.kind === 'v2';

  describe(`a high mark for memory on a ${on.kind} host`, () => {
    it(
      'is refused where the kernel has none, and nothing is left behind',
      { skip: isV2 && 'it has one' },
      async (t) => {
        const driver = openCgroupDriver(on);
        const paths = newPaths(t, driver);
        assert.throws(
          () => driver.create(paths, { memoryHigh: HIGH }),
          refused('CONTROLLER_MISSING', /^memory-high needs .* cgroup v2/),
        );
        assert.deepEqual(existing(paths), []);
        const made = newCgroup(t, { on });
        await assert.rejects(
          driver.update(made.paths, { memoryHigh: HIGH }),
          refused('CONTROLLER_MISSING', /^memory-high needs .* cgroup v2/),
        );
        assert.equal(driver.readLimits(made.paths).memoryHigh, undefined);
      },
    );

    const skip = !isV2 && 'cgroup v1 has none';

    it('is in the kernel’s file and read back, live, and is taken away again', { skip }, async (t) => {
      const cgroup = newCgroup(t, { on, limits: { memoryHigh: HIGH } });
      const { driver, paths } = cgroup;
      assert.deepEqual([read(cgroup, 'memory.high'), driver.readLimits(paths).memoryHigh], [String(HIGH), HIGH]);
      await driver.update(paths, { memoryHigh: 2 * HIGH });
      assert.equal(read(cgroup, 'memory.high'), String(2 * HIGH));
      await driver.update(paths, { memoryHigh: -1 });
      assert.deepEqual([read(cgroup, 'memory.high'), driver.readLimits(paths).memoryHigh], ['max', -1]);
      assert.equal(read(cgroup, 'memory.max'), 'max', 'and is no hard limit');
    });

    it('takes back the page cache of who goes above it, and kills nothing', { skip }, async (t) => {
      const disk = loopDisk(t, 96 * MiB);
      if (disk === undefined) {
        t.skip('this kernel makes no loop devices');
        return;
      }
      const reading = ['dd', `if=${disk.path}`, 'of=/dev/null', 'bs=1M'] as const;
      const marked = newCgroup(t, { on, limits: { memoryHigh: HIGH } });
      const { code, output } = await ended(await marked.spawn(...reading));
      assert.equal(code, 0, output);
      assert.ok(Number(read(marked, 'memory.current')) <= HIGH + SLACK, `${read(marked, 'memory.current')} bytes`);
      assert.ok(event(marked, 'high') > 0, 'the kernel has counted it');
      assert.deepEqual([event(marked, 'max'), event(marked, 'oom_kill')], [0, 0]);
    });

    it('holds up who keeps what he takes, until it is taken away', { skip }, async (t) => {
      const cgroup = newCgroup(t, { on, limits: { memoryHigh: HIGH } });
      const hog = await hold(cgroup, 96);
      let isHeld = false;
      hog.stdout!.once('data', () => (isHeld = true));
      await eventually(() => assert.ok(event(cgroup, 'high') > 5), 20_000);
      assert.deepEqual([hog.exitCode, hog.signalCode, event(cgroup, 'oom_kill')], [null, null, 0]);
      assert.equal(isHeld, false, 'it has not got what it wants yet');
      await cgroup.driver.update(cgroup.paths, { memoryHigh: -1 });
      await eventually(() => assert.ok(isHeld), patience(20_000));
      assert.ok(Number(read(cgroup, 'memory.current')) > 96 * MiB);
    });
  });

  describe(`a weight for the disk on a ${on.kind} host`, () => {
    const FILES: Readonly<Record<string, string>> = isV2
      ? { 'io.weight': '4950', 'io.bfq.weight': '500' }
      : { 'blkio.bfq.weight': '500' };

    it('is in every file for it that the kernel has, is read back, and is taken away again', async (t) => {
      const { driver, paths } = newCgroup(t, { on });
      const folder = isV2 ? paths.unified! : paths.controllers['blkio'];
      const offered = Object.keys(FILES).filter((file) => folder !== undefined && existsSync(join(folder, file)));
      if (offered.length === 0) {
        t.skip('this kernel has no weights for disks');
        return;
      }
      const contents = (): Record<string, string> =>
        Object.fromEntries(offered.map((file) => [file, readFileSync(join(folder!, file), 'utf8').trim()]));
      const before = contents();
      await driver.update(paths, { blkioWeight: 500 });
      for (const [file, content] of Object.entries(contents()))
        assert.equal(content.replace('default ', ''), FILES[file], file);
      assert.equal(driver.readLimits(paths).blkioWeight, 500);
      await driver.update(paths, { blkioWeight: 0 });
      assert.deepEqual(contents(), before);
    });
  });
}

describe('a weight for the disk where nobody has handed down the controller', () => {
  const { unified } = host;

  it('is refused with the reason, and nothing is left behind', { skip: !unified && 'no cgroup2 mount' }, async (t) => {
    // On a v2 host a directory that has processes of its own, on a hybrid one a tree whose controllers are all in v1.
    const enclosing = newCgroup(t);
    await enclosing.spawn('/bin/sleep', '600');
    const path = host.kind === 'v2' ? enclosing.paths.unified! : unified!.path;
    const driver = openCgroupDriver({ kind: 'v2', v1: {}, unified: { ...unified!, path }, disabled: [] });
    const paths = newPaths(t, driver);
    const why =
      host.kind === 'v2'
        ? /^blkio-weight needs the cgroup controller io: processes sit in /
        : /^blkio-weight needs the cgroup controller io: it is not in /;
    assert.throws(() => driver.create(paths, { blkioWeight: 500 }), refused('CONTROLLER_MISSING', why));
    assert.deepEqual(existing(paths), []);
    driver.create(paths, {});
    assert.equal(driver.readLimits(paths).blkioWeight, undefined);
  });
});
