// The many forms that tar archives have had, each as bytes: what our reader makes of them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry } from '../../../src/engine/rootfs/entry.js';
import { checksum, TarError } from '../../../src/engine/rootfs/tar-header.js';
import { readTar } from '../../../src/engine/rootfs/tar-read.js';
import { packTar } from '../../../src/engine/rootfs/tar-write.js';
import { archiveOf, END, gnuLong, pax, raw } from '../../support/raw-tar.js';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(bytes: Buffer, size = 100_000): Promise<(Entry & { readonly content: string })[]> {
  const found = [];
  for await (const { entry, body } of readTar(inPieces(bytes, size))) {
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece);
    found.push({ ...entry, content: Buffer.concat(pieces).toString() });
  }
  return found;
}

/** Read in pieces of several sizes, which must not matter. */
async function one(bytes: Buffer): Promise<Entry & { readonly content: string }> {
  const [first, ...others] = await read(bytes);
  for (const size of [1, 7, 512, 513]) assert.deepEqual(await read(bytes, size), [first, ...others]);
  assert.ok(first !== undefined);
  return first;
}

const rejected = (bytes: Buffer, words: RegExp) =>
  assert.rejects(read(bytes), (error) => error instanceof TarError && words.test(error.message));

describe('a tar archive', () => {
  it('tells of long names as GNU and as POSIX have them, the last word holding', async () => {
    const long = 'long/'.repeat(60);
    assert.equal((await one(archiveOf(gnuLong('L', `${long}f`), raw({ name: 'short' })))).path, `${long}f`);
    assert.equal((await one(archiveOf(gnuLong('K', long), raw({ flag: '2' })))).link, long);
    const both = await one(
      archiveOf(
        pax([
          ['path', `${long}a`],
          ['linkpath', long],
        ]),
        raw({ flag: '2', name: 'b' }),
      ),
    );
    assert.deepEqual([both.path, both.link], [`${long}a`, long]);
    // A record without a value says nothing.
    assert.equal((await one(archiveOf(pax([['path', '']]), raw({ name: 'own' })))).path, 'own');
  });

  it('tells of names that are not UTF-8 without losing a byte', async () => {
    const name = Buffer.from('caf\xe9', 'latin1');
    assert.equal((await one(archiveOf(raw({ name })))).path, 'caf\udce9');
    const given = archiveOf(pax([['path', name]]), raw({ flag: '2', link: name }));
    const again = await packTar(readTar(inPieces(given, 512))).toArray();
    const entry = await one(Buffer.concat(again as Buffer[]));
    assert.deepEqual([entry.path, entry.link], ['caf\udce9', 'caf\udce9']);
  });

  it('tells of numbers beyond what octal digits hold', async () => {
    const wide = (at: number, length: number, value: bigint) => (block: Buffer) => {
      for (let i = length - 1, left = value; i >= 0; i--, left >>= 8n) block[at + i] = Number(left & 0xffn);
      block[at]! |= 0x80;
    };
    assert.equal((await one(archiveOf(raw({ change: wide(108, 8, 3_000_000_000n) })))).uid, 3_000_000_000);
    assert.equal((await one(archiveOf(raw({ change: wide(136, 12, -5n) })))).modifiedNs, -5_000_000_000n);
    const records = [
      ['uid', '4000000000'],
      ['gid', '4000000001'],
      ['mtime', '-1.5'],
    ] as const;
    const entry = await one(archiveOf(pax(records), raw({})));
    assert.deepEqual([entry.uid, entry.gid, entry.modifiedNs], [4_000_000_000, 4_000_000_001, -1_500_000_000n]);
  });

  it('tells of times to the nanosecond, and is written with them', async () => {
    const entry = await one(archiveOf(pax([['mtime', '1700000000.123456789']]), raw({})));
    assert.equal(entry.modifiedNs, 1_700_000_000_123_456_789n);
    for (const ns of [1_700_000_000_100_000_000n, -1n, -1_500_000_000n, 0n, 1n]) {
      async function* items() {
        yield await Promise.resolve({ entry: { ...entry, modifiedNs: ns }, body: inPieces(Buffer.alloc(0), 1) });
      }
      const bytes = Buffer.concat((await packTar(items()).toArray()) as Buffer[]);
      assert.equal((await one(bytes)).modifiedNs, ns);
    }
  });

  it('with sums of bytes that have a sign is read', async () => {
    const bytes = raw({ name: Buffer.from('\xff\xfe', 'latin1') });
    let sum = checksum(bytes);
    for (const byte of bytes.subarray(0, 148)) if (byte > 127) sum -= 256;
    bytes.write(sum.toString(8).padStart(6, '0'), 148, 'latin1');
    assert.equal((await one(archiveOf(bytes))).path, '\udcff\udcfe');
  });

  it('has what is no file without content, whatever size that claims', async () => {
    for (const flag of ['1', '2', '3', '4', '5', '6']) {
      const found = await read(
        archiveOf(raw({ name: 'a', flag, link: 'x', size: 5000 }), raw({ name: 'b' }, 'content')),
      );
      assert.deepEqual(
        found.map(({ path, content }) => [path, content]),
        [
          ['a', ''],
          ['b', 'content'],
        ],
        flag,
      );
    }
  });

  it('has directories by a "/" at the end of the name, whose content is passed over', async () => {
    const found = await read(archiveOf(raw({ name: 'd/' }, 'x'.repeat(700)), raw({ name: 'f' }, 'content')));
    assert.deepEqual(
      found.map(({ type, content }) => [type, content]),
      [
        ['directory', ''],
        ['file', 'content'],
      ],
    );
  });

  it('takes the size of an extended header before that of the header, so that nobody finds other entries in it', async () => {
    const inner = archiveOf(raw({ name: 'smuggled' }, 'x'));
    const found = await read(
      archiveOf(
        pax([['size', String(inner.length)]]),
        raw({ name: 'outer', size: 0 }),
        inner.subarray(0, inner.length),
      ),
    );
    assert.deepEqual(
      found.map(({ path }) => path),
      ['outer'],
    );
  });

  it('ends with two blocks of zeros, or where the bytes end, and not with one', async () => {
    assert.equal((await read(raw({}))).length, 1);
    assert.equal((await read(Buffer.concat([raw({}), Buffer.alloc(512)]))).length, 1);
    assert.equal((await read(Buffer.concat([archiveOf(raw({})), raw({ name: 'after' })]))).length, 1);
    await rejected(Buffer.concat([raw({}), Buffer.alloc(512), raw({ name: 'after' })]), /goes on after its end/);
  });

  it('keeps no more extended headers than it may, one after another', async () => {
    const many = Array.from({ length: 5 }, (_, i) => pax([[`k${i}`, 'x'.repeat(300_000)]]));
    await rejected(archiveOf(...many, raw({})), /extended header of the archive has \d+ bytes/);
  });
});

describe('a file with holes', () => {
  /** 10,000 bytes, of which "hello" stands at 1,000 and "world" at 9,000. */
  const expected = {
    size: 10_000,
    extents: [
      { at: 1000, length: 5 },
      { at: 9000, length: 5 },
    ],
    content: 'helloworld',
  };
  const octal = (value: number) => value.toString(8).padStart(11, '0');

  const forms: readonly (readonly [name: string, bytes: Buffer])[] = [
    [
      'in the old form of GNU tar',
      archiveOf(
        raw(
          {
            flag: 'S',
            change: (block) => {
              for (const [i, number] of [1000, 5, 9000, 5, 10_000, 0].entries())
                block.write(octal(number), 386 + i * 12, 'latin1');
              block.write(octal(10_000), 483, 'latin1');
            },
          },
          'helloworld',
        ),
      ),
    ],
    [
      'in form 0.0',
      archiveOf(
        pax([
          ['GNU.sparse.size', '10000'],
          ['GNU.sparse.numblocks', '2'],
          ['GNU.sparse.offset', '1000'],
          ['GNU.sparse.numbytes', '5'],
          ['GNU.sparse.offset', '9000'],
          ['GNU.sparse.numbytes', '5'],
        ]),
        raw({}, 'helloworld'),
      ),
    ],
    [
      'in form 0.1',
      archiveOf(
        pax([
          ['GNU.sparse.size', '10000'],
          ['GNU.sparse.numblocks', '2'],
          ['GNU.sparse.map', '1000,5,9000,5'],
          ['GNU.sparse.name', 'file'],
        ]),
        raw({ name: 'GNUSparseFile.1/file' }, 'helloworld'),
      ),
    ],
    [
      'in form 1.0',
      archiveOf(
        pax([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
          ['GNU.sparse.name', 'file'],
          ['GNU.sparse.realsize', '10000'],
        ]),
        raw(
          { name: 'GNUSparseFile.1/file' },
          Buffer.concat([Buffer.from('2\n1000\n5\n9000\n5\n'.padEnd(512, '\0')), Buffer.from('helloworld')]),
        ),
      ),
    ],
  ];
  for (const [name, bytes] of forms) {
    it(`${name} is told of as what is there and where`, async () => {
      const { path, size, extents, content } = await one(bytes);
      assert.deepEqual({ path, size, extents, content }, { path: 'file', ...expected });
    });

    it(`${name} is written again as the whole that it stands for`, async () => {
      const written = await packTar(readTar(inPieces(bytes, 512))).toArray();
      const entry = await one(Buffer.concat(written as Buffer[]));
      const whole = Buffer.alloc(10_000);
      whole.write('hello', 1000);
      whole.write('world', 9000);
      assert.equal(entry.extents, undefined);
      assert.equal(entry.content, whole.toString());
    });
  }

  it('of more stretches than a header holds is read to the end', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => [i * 1000, 1]);
    const lay = (block: Buffer, at: number, some: readonly (readonly number[])[]) =>
      some.forEach(([offset, length], i) => {
        block.write(octal(offset!), at + i * 24, 'latin1');
        block.write(octal(length!), at + i * 24 + 12, 'latin1');
      });
    const header = raw({
      flag: 'S',
      size: 40,
      change: (block) => {
        lay(block, 386, numbers.slice(0, 4));
        block[482] = 1;
        block.write(octal(40_000), 483, 'latin1');
      },
    });
    const [second, third] = [Buffer.alloc(512), Buffer.alloc(512)];
    lay(second, 0, numbers.slice(4, 25));
    second[504] = 1;
    lay(third, 0, numbers.slice(25));
    const content = Buffer.alloc(512);
    content.fill('x', 0, 40);
    const entry = await one(Buffer.concat([header, second, third, content, END]));
    assert.deepEqual([entry.extents!.length, entry.content], [40, 'x'.repeat(40)]);
  });

  it('that cannot be is refused', async () => {
    const sparse = (map: string, size = 100) =>
      archiveOf(
        pax([
          ['GNU.sparse.size', String(size)],
          ['GNU.sparse.map', map],
        ]),
        raw({}, 'helloworld'),
      );
    for (const map of ['0,5', '0,5,3,5', '95,10', '0,20', '5,5,0,5', '0,10,7', 'x', '0,-5,0,15', '9007199254740991,10'])
      await rejected(sparse(map), /holes what cannot be/);
    await rejected(
      archiveOf(
        pax([
          ['GNU.sparse.major', '2'],
          ['GNU.sparse.minor', '0'],
        ]),
        raw({}, 'x'),
      ),
      /form that is not known/,
    );
    const map = (text: string) =>
      archiveOf(
        pax([
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.minor', '0'],
          ['GNU.sparse.realsize', '100'],
        ]),
        raw({}, Buffer.concat([Buffer.from(text.padEnd(512, '\0')), Buffer.from('helloworld')])),
      );
    for (const text of ['x\n', '-1\n', '1\n0\n', '99999999\n', '', '1\n0\n99\n'])
      await rejected(map(text), /holes what cannot be|in the middle/);
    await rejected(map('7'.repeat(512)), /holes what cannot be/);
  });
});
