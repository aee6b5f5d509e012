// The parts of a saved image that comes through a pipe. What they are is known when its documents have come, which may be last:
// until then small ones are held in memory, within bounds, and large ones stand in the store without a name.
import { TscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';
import type { Item } from '../../rootfs/entry.js';
import type { ContentStore, Lease, NewBlob } from '../content/model.js';
import { MAX_DOCUMENT_BYTES, type Digest } from '../oci.js';
import { digestOfName, linkedName, partName } from './part-name.js';
import { requireRoom } from './room.js';
import { followLinks, type SavedPart, type SavedParts } from './saved-parts.js';
import { MAX_PARTS, requirePlain } from './tar-index.js';

/** Configurations and manifests have some ten kilobytes. */
const SMALL_BYTES = 256 * 1024;
const MAX_HELD_BYTES = 16 * 1024 * 1024;
/** Each is an open file until it is known what it is. */
const MAX_LARGE_PARTS = 512;

interface Collected {
  readonly size: number;
  readonly bytes?: Buffer;
  /** written, and given its name when somebody asks for it */
  readonly blob?: NewBlob;
  /** of the blob that it is */
  digest?: Digest;
}

export class CollectedParts implements SavedParts {
  readonly #parts = new Map<string, Collected>();
  readonly #links = new Map<string, string>();
  #heldBytes = 0;
  #largeParts = 0;

  constructor(
    private readonly store: ContentStore,
    private readonly lease: Lease,
    private readonly signal: AbortSignal,
  ) {}

  /** Whether it would be held in memory: a document, or a layer of next to nothing. */
  isSmall(name: string, size: number): boolean {
    const limit = /(^|\/)(json|repositories)$|\.json$/.test(name) ? MAX_DOCUMENT_BYTES : SMALL_BYTES;
    return size <= limit && this.#heldBytes + size <= MAX_HELD_BYTES;
  }

  /** Takes what stands at a place in the archive. @throws TscontainError INVALID_VALUE, NO_SPACE */
  async add({ entry, body }: Item): Promise<void> {
    requirePlain(entry);
    const name = partName(entry.path);
    if (this.#parts.size + this.#links.size > MAX_PARTS)
      throw new TscontainError('INVALID_VALUE', `the archive has more than ${MAX_PARTS} parts`, {
        hint: 'nothing of such an archive is to be trusted',
      });
    await this.#forget(name);
    if (entry.type === 'hardlink' || entry.type === 'symlink')
      this.#links.set(name, linkedName(name, entry.link, entry.type));
    if (entry.type !== 'file') return;
    this.#parts.set(name, await this.#collect(name, entry.size, body));
  }

  /** Notes one whose bytes somebody else takes. */
  pass(name: string, size: number): void {
    this.#parts.set(name, { size });
  }

  find(name: string): SavedPart | undefined {
    const target = followLinks(name, this.#links);
    const part = this.#parts.get(target);
    if (part === undefined) return undefined;
    const digest = part.digest ?? digestOfName(target);
    return { size: part.size, ...(digest === undefined ? {} : { digest }) };
  }

  async *bytes(name: string): AsyncGenerator<Buffer> {
    const part = this.#parts.get(followLinks(name, this.#links));
    if (part?.bytes !== undefined) yield part.bytes;
    // Of one that was passed on nothing is left to be read.
    else if (part?.blob !== undefined || part?.digest !== undefined)
      yield await this.store.blobs.read((await this.stored(name))!, MAX_DOCUMENT_BYTES);
  }

  /** The blob that a large part is, from now on under its name; undefined for one that is held in memory. */
  async stored(name: string): Promise<Digest | undefined> {
    const target = followLinks(name, this.#links);
    const part = this.#parts.get(target);
    if (part?.blob === undefined) return part?.digest;
    const promised = digestOfName(target);
    part.digest ??= (await part.blob.commit(promised)).digest;
    return part.digest;
  }

  /** What nobody has asked for goes. */
  async close(): Promise<void> {
    for (const { blob } of this.#parts.values()) await blob?.close();
    this.#parts.clear();
  }

  async #forget(name: string): Promise<void> {
    const before = this.#parts.get(name);
    await before?.blob?.close();
    this.#parts.delete(name);
    this.#links.delete(name);
  }

  async #collect(name: string, size: number, body: AsyncIterable<Buffer>): Promise<Collected> {
    const digest = digestOfName(name);
    if (this.isSmall(name, size)) {
      this.#heldBytes += size;
      const chunks: Buffer[] = [];
      // Copied: a chunk may be a piece of a larger one, which would be held with it.
      for await (const chunk of body) chunks.push(Buffer.from(chunk));
      return { size, bytes: Buffer.concat(chunks) };
    }
    if (digest !== undefined) await this.lease.add(digest);
    if (digest !== undefined && this.store.blobs.size(digest) === size) return { size, digest };
    if ((this.#largeParts += 1) > MAX_LARGE_PARTS)
      throw new TscontainError('INVALID_VALUE', `the archive has more than ${MAX_LARGE_PARTS} large parts`, {
        hint: `load it from a file: the last of them was ${shown(name)}`,
      });
    requireRoom(this.store.directory, size, name);
    const blob = await this.store.blobs.create();
    try {
      for await (const chunk of body) {
        this.signal.throwIfAborted();
        await blob.write(chunk);
      }
    } catch (error) {
      await blob.close();
      throw error;
    }
    return { size, blob };
  }
}
