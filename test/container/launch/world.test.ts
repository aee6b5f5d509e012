// What a container finds when it begins: told by programs inside of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { driver, imageWith, root, run, script, start } from '../../support/bare-container.js';

const lines = (text: string): string[] => text.split('\n');

describe('a container', () => {
  it('is pid 1 in a world of its own, under its own name', async (t) => {
    const output = await script(t, 'echo $$; hostname; ls /proc | grep -c "^[0-9]"', { hostname: 'box' });
    const [pid, name, processes] = lines(output);
    assert.equal(pid, '1');
    assert.equal(name, 'box');
    assert.ok(Number(processes) <= 3, `it sees ${processes!} processes`);
  });

  it('has six namespaces of its own, and shares only the one for users', async (t) => {
    const output = await script(t, 'for n in pid mnt net uts ipc cgroup user; do readlink /proc/self/ns/$n; done');
    const ours = ['pid', 'mnt', 'net', 'uts', 'ipc', 'cgroup', 'user'].map((name) =>
      readlinkSync(`/proc/self/ns/${name}`),
    );
    const same = lines(output).map((theirs, i) => theirs === ours[i]);
    assert.deepEqual(same, [false, false, false, false, false, false, true]);
  });

  it('has a domain name when asked', async (t) => {
    assert.equal(await script(t, 'cat /proc/sys/kernel/domainname', { domainname: 'example.test' }), 'example.test');
  });

  it('gets the mounts that Docker gives, with their flags', async (t) => {
    const mounts = new Map(
      lines(await script(t, 'cat /proc/self/mounts')).map((line) => {
        const [, target, type, flags] = line.split(' ');
        return [target!, `${type!} ${flags!}`];
      }),
    );
    assert.match(mounts.get('/')!, /^overlay rw/);
    assert.match(mounts.get('/proc')!, /^proc rw,nosuid,nodev,noexec/);
    assert.match(mounts.get('/sys')!, /^sysfs ro,nosuid,nodev,noexec/);
    assert.match(mounts.get('/dev')!, /^tmpfs rw,nosuid.*size=65536k,mode=755/);
    assert.match(mounts.get('/dev/pts')!, /^devpts rw,nosuid,noexec.*gid=5,mode=620,ptmxmode=666/);
    assert.match(mounts.get('/dev/shm')!, /^tmpfs rw,nosuid,nodev,noexec.*size=65536k/);
    assert.match(mounts.get('/dev/mqueue')!, /^mqueue rw,nosuid,nodev,noexec/);
    for (const file of ['hosts', 'hostname', 'resolv.conf']) assert.ok(mounts.has(`/etc/${file}`), file);
    assert.match(mounts.get('/proc/sys')!, /^proc ro/);
  });

  it('has the devices every program expects, for everybody, and the usual links', async (t) => {
    const output = await script(
      t,
      'cd /dev; stat -c "%n %F %t:%T %a" null zero full random urandom tty; for l in ptmx fd stdin stdout stderr core; do echo $l $(readlink $l); done',
    );
    assert.deepEqual(lines(output), [
      'null character special file 1:3 666',
      'zero character special file 1:5 666',
      'full character special file 1:7 666',
      'random character special file 1:8 666',
      'urandom character special file 1:9 666',
      'tty character special file 5:0 666',
      'ptmx pts/ptmx',
      'fd /proc/self/fd',
      'stdin /proc/self/fd/0',
      'stdout /proc/self/fd/1',
      'stderr /proc/self/fd/2',
      'core /proc/kcore',
    ]);
    assert.equal(
      await script(t, 'echo x >/dev/null && head -c4 /dev/zero | wc -c && head -c4 /dev/urandom | wc -c'),
      '4\n4',
    );
  });

  it('has the shared memory it asked for', async (t) => {
    assert.equal(
      await script(t, 'df -k /dev/shm | tail -1 | awk "{print \\$2}"', { shmSize: 8 * 1024 * 1024 }),
      '8192',
    );
  });

  it('finds nothing open but its three streams', async (t) => {
    // The fourth is the directory that is being listed.
    assert.deepEqual(lines(await script(t, 'ls /proc/self/fd')), ['0', '1', '2', '3']);
  });

  it('reads nothing where it was given no input', async (t) => {
    assert.equal(await script(t, 'readlink /proc/self/fd/0; cat; echo end'), '/dev/null\nend');
  });

  it('starts with the signals as a program expects them, and not looked into', async (t) => {
    const status = await script(t, 'grep -E "^(SigBlk|SigIgn)" /proc/self/status; umask');
    assert.deepEqual(lines(status), ['SigBlk:\t0000000000000000', 'SigIgn:\t0000000000000000', '0022']);
  });

  it('can see its loopback and no other interface', async (t) => {
    const output = await script(t, 'cat /sys/class/net/lo/flags; ls /sys/class/net; cat /proc/net/route | wc -l');
    const [flags, ...rest] = lines(output);
    assert.equal(Number(flags) & 1, 1, 'lo is up');
    assert.deepEqual(rest, ['lo', '1']);
  });

  it('may bind low ports and ping as anybody, which are its own matter', async (t) => {
    const output = await script(
      t,
      'cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range',
    );
    assert.deepEqual(lines(output), ['0', '0\t2147483647']);
  });

  it('shares the network of the host when asked, and the name servers', async (t) => {
    const output = await script(t, 'readlink /proc/self/ns/net; cat /etc/resolv.conf', { network: 'host' });
    const [namespace, ...servers] = lines(output);
    assert.equal(namespace, readlinkSync('/proc/self/ns/net'));
    assert.equal(servers.join('\n').trim(), readFileSync('/etc/resolv.conf', 'utf8').trim());
  });

  it('knows itself and the hosts it was told of by name', async (t) => {
    const output = await script(t, 'cat /etc/hosts /etc/hostname', {
      hostname: 'box',
      domainname: 'example.test',
      extraHosts: ['db:10.1.2.3', 'six:fd00::1'],
    });
    assert.match(output, /^127\.0\.0\.1\tlocalhost$/m);
    assert.match(output, /^127\.0\.1\.1\tbox\.example\.test box$/m);
    assert.match(output, /^10\.1\.2\.3\tdb$/m);
    assert.match(output, /^fd00::1\tsix$/m);
    assert.match(output, /^box$/m);
  });

  it('keeps what it wrote to its files in /etc for the next start', async (t) => {
    const { container } = await start(t, { argv: ['sh', '-c', 'echo 1.2.3.4 mine >> /etc/hosts; sleep 1000'] });
    const file = join(root, 'containers', container.id, 'etc/hosts');
    for (let i = 0; i < 200 && !readFileSync(file, 'utf8').includes('mine'); i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(readFileSync(file, 'utf8'), /^1\.2\.3\.4 mine$/m);
  });

  it('sees its own cgroup as the top, and can change nothing there', async (t) => {
    const output = await script(
      t,
      'cut -d: -f3 /proc/self/cgroup | sort -u; find /sys/fs/cgroup -name cgroup.procs | head -1',
    );
    const [path, procs] = lines(output);
    assert.equal(path, '/');
    assert.ok(procs !== undefined && procs !== '', 'it finds its cgroup');
    assert.match(
      await script(t, `echo 1 > ${procs}; mkdir /sys/fs/cgroup/new`),
      /Read-only file system[\s\S]*Read-only file system/,
    );
  });

  it('is in the cgroup that was made for it from its first instruction', async (t) => {
    const { container, pid } = await start(t);
    assert.deepEqual(driver.processes(container.cgroup), [pid]);
  });

  it('has a keyring of its own, and cannot list those of the host', async (t) => {
    const { container } = await start(t);
    assert.match(readFileSync('/proc/keys', 'utf8'), new RegExp(`keyring +tscontain\\.${container.id}`));
    assert.equal(await script(t, 'cat /proc/keys; echo end'), 'end');
  });
});

describe('what it runs', () => {
  it('gets its arguments as they are, and the environment with what is usual', async (t) => {
    const { output } = await run(t, { argv: ['printf', '%s|', 'a b', '', '"$HOME"', 'ü'], env: ['PATH=/bin'] });
    assert.equal(output, 'a b||"$HOME"|ü|');
    const env = await run(t, { argv: ['env'], env: ['A=1', 'B=x=y'], hostname: 'box' });
    assert.deepEqual(lines(env.output).sort(), [
      'A=1',
      'B=x=y',
      'HOME=/root',
      'HOSTNAME=box',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ]);
  });

  it('is searched in the PATH of the container, past what cannot be run', async (t) => {
    const image = await imageWith((layer) => {
      mkdirSync(join(layer, 'first/thing'), { recursive: true });
      mkdirSync(join(layer, 'second'));
      writeFileSync(join(layer, 'second/thing'), 'no program', { mode: 0o644 });
      mkdirSync(join(layer, 'third'));
      writeFileSync(join(layer, 'third/thing'), '#!/bin/sh\necho found $0\n', { mode: 0o755 });
    });
    const { output } = await run(t, { argv: ['thing'], env: ['PATH=/nowhere:/first:/second:/third:/bin'] }, image);
    assert.equal(output, 'found /third/thing');
  });

  it('begins in its working directory, which is made when it is missing', async (t) => {
    assert.equal(await script(t, 'pwd', { workingDir: '/var/tmp' }), '/var/tmp');
    assert.equal(await script(t, 'pwd; stat -c "%a %u" .', { workingDir: '/made/for/this' }), '/made/for/this\n755 0');
    assert.equal(await script(t, 'pwd', { workingDir: '/made/too', readOnlyRootfs: true }), '/made/too');
  });

  it('has a terminal when asked, which it controls', async (t) => {
    const { output } = await run(t, {
      tty: true,
      argv: [
        'sh',
        '-c',
        'tty; stty size; ls /dev/pts; echo $TERM; stat -c %F /dev/console; echo out >/dev/tty; ps -o tty= -p $$',
      ],
    });
    assert.deepEqual(output.split('\r\n'), [
      '/dev/pts/0',
      '24 80',
      '0  ptmx',
      'xterm-256color',
      'character special file',
      'out',
      'pts/0',
    ]);
  });

  it('is helped by an init that reaps and hands on', async (t) => {
    const output = await script(t, 'cat /proc/1/comm; echo $$; (sleep 0.05 &) ; sleep 0.2; ps -eo stat= | grep -c Z', {
      init: true,
    });
    const [name, pid, zombies] = lines(output);
    assert.notEqual(name, 'sh');
    assert.notEqual(pid, '1');
    assert.equal(zombies, '0');
  });

  it('gets the resource limits that were asked for, and few open files by default', async (t) => {
    assert.equal(await script(t, 'ulimit -n'), '1024');
    const ulimits = [
      { name: 'nofile', soft: 100, hard: 200 },
      { name: 'core', soft: 0, hard: 0 },
    ];
    assert.equal(await script(t, 'ulimit -Sn; ulimit -Hn; ulimit -c', { ulimits }), '100\n200\n0');
  });

  it('is told when a limit cannot be raised, and runs all the same', async (t) => {
    const { output, notes } = await run(t, {
      argv: ['sh', '-c', 'ulimit -Hn'],
      ulimits: [{ name: 'nofile', soft: 1_000_000, hard: 1_000_000 }],
    });
    const canRaise = output === '1000000';
    if (canRaise) {
      t.skip('this root may raise limits');
      return;
    }
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /nofile stays at \d+.*CAP_SYS_RESOURCE/);
  });

  it('is the first to go when memory is short, if asked', async (t) => {
    assert.equal(await script(t, 'cat /proc/self/oom_score_adj', { oomScoreAdj: 500 }), '500');
  });

  it('gets sysctls of its own and no others', async (t) => {
    const sysctls = {
      'net.ipv4.ip_default_ttl': '42',
      'kernel.msgmax': '9000',
      'net.ipv4.ip_unprivileged_port_start': '80',
    };
    const output = await script(
      t,
      'cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_unprivileged_port_start',
      { sysctls },
    );
    assert.deepEqual(lines(output), ['42', '9000', '80']);
    await assert.rejects(script(t, 'true', { sysctls: { 'kernel.core_pattern': '|/x' } }), /would change the host/);
    await assert.rejects(
      script(t, 'true', { sysctls: { 'net.ipv4.ip_forward': '1' }, network: 'host' }),
      /would change the host/,
    );
    await assert.rejects(
      script(t, 'true', { sysctls: { 'net../../kernel/core_pattern': '|/x' } }),
      /would change the host/,
    );
  });
});

describe('mounts', () => {
  const volume = (): string => mkdtempSync(join(root, 'volume-'));

  it('show a directory of the host, there and back', async (t) => {
    const source = volume();
    writeFileSync(join(source, 'in'), 'from the host');
    const mounts = [{ type: 'bind', source, target: '/data/deep', readOnly: false, propagation: 'rprivate' }] as const;
    assert.equal(await script(t, 'cat /data/deep/in; echo out > /data/deep/out', { mounts }), 'from the host');
    assert.equal(readFileSync(join(source, 'out'), 'utf8'), 'out\n');
  });

  it('show a file, read-only where asked', async (t) => {
    const source = join(volume(), 'file');
    writeFileSync(source, 'one file');
    const mounts = [
      { type: 'bind', source, target: '/etc/made/file', readOnly: true, propagation: 'rprivate' },
    ] as const;
    assert.match(
      await script(t, 'cat /etc/made/file; echo x > /etc/made/file', { mounts }),
      /^one file.*Read-only file system/s,
    );
    assert.equal(readFileSync(source, 'utf8'), 'one file');
  });

  it('are read-only with all that is mounted below them', async (t) => {
    const source = volume();
    mkdirSync(join(source, 'below'));
    execFileSync('mount', ['-t', 'tmpfs', 'below', join(source, 'below')]);
    t.after(() => execFileSync('umount', [join(source, 'below')]));
    const mounts = [{ type: 'bind', source, target: '/data', readOnly: true, propagation: 'rprivate' }] as const;
    assert.match(
      await script(t, 'touch /data/x; touch /data/below/x', { mounts }),
      /'\/data\/x': Read-only[\s\S]*'\/data\/below\/x': Read-only/,
    );
  });

  it('lie in one another, the outer first however they were written', async (t) => {
    const [outer, inner] = [volume(), volume()];
    writeFileSync(join(inner, 'here'), '');
    const mounts = [
      { type: 'bind', source: inner, target: '/a/b/c', readOnly: false, propagation: 'rprivate' },
      { type: 'bind', source: outer, target: '/a', readOnly: false, propagation: 'rprivate' },
    ] as const;
    assert.equal(await script(t, 'ls /a /a/b/c', { mounts }), '/a:\nb\n\n/a/b/c:\nhere');
    assert.ok(existsSync(join(outer, 'b/c')), 'its place was made where it lies');
  });

  it('follow a link of the image inside of the container, to a place that is made', async (t) => {
    const source = volume();
    writeFileSync(join(source, 'here'), '');
    const image = await imageWith((layer) => symlinkSync('/not/yet/there', join(layer, 'link')));
    const mounts = [{ type: 'bind', source, target: '/link/sub', readOnly: false, propagation: 'rprivate' }] as const;
    assert.equal(await script(t, 'ls /not/yet/there/sub', { mounts }, image), 'here');
  });

  it('stay in the container whatever it mounts, and see later mounts of the host only when asked', async (t) => {
    for (const [propagation, expected] of [
      ['rprivate', ''],
      ['rslave', 'seen'],
    ] as const) {
      const shared = volume();
      mkdirSync(join(shared, 'later'));
      execFileSync('mount', ['--bind', shared, shared]);
      execFileSync('mount', ['--make-shared', shared]);
      try {
        const running = await start(t, {
          mounts: [{ type: 'bind', source: shared, target: '/data', readOnly: false, propagation }],
        });
        execFileSync('mount', ['-t', 'tmpfs', 'later', join(shared, 'later')]);
        writeFileSync(join(shared, 'later/seen'), '');
        try {
          assert.equal((await running.exec({ argv: ['ls', '/data/later'] })).output, expected, propagation);
        } finally {
          execFileSync('umount', [join(shared, 'later')]);
        }
        await running.kill();
      } finally {
        execFileSync('umount', [shared]);
      }
    }
  });

  it('are in memory when asked, of the size and kind that was asked for', async (t) => {
    const mounts = [
      { type: 'tmpfs', target: '/memory', readOnly: false, sizeBytes: 1024 * 1024, mode: 0o700 },
      { type: 'tmpfs', target: '/run', readOnly: false, flags: ['exec'] },
    ] as const;
    const output = await script(
      t,
      'grep -E " (/memory|/run) " /proc/self/mounts; stat -c %a /memory /run; head -c 2M /dev/zero > /memory/x',
      { mounts },
    );
    assert.match(output, /^tmpfs \/memory tmpfs rw,nosuid,nodev,noexec.*size=1024k,mode=700/m);
    assert.match(output, /^tmpfs \/run tmpfs rw,nosuid,nodev,relatime/m);
    assert.match(output, /^700\n1777$/m);
    assert.match(output, /No space left on device/);
  });

  it('leave no trace on the host', async (t) => {
    const before = readFileSync('/proc/self/mountinfo', 'utf8');
    await script(t, 'true', { mounts: [{ type: 'tmpfs', target: '/x', readOnly: false }] });
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8'), before);
  });

  it('can be made over /dev/shm and other places of the system, not over /proc or the root', async (t) => {
    const source = volume();
    writeFileSync(join(source, 'here'), '');
    const at = (target: string) => ({
      mounts: [{ type: 'bind', source, target, readOnly: false, propagation: 'rprivate' }] as const,
    });
    assert.equal(await script(t, 'ls /dev/shm', at('/dev/shm')), 'here');
    assert.equal(await script(t, 'ls /dev/new/place', at('/dev/new/place')), 'here');
    for (const target of ['/proc', '/proc/sys', '/'])
      await assert.rejects(script(t, 'true', at(target)), /nothing can be mounted at/);
  });
});

describe('the root file system', () => {
  it('takes what is written and leaves the image as it is', async (t) => {
    const image = await imageWith((layer) => writeFileSync(join(layer, 'file'), 'as it was'));
    await script(t, 'echo changed > /file; echo new > /new', {}, image);
    assert.equal(readFileSync(join(image.layers.at(-1)!, 'file'), 'utf8'), 'as it was');
    assert.ok(!existsSync(join(image.layers.at(-1)!, 'new')));
  });

  it('is read-only when asked, but for what is not part of it', async (t) => {
    const output = await script(t, 'touch /x; touch /dev/shm/ok /dev/ok && echo writable', { readOnlyRootfs: true });
    assert.match(output, /'\/x': Read-only file system\nwritable/);
  });

  it('needs no /proc, /sys and /dev, nor anything in /etc', async (t) => {
    const image = await imageWith(() => undefined);
    const bare = mkdtempSync(join(root, 'layer-'));
    execFileSync('cp', [
      '-a',
      join(image.layers[0]!, 'usr'),
      join(image.layers[0]!, 'bin'),
      join(image.layers[0]!, 'lib'),
      join(image.layers[0]!, 'lib64'),
      bare,
    ]);
    const output = await script(
      t,
      'id -u; ls /proc/1/comm /sys/class /dev/null /etc >/dev/null && echo $HOME; pwd',
      {},
      { ...image, layers: [bare] },
    );
    assert.deepEqual(lines(output), ['0', '/', '/']);
  });
});

it('what the machine is called does not leak into a container', async (t) => {
  assert.notEqual(await script(t, 'hostname', { hostname: 'box' }), hostname());
});
