// Devices in a guarded cgroup: by v1's files or v2's eBPF program, what is allowed opens and nothing else does.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { DEFAULT_DEVICE_RULES } from '../../src/engine/cgroup/index.js';
import { ended, hostsForProcesses, newCgroup, type TestCgroup } from '../support/cgroups.js';

const shell = async (cgroup: TestCgroup, script: string) => ended(await cgroup.spawn('/bin/sh', '-c', script));

/** /dev/kmsg is one that containers may not read; every Linux has it. */
const READ_KMSG = 'exec 3</dev/kmsg';

for (const on of hostsForProcesses) {
  describe(`devices in a cgroup by ${on.kind === 'v2' ? 'an eBPF program' : `v1, ${on.kind}`}`, () => {
    it('are what the list allows', async (t) => {
      const cgroup = newCgroup(t, { on, devices: DEFAULT_DEVICE_RULES });
      const { code, output } = await shell(
        cgroup,
        'echo x >/dev/null && echo x 3<>/dev/zero 4</dev/random 5</dev/urandom 6<>/dev/full && exec 7<>/dev/ptmx',
      );
      assert.equal(code, 0, output);
    });

    it('are denied when they are not in the list, and cannot be reached by a new node', async (t) => {
      assert.ok(statSync('/dev/kmsg').isCharacterDevice());
      const cgroup = newCgroup(t, { on, devices: DEFAULT_DEVICE_RULES });
      const direct = await shell(cgroup, READ_KMSG);
      assert.notEqual(direct.code, 0);
      assert.match(direct.output, /Operation not permitted/);
      const node = await shell(
        cgroup,
        'd=$(mktemp -d) && trap "rm -r $d" EXIT && mknod $d/kmsg c 1 11 && echo made && (exec 3<$d/kmsg)',
      );
      assert.match(node.output, /^made\n.*Operation not permitted/);
    });

    it('follow the newest list when the cgroup is set up again', async (t) => {
      const cgroup = newCgroup(t, { on, devices: DEFAULT_DEVICE_RULES });
      const kmsg = { type: 'c', major: 1, minor: 11, access: 'r' } as const;
      cgroup.driver.create(cgroup.paths, {}, [...DEFAULT_DEVICE_RULES, kmsg]);
      assert.equal((await shell(cgroup, READ_KMSG)).code, 0);
      cgroup.driver.create(cgroup.paths, {}, DEFAULT_DEVICE_RULES);
      assert.notEqual((await shell(cgroup, READ_KMSG)).code, 0);
    });

    it('are all open without a list', async (t) => {
      const cgroup = newCgroup(t, { on });
      assert.equal((await shell(cgroup, READ_KMSG)).code, 0);
    });
  });
}
