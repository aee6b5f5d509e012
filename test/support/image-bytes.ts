// Images as bytes: layers, configuration and manifest of a few words, for registries and archives that tests make up.
import { gzipSync } from 'node:zlib';
import { digestOf } from '../../src/engine/image/digest.js';
import { MEDIA, type Digest } from '../../src/engine/image/oci.js';
import { directory, file, tarBytes, type Wanted } from './trees.js';

export interface Bytes {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly mediaType: string;
}

export interface ImageBytes {
  readonly manifest: Bytes;
  readonly config: Bytes;
  /** lowest first, compressed */
  readonly layers: readonly Bytes[];
}

export const bytesOf = (mediaType: string, content: Buffer | object): Bytes => {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return { bytes, digest: digestOf(bytes), mediaType };
};

export const descriptorOf = ({
  bytes,
  digest,
  mediaType,
}: Bytes): { mediaType: string; digest: Digest; size: number } => ({
  mediaType,
  digest,
  size: bytes.length,
});

export interface ImageWanted {
  /** what is in each layer, lowest first */
  readonly layers?: readonly (readonly Wanted[])[];
  readonly architecture?: string;
  readonly config?: object;
  /** what the manifest has besides, or instead */
  readonly manifest?: object;
}

const SMALL: readonly (readonly Wanted[])[] = [
  [directory('etc'), file('etc/name', 'lower')],
  [directory('etc'), file('etc/name', 'upper'), file('hello', 'hello')],
];

export async function imageBytes(wanted: ImageWanted = {}): Promise<ImageBytes> {
  const tars = await Promise.all((wanted.layers ?? SMALL).map((entries) => tarBytes(...entries)));
  const layers = tars.map((tar) => bytesOf(MEDIA.layerGzip, gzipSync(tar)));
  const config = bytesOf(MEDIA.config, {
    architecture: wanted.architecture ?? goArchitecture(),
    os: 'linux',
    config: { Cmd: ['sh'], ...wanted.config },
    rootfs: { type: 'layers', diff_ids: tars.map((tar) => digestOf(tar)) },
  });
  const manifest = bytesOf(MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: descriptorOf(config),
    layers: layers.map(descriptorOf),
    ...wanted.manifest,
  });
  return { manifest, config, layers };
}

/** An index of images, each with its architecture. */
export function indexOf(images: Readonly<Record<string, ImageBytes>>, more: object = {}): Bytes {
  return bytesOf(MEDIA.index, {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: Object.entries(images).map(([architecture, { manifest }]) => ({
      ...descriptorOf(manifest),
      platform: { os: 'linux', architecture },
    })),
    ...more,
  });
}

export const goArchitecture = (): string => (process.arch === 'x64' ? 'amd64' : process.arch);
