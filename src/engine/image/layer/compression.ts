// What a layer is compressed with: seen in its first bytes, for what it is said to be is often wrong. Only where the bytes could be
// two things at once does the media type decide, so that nobody reads another archive out of them than everybody else. Pure.
// Tests: test/pure/engine/layer/compression.test.ts.
import { TscontainError } from '../../errors.js';
import { BLOCK, isHeader } from '../../rootfs/tar-header.js';
import { MEDIA } from '../oci.js';

export type Compression = 'gzip' | 'zstd' | 'plain';

/** So many bytes are enough to see it. */
export const SEEN_BYTES = BLOCK;

const MAGIC: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['bzip2', Buffer.from('BZh')],
  ['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18])],
];
/** A frame of zstd that is to be skipped; some writers begin with one. */
const isSkippable = (head: Buffer): boolean =>
  head.length >= 4 && (head[0]! & 0xf0) === 0x50 && head.subarray(1, 4).equals(Buffer.from([0x2a, 0x4d, 0x18]));

const SAID: Readonly<Record<string, Compression>> = {
  [MEDIA.layer]: 'plain',
  [MEDIA.layerGzip]: 'gzip',
  [MEDIA.layerZstd]: 'zstd',
  [MEDIA.dockerLayer]: 'plain',
  [MEDIA.dockerLayerGzip]: 'gzip',
  [MEDIA.dockerLayerZstd]: 'zstd',
};

/** Types of layers that were not to be given on, which is said of them alone. */
const asOrdinary = (mediaType: string): string =>
  mediaType
    .replace('.layer.nondistributable.', '.layer.')
    .replace('.image.rootfs.foreign.diff.', '.image.rootfs.diff.');

/** @throws TscontainError NOT_SUPPORTED for what is no layer */
export function saidCompression(mediaType: string): Compression {
  const said = SAID[asOrdinary(mediaType)];
  if (said !== undefined) return said;
  throw new TscontainError('NOT_SUPPORTED', `"${mediaType}" is no layer of files that could be unpacked`, {
    hint: 'layers are tar archives, plain or compressed with gzip or zstd',
  });
}

/**
 * @param head the first bytes, SEEN_BYTES of them where there are as many
 * @throws TscontainError NOT_SUPPORTED for what cannot be read here
 */
export function compressionOf(head: Buffer, mediaType?: string): Compression {
  const said = mediaType === undefined ? undefined : saidCompression(mediaType);
  const seen = isSkippable(head)
    ? 'zstd'
    : MAGIC.find(([, bytes]) => head.subarray(0, bytes.length).equals(bytes))?.[0];
  if (seen === undefined) return 'plain';
  // The first name in an archive can be the sign of a compression.
  if (said === 'plain' && head.length >= BLOCK && isHeader(head)) return 'plain';
  if (seen === 'gzip' || seen === 'zstd') return seen;
  throw new TscontainError('NOT_SUPPORTED', `the layer is compressed with ${seen}, as layers are not`, {
    hint: 'compress it with gzip or zstd, or not at all',
  });
}
