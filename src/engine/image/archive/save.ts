// save: images of the store as one archive for other tools, or as an OCI image layout in a directory. What is read is verified on
// its way out, so that damage on the disk is never given away. Tests: test/container/image/archive-save.test.ts, archive-peers.test.ts.
import { createHash } from 'node:crypto';
import { close, open, read } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { TscontainError } from '../../errors.js';
import { nothing, type Entry, type Item } from '../../rootfs/entry.js';
import { packTar } from '../../rootfs/tar-write.js';
import { fileError } from '../../state/file-errors.js';
import type { ContentStore } from '../content/model.js';
import { digestOf, hexOf } from '../digest.js';
import { decompressed } from '../layer/decompress.js';
import { DEFAULT_LIMITS } from '../layer/limits.js';
import { readConfiguration, readManifestOrIndex } from '../oci-read.js';
import { manifestBytes } from '../oci-write.js';
import { MEDIA, type Descriptor, type Digest, type Manifest, type Platform } from '../oci.js';
import { choosePlatform, formatPlatform, hostPlatform, noSuchPlatform } from '../platform.js';
import type { OnTransfer } from '../transfer.js';
import { partsToSave, type ImageToSave, type PartToSave, type SaveFormat } from './save-plan.js';

/** An image of the store and the names that it is to have in the archive. */
export interface Wanted {
  readonly descriptor: Descriptor;
  readonly names: readonly string[];
  /** for sentences: what was typed */
  readonly title: string;
}

export interface SaveWishes {
  /** Default docker-archive. */
  readonly format?: SaveFormat;
  /** Of an image for several; absent is this machine's. */
  readonly platform?: Platform;
  readonly signal?: AbortSignal;
  readonly onTransfer?: OnTransfer;
}

/** One part of what is saved. */
export interface SavedBytes {
  readonly name: string;
  readonly size: number;
  readonly bytes: AsyncIterable<Buffer>;
}

/** The parts in the order in which they are to be written. Nothing of it is pruned meanwhile. @throws TscontainError */
export async function* saveParts(
  store: ContentStore,
  wanted: readonly Wanted[],
  wishes: SaveWishes = {},
): AsyncGenerator<SavedBytes> {
  const { format = 'docker-archive', signal } = wishes;
  const lease = await store.lease();
  try {
    const saving = new Saving(store, wishes);
    const images: ImageToSave[] = [];
    for (const image of merged(wanted)) {
      const found = await saving.find(image);
      await lease.add(found.descriptor.digest, ...[found.manifest.config, ...found.manifest.layers].map(digestIn));
      images.push(format === 'docker-archive' ? await saving.forOldDocker(found) : found);
    }
    for (const part of partsToSave(images, format)) {
      signal?.throwIfAborted();
      const size = 'bytes' in part ? part.bytes.length : part.size;
      yield { name: part.name, size, bytes: saving.bytesOf(part) };
    }
  } finally {
    await lease.close();
  }
}

/** As a tar archive. Errors of reading end the stream. */
export function saveArchive(store: ContentStore, wanted: readonly Wanted[], wishes: SaveWishes = {}): Readable {
  return packTar(entries(saveParts(store, wanted, wishes)));
}

const digestIn = ({ digest }: Descriptor): Digest => digest;

/** One image under several names is one image. */
function merged(wanted: readonly Wanted[]): Wanted[] {
  const found = new Map<Digest, Wanted>();
  for (const image of wanted) {
    const before = found.get(image.descriptor.digest);
    const names = [...new Set([...(before?.names ?? []), ...image.names])];
    found.set(image.descriptor.digest, { ...image, names });
  }
  return [...found.values()];
}

/** Owners and times say nothing, so that the same images are the same archive. */
const ORDINARY: Omit<Entry, 'path' | 'size'> = {
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  modifiedNs: 0n,
  link: '',
  major: 0,
  minor: 0,
  xattrs: new Map(),
};

async function* entries(parts: AsyncIterable<SavedBytes>): AsyncGenerator<Item> {
  const made = new Set<string>();
  for await (const { name, size, bytes } of parts) {
    for (const path of parentsOf(name)) {
      if (made.has(path)) continue;
      made.add(path);
      yield { entry: { ...ORDINARY, path, type: 'directory', mode: 0o755, size: 0 }, body: nothing() };
    }
    yield { entry: { ...ORDINARY, path: name, size }, body: bytes };
  }
}

/** The directories of a path, the uppermost first. */
function parentsOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

const CHUNK_BYTES = 1024 * 1024;
const openAsync = promisify(open);
const readAsync = promisify(read);
const closeAsync = promisify(close);

/** One save: images as the store has them, and their bytes. */
class Saving {
  /** Layers that are given away as plain tar: diff id → the blob that they are packed in. */
  readonly #recoded = new Map<Digest, Descriptor>();

  constructor(
    private readonly store: ContentStore,
    private readonly wishes: SaveWishes,
  ) {}

  /** @throws TscontainError NO_SUCH_PATH, STATE_CORRUPT for what the store lacks; NOT_SUPPORTED for a platform that is not there */
  async find({ descriptor, names, title }: Wanted): Promise<ImageToSave> {
    const { blobs } = this.store;
    const found = readManifestOrIndex(
      await blobs.read(descriptor.digest),
      `the manifest of ${title}`,
      descriptor.mediaType,
    );
    const { platform } = this.wishes;
    if (found.kind === 'index') {
      const there = found.manifests.filter(({ digest }) => blobs.has(digest));
      const wanted = platform ?? hostPlatform();
      const chosen = choosePlatform(there, wanted);
      if (chosen !== undefined) return this.find({ descriptor: chosen, names, title });
      throw noSuchPlatform(
        title,
        wanted,
        there.flatMap((each) => each.platform ?? []),
      );
    }
    await this.#judge(found, title);
    return { names, descriptor, manifest: found };
  }

  async #judge(manifest: Manifest, title: string): Promise<void> {
    const { blobs } = this.store;
    const { platform } = this.wishes;
    const is = readConfiguration(await blobs.read(manifest.config.digest), `the configuration of ${title}`).platform;
    if (platform !== undefined && formatPlatform(platform) !== formatPlatform(is))
      throw noSuchPlatform(title, platform, [is]);
    const missing = manifest.layers.find(({ digest, size }) => blobs.size(digest) !== size);
    if (missing === undefined) return;
    throw new TscontainError('STATE_CORRUPT', `a layer of ${title} is not in the image store (${missing.digest})`, {
      hint: 'pull or load the image again; "tscontain image check" says what else is missing',
    });
  }

  /** Docker reads zstd from version 23 on: what is packed with it goes out as plain tar. */
  async forOldDocker(image: ImageToSave): Promise<ImageToSave> {
    const { layers, config } = image.manifest;
    if (!layers.some(isZstd)) return image;
    const { diffIds } = readConfiguration(await this.store.blobs.read(config.digest), 'the configuration of an image');
    const plain: Descriptor[] = [];
    for (const [i, layer] of layers.entries())
      plain.push(isZstd(layer) ? await this.#plain(layer, diffIds[i]!) : layer);
    const bytes = manifestBytes({
      mediaType: MEDIA.manifest,
      config: { ...config, mediaType: MEDIA.config },
      layers: plain,
    });
    const descriptor = { mediaType: MEDIA.manifest, digest: digestOf(bytes), size: bytes.length };
    return { names: image.names, descriptor, manifest: { config, layers: plain }, bytes };
  }

  /** Its size stands before it in an archive, so it is unpacked once to be counted. */
  async #plain(layer: Descriptor, diffId: Digest): Promise<Descriptor> {
    let size = 0;
    for await (const chunk of decompressed(this.#blob(layer), 'zstd', DEFAULT_LIMITS.window)) {
      this.wishes.signal?.throwIfAborted();
      size += chunk.length;
    }
    this.#recoded.set(diffId, layer);
    return { mediaType: MEDIA.layer, digest: diffId, size };
  }

  async *bytesOf(part: PartToSave): AsyncGenerator<Buffer> {
    if ('bytes' in part) {
      yield part.bytes;
      return;
    }
    const { digest, size, what } = part;
    const packed = this.#recoded.get(digest);
    const bytes =
      packed === undefined ? this.#blob(part) : decompressed(this.#blob(packed), 'zstd', DEFAULT_LIMITS.window);
    const hash = createHash('sha256');
    let current = 0;
    for await (const chunk of bytes) {
      this.wishes.signal?.throwIfAborted();
      hash.update(chunk);
      current += chunk.length;
      this.wishes.onTransfer?.({ digest, what, phase: 'moving', current, total: size });
      if (current <= size) yield chunk;
    }
    if (current !== size || `sha256:${hash.digest('hex')}` !== digest) throw damaged(digest);
    this.wishes.onTransfer?.({ digest, what, phase: 'done', current, total: size });
  }

  async *#blob({ digest }: Pick<Descriptor, 'digest'>): AsyncGenerator<Buffer> {
    const path = this.store.blobs.path(digest);
    const fd = await openAsync(path, 'r').catch((error: unknown) => {
      throw fileError(error, `read ${digest}`);
    });
    try {
      for (;;) {
        const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
        const { bytesRead } = await readAsync(fd, chunk, 0, chunk.length, null);
        if (bytesRead === 0) return;
        yield chunk.subarray(0, bytesRead);
      }
    } finally {
      await closeAsync(fd);
    }
  }
}

const isZstd = ({ mediaType }: Descriptor): boolean => mediaType.endsWith('zstd');

const damaged = (digest: Digest): TscontainError =>
  new TscontainError('STATE_CORRUPT', `the content of ${hexOf(digest).slice(0, 12)} is damaged on the disk`, {
    hint: '"tscontain image check" says what it belongs to; pull or load that image again',
  });
