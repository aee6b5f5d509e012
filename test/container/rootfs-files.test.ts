// The files of a container from outside: cp both ways, stat and diff, while it runs and while it does not.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import {
  archiveFromContainer,
  packHostPath,
  statInContainer,
  unpackBelow,
  unpackIntoContainer,
} from '../../src/engine/rootfs/archive.js';
import { changesOf } from '../../src/engine/rootfs/diff.js';
import { readTar } from '../../src/engine/rootfs/tar-read.js';
import type { ContainerFiles } from '../../src/engine/rootfs/tree.js';
import type { ContainerConfig, Image } from '../../src/engine/model.js';
import { layout } from '../../src/engine/state/layout.js';
import { base, imageWith, launchPrepared, make, prepare, root, start, type Made } from '../support/bare-container.js';
import { refusal } from '../support/refusal.js';
import { directory, file, linesOf, symlink, tarOf } from '../support/trees.js';
import { onChildExit } from '../../src/native/index.js';

const OUT = '../'.repeat(12);

/** The files of a container that has run a script and ended. */
async function after(
  t: TestContext,
  text: string,
  config: Partial<ContainerConfig> = {},
  image?: Image,
): Promise<ContainerFiles> {
  const made = await make(t, { ...config, argv: ['sh', '-c', text] }, image);
  await runOf(made);
  return filesOf(made);
}

async function runOf(made: Made): Promise<void> {
  const { pid } = await launchPrepared(await prepare(made));
  await new Promise((resolve) => onChildExit(pid, resolve));
}

const filesOf = ({ root: at, container, image }: Made): ContainerFiles => ({ root: at, container, image });

async function pathsIn(stream: Readable): Promise<string[]> {
  const paths: string[] = [];
  for await (const { entry } of readTar(stream)) paths.push(entry.path);
  return paths;
}

async function contentOf(files: ContainerFiles, path: string): Promise<string> {
  const { stream } = await archiveFromContainer(files, path);
  for await (const { entry, body } of readTar(stream)) {
    if (entry.type !== 'file') continue;
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }
  throw new Error(`no file in the archive of ${path}`);
}

const empty = (): string => mkdtempSync(join(root, 'to-'));

for (const [state, open] of [
  [
    'that runs',
    async (t: TestContext, text: string, config?: Partial<ContainerConfig>, image?: Image) => {
      const running = await start(
        t,
        { ...config, argv: ['sh', '-c', `${text}\ntouch /dev/shm/ready; exec sleep 1000`] },
        image,
      );
      const files = { root, container: running.container, image: running.image };
      for (let i = 0; i < 500 && (await statInContainer(files, '/dev/shm/ready')) === undefined; i++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      return files;
    },
  ],
  ['that has ended', after],
] as const) {
  describe(`in a container ${state}`, () => {
    it('a file can be looked at and copied out', async (t) => {
      const files = await open(
        t,
        'echo hello > /root/f; chmod 640 /root/f; mkdir /d; ln -s /root/f /d/link; ln -s nowhere /d/dangling',
      );
      assert.deepEqual(await statInContainer(files, '/root/f'), { isDirectory: false, size: 6, mode: 0o640 });
      assert.deepEqual(await statInContainer(files, '/d/link'), { isDirectory: false, size: 6, mode: 0o640 });
      assert.equal((await statInContainer(files, '/d'))?.isDirectory, true);
      for (const path of ['/nothing', '/d/dangling', '/root/f/x'])
        assert.equal(await statInContainer(files, path), undefined, path);
      assert.equal(await contentOf(files, '/root/f'), 'hello\n');
    });

    it('a directory comes out under its name, with links as links', async (t) => {
      const files = await open(
        t,
        'mkdir -p /d/e; echo 1 > /d/e/f; ln /d/e/f /d/hard; ln -s /etc/passwd /d/soft; mkfifo /d/p; ln -s d /link',
      );
      const to = empty();
      const { stream, isDirectory, name } = await archiveFromContainer(files, '/d');
      assert.deepEqual([isDirectory, name], [true, 'd']);
      await unpackBelow(to, stream);
      assert.deepEqual(linesOf(to), ['d d/', 'd d/e/', 'f d/e/f 1', 'f d/hard 1', 'p d/p', 'l d/soft -> /etc/passwd']);
      assert.deepEqual(await pathsIn((await archiveFromContainer(files, '/link')).stream), ['link']);
      assert.deepEqual((await pathsIn((await archiveFromContainer(files, '/link/.')).stream)).slice(0, 2), [
        './',
        'e/',
      ]);
    });

    it('an archive is unpacked below a directory, and belongs to root unless its owners are to be kept', async (t) => {
      const files = await open(t, 'mkdir /to; ln -s /to /link');
      await unpackIntoContainer(files, '/to', tarOf(directory('d'), file('d/f', 'x', { uid: 77, gid: 78 })));
      await unpackIntoContainer(files, '/link', tarOf(file('g', 'y', { uid: 77, gid: 78 })), { keepOwners: true });
      const owners: [string, number, number][] = [];
      for await (const { entry } of readTar((await archiveFromContainer(files, '/to')).stream))
        owners.push([entry.path, entry.uid, entry.gid]);
      assert.deepEqual(owners, [
        ['to/', 0, 0],
        ['to/d/', 0, 0],
        ['to/d/f', 0, 0],
        ['to/g', 77, 78],
      ]);
    });

    it('what is not there, or no directory, is said', async (t) => {
      const files = await open(t, 'echo > /f');
      await assert.rejects(archiveFromContainer(files, '/nothing'), refusal('NO_SUCH_PATH', /"\/nothing"/));
      await assert.rejects(unpackIntoContainer(files, '/nothing', tarOf()), refusal('NO_SUCH_PATH'));
      await assert.rejects(unpackIntoContainer(files, '/f', tarOf()), refusal('INVALID_VALUE', /no directory/));
      await assert.rejects(archiveFromContainer(files, 'relative'), refusal('INVALID_VALUE'));
      await assert.rejects(
        unpackIntoContainer(files, '/', Readable.from([Buffer.alloc(1024, 'x')])),
        refusal('INVALID_VALUE', /no tar archive/),
      );
    });

    it('links lead nowhere but into the container (CVE-2018-15664)', async (t) => {
      const secret = mkdtempSync(join(root, 'secret-'));
      writeFileSync(join(secret, 'file'), 'of the host');
      const files = await open(
        t,
        `mkdir -p /d; ln -s ${secret} /d/absolute; ln -s ${OUT}${secret} /d/relative; ln -s /proc/1/root /d/magic`,
      );
      for (const name of ['absolute', 'relative']) {
        assert.equal(await statInContainer(files, `/d/${name}/file`), undefined);
        await assert.rejects(archiveFromContainer(files, `/d/${name}/file`), refusal('NO_SUCH_PATH'));
        await assert.rejects(
          unpackIntoContainer(files, `/d/${name}`, tarOf(file('evil', 'x'))),
          refusal('NO_SUCH_PATH'),
        );
      }
      await unpackIntoContainer(
        files,
        '/d',
        tarOf(symlink('in-the-archive', `${OUT}${secret}`), file('in-the-archive/evil', 'x')),
      );
      await assert.rejects(unpackIntoContainer(files, '/d/magic', tarOf(file('evil', 'x'))));
      assert.deepEqual(linesOf(secret), ['f file of the host']);
    });

    it('volumes are seen as the container sees them', async (t) => {
      const volume = mkdtempSync(join(root, 'volume-'));
      mkdirSync(join(volume, 'in'));
      writeFileSync(join(volume, 'in/f'), 'of the volume');
      const bind = { type: 'bind', source: volume, target: '/v', propagation: 'rprivate' } as const;
      const files = await open(t, 'true', {
        mounts: [
          { ...bind, readOnly: false },
          { ...bind, target: '/ro', readOnly: true },
        ],
      });
      assert.equal(await contentOf(files, '/v/in/f'), 'of the volume');
      await unpackIntoContainer(files, '/v/in', tarOf(file('g', 'new')));
      assert.equal(readFileSync(join(volume, 'in/g'), 'utf8'), 'new');
      await assert.rejects(unpackIntoContainer(files, '/ro/in', tarOf(file('h', 'x'))), /read-only|EROFS/);
      assert.match(await contentOf(files, '/etc/hosts'), /localhost/);
    });

    it('a read-only root takes nothing', async (t) => {
      const files = await open(t, 'true', { readOnlyRootfs: true });
      await assert.rejects(unpackIntoContainer(files, '/root', tarOf(file('f', 'x'))), /read-only|EROFS/);
      assert.match(await contentOf(files, '/etc/passwd'), /^root:/);
    });

    it('what was changed is told as added, changed and deleted', async (t) => {
      const image = await imageWith((layer) => {
        mkdirSync(join(layer, 'data/deep'), { recursive: true });
        mkdirSync(join(layer, 'gone'));
        for (const name of ['kept', 'rewritten', 'removed', 'deep/removed', 'to-dir'])
          writeFileSync(join(layer, 'data', name), 'x');
        writeFileSync(join(layer, 'gone/file'), 'x');
        mkdirSync(join(layer, 'again'));
        writeFileSync(join(layer, 'again/old'), 'x');
        symlinkSync('/etc', join(layer, 'data/link'));
      });
      const text =
        'cd /data; echo y > rewritten; rm removed deep/removed; echo new > new; mkdir -p made/here; rm to-dir; mkdir to-dir; touch to-dir/f; rm -r /gone; rm -r /again; mkdir /again; touch /again/new; rm link; mkdir link; touch link/passwd';
      const files = await open(t, text, {}, image);
      const { id } = files.container;
      const changes = await changesOf({
        layers: image.layers,
        upper: layout.upper(root, id),
        work: layout.work(root, id),
      });
      assert.deepEqual(
        changes.map(({ kind, path }) => `${kind} ${path}`),
        [
          'C /again',
          'A /again/new',
          'D /again/old',
          'C /data',
          'C /data/deep',
          'D /data/deep/removed',
          'C /data/link',
          'A /data/link/passwd',
          'A /data/made',
          'A /data/made/here',
          'A /data/new',
          'D /data/removed',
          'C /data/rewritten',
          'C /data/to-dir',
          'A /data/to-dir/f',
          'D /gone',
        ],
      );
    });
  });
}

describe('a container that swaps a directory for a link as fast as it can', () => {
  async function swapping(t: TestContext): Promise<{ files: ContainerFiles; secret: string }> {
    const secret = mkdtempSync(join(root, 'secret-'));
    writeFileSync(join(secret, 'file'), 'of the host');
    const begin = `mkdir -p /d/place; echo mine > /d/place/file; ln -s ${OUT}${secret} /d/link; cd /d`;
    const swap = 'mv -T place a; mv -T link place; mv -T place link; mv -T a place';
    const running = await start(t, { argv: ['sh', '-c', `${begin}; while :; do ${swap}; done 2>/dev/null`] });
    return { files: { root, container: running.container, image: running.image }, secret };
  }

  it('gives nothing of the host away when it is copied from', async (t) => {
    const { files, secret } = await swapping(t);
    let copied = 0;
    for (let i = 0; i < 200 || (copied === 0 && i < 20_000); i++) {
      const content = await contentOf(files, '/d/place/file').catch(() => undefined);
      if (content === undefined) continue;
      assert.equal(content, 'mine\n');
      copied += 1;
    }
    assert.ok(copied > 0, 'nothing was ever copied');
    assert.deepEqual(linesOf(secret), ['f file of the host']);
  });

  it('gets nothing onto the host when it is copied to', async (t) => {
    const { files, secret } = await swapping(t);
    let copied = 0;
    for (let i = 0; i < 200 || (copied === 0 && i < 20_000); i++) {
      for (const [at, path] of [
        ['/d/place', 'evil'],
        ['/', 'd/place/evil'],
      ] as const) {
        await unpackIntoContainer(files, at, tarOf(file(path, 'x'))).then(
          () => (copied += 1),
          () => undefined,
        );
      }
    }
    assert.ok(copied > 0, 'nothing was ever copied');
    assert.deepEqual(linesOf(secret), ['f file of the host']);
  });
});

describe('copying everything', () => {
  it('leaves out what is the kernel’s', async (t) => {
    const running = await start(t);
    const paths = await pathsIn(
      (await archiveFromContainer({ root, container: running.container, image: running.image }, '/')).stream,
    );
    assert.ok(paths.includes('usr/bin/sh'));
    assert.ok(paths.includes('proc/'));
    assert.deepEqual(
      paths.filter((path) => /^(proc|sys)\/./.test(path)),
      [],
    );
  });
});

describe('a container that is removed at its end', () => {
  it('can be started again all the same, with what it wrote', async (t) => {
    const made = await make(t, { autoRemove: true, argv: ['sh', '-c', 'echo line >> /file'] });
    await runOf(made);
    await runOf(made);
    assert.equal(await contentOf(filesOf(made), '/file'), 'line\nline\n');
  });
});

describe('an untouched container', () => {
  it('has changed nothing by being started', async (t) => {
    const files = await after(t, 'true');
    const { id } = files.container;
    const image = await base();
    assert.deepEqual(
      await changesOf({ layers: image.layers, upper: layout.upper(root, id), work: layout.work(root, id) }),
      [],
    );
  });
});

describe('files of the host', () => {
  it('are packed under their own name, or their content for a path that ends in a dot', async () => {
    const from = empty();
    mkdirSync(join(from, 'd'));
    writeFileSync(join(from, 'd/f'), 'x');
    assert.deepEqual(await pathsIn(packHostPath(join(from, 'd'))), ['d/', 'd/f']);
    assert.deepEqual(await pathsIn(packHostPath(`${from}/d/.`)), ['./', 'f']);
    assert.deepEqual(await pathsIn(packHostPath(join(from, 'd/f'))), ['f']);
    assert.throws(() => packHostPath(join(from, 'nothing')), refusal('NO_SUCH_PATH'));
  });

  it('are told of in archives that tar(1) reads', async () => {
    const from = empty();
    mkdirSync(join(from, 'd'));
    writeFileSync(join(from, 'd', `${'long'.repeat(40)}-ü`), 'x'.repeat(700));
    execFileSync('chown', ['3000000:4000000', join(from, 'd')]);
    const bytes = Buffer.concat((await packHostPath(join(from, 'd')).toArray()) as Buffer[]);
    const list = execFileSync('tar', ['--numeric-owner', '-tvf', '-', '--quoting-style=literal'], {
      input: bytes,
    }).toString();
    assert.match(list, /3000000\/4000000 .* d\/\n.* 700 .* d\/(long){40}-ü\n/);
  });
});

describe('without overlay', () => {
  /** An overlay is no place for the upper directory of another, so a state directory on one has to do without. */
  function onOverlay(t: TestContext): string {
    const tmp = mkdtempSync('/dev/shm/tscontain-test-');
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(tmp, name));
    const options = `lowerdir=${tmp}/lower,upperdir=${tmp}/upper,workdir=${tmp}/work`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, `${tmp}/merged`]);
    t.after(() => execFileSync('sh', ['-c', `umount ${tmp}/merged; rm -rf ${tmp}`]));
    return join(tmp, 'merged');
  }

  it('a container runs on a copy that is made once, and tells what it changed all the same', async (t) => {
    const image = await imageWith((layer) => {
      mkdirSync(join(layer, 'data'));
      for (const name of ['kept', 'removed', 'changed']) writeFileSync(join(layer, 'data', name), 'x');
    });
    const made = await make(t, {}, image, onOverlay(t));
    const { id, config } = made.container;
    const runIn = (text: string) =>
      runOf({ ...made, container: { ...made.container, config: { ...config, argv: ['sh', '-c', text] } } });
    await runIn('cd /data; rm removed; echo longer > changed; echo new > new');
    await runIn('touch /data/second');
    const place = { layers: image.layers, upper: layout.upper(made.root, id), work: layout.work(made.root, id) };
    assert.ok(existsSync(join(place.upper, 'usr/bin/sh')), 'it is a copy');
    assert.deepEqual(
      (await changesOf(place)).map(({ kind, path }) => `${kind} ${path}`),
      ['C /data', 'C /data/changed', 'A /data/new', 'D /data/removed', 'A /data/second'],
    );
    assert.equal(await contentOf(filesOf(made), '/data/changed'), 'longer\n');
  });

  it('a copy is never made over what a container has written on an overlay', async (t) => {
    const made = await make(t, { argv: ['true'] }, undefined, onOverlay(t));
    writeFileSync(join(layout.upper(made.root, made.container.id), 'written'), 'dear');
    await assert.rejects(runOf(made), /overlay/);
    assert.equal(readFileSync(join(layout.upper(made.root, made.container.id), 'written'), 'utf8'), 'dear');
  });

  it('a copy that was cut short is begun again', async (t) => {
    const made = await make(t, { argv: ['true'] }, undefined, onOverlay(t));
    mkdirSync(join(layout.upper(made.root, made.container.id), 'left-behind'));
    writeFileSync(join(layout.work(made.root, made.container.id), 'copying'), '');
    await runOf(made);
    assert.ok(!existsSync(join(layout.upper(made.root, made.container.id), 'left-behind')));
  });
});
