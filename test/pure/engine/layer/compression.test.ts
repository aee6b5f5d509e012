// What a layer is compressed with, by its bytes and by what it is said to be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { compressionOf, saidCompression } from '../../../../src/engine/image/layer/compression.js';
import { MEDIA } from '../../../../src/engine/image/oci.js';
import { raw } from '../../../support/raw-tar.js';
import { refusal } from '../../../support/refusal.js';

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]);

describe('the compression of a layer', () => {
  it('is what its first bytes say', () => {
    assert.equal(compressionOf(gzipSync('x')), 'gzip');
    assert.equal(compressionOf(ZSTD), 'zstd');
    assert.equal(compressionOf(Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 0])), 'zstd');
    assert.equal(compressionOf(raw({})), 'plain');
    assert.equal(compressionOf(Buffer.alloc(0)), 'plain');
  });

  it('may be another than it is said to be: that is often wrong, and the digest says what the bytes are', () => {
    assert.equal(compressionOf(gzipSync('x'), MEDIA.layer), 'gzip');
    assert.equal(compressionOf(raw({}), MEDIA.layerGzip), 'plain');
    assert.equal(compressionOf(ZSTD, MEDIA.dockerLayerGzip), 'zstd');
  });

  it('is as said where the bytes could be both: an archive whose first name is the sign of a compression', () => {
    const both = raw({ name: Buffer.from([0x1f, 0x8b, 0x08, 0x41]) });
    assert.equal(compressionOf(both, MEDIA.layer), 'plain');
    assert.equal(compressionOf(both, MEDIA.layerGzip), 'gzip');
  });

  it('is refused when nobody here can read it', () => {
    assert.throws(() => compressionOf(Buffer.from('\xfd7zXZ\0', 'latin1')), refusal('NOT_SUPPORTED', /xz/));
    assert.throws(() => compressionOf(Buffer.from('BZh91AY')), refusal('NOT_SUPPORTED', /bzip2/));
  });

  it('is not asked for of what is no layer', () => {
    for (const type of [
      'application/vnd.in-toto+json',
      'application/vnd.oci.image.layer.v1.tar+encrypted',
      MEDIA.config,
      'text/html',
    ])
      assert.throws(() => saidCompression(type), refusal('NOT_SUPPORTED', /is no layer/));
    assert.equal(saidCompression('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'), 'gzip');
    assert.equal(saidCompression('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'), 'gzip');
  });
});
