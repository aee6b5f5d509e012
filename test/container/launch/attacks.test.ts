// Images, volumes and programs that are made to reach the host. Each known way is tried, and looked for on the host.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setCloseOnExec } from '../../../src/native/index.js';
import { imageWith, root, run, script, start } from '../../support/bare-container.js';

/** A directory of the host that nothing must ever get into. */
function canary(t: TestContext): string {
  const path = mkdtempSync(join(root, 'canary-'));
  t.after(() => assert.deepEqual(readdirSync(path), [], 'something got out of the container'));
  return path;
}

const hostSettings = (): string =>
  ['core_pattern', 'hostname', 'msgmax'].map((name) => readFileSync(`/proc/sys/kernel/${name}`, 'utf8')).join('');

/** The way out of any root, as far as the kernel would go. */
const OUT = '../'.repeat(12);

describe('an image whose system directories are links', () => {
  for (const name of ['proc', 'sys', 'dev']) {
    for (const way of ['absolute', 'relative']) {
      it(`/${name}, ${way}: is refused, and the host is not touched (CVE-2019-19921, CVE-2023-27561, CVE-2026-41579)`, async (t) => {
        const target = canary(t);
        const image = await imageWith((layer) =>
          symlinkSync(way === 'absolute' ? target : join(OUT, target), join(layer, name)),
        );
        await assert.rejects(script(t, 'true', {}, image), {
          code: 'INVALID_VALUE',
          message: `/${name} of the image is no directory`,
        });
      });
    }
  }

  it('further inside are covered by what is mounted there', async (t) => {
    const target = canary(t);
    const image = await imageWith((layer) => {
      mkdirSync(join(layer, 'dev'));
      mkdirSync(join(layer, 'sys/fs'), { recursive: true });
      for (const name of ['pts', 'shm', 'mqueue', 'console', 'null', 'ptmx'])
        symlinkSync(join(OUT, target, name), join(layer, 'dev', name));
      symlinkSync(join(OUT, target), join(layer, 'sys/fs/cgroup'));
    });
    assert.equal(await script(t, 'ls /dev/shm; echo x > /dev/shm/file; echo x >/dev/null; echo end', {}, image), 'end');
    await run(t, { tty: true, argv: ['true'] }, image);
  });
});

describe('masked paths', () => {
  it('stay masked when the image brings its own /dev/null (CVE-2025-31133)', async (t) => {
    const before = hostSettings();
    const image = await imageWith((layer) => {
      mkdirSync(join(layer, 'dev'));
      symlinkSync('/proc/sys/kernel/core_pattern', join(layer, 'dev/null'));
      mkdirSync(join(layer, 'proc'));
      for (const name of ['keys', 'timer_list', 'sys']) symlinkSync('/etc', join(layer, 'proc', name));
    });
    const output = await script(
      t,
      'cat /proc/keys /proc/timer_list; echo "|/evil" > /proc/keys; cat /proc/keys; echo evil > /proc/sys/kernel/core_pattern',
      {},
      image,
    );
    assert.match(output, /^sh: 1: cannot create \/proc\/sys\/kernel\/core_pattern: Read-only file system$/);
    assert.equal(hostSettings(), before);
  });

  it('and the console are not led to files of the kernel (CVE-2025-52565)', async (t) => {
    const before = hostSettings();
    const image = await imageWith((layer) => {
      mkdirSync(join(layer, 'dev/pts'), { recursive: true });
      symlinkSync('/proc/sys/kernel/core_pattern', join(layer, 'dev/console'));
      symlinkSync('/proc/sys/kernel/core_pattern', join(layer, 'dev/pts/0'));
    });
    const { output } = await run(
      t,
      { tty: true, argv: ['sh', '-c', 'echo "|/evil" > /dev/console; stat -c %t /dev/console'] },
      image,
    );
    assert.deepEqual(output.split('\r\n'), ['|/evil', '88']);
    assert.equal(hostSettings(), before);
  });
});

describe('the working directory', () => {
  it('cannot be an open file of the launcher (CVE-2024-21626)', async (t) => {
    // As if whoever started us had left the host's root open for everybody.
    const leaked = openSync('/', 'r');
    setCloseOnExec(leaked, false);
    t.after(() => closeSync(leaked));
    const running = await start(t);
    for (let fd = 0; fd < 48; fd++) {
      const workingDir = `/proc/self/fd/${fd}`;
      await assert.rejects(run(t, { workingDir, argv: ['ls'] }), { code: 'LAUNCH_FAILED' }, workingDir);
      await assert.rejects(running.exec({ argv: ['ls'], workingDir }), { code: 'LAUNCH_FAILED' }, workingDir);
    }
    assert.deepEqual((await running.exec({ argv: ['ls', '/proc/self/fd'] })).output.split('\n'), ['0', '1', '2', '3']);
    assert.deepEqual((await script(t, 'ls /proc/self/fd')).split('\n'), ['0', '1', '2', '3']);
  });

  it('that is a link stays in the container', async (t) => {
    const target = canary(t);
    const image = await imageWith((layer) => {
      symlinkSync(join(OUT, target), join(layer, 'link'));
      symlinkSync('/proc/self/cwd', join(layer, 'magic'));
    });
    assert.equal(await script(t, 'echo x > file; pwd -P', { workingDir: '/link' }, image), target);
    await assert.rejects(script(t, 'true', { workingDir: '/magic' }, image), { code: 'LAUNCH_FAILED' });
  });
});

describe('passwd and group', () => {
  it('that are links to the host are those of the container', async (t) => {
    const image = await imageWith((layer) => {
      mkdirSync(join(layer, 'etc'));
      const secret = join(root, 'passwd-of-the-host');
      writeFileSync(secret, 'leaked:x:4242:4242::/:/bin/sh\n');
      symlinkSync(join(OUT, secret), join(layer, 'etc/passwd'));
    });
    await assert.rejects(script(t, 'id', { user: 'leaked' }, image), /no user "leaked"/);
  });

  it('that are no files, or have no end, do no harm', async (t) => {
    for (const target of ['/dev/zero', '/proc/self/environ', '/etc']) {
      const image = await imageWith((layer) => {
        mkdirSync(join(layer, 'etc'));
        symlinkSync(target, join(layer, 'etc/passwd'));
      });
      assert.match(await script(t, 'id -u', {}, image), /^0$/);
    }
  });
});

describe('mounts of the user', () => {
  it('at a link of the image land inside of the container', async (t) => {
    const target = canary(t);
    const source = mkdtempSync(join(root, 'volume-'));
    writeFileSync(join(source, 'here'), '');
    const image = await imageWith((layer) => {
      symlinkSync(target, join(layer, 'absolute'));
      symlinkSync(join(OUT, target), join(layer, 'relative'));
      symlinkSync('/proc/self/fd', join(layer, 'magic'));
    });
    for (const name of ['absolute', 'relative', 'absolute/below/it']) {
      const mounts = [{ type: 'bind', source, target: `/${name}`, readOnly: false, propagation: 'rprivate' }] as const;
      assert.equal(await script(t, `ls /${name}`, { mounts }, image), 'here');
    }
    const mounts = [{ type: 'bind', source, target: '/magic/3', readOnly: false, propagation: 'rprivate' }] as const;
    await assert.rejects(script(t, 'true', { mounts }, image));
  });

  it('below a volume whose directories are exchanged for links meanwhile never land on the host (CVE-2021-30465, CVE-2024-45310)', async (t) => {
    const target = canary(t);
    const volume = mkdtempSync(join(root, 'volume-'));
    mkdirSync(join(volume, 'place'));
    symlinkSync(join(OUT, target), join(volume, 'link'));
    const inner = mkdtempSync(join(root, 'inner-'));
    writeFileSync(join(inner, 'here'), '');
    // One container does the exchange as fast as it can; others start on top of it.
    const mounts = [{ type: 'bind', source: volume, target: '/v', readOnly: false, propagation: 'rprivate' }] as const;
    const swap = 'cd /v; while :; do mv place a; mv link place; mv place link; mv a place; done';
    await start(t, { mounts, argv: ['sh', '-c', swap] });
    let landed = 0;
    for (let i = 0; i < 60; i++) {
      const nested = [
        ...mounts,
        { type: 'bind', source: inner, target: '/v/place/deep', readOnly: false, propagation: 'rprivate' } as const,
      ];
      // A start may fail for what it finds; it may not do anything outside.
      const output = await script(t, 'ls /v/place/deep', { mounts: nested }).catch(() => '');
      if (output === 'here') landed += 1;
      assert.deepEqual(readdirSync(target), []);
    }
    assert.ok(landed > 0, 'none of the starts succeeded, so nothing was tried');
  });
});

describe('the programs that start a container', () => {
  const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

  it('cannot be run or written from inside (CVE-2019-5736)', async (t) => {
    const before = digest(process.execPath);
    const image = await imageWith((layer) => {
      writeFileSync(join(layer, 'again'), '#!/proc/self/exe\n', { mode: 0o755 });
      symlinkSync('/proc/self/exe', join(layer, 'link'));
      // Opens the program of every process that appears, to write to it.
      writeFileSync(
        join(layer, 'hunt'),
        '#!/bin/sh\nwhile :; do for exe in /proc/[0-9]*/exe; do (echo evil > $exe) 2>/dev/null && echo got $exe; done; done\n',
        { mode: 0o755 },
      );
    });
    const running = await start(t, { argv: ['/hunt'] }, image);
    for (let i = 0; i < 15; i++) {
      for (const argv of [['/again'], ['/link'], ['true']]) {
        const result = await running.exec({ argv }).catch(() => undefined);
        assert.ok(!(result?.output ?? '').includes('node'), result?.output);
      }
    }
    await run(t, { argv: ['/again'] }, image).catch(() => undefined);
    await run(t, { argv: ['/link'] }, image).catch(() => undefined);
    assert.equal(digest(process.execPath), before);
  });

  it('cannot be looked into while they enter (CVE-2016-9962)', async (t) => {
    const image = await imageWith((layer) => {
      // Whatever is not of the container and can be read of a new process is said.
      writeFileSync(
        join(layer, 'spy'),
        '#!/bin/sh\nwhile :; do for p in /proc/[0-9]*; do l=$(ls -l $p/fd 2>/dev/null | grep -v -e "/dev/null" -e "/proc/" -e "pipe:" -e "^total" -e /spy); [ "$l" ] && echo "$l" >> /seen; done; done\n',
        { mode: 0o755 },
      );
    });
    const running = await start(t, { argv: ['/spy'] }, image);
    for (let i = 0; i < 25; i++) await running.exec({ argv: ['true'] });
    const { output } = await running.exec({ argv: ['sh', '-c', 'cat /seen 2>/dev/null | sort -u'] });
    assert.doesNotMatch(output, /tasks|cgroup|memfd|containers|node/, output);
  });

  it('an init of the host cannot be written from inside', async (t) => {
    const output = await script(
      t,
      'echo evil > /proc/1/exe; readlink /proc/1/exe; cp /bin/true /x && mount --bind /x /proc/1/exe',
      { init: true },
    );
    assert.match(output, /Read-only file system|Text file busy|Permission denied/);
  });
});

describe('namespaces that a container makes for itself', () => {
  it('do not make it the owner of a cgroup hierarchy (CVE-2022-0492)', async (t) => {
    const find =
      'find /sys/fs/cgroup -name release_agent; for f in $(find /sys/fs/cgroup -name notify_on_release); do echo 1 > $f && echo wrote; done 2>/dev/null';
    assert.equal(await script(t, find), '');
    const inside =
      'mkdir /tmp/m; for c in rdma cpu memory hugetlb; do mount -t cgroup -o $c x /tmp/m 2>/dev/null && echo "|/evil" > /tmp/m/release_agent && echo wrote; done; echo end';
    assert.equal(
      await script(t, `unshare -UrmC sh -c '${inside}' 2>/dev/null; true`).then((output) =>
        output.replace(/^end$/, ''),
      ),
      '',
    );
    assert.doesNotMatch(await script(t, inside, { capAdd: ['SYS_ADMIN'] }), /wrote/);
  });

  it('do not uncover what is masked, nor bring a fresh /proc or /sys', async (t) => {
    const uncover =
      'umount /proc/timer_list; umount /sys/firmware; umount /proc; umount -l /proc; cat /proc/timer_list; ls -A /sys/firmware';
    assert.equal(await script(t, `unshare -Urm sh -c '${uncover}' 2>/dev/null; true`), '');
    const fresh =
      'mkdir -p /tmp/p /tmp/s; mount -t proc p /tmp/p; mount -t sysfs s /tmp/s; cat /tmp/p/timer_list; ls /tmp/s';
    assert.equal(await script(t, `unshare -Urmpfn sh -c '${fresh}' 2>/dev/null; true`), '');
  });
});

it('the rights of the container do not reach the kernel of the host', async (t) => {
  const before = hostSettings();
  const output = await script(
    t,
    'echo x > /proc/sys/kernel/hostname; echo 0 > /proc/sys/vm/drop_caches; dmesg -c; insmod x; swapon /etc/passwd; echo end',
  );
  assert.match(output, /end$/);
  assert.equal(hostSettings(), before);
});

it('a start whose image is full of odd names in /etc still has its own files there', async (t) => {
  const target = canary(t);
  for (const odd of [
    (file: string) => symlinkSync(join(OUT, target, 'file'), file),
    (file: string) => symlinkSync(file.split('/').at(-1)!, file),
    (file: string) => mkdirSync(file),
  ]) {
    const image = await imageWith((layer) => {
      mkdirSync(join(layer, 'etc'));
      odd(join(layer, 'etc/hosts'));
    });
    const output = await script(t, 'grep -c localhost /etc/hosts', {}, image).catch((error: unknown) => String(error));
    assert.match(output, /^\d+$|is a directory|ELOOP|too many/i);
  }
  rmSync(join(root, 'file'), { force: true });
  assert.ok(!existsSync(join(target, 'file')));
  chmodSync(target, 0o700);
});
