// The image store: names and ids, imports good and bad, and what is left when things go wrong or happen twice at once.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createImages, type ImagesOptions } from '../../src/engine/image/store.js';
import { layout } from '../../src/engine/state/layout.js';
import { refusal } from '../support/refusal.js';
import { stateDirectory } from '../support/state-directory.js';
import { directory, file, linesOf, symlink, tarBytes, type Wanted } from '../support/trees.js';

const TINY: readonly Wanted[] = [
  directory('bin'),
  file('bin/hello', '#!/bin/sh\n', { mode: 0o755 }),
  directory('etc'),
  file('etc/name', 'tiny'),
];

function store(t: TestContext, options: ImagesOptions = {}) {
  const root = stateDirectory(t);
  const archive = join(root, 'archive');
  return {
    root,
    archive,
    images: createImages(root, options),
    /** Writes an archive and gives its path. */
    write: async (entries: readonly Wanted[] = TINY, change = (bytes: Buffer) => bytes) => {
      writeFileSync(archive, change(await tarBytes(...entries)));
      return archive;
    },
    /** Everything in the store but its locks. */
    stored: () =>
      readdirSync(layout.images(root))
        .filter((name) => !/lock$/.test(name))
        .sort(),
  };
}

describe('an image', () => {
  it('is imported from a tar archive, plain or gzip, and from a directory', async (t) => {
    const { root, images, write } = store(t);
    const plain = await images.import(await write(), 'tiny');
    const packed = await images.import(await write(TINY, (bytes) => gzipSync(bytes)), 'tiny:packed');
    mkdirSync(join(root, 'tree'));
    execFileSync('tar', ['-xf', await write(), '-C', join(root, 'tree')]);
    const tree = await images.import(join(root, 'tree'), 'tiny:tree');
    for (const image of [plain, packed, tree]) {
      assert.deepEqual(linesOf(image.layers[0]!), ['d bin/', 'f bin/hello #!/bin/sh', 'd etc/', 'f etc/name tiny']);
      assert.equal(image.sizeBytes, '#!/bin/sh\ntiny'.length);
    }
    assert.equal(plain.id, packed.id, 'the same content is the same image');
    assert.deepEqual(
      (await images.list()).map(({ name }) => name),
      ['tiny:latest', 'tiny:packed', 'tiny:tree'],
    );
  });

  it('is found by its name, its id and the beginning of that', async (t) => {
    const { images, write } = store(t);
    const { id } = await images.import(await write(), 'some/where/tiny:1.0');
    for (const ref of ['some/where/tiny:1.0', id, id.slice(0, 12), `sha256:${id}`]) {
      const found = await images.get(ref);
      assert.deepEqual([found.id, found.name], [id, 'some/where/tiny:1.0'], ref);
    }
    await images.import(await write(), 'plain');
    assert.equal((await images.get('plain')).name, 'plain:latest');
    assert.equal((await images.get('plain:latest')).id, id);
  });

  it('keeps what it was said to run', async (t) => {
    const { images, write, root } = store(t);
    await images.import(await write(), 'tiny', { cmd: ['/bin/hello'], env: ['A=1'], user: 'ada' });
    const { config } = await createImages(root).get('tiny');
    assert.deepEqual([config.cmd, config.env, config.user, config.workingDir], [['/bin/hello'], ['A=1'], 'ada', '/']);
  });

  it('that takes over a name lets the old one go, unless it is used', async (t) => {
    const used = new Set<string>();
    const { images, write, stored } = store(t, { usedBy: (id) => (used.has(id) ? ['web'] : []) });
    const first = await images.import(await write(), 'tiny');
    const second = await images.import(await write([...TINY, file('more')]), 'tiny');
    assert.deepEqual(stored(), [second.id, 'names'].sort());
    used.add(second.id);
    const third = await images.import(await write([...TINY, file('even-more')]), 'tiny');
    assert.equal((await images.get(second.id)).id, second.id);
    assert.equal((await images.get('tiny')).id, third.id);
    assert.deepEqual((await images.list()).map(({ name }) => name).sort(), [second.id, 'tiny:latest'].sort());
    assert.notEqual(first.id, second.id);
    used.clear();
    await images.remove(second.id);
    assert.deepEqual(stored(), [third.id, 'names'].sort());
  });

  it('is removed with its last name, and not while a container has it', async (t) => {
    const used = new Set<string>();
    const { images, write, stored } = store(t, { usedBy: (id) => (used.has(id) ? ['web', 'db'] : []) });
    const { id } = await images.import(await write(), 'a');
    await images.import(await write(), 'b');
    used.add(id);
    await images.remove('a');
    await assert.rejects(images.remove('b'), refusal('IMAGE_IN_USE', /web, db/));
    used.clear();
    await images.remove('b');
    assert.deepEqual(stored(), ['names']);
    await assert.rejects(images.remove('b'), refusal('NO_SUCH_IMAGE', /"b"/));
    await assert.rejects(images.get(id), refusal('NO_SUCH_IMAGE'));
  });

  for (const name of [
    '',
    'UPPER',
    'a b',
    '../x',
    '/x',
    'x/',
    'a::b',
    'x:',
    '-x',
    'a//b',
    '.x',
    'x'.repeat(300),
    'a:b/c',
    'x\0',
  ]) {
    it(`cannot be called ${JSON.stringify(name.slice(0, 20))}`, async (t) => {
      const { images, write } = store(t);
      await assert.rejects(images.import(await write(), name), refusal('INVALID_VALUE'));
      await assert.rejects(images.get(name), refusal('INVALID_VALUE'));
    });
  }
});

describe('an import that cannot be', () => {
  const endsWith = (bytes: Buffer) => bytes.subarray(0, 700);
  for (const [what, entries, change, code] of [
    ['no archive', TINY, () => Buffer.from('this is no archive'.repeat(100)), 'INVALID_VALUE'],
    ['an empty file', TINY, () => Buffer.alloc(0), 'INVALID_VALUE'],
    ['an archive of nothing', [], undefined, 'INVALID_VALUE'],
    ['half an archive', TINY, endsWith, 'INVALID_VALUE'],
    ['half of a gzip', TINY, (bytes: Buffer) => gzipSync(bytes).subarray(0, 80), 'INVALID_VALUE'],
    ['a damaged gzip', TINY, (bytes: Buffer) => gzipSync(bytes).fill(0x55, 20, 60), 'INVALID_VALUE'],
    [
      'xz',
      TINY,
      () => Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), Buffer.alloc(600)]),
      'NOT_SUPPORTED',
    ],
    ['names that lead out', [file('../x', 'x')], undefined, 'INVALID_VALUE'],
    [
      'a link out and a file through a hard link',
      [symlink('l', '/etc'), { path: 'h', type: 'hardlink', link: 'l/passwd' }],
      undefined,
      'INVALID_VALUE',
    ],
    ['a saved image', [file('manifest.json', '[]'), file('blob', 'x')], undefined, 'INVALID_VALUE'],
  ] as const) {
    it(`is refused and leaves nothing: ${what}`, async (t) => {
      const { images, write, stored } = store(t);
      await assert.rejects(images.import(await write(entries, change), 'bad'), refusal(code));
      assert.deepEqual(stored(), []);
      assert.deepEqual(await images.list(), []);
    });
  }

  it('says that a source is not there', async (t) => {
    await assert.rejects(
      store(t).images.import('/no/such/archive', 'x'),
      refusal('NO_SUCH_PATH', /\/no\/such\/archive/),
    );
  });

  it('stops at a bomb before the disk is full, and leaves nothing', async (t) => {
    const small = '/dev/shm/tscontain-test-small';
    mkdirSync(small, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'small', small]);
    t.after(() => {
      execFileSync('umount', [small]);
      rmSync(small, { recursive: true });
    });
    const images = createImages(small);
    const { write } = store(t);
    const archive = await write([file('zeros', '\0'.repeat(60 * 1024 * 1024))], (bytes) => gzipSync(bytes));
    await assert.rejects(images.import(archive, 'bomb'), refusal('NO_SPACE'));
    assert.deepEqual(await images.list(), []);
    assert.deepEqual(
      readdirSync(layout.images(small)).filter((name) => !/lock$/.test(name)),
      [],
    );
  });
});

describe('a store that was left in the middle', () => {
  it('is cleared by the next import, and not under one that goes on', async (t) => {
    const { root, images, write, stored } = store(t);
    mkdirSync(join(layout.images(root), '.new-left/layers/0'), { recursive: true });
    // A writer that never ends: its import stays open while another one clears.
    const fifo = join(root, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const writer = spawn('sh', ['-c', `exec 3>${fifo}; head -c 100 /dev/zero >&3; exec sleep 30`]);
    const slow = images.import(fifo, 'slow').catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const going = stored().filter((name) => name.startsWith('.new-') && name !== '.new-left');
    await images.import(await write(), 'tiny');
    assert.ok(!existsSync(join(layout.images(root), '.new-left')));
    assert.equal(going.length, 1);
    assert.ok(existsSync(join(layout.images(root), going[0]!)), 'the import that goes on has kept its directory');
    writer.kill('SIGKILL');
    refusal('INVALID_VALUE')(await slow);
    assert.ok(!existsSync(join(layout.images(root), going[0]!)));
  });

  it('with a description that cannot be read names the image and serves the others', async (t) => {
    const { root, images, write } = store(t);
    const bad = await images.import(await write(), 'bad');
    await images.import(await write([...TINY, file('more')]), 'good');
    truncateSync(join(layout.images(root), bad.id, 'image.json'), 10);
    const fresh = createImages(root);
    await assert.rejects(fresh.get('bad'), refusal('STATE_CORRUPT', new RegExp(bad.id.slice(0, 12))));
    assert.deepEqual(
      (await fresh.list()).map(({ name }) => name),
      ['good:latest'],
    );
    await fresh.remove('bad');
    await assert.rejects(fresh.get('bad'), refusal('NO_SUCH_IMAGE'));
  });
});
