// Streams of zstd by each of the decompressors that may have to do: Node's own where it has one, the program, the one in JavaScript.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import zlib from 'node:zlib';
import { DamagedError, decompressed } from '../../../src/engine/image/layer/decompress.js';
import { chance } from '../../support/chance.js';

const MiB = 2 ** 20;
const zstd = (bytes: Buffer, ...options: string[]): Buffer =>
  execFileSync('zstd', ['-c', '-q', ...options], { input: bytes, maxBuffer: 64 * MiB });

/** Some of it repeats, some does not. */
function text(bytes: number): Buffer {
  const seeded = chance(7);
  const below = (end: number) => seeded.below(end);
  const words = Array.from({ length: 200 }, () => below(2 ** 30).toString(36));
  let made = '';
  while (made.length < bytes) made += `${words[below(words.length)]!} `;
  return Buffer.from(made.slice(0, bytes));
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(Buffer.from(bytes.subarray(at, at + size)));
}

async function digestOf(bytes: Buffer, size: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of decompressed(inPieces(bytes, size), 'zstd', 32 * MiB)) hash.update(piece);
  return hash.digest('hex');
}

/** Until the test is over there is no program of any name. */
function withoutPrograms(t: TestContext): void {
  const before = process.env['PATH'];
  t.after(() => (process.env['PATH'] = before));
  process.env['PATH'] = '/nowhere';
}

const ways: readonly (readonly [name: string, prepare: (t: TestContext) => void])[] =
  'createZstdDecompress' in zlib
    ? [['by Node itself', () => undefined]]
    : [
        ['by the program', () => undefined],
        ['in JavaScript', withoutPrograms],
      ];

for (const [name, prepare] of ways) {
  describe(`zstd decompressed ${name}`, () => {
    const plain = text(3_000_000);
    const wanted = createHash('sha256').update(plain).digest('hex');
    const streams: readonly (readonly [what: string, bytes: Buffer])[] = [
      ['of one frame', zstd(plain)],
      ['of the highest level', zstd(plain, '-19')],
      ['without a sum', zstd(plain, '--no-check')],
      [
        'of many frames',
        Buffer.concat(Array.from({ length: 30 }, (_, i) => zstd(plain.subarray(i * 100_000, (i + 1) * 100_000)))),
      ],
      [
        'with frames to be skipped',
        Buffer.concat([
          Buffer.from([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]),
          zstd(plain),
          Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]),
        ]),
      ],
      ['of bytes that repeat nothing', zstd(plain, '-1', '--long=24')],
    ];

    for (const [what, bytes] of streams) {
      it(`${what} is the same, in pieces of any size`, async (t) => {
        prepare(t);
        for (const size of [bytes.length, 100_000, 4096, 511])
          assert.equal(await digestOf(bytes, size), wanted, String(size));
      });
    }

    it('that is damaged or ends early is refused', async (t) => {
      const bytes = zstd(plain);
      prepare(t);
      for (const cut of [bytes.length - 1, bytes.length - 5, 1000, 6])
        await assert.rejects(digestOf(bytes.subarray(0, cut), 4096), DamagedError);
      const damaged = Buffer.from(bytes);
      for (let at = 50_000; at < 50_050; at++) damaged[at]! ^= 0xff;
      // Not every decompressor looks at the sum; whoever unpacks a layer does.
      assert.notEqual(await digestOf(damaged, 4096).catch((error: unknown) => error instanceof DamagedError), wanted);
      await assert.rejects(digestOf(Buffer.concat([bytes, Buffer.from('more')]), 4096), DamagedError);
    });

    it('can be left in the middle', async (t) => {
      const bytes = zstd(plain);
      prepare(t);
      for await (const piece of decompressed(inPieces(bytes, 1000), 'zstd', 32 * MiB)) {
        assert.ok(piece.length > 0);
        break;
      }
    });

    it('fails for the reason that its source fails', async (t) => {
      const bytes = zstd(plain);
      prepare(t);
      const reason = new Error('gone');
      async function* failing() {
        yield* inPieces(bytes.subarray(0, 100_000), 1000);
        throw reason;
      }
      const read = async () => {
        for await (const piece of decompressed(failing(), 'zstd', 32 * MiB)) assert.ok(piece.length > 0);
      };
      await assert.rejects(read(), (error) => error === reason);
    });
  });
}
