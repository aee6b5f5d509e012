// The probe tells the truth about this machine and leaves nothing behind.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { describe, it } from 'node:test';
import * as native from '../../../src/native/index.js';
import { children, execve, openDescriptors, run } from '../../support/launching.js';

describe('the probe of the kernel', () => {
  it('says of everything whether it is there, and why not', async () => {
    const probe = await native.probeKernel();
    assert.equal(probe.release, release());
    for (const [ability, { detail }] of Object.entries(probe.abilities)) assert.ok(detail.length > 10, ability);
    // These are what the other tests of this level cannot do without.
    for (const needed of [
      'launch',
      'pid namespace',
      'mount namespace',
      'new mount API',
      'devpts',
      'openat2',
      'pidfd',
    ] as const) {
      assert.deepEqual([needed, probe.abilities[needed].available], [needed, true], probe.abilities[needed].detail);
    }
  });

  it('finds the cgroups that are mounted', async () => {
    const { cgroup1, cgroup2 } = await native.probeKernel();
    const mounts = native.readMounts();
    for (const [controller, path] of Object.entries(cgroup1)) {
      const mount = mounts.findLast(({ mountPoint }) => mountPoint === path);
      assert.ok(mount?.superOptions.includes(controller), controller);
    }
    assert.equal(cgroup2 === undefined, !mounts.some(({ type }) => type === 'cgroup2'));
  });

  it('names the capabilities that root lacks', async () => {
    const { missingCapabilities, abilities } = await native.probeKernel();
    const own = BigInt(`0x${/^CapEff:\t(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!}`);
    const has = native.capabilitiesOf(own);
    assert.equal(has.length + missingCapabilities.length, native.lastCapability() + 1);
    assert.equal(abilities.capabilities.available, missingCapabilities.length === 0);
  });

  it('leaves nothing behind', async () => {
    await run([execve('/bin/true')]);
    const before = openDescriptors();
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    await native.probeKernel();
    assert.deepEqual(openDescriptors(), before);
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8'), mounts);
    assert.deepEqual(children(), []);
  });
});
