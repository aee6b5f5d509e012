// What a container may do, and as whom: capabilities, users, groups, privileges, devices, hidden places.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { imageWith, run, script, start } from '../../support/bare-container.js';

/** Docker's fourteen. */
const DEFAULT = '00000000a80425fb';
const NONE = '0'.repeat(16);

const capabilities = (status: string): Record<string, string> =>
  Object.fromEntries([...status.matchAll(/^(Cap\w+):\s*([0-9a-f]+)$/gm)].map(([, name, bits]) => [name!, bits!]));

const OWN = capabilities(readFileSync('/proc/self/status', 'latin1'));

describe('capabilities', () => {
  const held = async (t: it.TestContext, config: Parameters<typeof script>[2] = {}) =>
    capabilities(await script(t, 'cat /proc/self/status', config));

  it('are the fourteen of Docker, none of them inheritable or ambient', async (t) => {
    assert.deepEqual(await held(t), { CapInh: NONE, CapPrm: DEFAULT, CapEff: DEFAULT, CapBnd: DEFAULT, CapAmb: NONE });
  });

  it('are none for a user who is not root, though what may be gained is the same', async (t) => {
    assert.deepEqual(await held(t, { user: '1000' }), {
      CapInh: NONE,
      CapPrm: NONE,
      CapEff: NONE,
      CapBnd: DEFAULT,
      CapAmb: NONE,
    });
  });

  it('can be added and dropped, by any way of writing them', async (t) => {
    const { CapEff } = await held(t, { capAdd: ['NET_ADMIN', 'cap_sys_time'], capDrop: ['CAP_CHOWN'] });
    assert.equal(BigInt(`0x${CapEff!}`), (BigInt(`0x${DEFAULT}`) | (1n << 12n) | (1n << 25n)) & ~1n);
    assert.equal(
      (await held(t, { capDrop: ['ALL'], capAdd: ['KILL'] }))['CapEff'],
      (1n << 5n).toString(16).padStart(16, '0'),
    );
  });

  it('are all that this root has when all are asked for', async (t) => {
    const all = BigInt(`0x${OWN['CapPrm']!}`);
    assert.equal(BigInt(`0x${(await held(t, { privileged: true }))['CapEff']!}`), all);
    assert.equal(
      BigInt(`0x${(await held(t, { capAdd: ['all'], capDrop: ['SYS_ADMIN'] }))['CapBnd']!}`),
      all & ~(1n << 21n),
    );
  });

  it('that do not exist are refused by name', async (t) => {
    await assert.rejects(held(t, { capAdd: ['FLY'] }), /no capability "FLY"/);
  });

  it('stop what they are there to stop', async (t) => {
    const output = await script(
      t,
      'mount -t tmpfs x /mnt; hostname other; date -s 2000-01-01 >/dev/null; chroot / true && echo chroot works',
    );
    assert.match(output, /mount: .*permission denied/i);
    assert.match(output, /hostname: .*must be root|hostname: .*not permitted/);
    assert.match(output, /date: cannot set date: Operation not permitted/);
    assert.match(output, /chroot works/);
  });

  it('cannot be regained by a set-user-id program where that was asked for', async (t) => {
    const image = await imageWith((layer) => {
      writeFileSync(join(layer, 'id'), readFileSync('/usr/bin/id'));
      chmodSync(join(layer, 'id'), 0o4755);
    });
    assert.match(await script(t, '/id', { user: '1000:1000' }, image), /euid=0/);
    assert.doesNotMatch(await script(t, '/id', { user: '1000:1000', noNewPrivileges: true }, image), /euid=0/);
  });
});

describe('users', () => {
  const withUsers = () =>
    imageWith((layer) => {
      mkdirSync(join(layer, 'etc'));
      writeFileSync(
        join(layer, 'etc/passwd'),
        'root:x:0:0::/root:/bin/sh\nada:x:1001:1002::/home/ada:/bin/sh\nbig:x:4294967296:0::/:/bin/sh\n',
      );
      writeFileSync(
        join(layer, 'etc/group'),
        'root:x:0:\nada:x:1002:\nwheel:x:10:root,ada\naudio:x:29:bob,ada\nbob:x:1003:\n',
      );
    });

  for (const [user, groupAdd, expected] of [
    ['', [], 'uid=0(root) gid=0(root) groups=0(root),10(wheel) HOME=/root'],
    ['ada', [], 'uid=1001(ada) gid=1002(ada) groups=1002(ada),10(wheel),29(audio) HOME=/home/ada'],
    ['1001', [], 'uid=1001(ada) gid=1002(ada) groups=1002(ada),10(wheel),29(audio) HOME=/home/ada'],
    ['ada:audio', [], 'uid=1001(ada) gid=29(audio) groups=29(audio) HOME=/home/ada'],
    ['5000', [], 'uid=5000 gid=0(root) groups=0(root) HOME=/'],
    ['5000:6000', ['wheel', '7000'], 'uid=5000 gid=6000 groups=6000,10(wheel),7000 HOME=/'],
  ] as const) {
    it(`"${user}" with [${groupAdd.join()}] is ${expected}`, async (t) => {
      assert.equal(await script(t, 'echo $(id) HOME=$HOME', { user, groupAdd }, await withUsers()), expected);
    });
  }

  for (const user of [
    '4294967296',
    '-1',
    '1000:4294967296',
    '1000:-1',
    '2147483648',
    'big',
    'nobody-knows',
    'root:nobodies',
    '0x0',
    '1:2:3',
  ]) {
    it(`"${user}" is refused, not taken for somebody else`, async (t) => {
      await assert.rejects(script(t, 'id', { user }, await withUsers()), { code: 'INVALID_VALUE' });
    });
  }

  it('can open their streams again, by every name', async (t) => {
    const { output, status } = await run(t, {
      user: '1000',
      argv: ['sh', '-c', 'echo one >/dev/stdout; echo two >/dev/stderr; echo three >/proc/self/fd/1'],
    });
    assert.equal(output, 'one\ntwo\nthree');
    assert.deepEqual(status, { code: 0 });
    assert.match(
      (await run(t, { user: '1000', tty: true, argv: ['sh', '-c', 'echo $(tty) >$(tty)'] })).output,
      /^\/dev\/pts\/0/,
    );
  });
});

describe('what tells or changes the host', () => {
  const MASKED = [
    '/proc/interrupts',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/sched_debug',
    '/proc/timer_list',
    '/proc/timer_stats',
  ].filter((path) => existsSync(path));
  const EMPTY = ['/proc/acpi', '/proc/asound', '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap'].filter(
    (path) => existsSync(path),
  );
  const CONSTANT = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'].filter((path) =>
    existsSync(path),
  );

  it(`is masked: ${[...MASKED, ...EMPTY].join(' ')}`, async (t) => {
    assert.ok(MASKED.length > 0 && EMPTY.length > 0);
    assert.equal(await script(t, `cat ${MASKED.join(' ')}; ls -A ${EMPTY.join(' ')} | grep -v -e : -e '^$'`), '');
    assert.match(await script(t, `touch ${EMPTY[0]!}/x`), /Read-only file system/);
  });

  it(`is read-only: ${CONSTANT.join(' ')}`, async (t) => {
    const flags = await script(t, 'cat /proc/self/mounts');
    for (const path of CONSTANT) assert.match(flags, new RegExp(`^proc ${path} proc ro,`, 'm'));
    assert.match(
      await script(t, 'echo x > /proc/sys/kernel/core_pattern; echo x > /proc/irq/default_smp_affinity'),
      /Read-only[\s\S]*Read-only/,
    );
  });

  it('stays hidden and constant for whoever may not mount, root or not', async (t) => {
    const output = await script(t, 'umount /proc/keys; mount -o remount,rw /proc/sys; unshare -m true; echo end');
    assert.match(output, /umount: .*\n[\s\S]*mount: .*\n[\s\S]*unshare: .*Operation not permitted\nend/);
  });

  it('is open to a privileged container', async (t) => {
    const output = await script(
      t,
      'cat /proc/timer_list | head -c 5; grep -c " /proc/" /proc/self/mounts; grep " /sys " /proc/self/mounts; ls /dev',
      { privileged: true },
    );
    assert.match(output, /^Timer/);
    assert.match(output, /^.*0\nsysfs \/sys sysfs rw/m);
    const disk = ['vda', 'sda', 'nvme0n1', 'loop0', 'xvda'].find((name) => existsSync(`/dev/${name}`));
    if (disk !== undefined) assert.match(output, new RegExp(`^${disk}$`, 'm'));
  });
});

describe('devices', () => {
  it('are given by path with the rights that were asked for, and to no others', async (t) => {
    const device = { pathOnHost: '/dev/full', pathInContainer: '/dev/mine/full', permissions: 'r' };
    const output = await script(t, 'stat -c "%F %t:%T %a" /dev/mine/full; head -c2 /dev/mine/full | wc -c', {
      devices: [device],
    });
    assert.equal(output, 'character special file 1:7 666\n2');
  });

  it('of the host are shut out unless given, and then open only as far as given', async (t) => {
    const device = '/dev/fuse';
    if (!existsSync(device)) {
      t.skip(`this host has no ${device}`);
      return;
    }
    const { rdev } = statSync(device);
    const made = await script(t, `mknod /node c ${rdev >> 8} ${rdev & 0xff} && : < /node`);
    assert.match(made, /cannot open \/node: Operation not permitted/);
    const given = { pathOnHost: device, pathInContainer: '/dev/given', permissions: 'r' };
    const output = await script(t, ': < /dev/given && echo read; : > /dev/given', { devices: [given] });
    assert.match(output, /^read\n.*cannot create \/dev\/given: Operation not permitted$/);
  });

  it('that are none are refused by name', async (t) => {
    const at = (pathOnHost: string) => ({ devices: [{ pathOnHost, pathInContainer: '/dev/x', permissions: 'rwm' }] });
    await assert.rejects(script(t, 'true', at('/etc/passwd')), /"\/etc\/passwd" is no device/);
    await assert.rejects(script(t, 'true', at('/dev/nothing')), { code: 'NO_SUCH_PATH' });
  });
});

describe('exec', () => {
  it('joins the container in everything', async (t) => {
    const running = await start(t, {
      hostname: 'box',
      user: '1000:1000',
      env: ['PATH=/bin', 'A=1'],
      workingDir: '/tmp',
    });
    const { output } = await running.exec({
      argv: [
        'sh',
        '-c',
        'hostname; id; pwd; echo $A $HOME; for n in pid mnt net uts ipc cgroup; do [ $(readlink /proc/1/ns/$n 2>/dev/null || echo hidden) ] ; done; cat /proc/1/comm; cut -d: -f3 /proc/self/cgroup | sort -u; ls /proc/self/fd',
      ],
    });
    assert.deepEqual(output.split('\n'), [
      'box',
      'uid=1000 gid=1000 groups=1000',
      '/tmp',
      '1 /',
      'sleep',
      '/',
      '0',
      '1',
      '2',
      '3',
    ]);
  });

  it('has the same rights as the container, and more only when asked', async (t) => {
    const running = await start(t, {
      capDrop: ['CHOWN'],
      noNewPrivileges: true,
      ulimits: [{ name: 'nofile', soft: 77, hard: 77 }],
    });
    const status = (await running.exec({ argv: ['sh', '-c', 'cat /proc/self/status; ulimit -n'] })).output;
    const without = (BigInt(`0x${DEFAULT}`) & ~1n).toString(16).padStart(16, '0');
    assert.deepEqual(capabilities(status), {
      CapInh: NONE,
      CapPrm: without,
      CapEff: without,
      CapBnd: without,
      CapAmb: NONE,
    });
    assert.match(status, /^NoNewPrivs:\t1$/m);
    assert.match(status, /^77$/m);
    const privileged = (await running.exec({ argv: ['cat', '/proc/self/status'], privileged: true })).output;
    assert.equal(capabilities(privileged)['CapEff'], OWN['CapPrm']);
  });

  it('takes a user, a directory and an environment of its own', async (t) => {
    const running = await start(t, { env: ['PATH=/bin', 'A=1', 'HOME=/given'] });
    const { output } = await running.exec({
      argv: ['sh', '-c', 'id -u; pwd; echo $A $B $HOME'],
      user: 'www-data',
      workingDir: '/usr',
      env: ['A=2', 'B=3'],
    });
    assert.deepEqual(output.split('\n'), ['33', '/usr', '2 3 /var/www']);
    await assert.rejects(running.exec({ argv: ['true'], user: 'nobody-knows' }), { code: 'INVALID_VALUE' });
    await assert.rejects(running.exec({ argv: ['true'], workingDir: '/nowhere' }), { code: 'LAUNCH_FAILED' });
  });

  it('sees what the container has mounted and changed since', async (t) => {
    const running = await start(t, { argv: ['sh', '-c', 'echo late > /late; exec sleep 1000'] });
    for (let i = 0; i < 100; i++) if ((await running.exec({ argv: ['cat', '/late'] })).output === 'late') return;
    assert.fail('what the container wrote is not to be seen');
  });

  it('gives its exit and its signal, and does not outlive the container', async (t) => {
    const running = await start(t);
    assert.deepEqual((await running.exec({ argv: ['sh', '-c', 'exit 7'] })).status, { code: 7 });
    assert.deepEqual((await running.exec({ argv: ['sh', '-c', 'kill -9 $$'] })).status, { signal: 'SIGKILL' });
    const [ended] = await Promise.all([
      running.exec({ argv: ['sleep', '1000'] }),
      new Promise((resolve) => setTimeout(resolve, 100)).then(running.kill),
    ]);
    assert.deepEqual(ended.status, { signal: 'SIGKILL' });
    await assert.rejects(running.exec({ argv: ['true'] }), { code: 'ILLEGAL_STATE' });
  });

  it('is not led astray by the users of the container', async (t) => {
    const image = await imageWith((layer) => {
      mkdirSync(join(layer, 'etc'));
      symlinkSync('/etc/passwd.real', join(layer, 'etc/passwd'));
      writeFileSync(join(layer, 'etc/passwd.real'), 'root:x:0:0::/root:/bin/sh\nmallory:x:77:77::/:/bin/sh\n');
    });
    const running = await start(t, {}, image);
    assert.equal((await running.exec({ argv: ['id', '-u'], user: 'mallory' })).output, '77');
  });
});
