// The frames of a zstd stream, found without decompressing them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ZstdError, ZstdFrames } from '../../../../src/engine/image/layer/zstd-frames.js';
import { refusal } from '../../../support/refusal.js';

const MiB = 2 ** 20;
const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const block = (kind: number, size: number, last: boolean, content: readonly number[]) => {
  const header = (size << 3) | (kind << 1) | Number(last);
  return [header & 0xff, (header >>> 8) & 0xff, (header >>> 16) & 0xff, ...content];
};
/** two blocks that are there as they are, one byte that stands for a hundred, and a sum */
const FRAME = Buffer.from([
  ...MAGIC,
  0x04,
  0x50,
  ...block(0, 3, false, [1, 2, 3]),
  ...block(1, 100, false, [7]),
  ...block(0, 2, true, [4, 5]),
  ...[0xaa, 0xbb, 0xcc, 0xdd],
]);
const SKIPPED = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);
/** a size of one byte and no window, one empty block */
const SMALL = Buffer.from([...MAGIC, 0x20, 0, ...block(0, 0, true, [])]);

function split(bytes: Buffer, size = bytes.length): Buffer[] {
  const frames = new ZstdFrames(8 * MiB);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(...frames.split(bytes.subarray(at, at + size)));
  frames.finish();
  return parts;
}

const refused = (bytes: Buffer, words: RegExp) =>
  assert.throws(
    () => split(bytes),
    (error) => error instanceof ZstdError && words.test(error.message),
  );

describe('a stream of zstd', () => {
  const stream = Buffer.concat([FRAME, SKIPPED, SMALL, FRAME, FRAME]);

  it('is cut where its frames end', () => {
    assert.deepEqual(split(stream), [FRAME, SKIPPED, SMALL, FRAME, FRAME]);
    assert.deepEqual(split(Buffer.alloc(0)), []);
  });

  it('is the same in pieces of any size, none of which is lost', () => {
    for (let size = 1; size < 20; size++) {
      const ends = new Set<number>();
      let end = 0;
      for (const part of split(stream, size)) ends.add((end += part.length));
      assert.equal(end, stream.length);
      for (const frame of [FRAME.length, FRAME.length + SKIPPED.length])
        assert.ok(ends.has(frame), `${size}: ${frame}`);
    }
  });

  it('that ends in the middle is refused', () => {
    for (let length = 1; length < FRAME.length; length++) refused(FRAME.subarray(0, length), /in the middle/);
    refused(SKIPPED.subarray(0, 9), /in the middle/);
  });

  it('that something else follows is refused', () => {
    refused(Buffer.concat([FRAME, Buffer.from('garbage')]), /something else follows/);
    refused(Buffer.concat([FRAME, Buffer.alloc(16)]), /something else follows/);
  });

  it('that needs what is not there is refused', () => {
    refused(Buffer.from([...MAGIC, 0x21, 0x05, 0, ...block(0, 0, true, [])]), /dictionary/);
    refused(Buffer.from([...MAGIC, 0x08, 0x50, ...block(0, 0, true, [])]), /form/);
    refused(Buffer.from([...MAGIC, 0x00, 0x50, ...block(3, 1, true, [0])]), /kind/);
  });

  it('that wants too much memory is refused before anything is decompressed', () => {
    const window = (descriptor: number) => Buffer.from([...MAGIC, 0, descriptor, ...block(0, 0, true, [])]);
    assert.equal(split(window(13 << 3)).length, 1);
    assert.throws(() => split(window((13 << 3) | 1)), refusal('INVALID_VALUE', /9437184 bytes of memory/));
    assert.throws(() => split(window(0xff)), refusal('INVALID_VALUE', /of memory/));
    const single = Buffer.from([...MAGIC, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, ...block(0, 0, true, [])]);
    assert.throws(() => split(single), refusal('INVALID_VALUE', /4294967296 bytes of memory/));
  });
});
