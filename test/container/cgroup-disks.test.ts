// Disks told apart on the real kernel: two of them with ext4, somebody at work on each, and a judge who is told what was counted.
// How long the victim waits is made up: loop devices share the machine's own disk, and would wait for each other.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { replay } from '../../bench/neighbours/score.js';
import { countIoOf } from '../../src/engine/cgroup/io-accounting.js';
import type { Finding, Observation } from '../../src/metrics/index.js';
import { DiskLook } from '../../src/metrics/neighbours/disk-look.js';
import type { DiskRates } from '../../src/metrics/neighbours/observation.js';
import { hosts, newCgroup, type TestCgroup } from '../support/cgroups.js';
import { loopDisk, type LoopDisk } from '../support/loop-disk.js';
import { observationAt, T0 } from '../support/observations.js';
import { eventually } from '../support/patience.js';

const MiB = 1024 * 1024;
const CALM_SECONDS = 30;
const LOOKS = 9;
const LOOK_EVERY_MS = 400;

function formatted(t: TestContext): LoopDisk | undefined {
  const disk = loopDisk(t, 64 * MiB);
  return disk !== undefined && spawnSync('mkfs.ext4', ['-q', disk.path]).status === 0 ? disk : undefined;
}

/** Somebody who writes to a file on that disk without end, past the page cache; nobody else sees that it is mounted. */
async function writes(t: TestContext, by: TestCgroup, disk: LoopDisk, blocks: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tscontain-disk-'));
  const script = `mount -t ext4 ${disk.path} ${folder} && while :; do
    dd if=/dev/zero of=${folder}/$$ ${blocks} oflag=direct conv=notrunc 2>/dev/null; sleep 0.02; done`;
  await by.spawn('unshare', '--mount', '--propagation', 'private', 'sh', '-c', script);
  t.after(() => rmSync(folder, { recursive: true }));
}

for (const on of hosts) {
  describe(`two disks on a ${on.kind} host`, () => {
    it('are told apart: who writes to the other one is not blamed, who writes to the victim’s is', async (t) => {
      const cgroups = { web: newCgroup(t, { on }), batch: newCgroup(t, { on }), backup: newCgroup(t, { on }) };
      const [here, there] = [formatted(t), formatted(t)];
      if (here === undefined || there === undefined) {
        t.skip('no loop device with ext4 is to be had');
        return;
      }
      const numbers = [here.number, there.number];
      for (const { paths } of Object.values(cgroups))
        if (paths.controllers['blkio'] !== undefined) countIoOf(numbers, paths.controllers['blkio']);
      const targets = Object.entries(cgroups).map(([id, { paths }]) => ({ id, cgroup: paths }));
      const disks = new DiskLook('/proc', (major, minor) => numbers.includes(`${major}:${minor}`));
      const look = (): DiskRates | undefined => disks.look(targets, performance.now());
      const written = (rates: DiskRates | undefined, id: string, disk: LoopDisk): number =>
        rates?.targets.get(id)?.get(disk.name)?.writeBytes ?? 0;

      /** Web is calm, then waits while all of this happens. */
      async function said(): Promise<Finding | undefined> {
        const observations: Observation[] = [];
        const calm = { web: { ioWait: 1 }, batch: {}, backup: {} };
        for (let second = 0; second < CALM_SECONDS; second++)
          observations.push(observationAt(T0 + second * 1000, calm));
        for (let i = 0; i < LOOKS; i++) {
          await delay(LOOK_EVERY_MS);
          const rates = look();
          assert.ok(rates);
          const on = (id: string) => ({ on: Object.fromEntries(rates.targets.get(id) ?? []) });
          const doings = { web: { ioWait: 40, ...on('web') }, batch: on('batch'), backup: on('backup') };
          observations.push({ ...observationAt(T0 + (CALM_SECONDS + i) * 1000, doings), disks: rates });
        }
        return replay(observations)
          .at(-1)!
          .findings.find(({ victim, resource }) => victim === 'web' && resource === 'io');
      }

      await writes(t, cgroups.web, here, 'bs=4k count=8');
      await writes(t, cgroups.backup, there, 'bs=1M count=8');
      await eventually(() => {
        const rates = look();
        assert.ok(written(rates, 'web', here) > 0 && written(rates, 'backup', there) > MiB, 'both are at work');
        assert.deepEqual([written(rates, 'web', there), written(rates, 'backup', here)], [0, 0]);
        assert.ok(rates!.machine.get(here.name)!.writeBytes >= written(rates, 'web', here) / 2);
      });
      assert.deepEqual((await said())?.suspects ?? [], [], 'nobody else is at work on its disk');

      await writes(t, cgroups.batch, here, 'bs=1M count=8');
      await eventually(() => assert.ok(written(look(), 'batch', here) > MiB, 'batch is at work'));
      const { suspects } = (await said())!;
      assert.deepEqual(
        suspects.map(({ id, disk }) => [id, disk]),
        [['batch', here.name]],
      );
    });
  });
}
