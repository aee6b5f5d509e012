// What a name stands for where it came from, written down beside what it stands for here.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MEDIA, type Descriptor } from '../../../../src/engine/image/oci.js';
import { originOf, takenFrom, withoutOrigin } from '../../../../src/engine/image/origin.js';

const INDEX = `sha256:${'1'.repeat(64)}` as const;
const MANIFEST: Descriptor = { mediaType: MEDIA.manifest, digest: `sha256:${'2'.repeat(64)}`, size: 7 };

describe('the origin of an image', () => {
  it('is the index that its manifest was taken from, else itself', () => {
    assert.equal(originOf(takenFrom(INDEX, MANIFEST)), INDEX);
    assert.deepEqual(takenFrom(MANIFEST.digest, MANIFEST), MANIFEST);
    assert.equal(originOf(MANIFEST), MANIFEST.digest);
    assert.equal(
      originOf({ ...MANIFEST, annotations: { 'dev.tscontain.index.digest': 'no digest' } }),
      MANIFEST.digest,
    );
  });

  it('does not go with it to another name, and everything else does', () => {
    assert.deepEqual(withoutOrigin(takenFrom(INDEX, MANIFEST)), MANIFEST);
    const annotated = { ...MANIFEST, annotations: { title: 'x' } };
    assert.deepEqual(withoutOrigin(takenFrom(INDEX, annotated)), annotated);
    assert.deepEqual(withoutOrigin(MANIFEST), MANIFEST);
  });
});
