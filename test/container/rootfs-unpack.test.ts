// Unpacking archives of every kind of malice below a root: the tree that comes of it, and a host that is as it was.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { packHostPath, renameTop, unpackBelow } from '../../src/engine/rootfs/archive.js';
import { copyTree } from '../../src/engine/rootfs/copy.js';
import type { Item } from '../../src/engine/rootfs/entry.js';
import { unpackInto, type UnpackOptions } from '../../src/engine/rootfs/unpack.js';
import { getXattr, setXattr } from '../../src/native/index.js';
import { refusal } from '../support/refusal.js';
import { stateDirectory } from '../support/state-directory.js';
import { directory, file, hardlink, itemsOf, linesOf, symlink, tarOf, type Wanted } from '../support/trees.js';

interface Ground {
  /** where it is unpacked */
  readonly root: string;
  /** beside it, with a file that must stay as it is */
  readonly outside: string;
  readonly unpack: (entries: readonly Wanted[], options?: UnpackOptions) => Promise<unknown>;
}

function ground(t: TestContext): Ground {
  let outside = '';
  // Registered first, for what is registered first is done first.
  t.after(() => {
    assert.deepEqual(linesOf(outside), ['f file untouched']);
    assert.equal(statSync(join(outside, 'file')).mode & 0o7777, 0o600);
    assert.equal(statSync(join(outside, 'file')).nlink, 1);
  });
  const top = stateDirectory(t);
  const root = join(top, 'root');
  outside = join(top, 'outside');
  mkdirSync(root);
  mkdirSync(outside);
  writeFileSync(join(outside, 'file'), 'untouched', { mode: 0o600 });
  const unpack = async (
    entries: readonly Wanted[],
    options: UnpackOptions = { applyToTop: true, replaceKinds: true, devices: 'make' },
  ) => {
    const fd = openSync(root, 'r');
    try {
      return await unpackInto(fd, itemsOf(entries), options);
    } finally {
      closeSync(fd);
    }
  };
  return { root, outside, unpack };
}

/** What comes of the entries. The names are those of the well-known cases that other unpackers are tested by. */
const BECOMES: readonly (readonly [name: string, entries: readonly Wanted[], lines: readonly string[]])[] = [
  [
    'ordinary files',
    [directory('d/'), file('d/f', 'x'), symlink('d/l', 'f'), hardlink('h', 'd/f')],
    ['d d/', 'f d/f x', 'l d/l -> f', 'f h x'],
  ],
  ['parents that the archive does not tell of', [file('a/b/c', 'x')], ['d a/', 'd a/b/', 'f a/b/c x']],
  ['absolute names', [file('/etc/x', 'y'), file('//deep//z', 'z')], ['d deep/', 'f deep/z z', 'd etc/', 'f etc/x y']],
  ['names with dots that lead nowhere else', [file('./a/./b', 'x')], ['d a/', 'f a/b x']],
  ['the same name twice', [file('f', 'old'), file('f', 'new')], ['f f new']],
  ['a file in place of a link', [symlink('f', '/outside'), file('f', 'new')], ['f f new']],
  ['a directory in place of a file', [file('d', 'x'), directory('d'), file('d/f', 'y')], ['d d/', 'f d/f y']],
  [
    'a directory in place of a link',
    [symlink('d', '../outside'), directory('d'), file('d/f', 'x')],
    ['d d/', 'f d/f x'],
  ],
  ['a file in place of an empty directory', [directory('d'), file('d', 'x')], ['f d x']],
  ['SymlinkAbsolute', [symlink('l', '/a'), directory('a'), file('l/f', 'x')], ['d a/', 'f a/f x', 'l l -> /a']],
  [
    'SymlinkUpAndOut',
    [symlink('l', '../../../../outside'), file('l/file', 'x')],
    ['l l -> ../../../../outside', 'd outside/', 'f outside/file x'],
  ],
  ['SymlinkUp', [directory('a'), symlink('a/l', '..'), file('a/l/f', 'x')], ['d a/', 'l a/l -> ..', 'f f x']],
  [
    'SymlinkMultipleAbsolute',
    [symlink('l1', '/l2'), symlink('l2', '/x'), file('l1/f', 'y')],
    ['l l1 -> /l2', 'l l2 -> /x', 'd x/', 'f x/f y'],
  ],
  [
    'SymlinkEmptyFile',
    [symlink('l', '/no/such/directory'), file('l/f', 'x')],
    ['l l -> /no/such/directory', 'd no/', 'd no/such/', 'd no/such/directory/', 'f no/such/directory/f x'],
  ],
  ['a hard link by an absolute name', [file('a', 'x'), hardlink('b', '/a')], ['f a x', 'f b x']],
  [
    'a hard link through a link',
    [directory('d'), file('d/f', 'x'), symlink('l', '/d'), hardlink('h', 'l/f')],
    ['d d/', 'f d/f x', 'f h x', 'l l -> /d'],
  ],
  [
    'HardlinkSymlink: a hard link to a link is a link',
    [symlink('l', '/outside'), hardlink('h', 'l')],
    ['l h -> /outside', 'l l -> /outside'],
  ],
  [
    'WhiteoutRoot and its kin, which are plain files here',
    [file('.wh.file'), file('.wh...'), file('.wh..wh..opq')],
    ['f .wh...', 'f .wh..wh..opq', 'f .wh.file'],
  ],
  [
    'fifos and devices',
    [
      { path: 'p', type: 'fifo' },
      { path: 'tty', type: 'char', major: 5, minor: 0 },
      { path: 'b', type: 'block', major: 7, minor: 0 },
    ],
    ['b b', 'p p', 'c tty'],
  ],
];

/** What is refused, and with which words. */
const REFUSED: readonly (readonly [name: string, entries: readonly Wanted[], words: RegExp])[] = [
  ['names that lead out', [file('../outside/file', 'x')], /"\.\."/],
  ['names that lead out in the middle', [file('a/../../outside/file', 'x')], /"\.\."/],
  ['HardlinkAbsolute out', [hardlink('h', '/outside/file')], /not there/],
  ['HardlinkRelativeUpAndOut', [hardlink('h', '../outside/file')], /"\.\."/],
  ['HardlinkSymlinkRelative out', [symlink('l', '../outside'), hardlink('h', 'l/file')], /not there/],
  ['a hard link to a directory', [directory('d'), hardlink('h', 'd')], /link to a directory/],
  ['a hard link to itself', [file('f', 'x'), hardlink('f', 'f')], /link to itself/],
  ['a hard link to nothing', [hardlink('h', '')], /link to nothing/],
  ['a top that is no directory', [symlink('.', '/outside')], /stands for the top/],
  ['a device that hides files of an overlay', [{ path: 'f', type: 'char', major: 0, minor: 0 }], /device 0:0/],
  ['a name longer than any path', [file(`${'x/'.repeat(2100)}f`)], /too long/],
  ['an owner that cannot be', [file('f', 'x', { uid: 0xffffffff })], /belongs to/],
];

describe('an archive', () => {
  for (const [name, entries, lines] of BECOMES) {
    it(`with ${name}`, async (t) => {
      const { root, unpack } = ground(t);
      await unpack(entries);
      assert.deepEqual(linesOf(root), lines);
    });
  }

  for (const [name, entries, words] of REFUSED) {
    it(`with ${name} is refused`, async (t) => {
      const { unpack } = ground(t);
      await assert.rejects(unpack(entries), refusal('INVALID_VALUE', words));
    });
  }

  it('with directories three hundred deep', async (t) => {
    const { root, unpack } = ground(t);
    const path = 'd/'.repeat(300);
    await unpack([file(`${path}f`, 'x')]);
    assert.equal(readFileSync(join(root, path, 'f'), 'utf8'), 'x');
  });

  it('keeps modes, owners, times and attributes', async (t) => {
    const { root, unpack } = ground(t);
    const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex');
    const xattrs = new Map([
      ['user.note', Buffer.from('hello')],
      ['security.capability', capability],
      ['trusted.overlay.opaque', Buffer.from('y')],
    ]);
    const modifiedNs = 1_234_567_890_123_456_789n;
    const before = process.umask(0o077);
    try {
      await unpack([
        { path: '.', type: 'directory', mode: 0o711, uid: 3 },
        { path: 'd', type: 'directory', mode: 0o1777, uid: 7, gid: 8, modifiedNs },
        file('d/f', 'x', { mode: 0o6755, uid: 1000, gid: 1001, modifiedNs, xattrs }),
        { path: 'd/l', type: 'symlink', link: '/nowhere', uid: 5, gid: 6, modifiedNs },
        { path: 'd/p', type: 'fifo', mode: 0o622, uid: 9 },
        file('made/for/f', ''),
      ]);
    } finally {
      process.umask(before);
    }
    const facts = (path: string) => {
      const { mode, uid, gid, mtimeNs } = lstatSync(join(root, path), { bigint: true });
      return [Number(mode & 0o7777n).toString(8), Number(uid), Number(gid), mtimeNs];
    };
    assert.deepEqual(facts('').slice(0, 2), ['711', 3]);
    assert.deepEqual(facts('d'), ['1777', 7, 8, modifiedNs]);
    assert.deepEqual(facts('d/f'), ['6755', 1000, 1001, modifiedNs]);
    assert.deepEqual(facts('d/l').slice(1), [5, 6, modifiedNs]);
    assert.deepEqual(facts('d/p').slice(0, 2), ['622', 9]);
    assert.equal(facts('made/for')[0], '755');
    assert.equal(getXattr(join(root, 'd/f'), 'user.note')?.toString(), 'hello');
    assert.deepEqual(getXattr(join(root, 'd/f'), 'security.capability'), capability);
    assert.equal(getXattr(join(root, 'd/f'), 'trusted.overlay.opaque'), undefined);
  });

  it('that would fill the disk is refused before it has', async (t) => {
    const { root, unpack } = ground(t);
    async function* huge(): AsyncGenerator<Item> {
      for await (const { entry, body } of itemsOf([file('f')]))
        yield { entry: { ...entry, size: Number.MAX_SAFE_INTEGER }, body };
    }
    const fd = openSync(root, 'r');
    t.after(() => closeSync(fd));
    await assert.rejects(unpackInto(fd, huge()), refusal('NO_SPACE'));
    await unpack([file('f', 'x')]);
  });
});

describe('unpacking over what is there', () => {
  it('follows links of the tree inside of it and keeps what is not in the archive', async (t) => {
    const { root, unpack } = ground(t);
    mkdirSync(join(root, 'usr/lib'), { recursive: true });
    writeFileSync(join(root, 'usr/lib/old'), 'old');
    symlinkSync('usr/lib', join(root, 'lib'));
    await unpack([file('lib/new', 'new')], {});
    assert.deepEqual(linesOf(root), [
      'l lib -> usr/lib',
      'd usr/',
      'd usr/lib/',
      'f usr/lib/new new',
      'f usr/lib/old old',
    ]);
  });

  it('does not turn directories into files nor files into directories unless that is asked for', async (t) => {
    const { root, unpack } = ground(t);
    mkdirSync(join(root, 'd'));
    writeFileSync(join(root, 'f'), '');
    await assert.rejects(unpack([file('d', 'x')], {}), refusal('INVALID_VALUE', /"d" is a directory there/));
    await assert.rejects(unpack([directory('f')], {}), refusal('INVALID_VALUE', /"f" is no directory there/));
    assert.deepEqual(linesOf(root), ['d d/', 'f f']);
  });

  it('on the host makes no devices and gives everything to who asked', async (t) => {
    const { root } = ground(t);
    await unpackBelow(
      root,
      tarOf(file('f', 'x', { uid: 1234 }), { path: 'disk', type: 'block', major: 254, minor: 0 }),
    );
    assert.deepEqual(linesOf(root), ['f f x']);
    assert.equal(statSync(join(root, 'f')).uid, process.getuid!());
    await unpackBelow(root, tarOf(file('f', 'x', { uid: 1234 })), { keepOwners: true });
    assert.equal(statSync(join(root, 'f')).uid, 1234);
    await assert.rejects(unpackBelow(root, tarOf(file('../outside/file', 'evil'))), refusal('INVALID_VALUE'));
  });
});

describe('names that are not UTF-8', () => {
  it('come through an archive under another top, and through a copy, as the bytes they are', async (t) => {
    const top = stateDirectory(t);
    const [from, to, copy] = ['from', 'to', 'copy'].map((name) => join(top, name)) as [string, string, string];
    for (const path of [from, to, copy]) mkdirSync(path);
    const name = Buffer.from([0x61, 0xff, 0xfe, 0x0a]);
    writeFileSync(Buffer.concat([Buffer.from(`${from}/`), name]), 'x');
    symlinkSync(name, Buffer.concat([Buffer.from(`${from}/l`), name]));
    await unpackBelow(to, renameTop(packHostPath(from), 'from', 'new'));
    await copyTree(from, copy);
    const bytes = (path: string) =>
      readdirSync(path, { encoding: 'buffer' })
        .map((each) => each.toString('hex'))
        .sort();
    assert.deepEqual(bytes(join(to, 'new')), bytes(from));
    assert.deepEqual(bytes(copy), bytes(from));
    const link = readlinkSync(Buffer.concat([Buffer.from(`${copy}/l`), name]), { encoding: 'buffer' });
    assert.deepEqual(link, name);
  });
});

describe('a copy of a tree', () => {
  it('is the same tree, as tar(1) and stat(1) see it', async (t) => {
    const top = stateDirectory(t);
    const [from, to] = [join(top, 'from'), join(top, 'to')];
    mkdirSync(to);
    execFileSync('sh', [
      '-c',
      `mkdir -p ${from}/a/b && cd ${from} && echo x > a/b/f && ln a/b/f hard && ln -s a/b/f soft && mkfifo pipe && mknod dev c 1 3 && chmod 4711 a/b/f && chown 12:13 a && chmod 1777 a && touch -h -d '2001-02-03 04:05:06.789' soft a/b/f && head -c 3000000 /dev/urandom > big`,
    ]);
    setXattr(join(from, 'big'), 'user.x', Buffer.from('y'));
    await copyTree(from, to);
    const list = (path: string) =>
      execFileSync('sh', [
        '-c',
        `cd ${path} && find . | sort | xargs stat -c '%n %F %a %u %g %h %Y %t %T' | sed 's/^\\.\\(.* directory .*\\) [0-9]* \\([0-9]*\\) 0 0$/.\\1 \\2/' && sha256sum big a/b/f && readlink soft`,
      ]).toString();
    assert.equal(list(to), list(from));
    assert.equal(getXattr(join(to, 'big'), 'user.x')?.toString(), 'y');
  });
});
