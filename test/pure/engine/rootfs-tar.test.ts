// Tar archives read and written: ours against a well-known other implementation, and against what is made to harm.
import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import tarStream, { type Header } from 'tar-stream';
import type { Entry, Item } from '../../../src/engine/rootfs/entry.js';
import { parseHeader, TarError } from '../../../src/engine/rootfs/tar-header.js';
import { parsePax } from '../../../src/engine/rootfs/tar-pax.js';
import { readTar } from '../../../src/engine/rootfs/tar-read.js';
import { packTar } from '../../../src/engine/rootfs/tar-write.js';

const plain: Entry = {
  path: 'file',
  type: 'file',
  mode: 0o644,
  uid: 1,
  gid: 2,
  size: 0,
  modifiedNs: 1_700_000_000_000_000_000n,
  link: '',
  major: 0,
  minor: 0,
  xattrs: new Map(),
};

async function* once(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function* items(entries: readonly (readonly [Partial<Entry>, string?])[]): AsyncGenerator<Item> {
  for (const [entry, content = ''] of entries) {
    const body = Buffer.from(content);
    yield await Promise.resolve({
      entry: { ...plain, ...entry, size: body.length },
      body: body.length === 0 ? once() : once(body),
    });
  }
}

async function read(
  source: AsyncIterable<Uint8Array>,
  { withContent = true } = {},
): Promise<{ entry: Entry; content: string }[]> {
  const found: { entry: Entry; content: string }[] = [];
  for await (const { entry, body } of readTar(source)) {
    const chunks: Buffer[] = [];
    if (withContent) for await (const chunk of body) chunks.push(chunk);
    found.push({ entry, content: Buffer.concat(chunks).toString() });
  }
  return found;
}

/** Bytes in pieces that end at the worst places. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const bytesOf = async (stream: Readable): Promise<Buffer> => Buffer.concat((await stream.toArray()) as Buffer[]);

const LONG = `${'long/'.repeat(60)}naïve-名前`;
const ALL: readonly (readonly [Partial<Entry>, string?])[] = [
  [{ path: 'dir', type: 'directory', mode: 0o1777 }],
  [{ path: 'dir/file', mode: 0o4755 }, 'content'],
  [{ path: 'empty' }],
  [{ path: 'block', mode: 0o600 }, 'x'.repeat(512)],
  [{ path: LONG, uid: 3_000_000, gid: 4_000_000 }, 'y'.repeat(513)],
  [{ path: 'link', type: 'symlink', link: `../${LONG}` }],
  [{ path: 'hard', type: 'hardlink', link: 'dir/file' }],
  [{ path: 'tty', type: 'char', major: 5, minor: 1 }],
  [{ path: 'sda', type: 'block', major: 8, minor: 17 }],
  [{ path: 'pipe', type: 'fifo' }],
  [{ path: 'attributed', xattrs: new Map([['user.x', Buffer.from([0, 10, 255, 61])]]) }, 'z'],
];

describe('an archive', () => {
  it('that we write, we read again, in whatever pieces it comes', async () => {
    const bytes = await bytesOf(packTar(items(ALL)));
    for (const size of [1, 7, 511, 512, 513, 100_000]) {
      const found = await read(inPieces(bytes, size));
      assert.deepEqual(
        found.map(({ entry, content }) => [{ ...entry, path: entry.path.replace(/\/$/, '') }, content]),
        ALL.map(([entry, content = '']) => [{ ...plain, ...entry, size: content.length }, content]),
      );
    }
  });

  it('that we write is read by others', async () => {
    const extract = tarStream.extract();
    extract.end(await bytesOf(packTar(items(ALL))));
    const found: [Header, string][] = [];
    for await (const entry of extract) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      found.push([entry.header, Buffer.concat(chunks).toString()]);
    }
    const names = ALL.map(([{ path, type }]) => (type === 'directory' ? 'dir/' : path));
    assert.deepEqual(
      found.map(([{ name }]) => name),
      names,
    );
    const [, , , , , link, , , disk] = found.map(([header]) => header);
    assert.equal(found[4]![1].length, 513);
    assert.equal(link!.linkname, `../${LONG}`);
    assert.deepEqual([disk!.devmajor, disk!.devminor], [8, 17]);
  });

  it('of others is read by us', async () => {
    const pack = tarStream.pack();
    pack.entry({ name: 'a/', type: 'directory', mode: 0o755 });
    pack.entry({ name: LONG, mode: 0o640, mtime: new Date(1_600_000_000_000), uid: 7 }, 'from elsewhere');
    pack.entry({ name: 'l', type: 'symlink', linkname: LONG });
    pack.finalize();
    const found = await read(pack as AsyncIterable<Uint8Array>);
    assert.deepEqual(
      found.map(({ entry }) => [entry.path, entry.type]),
      [
        ['a/', 'directory'],
        [LONG, 'file'],
        ['l', 'symlink'],
      ],
    );
    assert.equal(found[1]!.content, 'from elsewhere');
    assert.equal(found[1]!.entry.modifiedNs, 1_600_000_000_000_000_000n);
    assert.equal(found[2]!.entry.link, LONG);
  });

  it('can be skipped through without its content being asked for', async () => {
    const bytes = await bytesOf(packTar(items(ALL)));
    const found = await read(inPieces(bytes, 1000), { withContent: false });
    assert.equal(found.length, ALL.length);
  });
});

describe('an archive that is made to harm', () => {
  const header = (fields: Partial<Entry>, change: (block: Buffer) => void): Promise<Buffer> =>
    bytesOf(packTar(items([[fields]]))).then((bytes) => {
      const block = Buffer.from(bytes.subarray(0, 512));
      change(block);
      block.fill(0x20, 148, 156);
      const sum = block.reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
      return block;
    });
  const rejected = (bytes: Buffer, words: RegExp) =>
    assert.rejects(read(once(bytes)), (error) => error instanceof TarError && words.test(error.message));

  it('and is no archive is refused', async () => {
    await rejected(Buffer.from('x'.repeat(2048)), /no tar archive/);
    await rejected(Buffer.alloc(100, 1), /ends in the middle/);
  });

  it('and ends in the middle of a file is refused', async () => {
    const bytes = await bytesOf(packTar(items([[{ path: 'f' }, 'x'.repeat(5000)]])));
    await rejected(bytes.subarray(0, 3000), /ends in the middle/);
  });

  it('and claims an extended header without end is refused before it is read', async () => {
    for (const flag of ['x', 'g', 'L', 'K']) {
      const block = await header({}, (b) => {
        b.write(flag, 156, 'latin1');
        b.write('77777777777', 124, 'latin1');
      });
      let given = 0;
      async function* endless(): AsyncGenerator<Buffer> {
        yield block;
        for (;;) {
          given += 1;
          yield await Promise.resolve(Buffer.alloc(65536, 0x41));
        }
      }
      await assert.rejects(read(endless()), TarError);
      assert.ok(given < 3, `${given} pieces were read`);
    }
  });

  it('and has sizes below zero or beyond counting is refused', async () => {
    await rejected(await header({}, (b) => b.fill(0xff, 124, 136)), /below 0|too large/);
    await rejected(await header({}, (b) => b.fill(0x7f, 125, 136).fill(0x80, 124, 125)), /too large/);
    await rejected(await header({}, (b) => b.write('99999999999', 124, 'latin1')), /no number/);
  });

  it('and has entries of a kind nobody knows is refused', async () => {
    await rejected(await header({}, (b) => b.write('Z', 156, 'latin1')), /unknown kind/);
    await rejected(await header({}, (b) => b.write('V', 156, 'latin1')), /unknown kind/);
  });

  it('never makes the reader do anything but answer or refuse', async () => {
    const good = await bytesOf(packTar(items(ALL)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        async (changes) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          await read(once(bytes)).catch((error: unknown) => assert.ok(error instanceof TarError, String(error)));
        },
      ),
    );
  });
});

describe('the pieces of an archive', () => {
  it('hold numbers in octal and in base 256', () => {
    const block = Buffer.alloc(512);
    block.write('0000644\0', 100, 'latin1');
    block.writeUIntBE(0x8000, 108, 2);
    block.writeUIntBE(0x1234567, 112, 4);
    block.fill(0x20, 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    const { mode, uid } = parseHeader(block);
    assert.deepEqual([mode, uid], [0o644, 0x1234567]);
  });

  it('hold extended records whose values can be any bytes', () => {
    const records = parsePax(Buffer.concat([Buffer.from('11 path=ab\n'), Buffer.from('9 x=\n=\0y\n', 'latin1')]));
    assert.equal(records.get('path')!.toString(), 'ab');
    assert.deepEqual(records.get('x'), Buffer.from('\n=\0y', 'latin1'));
    for (const bad of ['5 a=b\n', '99 path=ab\n', 'x path=ab\n', '-3 a=b\n', '0 a=b\n', '6 a=bc'])
      assert.throws(() => parsePax(Buffer.from(bad)), TarError, bad);
  });
});
