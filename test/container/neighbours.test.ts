// Who hurts whom, on the real kernel: a real hog beside a real service, and the sampler that is to tell.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createSampler, type Finding, type Sampler } from '../../src/metrics/index.js';
import { CloserLook } from '../../src/metrics/neighbours/closer-look.js';
import { hosts, newCgroup, type TestCgroup } from '../support/cgroups.js';
import { eventually, patience } from '../support/patience.js';

const BUSY = ['/bin/sh', '-c', 'while :; do :; done'] as const;
const hasPsi = existsSync('/proc/pressure/cpu');

function watching(t: TestContext, cgroups: Readonly<Record<string, TestCgroup>>): Sampler {
  const sampler = createSampler({ intervalMs: 500 });
  t.after(() => sampler.close());
  sampler.setTargets(Object.entries(cgroups).map(([id, { paths }]) => ({ id, cgroup: paths })));
  sampler.start();
  return sampler;
}

/** Bytes of files on disks that this process has changed. */
const ownWrites = (): string | undefined => /^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1];

const of = (sampler: Sampler, key: string): Finding | undefined => sampler.findings().find((each) => each.key === key);

for (const on of hosts) {
  describe(`neighbours on a ${on.kind} host`, () => {
    it('one that its own quota holds is said to be held by itself, and no more when it has ended', async (t) => {
      const held = newCgroup(t, { on, limits: { nanoCpus: 0.05e9 } });
      const child = await held.spawn(...BUSY);
      const sampler = watching(t, { held });
      await eventually(() => {
        const finding = of(sampler, 'held/cpu');
        assert.deepEqual([finding?.symptom, finding?.byOwnLimit, finding?.suspects], ['throttled', true, []]);
        assert.ok(finding!.percent > 50 && finding!.since <= Date.now());
      }, 20_000);
      child.kill('SIGKILL');
      await eventually(() => assert.equal(of(sampler, 'held/cpu'), undefined), 20_000);
    });

    const noPressure = hasPsi && on.kind !== 'v1' ? false : 'no pressure files';
    it('one that waits for a CPU beside a hog is said to', { skip: noPressure }, async (t) => {
      const [web, hog] = [newCgroup(t, { on }), newCgroup(t, { on })];
      // On one CPU, so that it is in its way whatever else the machine does.
      await web.spawn('taskset', '-c', '0', ...BUSY);
      const sampler = watching(t, { web, hog });
      for (let i = 0; i < 4; i++) await hog.spawn('taskset', '-c', '0', ...BUSY);
      await eventually(() => {
        const finding = of(sampler, 'web/cpu');
        assert.equal(finding?.symptom, 'waits');
        assert.ok(finding.percent > 14);
      }, 30_000);
    });

    it('one whose processes write is seen by the closer look, whoever is charged with it', async (t) => {
      const file = join(process.cwd(), 'build', `closer-${process.pid}-${on.kind}`);
      t.after(() => rmSync(file, { force: true }));
      const before = ownWrites();
      writeFileSync(file, Buffer.alloc(1024 * 1024));
      if (ownWrites() === before) {
        t.skip('the checkout is in memory: nothing that is written there is counted');
        return;
      }
      const writer = newCgroup(t, { on });
      const look = new CloserLook();
      const targets = [{ id: 'writer', cgroup: writer.paths }];
      // Each dd ends, and leaves what it did to the shell.
      await writer.spawn('/bin/sh', '-c', `while :; do dd if=/dev/zero of=${file} bs=1M count=4; sleep 0.05; done`);
      look.look(targets, performance.now());
      await eventually(() => {
        const rate = look.look(targets, performance.now()).get('writer')?.writeBytes;
        assert.ok(rate !== undefined && rate > 1e6, `${rate} bytes a second`);
      }, patience(5000));
    });
  });
}
