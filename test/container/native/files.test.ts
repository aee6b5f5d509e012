// Files below a root, locks, atomic writes, extended attributes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as native from '../../../src/native/index.js';
import { openDescriptors, scratch } from '../../support/launching.js';

/** A root directory with links that lead out of it, beside a secret. */
function prison(test: Parameters<typeof scratch>[0]): { rootFd: number; root: string; outside: string } {
  const directory = scratch(test);
  const [root, outside] = [`${directory}/root`, `${directory}/outside`];
  fs.mkdirSync(`${root}/etc`, { recursive: true });
  fs.mkdirSync(outside);
  fs.writeFileSync(`${outside}/secret`, 'secret');
  fs.writeFileSync(`${root}/etc/secret`, 'inside');
  fs.symlinkSync(outside, `${root}/absolute`);
  fs.symlinkSync('../outside', `${root}/relative`);
  fs.symlinkSync('/etc/secret', `${root}/link`);
  fs.symlinkSync('/proc/self/root', `${root}/magic`);
  const rootFd = fs.openSync(root, native.O_PATH | native.O_DIRECTORY);
  test.after(() => fs.closeSync(rootFd));
  return { rootFd, root, outside };
}

function content(fd: number): string {
  try {
    return fs.readFileSync(fd, 'utf8');
  } finally {
    fs.closeSync(fd);
  }
}

describe('a path below a root', () => {
  it('is resolved as if the root were /', (t) => {
    const { rootFd } = prison(t);
    for (const path of ['etc/secret', '/etc/secret', '../../etc/secret', 'link', '/link', 'etc/../../../link']) {
      assert.equal(content(native.openInRoot(rootFd, path, native.O_RDONLY)), 'inside', path);
    }
  });

  it('never leads out, by links, dots or /proc', (t) => {
    const { rootFd, root } = prison(t);
    fs.mkdirSync(`${root}/proc`);
    for (const path of ['absolute/secret', 'relative/secret', 'magic/etc/passwd', '../outside/secret']) {
      assert.throws(() => native.openInRoot(rootFd, path, native.O_RDONLY), native.SyscallError, path);
    }
    const ownRoot = fs.openSync('/', native.O_PATH);
    assert.throws(() => native.openInRoot(ownRoot, '/proc/self/root/etc/passwd', native.O_RDONLY), { code: 'ELOOP' });
    fs.closeSync(ownRoot);
  });

  it('that leads out is refused where only what lies beneath is wanted', (t) => {
    const { rootFd } = prison(t);
    for (const path of ['relative/secret', 'absolute/secret', '../outside/secret', '/etc/secret', 'link']) {
      assert.throws(
        () => native.openBeneath(rootFd, path, native.O_RDONLY),
        { code: 'EXDEV', syscall: 'openat2', path },
        path,
      );
    }
    assert.equal(content(native.openBeneath(rootFd, 'etc/../etc/secret', native.O_RDONLY)), 'inside');
  });

  it('makes files with the mode that is given', (t) => {
    const { rootFd, root } = prison(t);
    fs.closeSync(native.openInRoot(rootFd, '/etc/new', native.O_CREAT | native.O_EXCL | native.O_WRONLY, 0o640));
    assert.equal(fs.statSync(`${root}/etc/new`).mode & 0o777, 0o640);
  });

  it('never leads out while a directory is exchanged for a link, thousands of times', async (t) => {
    const { rootFd, root, outside } = prison(t);
    fs.mkdirSync(`${root}/a`);
    fs.writeFileSync(`${root}/a/secret`, 'inside');
    fs.symlinkSync(outside, `${root}/b`);
    const exchange = `
      const rename = require('koffi').load(null).func('int renameat2(int, str, int, str, uint)');
      console.log('on');
      for (;;) rename(-100, '${root}/a', -100, '${root}/b', ${native.RENAME_EXCHANGE});`;
    const swapper = spawn(process.execPath, ['-e', exchange]);
    await once(swapper.stdout, 'data');
    const seen = { inside: 0, refused: 0 };
    for (let i = 0; i < 20000; i++) {
      try {
        assert.equal(content(native.openInRoot(rootFd, 'a/secret', native.O_RDONLY)), 'inside');
        seen.inside += 1;
      } catch (error) {
        if (!(error instanceof native.SyscallError)) throw error;
        seen.refused += 1;
      }
    }
    swapper.kill('SIGKILL');
    await once(swapper, 'exit');
    assert.ok(seen.inside > 0 && seen.refused > 0, `both were seen: ${JSON.stringify(seen)}`);
  });
});

describe('files relative to a descriptor', () => {
  it('are made, linked, renamed, owned and removed', (t) => {
    const { rootFd, root } = prison(t);
    native.mkdirAt(rootFd, 'new', 0o750);
    native.symlinkAt('where', rootFd, 'new/symlink');
    native.linkAt(rootFd, 'new/symlink', rootFd, 'hard');
    assert.equal(native.readlinkAt(rootFd, 'hard'), 'where');
    native.renameAt(rootFd, 'hard', rootFd, 'moved', native.RENAME_NOREPLACE);
    assert.throws(() => native.renameAt(rootFd, 'moved', rootFd, 'new', native.RENAME_NOREPLACE), { code: 'EEXIST' });
    native.chownAt(rootFd, 'moved', 1000, 1001);
    native.chmodAt(rootFd, 'new', 0o4711);
    native.setTimesAt(rootFd, 'moved', 1_500_000_000n, -2_500_000_000n);
    const moved = fs.lstatSync(`${root}/moved`, { bigint: true });
    assert.deepEqual(
      [moved.uid, moved.gid, moved.atimeNs, moved.mtimeNs],
      [1000n, 1001n, 1_500_000_000n, -2_500_000_000n],
    );
    assert.equal(fs.statSync(`${root}/new`).mode & 0o7777, 0o4711);
    native.unlinkAt(rootFd, 'new/symlink');
    native.unlinkAt(rootFd, 'new', { directory: true });
    assert.equal(fs.existsSync(`${root}/new`), false);
  });

  it('are devices, fifos and whiteouts', (t) => {
    const { rootFd, root } = prison(t);
    native.mknodAt(rootFd, 'null', native.S_IFCHR | 0o600, native.deviceNumber(1, 3));
    const { major, minor } = native.splitDeviceNumber(fs.statSync(`${root}/null`).rdev);
    assert.deepEqual([major, minor], [1, 3]);
    native.makeWhiteout(rootFd, 'gone');
    const whiteout = fs.lstatSync(`${root}/gone`);
    assert.ok(whiteout.isCharacterDevice() && whiteout.rdev === 0);
    native.mkfifo(`${root}/fifo`, 0o640);
    assert.ok(fs.statSync(`${root}/fifo`).isFIFO());
  });

  it('have device numbers of any size', () => {
    for (const [major, minor] of [
      [0, 0],
      [5, 2],
      [8, 255],
      [259, 256],
      [4095, 1048575],
      [136, 70000],
    ] as const) {
      assert.deepEqual(native.splitDeviceNumber(native.deviceNumber(major, minor)), { major, minor });
    }
  });

  it('lie on a file system that says what it is', () => {
    const fd = fs.openSync('/proc', 'r');
    assert.equal(native.fileSystemOf(fd).type, native.PROC_SUPER_MAGIC);
    fs.closeSync(fd);
    const root = fs.openSync('/', 'r');
    const { totalBytes, availableBytes } = native.fileSystemOf(root);
    const theirs = fs.statfsSync('/');
    assert.equal(totalBytes, theirs.blocks * theirs.bsize);
    assert.ok(availableBytes > 0 && availableBytes <= totalBytes);
    fs.closeSync(root);
  });
});

describe('extended attributes', () => {
  it('are set, listed, read and removed, on links themselves and by descriptor', (t) => {
    const file = `${scratch(t)}/file`;
    fs.writeFileSync(file, '');
    fs.symlinkSync('file', `${file}.link`);
    native.setXattr(file, 'trusted.one', Buffer.from([0, 1, 255]));
    native.setXattr(`${file}.link`, 'trusted.link', Buffer.alloc(0));
    native.setXattr(file, 'trusted.large', Buffer.alloc(3000, 7));
    assert.deepEqual(native.getXattr(file, 'trusted.one'), Buffer.from([0, 1, 255]));
    assert.deepEqual(native.getXattr(file, 'trusted.large'), Buffer.alloc(3000, 7));
    assert.equal(native.getXattr(file, 'trusted.link'), undefined);
    assert.deepEqual(native.getXattr(`${file}.link`, 'trusted.link'), Buffer.alloc(0));
    const fd = fs.openSync(file, 'r');
    assert.deepEqual(native.listXattrs(fd).sort(), ['trusted.large', 'trusted.one']);
    native.removeXattr(fd, 'trusted.one');
    fs.closeSync(fd);
    assert.deepEqual(native.listXattrs(file), ['trusted.large']);
    assert.throws(() => native.removeXattr(file, 'trusted.one'), { code: 'ENODATA' });
  });
});

/** Another process that holds the lock of a file until it is killed. */
async function holder(path: string) {
  const other = spawn('flock', ['--no-fork', path, 'sh', '-c', 'echo held; exec sleep 100'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  return other;
}

describe('a lock', () => {
  it('is held by one at a time, in turn, within this process', async (t) => {
    const path = `${scratch(t)}/lock`;
    let holding = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const lock = await native.lockFile(path);
        holding += 1;
        assert.equal(holding, 1);
        await sleep(i % 3);
        order.push(i);
        holding -= 1;
        lock.release();
        lock.release();
      }),
    );
    assert.equal(order.length, 20);
  });

  it('excludes other processes, and is free when its holder is killed', async (t) => {
    const path = `${scratch(t)}/lock`;
    const other = await holder(path);
    assert.equal(await native.lockFile(path, { wait: false }), undefined);
    let waited = true;
    setTimeout(() => {
      waited = false;
      other.kill('SIGKILL');
    }, 50);
    const lock = await native.lockFile(path);
    assert.equal(waited, false, 'it was not had before the other died');
    const refused = spawn('flock', ['--nonblock', path, 'true']);
    assert.deepEqual(await once(refused, 'exit'), [1, null]);
    lock.release();
  });

  it('leaves no descriptor open, whether it was had or not', async (t) => {
    const path = `${scratch(t)}/lock`;
    const held = await native.lockFile(path);
    const before = openDescriptors();
    assert.equal(await native.lockFile(path, { wait: false }), undefined);
    await assert.rejects(native.lockFile(`${path}/nowhere`), { code: 'ENOTDIR' });
    assert.deepEqual(openDescriptors(), before);
    held.release();
  });

  it('is not passed on to a launched process', async (t) => {
    const path = `${scratch(t)}/lock`;
    const lock = await native.lockFile(path);
    const { pidfd, pid } = await native.launch([
      { name: 'run', call: 'execve', args: ['/bin/sleep', ['sleep', '100'], []] },
    ]);
    lock.release();
    const again = await native.lockFile(path, { wait: false });
    assert.ok(again !== undefined);
    again.release();
    native.pidfdSendSignal(pidfd, 9);
    fs.closeSync(pidfd);
    await new Promise((resolve) => native.onChildExit(pid, resolve));
  });
});

describe('an atomic write', () => {
  it('replaces the file, with the mode that is asked for, and leaves nothing beside it', async (t) => {
    const directory = scratch(t);
    await native.atomicWrite(`${directory}/file`, 'one');
    assert.equal(fs.statSync(`${directory}/file`).mode & 0o777, 0o600);
    await native.atomicWrite(`${directory}/file`, Buffer.from('two'), { mode: 0o644 });
    assert.equal(fs.readFileSync(`${directory}/file`, 'utf8'), 'two');
    assert.equal(fs.statSync(`${directory}/file`).mode & 0o777, 0o644);
    assert.deepEqual(fs.readdirSync(directory), ['file']);
  });

  it('that fails leaves the old file and nothing else', async (t) => {
    const directory = scratch(t);
    fs.mkdirSync(`${directory}/file/full`, { recursive: true });
    await assert.rejects(native.atomicWrite(`${directory}/file`, 'content'), { code: 'EISDIR' });
    await assert.rejects(native.atomicWrite(`${directory}/nowhere/file`, 'content'), { code: 'ENOENT' });
    assert.deepEqual(fs.readdirSync(directory), ['file']);
  });

  it('shows readers the old or the new, whole, while many write at once', async (t) => {
    const path = `${scratch(t)}/file`;
    const version = (i: number): string => String(i % 10).repeat(20000 + i);
    await native.atomicWrite(path, version(0));
    const progress = { writing: true };
    const writers = Promise.all(Array.from({ length: 30 }, (_, i) => native.atomicWrite(path, version(i)))).finally(
      () => (progress.writing = false),
    );
    let reads = 0;
    while (progress.writing) {
      const text = fs.readFileSync(path, 'utf8');
      assert.ok(text.length >= 20000 && text === text[0]!.repeat(text.length));
      reads += 1;
      await new Promise(setImmediate);
    }
    await writers;
    assert.ok(reads > 0);
  });

  it('is not disturbed by what a killed process of the same number left', async (t) => {
    const directory = scratch(t);
    for (let i = 0; i < 200; i++) fs.writeFileSync(`${directory}/.file.${process.pid}-${i}`, 'left');
    await native.atomicWrite(`${directory}/file`, 'content');
    assert.equal(fs.readFileSync(`${directory}/file`, 'utf8'), 'content');
  });
});
