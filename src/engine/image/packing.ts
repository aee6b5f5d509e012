// What the first bytes of an archive or a layer say of how it is packed, and archives as they were before that.
import { open } from 'node:fs/promises';
import { TscontainError } from '../errors.js';
import { decompressed } from './layer/decompress.js';
import { MEDIA } from './oci.js';

export type Packing = 'plain' | 'gzip' | 'zstd' | 'xz' | 'bzip2';

const BEGINNINGS: readonly (readonly [packing: Packing, bytes: Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58])],
  ['bzip2', Buffer.from('BZh')],
];
const HEAD_BYTES = 4;

export function packingOf(head: Buffer): Packing {
  return BEGINNINGS.find(([, bytes]) => head.subarray(0, bytes.length).equals(bytes))?.[0] ?? 'plain';
}

/** The media type of a layer that begins so. What is neither is judged by who unpacks it. */
export function layerType(head: Buffer): string {
  const packing = packingOf(head);
  return packing === 'gzip' ? MEDIA.layerGzip : packing === 'zstd' ? MEDIA.layerZstd : MEDIA.layer;
}

export async function layerTypeOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return layerType(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

export interface WithHead {
  readonly head: Buffer;
  /** the stream with its head */
  readonly whole: AsyncIterable<Buffer>;
  /** Instead of reading it. */
  readonly close: () => Promise<void>;
}

export async function withHead(bytes: AsyncIterable<Buffer>): Promise<WithHead> {
  const chunks = bytes[Symbol.asyncIterator]();
  const close = async (): Promise<void> => {
    await chunks.return?.();
  };
  const seen: Buffer[] = [];
  for (let length = 0; length < HEAD_BYTES;) {
    const next = await chunks.next();
    if (next.done === true) break;
    seen.push(next.value);
    length += next.value.length;
  }
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      yield* seen;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      await close();
    }
  }
  return { head: Buffer.concat(seen).subarray(0, HEAD_BYTES), whole: whole(), close };
}

/** What zstd may look back: as far as `zstd --long` does. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;

/**
 * @param title for sentences
 * @throws TscontainError NOT_SUPPORTED; DamagedError while it is read
 */
export async function plainBytes(bytes: AsyncIterable<Buffer>, title: string): Promise<AsyncIterable<Buffer>> {
  const { head, whole, close } = await withHead(bytes);
  const packing = packingOf(head);
  if (packing === 'plain' || packing === 'gzip' || packing === 'zstd')
    return decompressed(whole, packing, MAX_WINDOW_BYTES);
  await close();
  throw new TscontainError('NOT_SUPPORTED', `${title} is compressed with ${packing}, which is not read here`, {
    hint: `decompress it on the way: ${packing} -dc FILE, piped in`,
  });
}

export async function* buffersOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
