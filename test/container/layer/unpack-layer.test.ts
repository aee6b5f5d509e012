// Layers on their way into trees: checked, decompressed, while they grow, stopped in the middle, and never more than a thread can hold.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { GrowingFile } from '../../../src/engine/image/content/model.js';
import { wholeFile } from '../../../src/engine/image/layer/model.js';
import { unpackLayer } from '../../../src/engine/image/layer/unpack-layer.js';
import { MEDIA, type Digest } from '../../../src/engine/image/oci.js';
import { layerGround, layerLines } from '../../support/layer-ground.js';
import { eventually } from '../../support/patience.js';
import { archiveOf, raw } from '../../support/raw-tar.js';
import { refusal } from '../../support/refusal.js';

const sha256 = (bytes: Buffer): Digest => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const zstd = (bytes: Buffer, ...options: string[]): Buffer =>
  execFileSync('zstd', ['-c', '-q', ...options], { input: bytes });

const TAR = archiveOf(
  raw({ name: './', flag: '5', mode: 0o711, uid: 3 }),
  raw({ name: 'etc/', flag: '5', mode: 0o755 }),
  raw({ name: 'etc/name' }, 'tiny'),
  raw({ name: 'big' }, randomBytes(300_000)),
);

/** A file that a test lets grow as it likes. */
function growing(path: string) {
  writeFileSync(path, '');
  let available = 0;
  let isWhole = false;
  let failure: Error | undefined;
  let tell: (() => void)[] = [];
  const changed = () => {
    for (const each of tell) each();
    tell = [];
  };
  const file: GrowingFile = {
    path,
    available: () => available,
    isWhole: () => isWhole,
    async grown() {
      if (failure === undefined) await new Promise<void>((resolve) => tell.push(resolve));
      if (failure !== undefined) throw failure;
    },
  };
  return {
    file,
    add(bytes: Buffer) {
      appendFileSync(path, bytes);
      available += bytes.length;
      changed();
    },
    end() {
      isWhole = true;
      changed();
    },
    fail(error: Error) {
      failure = error;
      changed();
    },
  };
}

describe('a layer', () => {
  for (const [name, bytes, mediaType] of [
    ['that is plain', TAR, MEDIA.layer],
    ['of gzip', gzipSync(TAR), MEDIA.layerGzip],
    [
      'of gzip in several members',
      Buffer.concat([gzipSync(TAR.subarray(0, 1000)), gzipSync(TAR.subarray(1000))]),
      MEDIA.dockerLayerGzip,
    ],
    ['of zstd', zstd(TAR), MEDIA.layerZstd],
    [
      'of zstd in several frames, some of them to be skipped',
      Buffer.concat([
        zstd(TAR.subarray(0, 1000)),
        Buffer.from([0x51, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]),
        zstd(TAR.subarray(1000)),
      ]),
      MEDIA.dockerLayerZstd,
    ],
    ['of gzip that is said to be plain', gzipSync(TAR), MEDIA.layer],
  ] as const) {
    it(`${name} becomes the same tree, and its digests are told`, async (t) => {
      const { tree, unpack } = layerGround(t);
      const facts = await unpack(bytes, { mediaType, digest: sha256(bytes), size: bytes.length, diffId: sha256(TAR) });
      const { implied, ...others } = facts;
      assert.deepEqual(others, {
        digest: sha256(bytes),
        size: bytes.length,
        diffId: sha256(TAR),
        sizeBytes: 300_004,
        entries: 4,
      });
      assert.deepEqual(implied, []);
      assert.deepEqual(readdirSync(tree).sort(), ['big', 'etc']);
    });

    it(`${name} and ends early or goes on is refused`, async (t) => {
      const { unpack } = layerGround(t);
      if (name === 'that is plain') return;
      for (const cut of [bytes.length - 1, bytes.length - 9, Math.floor(bytes.length / 2), 5])
        await assert.rejects(
          unpack(bytes.subarray(0, cut)),
          refusal('INVALID_VALUE', /cannot be unpacked: .*(middle|damaged)/),
        );
      for (const more of [Buffer.alloc(1), Buffer.alloc(300_000), Buffer.from('garbage'), randomBytes(1000)])
        await assert.rejects(unpack(Buffer.concat([bytes, more])), refusal('INVALID_VALUE', /follows|damaged|middle/));
    });
  }

  it('whose bytes are damaged is refused, and never taken for another', async (t) => {
    const { unpack } = layerGround(t);
    for (const bytes of [gzipSync(TAR), zstd(TAR)]) {
      const damaged = Buffer.from(bytes);
      damaged[Math.floor(bytes.length / 2)]! ^= 0x10;
      await assert.rejects(unpack(damaged), refusal('INVALID_VALUE', /damaged/));
      // That it came damaged is what one can do something about.
      await assert.rejects(
        unpack(damaged, { digest: sha256(bytes) }),
        refusal('DIGEST_MISMATCH', /has come as sha256:/),
      );
    }
  });

  it('that is not what it is said to be is refused: digest, size, and what it unpacks to', async (t) => {
    const { unpack } = layerGround(t);
    const bytes = gzipSync(TAR);
    await assert.rejects(unpack(bytes, { digest: sha256(TAR) }), refusal('DIGEST_MISMATCH', /has come as/));
    await assert.rejects(unpack(bytes, { size: 7 }), refusal('DIGEST_MISMATCH', /bytes instead of 7/));
    await assert.rejects(unpack(bytes, { diffId: sha256(bytes) }), refusal('DIGEST_MISMATCH', /unpacks to/));
    await assert.rejects(unpack(bytes, { mediaType: 'application/vnd.in-toto+json' }), refusal('NOT_SUPPORTED'));
  });

  it('that is no archive is refused', async (t) => {
    const { unpack } = layerGround(t);
    await assert.rejects(
      unpack(Buffer.from('<html>not found</html>'.repeat(100))),
      refusal('INVALID_VALUE', /no tar archive/),
    );
    await assert.rejects(unpack(gzipSync(randomBytes(5000))), refusal('INVALID_VALUE', /no tar archive/));
  });

  it('of nothing is a layer without files', async (t) => {
    const { tree, unpack } = layerGround(t);
    for (const bytes of [Buffer.alloc(1024), gzipSync(Buffer.alloc(1024)), Buffer.alloc(0)])
      assert.equal((await unpack(bytes)).entries, 0);
    assert.deepEqual(readdirSync(tree), []);
  });
});

describe('a layer that is still coming', () => {
  it('is unpacked as it comes', async (t) => {
    const { top, tree } = layerGround(t);
    const blob = growing(join(top, 'blob'));
    const bytes = gzipSync(TAR);
    const heard: number[] = [];
    const unpacking = unpackLayer({ file: blob.file, tree, digest: sha256(bytes), onProgress: (n) => heard.push(n) });
    // The first two entries are seen before the last byte has come.
    blob.add(bytes.subarray(0, 3));
    await sleep(20);
    blob.add(bytes.subarray(3, bytes.length - 10));
    await eventually(() => assert.ok(readdirSync(tree).includes('etc')));
    blob.add(bytes.subarray(bytes.length - 10));
    await sleep(20);
    blob.end();
    assert.equal((await unpacking).diffId, sha256(TAR));
    assert.ok(heard.every((n, i) => n <= bytes.length && (i === 0 || n >= heard[i - 1]!)));
  });

  it('fails for the reason that no more comes', async (t) => {
    const { top, tree } = layerGround(t);
    const blob = growing(join(top, 'blob'));
    const reason = new Error('the registry has gone');
    const unpacking = unpackLayer({ file: blob.file, tree });
    blob.add(gzipSync(TAR).subarray(0, 5000));
    setTimeout(() => blob.fail(reason), 30);
    await assert.rejects(unpacking, (error) => error === reason);
    // The thread that it was in is as good as before.
    assert.equal((await unpackLayer({ file: wholeFile('/dev/null'), tree })).entries, 0);
  });

  it('can be stopped, waiting or not, and while it waits for its turn', async (t) => {
    const { top, tree } = layerGround(t);
    const blobs = ['a', 'b', 'c'].map((name) => growing(join(top, name)));
    const reason = new Error('enough');
    const stop = new AbortController();
    const running = blobs.map(({ file }) => unpackLayer({ file, tree, signal: stop.signal }));
    blobs[0]!.add(TAR.subarray(0, 2000));
    await sleep(30);
    stop.abort(reason);
    for (const outcome of await Promise.allSettled(running)) assert.deepEqual(outcome, { status: 'rejected', reason });
    await assert.rejects(
      unpackLayer({ file: wholeFile('/dev/null'), tree, signal: stop.signal }),
      (error) => error === reason,
    );
    assert.equal((await unpackLayer({ file: wholeFile('/dev/null'), tree })).entries, 0);
  });

  it('leaves nothing open, however it ends', async (t) => {
    const { tree, unpack } = layerGround(t);
    const open = () =>
      readdirSync('/proc/self/fd')
        .flatMap((fd) => linkOf(`/proc/self/fd/${fd}`))
        .filter((to) => to.includes('tscontain-test-'));
    await unpack(gzipSync(TAR));
    await assert.rejects(unpack(archiveOf(raw({ name: 'd/d/f' }, 'x'), raw({ name: '../f' }))));
    await assert.rejects(unpack(gzipSync(TAR).subarray(0, 5000)));
    await assert.rejects(unpack(zstd(TAR).subarray(0, 5000)));
    assert.deepEqual(open(), [], tree);
  });
});

/** Only two layers are unpacked at a time; all of them are in the end. */
describe('many layers at once', () => {
  it('are each unpacked as if they were alone', async (t) => {
    const grounds = Array.from({ length: 7 }, () => layerGround(t));
    const all = await Promise.all(
      grounds.map(({ unpack }, i) => unpack(gzipSync(archiveOf(raw({ name: `f${i}` }, String(i)))))),
    );
    assert.equal(new Set(all.map(({ diffId }) => diffId)).size, 7);
    grounds.forEach(({ tree }, i) => assert.deepEqual(layerLines(tree), [`f f${i} ${i}`]));
  });
});

/** Below the limits that hold when nobody sets others it cannot come to that. */
describe('a thread that runs out of memory', () => {
  it('is an error of its layer and of no other', async (t) => {
    const { tree, unpack } = layerGround(t);
    // Allowed to keep far more than it has room for, in pieces of a kilobyte: asked for much in one piece, V8 ends the whole process.
    const records = Array.from({ length: 150_000 }, (_, at) => `1021 ${String(at).padStart(1013, 'u')}=y\n`).join('');
    const heavy = archiveOf(raw({ name: 'x', flag: 'g' }, records), raw({ name: 'f' }, 'x'));
    await assert.rejects(
      unpack(heavy, { limits: { header: 2 ** 30 } }),
      refusal('IO_ERROR', /could not be unpacked: .*memory/),
    );
    await unpack(archiveOf(raw({ name: 'g' }, 'x')));
    assert.deepEqual(layerLines(tree), ['f g x']);
  });
});

function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}
