// The Volumes view: sizes, users, what a removal frees, and files of strangers that are looked at and lead nowhere.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { spawnSync } from 'node:child_process';
import { readDirectoryOf, readFileOf } from '../../../src/tui/effects/volume-files.js';
import { modeWords } from '../../../src/tui/present/volume.js';
import { Desk } from '../../support/desk.js';

const lineOf = (desk: Desk, text: string): string =>
  desk
    .text()
    .split('\n')
    .find((line) => line.includes(text)) ?? '';

describe('the list of volumes', () => {
  it('has each with its size, whose it is and since when it is there', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('V');
      await desk.settle();
      assert.match(lineOf(desk, 'shop-db'), /1\.4G .* db +9d team=shop/);
      assert.match(lineOf(desk, '(no name)'), /f7e473ddf51a \(no name\) +48K/);
      assert.match(desk.text(), /4\.7G in all/);
    });
  });

  it('is sorted by size', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('V', 's', 'down', 'enter');
      const names = ['build-cache', 'shop-db', 'shop-uploads', '(no name)'];
      const at = names.map((name) => desk.text().indexOf(name));
      assert.deepEqual(
        at,
        [...at].sort((a, b) => a - b),
      );
    });
  });
});

describe('a volume that is removed', () => {
  it('is not, while a container has it: which one is said', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('V', 'down', 'd');
      assert.match(desk.notice, /db/);
      assert.equal(desk.state.overlay, undefined);
    });
  });

  it('says what that frees, and that nothing brings it back', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('V', 'd');
      assert.match(desk.text(), /Frees 3\.1G/);
      assert.match(desk.text(), /gone for good/);
      await desk.type('right', 'enter');
      assert.deepEqual(desk.calls, ['remove-volume build-cache']);
    });
  });

  it('goes with those that nobody has named, or with all that nobody uses', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('V', 'X', 'right', 'enter');
      assert.deepEqual(desk.calls, ['prune-volumes anonymous']);
      await desk.type('X', 'right', 'enter');
      assert.deepEqual(desk.calls.slice(1), ['prune-volumes unused']);
      await desk.type('X');
      assert.match(desk.notice, /nothing to prune|is used/);
    });
  });
});

describe('the files of a volume', () => {
  it('are looked at, into directories and out again', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('V', 'down', '2', 'enter');
      assert.match(desk.text(), /\/base\b/);
      await desk.type('left');
      assert.notEqual(lineOf(desk, 'pg_wal/'), '');
      await desk.type('left');
      assert.match(desk.notice, /the root of the volume/);
    });
  });

  it('have names that the terminal only shows', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('V', '2');
      assert.doesNotMatch(desk.text(), /[\x1b\x07]/);
      assert.notEqual(lineOf(desk, 'bad␛[2Jname␇.txt'), '');
    });
  });

  it('are not followed where they are links', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('V', '2');
      await desk.click('current.log', true);
      assert.match(desk.notice, /It is a link/);
    });
  });

  it('have a mode as ls writes it', () => {
    assert.equal(modeWords({ kind: 'file', mode: 0o4755 }), '-rwsr-xr-x');
    assert.equal(modeWords({ kind: 'directory', mode: 0o1777 }), 'drwxrwxrwt');
    assert.equal(modeWords({ kind: 'link', mode: 0o777 }), 'lrwxrwxrwx');
    assert.equal(modeWords({ kind: 'file', mode: 0o2640 }), '-rw-r-S---');
  });
});

describe('a directory that somebody in a container has made', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'tscontain-volume-'));
    mkdirSync(join(root, 'data/deep'), { recursive: true });
    writeFileSync(join(root, 'data/deep/text'), 'hello\n');
    writeFileSync(join(root, 'bytes'), Buffer.from([0, 1, 2, 255]));
    writeFileSync(join(root, 'large'), Buffer.alloc(200_000, 'a'));
    symlinkSync('/etc', join(root, 'etc'));
    symlinkSync('/etc/passwd', join(root, 'passwd'));
    symlinkSync('data', join(root, 'inside'));
    spawnSync('mkfifo', [join(root, 'pipe')]);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it('is read with what each file is', async () => {
    const { files, isCut } = await readDirectoryOf(root, '');
    assert.equal(isCut, false);
    assert.deepEqual(
      files.map(({ name, kind }) => `${name} ${kind}`),
      ['data directory', 'bytes file', 'etc link', 'inside link', 'large file', 'passwd link', 'pipe pipe'],
    );
    assert.equal(files.find(({ name }) => name === 'passwd')?.target, '/etc/passwd');
  });

  it('leads nowhere else, by a link, by dots or by an absolute path', async () => {
    for (const path of ['etc', 'inside', '..', 'data/../..', '/etc'])
      await assert.rejects(readDirectoryOf(root, path), path);
    for (const path of ['passwd', 'etc/passwd', 'inside/deep/text', '../../etc/passwd', '/etc/passwd'])
      await assert.rejects(readFileOf(root, path), path);
  });

  it('has files of which the beginning is shown, bytes as digits', async () => {
    const text = await readFileOf(root, 'data/deep/text');
    assert.deepEqual(text, { text: 'hello\n', sizeBytes: 6, isCut: false, isBinary: false });
    const bytes = await readFileOf(root, 'bytes');
    assert.equal(bytes.isBinary, true);
    assert.match(bytes.text, /^00000000 {2}00 01 02 ff +\|\.\.\.\.\|$/);
    const large = await readFileOf(root, 'large');
    assert.equal(large.isCut, true);
    assert.ok(large.text.length <= 64 * 1024);
  });

  it('never waits for the other end of a pipe', async () => {
    await assert.rejects(readFileOf(root, 'pipe'), /no plain file/);
  });
});
