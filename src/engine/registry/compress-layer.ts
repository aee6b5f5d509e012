// A layer that was made here is a plain tar, as the engine has use for it; what goes to a registry is compressed once and kept so.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ContentStore } from '../image/content/model.js';
import { SpentBuffers } from '../image/layer/spent-buffers.js';
import { MEDIA, type Descriptor } from '../image/oci.js';

const PIECE_BYTES = 256 * 1024;

/** Media types of what is not compressed, with those of what comes of it. */
const COMPRESSED: Readonly<Record<string, string>> = {
  [MEDIA.layer]: MEDIA.layerGzip,
  [MEDIA.dockerLayer]: MEDIA.dockerLayerGzip,
};

export const isPlain = ({ mediaType }: Descriptor): boolean => Object.hasOwn(COMPRESSED, mediaType);

/**
 * The same layer compressed with gzip, in the store. The caller holds a lease.
 * @param onRead bytes of the plain one that were read so far
 * @throws TscontainError NO_SPACE, IO_ERROR; the reason of the signal
 */
export async function compressLayer(
  { blobs }: Pick<ContentStore, 'blobs'>,
  plain: Descriptor,
  { signal, onRead }: { readonly signal: AbortSignal; readonly onRead: (bytes: number) => void },
): Promise<Descriptor> {
  const { createGzip } = await import('node:zlib');
  const blob = await blobs.create();
  try {
    const source = createReadStream(blobs.path(plain.digest), { highWaterMark: PIECE_BYTES });
    const spent = new SpentBuffers();
    let before = 0;
    const write = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
      for await (const piece of pieces) {
        await blob.write(piece);
        spent.add(piece.length + source.bytesRead - before);
        onRead((before = source.bytesRead));
      }
    };
    await pipeline(source, createGzip({ chunkSize: PIECE_BYTES }), write, { signal });
    const { digest, size } = await blob.commit();
    return { ...plain, mediaType: COMPRESSED[plain.mediaType]!, digest, size };
  } finally {
    await blob.close();
  }
}

/** A manifest with other layers in the place of some of its own; all else in it is as it was. */
export function withLayers(manifest: Buffer, replaced: ReadonlyMap<string, Descriptor>): Buffer {
  const document = JSON.parse(manifest.toString()) as { layers: { readonly digest: string }[] };
  document.layers = document.layers.map((layer) => {
    const other = replaced.get(layer.digest);
    return other === undefined
      ? layer
      : { ...layer, mediaType: other.mediaType, digest: other.digest, size: other.size };
  });
  return Buffer.from(JSON.stringify(document));
}
