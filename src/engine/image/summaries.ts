// What a list says of each image, kept in one file: 500 images are listed by reading two files instead of some thousand. A digest
// stands for its content, so what was once read stays true; the file may be missing, old or damaged, and is made again.
import { renameSync, writeFileSync } from 'node:fs';
import { isTscontainError } from '../errors.js';
import { FileCache } from '../state/file-cache.js';
import type { ContentParts } from './content/open.js';
import { places } from './content/places.js';
import type { Entry } from './content/references.js';
import { NEVER, type Digest, type ImageDefaults, type Platform } from './oci.js';
import { formatPlatform, hostPlatform } from './platform.js';
import { isBest, preferredBelow, type StoredImage } from './stored.js';

export interface Summary {
  readonly id: string;
  readonly created: string;
  readonly platform: Platform;
  readonly config: ImageDefaults;
  /** lowest first, with the bytes of the files in each */
  readonly layers: readonly { readonly chainId: Digest; readonly bytes: number }[];
}

export interface Summarized {
  readonly entry: Entry;
  readonly summary: Summary;
}

interface SummaryFile {
  readonly schema: 1;
  /** of several images below one name, that for this platform was taken */
  readonly machine: string;
  /** by the digest that a name stands for */
  readonly images: Readonly<Record<string, Summary>>;
}

export class Summaries {
  readonly #files = new FileCache(parseFile);
  readonly #known = new Map<Digest, Summary>();

  constructor(private readonly content: ContentParts) {}

  /** Every image that can be read, in the order of index.json. */
  all(): Summarized[] {
    const entries = this.content.references.entries();
    this.#readFile();
    const before = this.#known.size;
    const found = entries.flatMap((entry): Summarized[] => {
      const known = this.#known.get(entry.descriptor.digest);
      if (known !== undefined) return [{ entry, summary: known }];
      const summary = this.#summarize(entry);
      return summary === undefined ? [] : [{ entry, summary }];
    });
    if (this.#known.size > before) this.#writeFile(entries);
    return found;
  }

  #summarize({ descriptor }: Entry): Summary | undefined {
    let image: StoredImage;
    try {
      image = preferredBelow(this.content, descriptor);
    } catch (error) {
      // Who asks for it by name is told why.
      if (isTscontainError(error)) return undefined;
      throw error;
    }
    const layers = image.chainIds.map((chainId, i) => ({
      chainId,
      bytes: this.content.layers.get(chainId)?.sizeBytes,
      packed: image.manifest.layers[i]!.size,
    }));
    const summary: Summary = {
      id: image.id,
      created: image.configuration.created ?? NEVER,
      platform: image.configuration.platform,
      config: image.configuration.config,
      // Not unpacked yet, it has the size that it came with.
      layers: layers.map(({ chainId, bytes, packed }) => ({ chainId, bytes: bytes ?? packed })),
    };
    const isFinal = isBest(image, descriptor) && layers.every(({ bytes }) => bytes !== undefined);
    if (isFinal) this.#known.set(descriptor.digest, summary);
    return summary;
  }

  #readFile(): void {
    try {
      const { images } = this.#files.read(places.summaries(this.content.images), '');
      for (const [digest, summary] of Object.entries(images))
        if (!this.#known.has(digest as Digest)) this.#known.set(digest as Digest, summary);
    } catch {
      // It is made again.
    }
  }

  #writeFile(entries: readonly Entry[]): void {
    const kept = entries.flatMap(({ descriptor }) => {
      const summary = this.#known.get(descriptor.digest);
      return summary === undefined ? [] : [[descriptor.digest, summary] as const];
    });
    const file: SummaryFile = { schema: 1, machine: machine(), images: Object.fromEntries(kept) };
    const path = places.summaries(this.content.images);
    // Of two who write at once one may spoil what the other has written: then it is made once more.
    const beside = `${path}.new`;
    try {
      writeFileSync(beside, JSON.stringify(file), { mode: 0o600 });
      renameSync(beside, path);
    } catch {
      // The next list takes longer.
    }
  }
}

const machine = (): string => formatPlatform(hostPlatform());

function parseFile(text: string): SummaryFile {
  const value = JSON.parse(text) as Partial<SummaryFile>;
  if (value.schema !== 1 || value.machine !== machine() || typeof value.images !== 'object')
    throw new TypeError('of another version or machine');
  return value as SummaryFile;
}

export const sizeOf = ({ layers }: Summary): number => layers.reduce((sum, { bytes }) => sum + bytes, 0);
