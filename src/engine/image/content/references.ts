// The references: index.json, one descriptor a name, as an OCI image layout has them. Other tools may write it too.
import { readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { atomicWrite } from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { FileCache } from '../../state/file-cache.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import { readOwnJson } from '../json-document.js';
import { readDescriptor } from '../oci-read.js';
import { indexBytes } from '../oci-write.js';
import { MEDIA, type Descriptor, type Digest } from '../oci.js';
import { imageName } from '../reference.js';
import { makeParent, withStoreLock } from './locks.js';
import type { References } from './model.js';
import { places } from './places.js';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md */
const REF_NAME = 'org.opencontainers.image.ref.name';
/** One line of index.json; without a name it is an image that has lost its own and is kept all the same. */
export interface Entry {
  readonly name?: string;
  readonly descriptor: Descriptor;
}

export interface Keeper {
  /** Brings to the disk what a new reference leads to. */
  readonly settle: () => Promise<void>;
  readonly has: (digest: Digest) => boolean;
  /** Of a manifest, the configuration: what people know as the image's id. undefined of an index, and of what cannot be read. */
  readonly imageOf: (digest: Digest) => Digest | undefined;
}

export class IndexReferences implements References {
  readonly #files = new FileCache(parseIndex);

  constructor(
    private readonly images: string,
    private readonly keeper: Keeper,
  ) {}

  /** In no order. @throws TscontainError STATE_CORRUPT */
  entries(): readonly Entry[] {
    try {
      return this.#files.read(places.index(this.images), '');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
      throw fileError(error, 'read the names of the images');
    }
  }

  list(): readonly { readonly name: string; readonly descriptor: Descriptor }[] {
    return this.entries().flatMap(({ name, descriptor }) => (name === undefined ? [] : [{ name, descriptor }]));
  }

  get(name: string): Descriptor | undefined {
    return this.entries().find((entry) => entry.name === name)?.descriptor;
  }

  imageOf(name: string): Digest | undefined {
    const descriptor = this.get(name);
    return descriptor === undefined ? undefined : this.keeper.imageOf(descriptor.digest);
  }

  set(name: string, descriptor: Descriptor): Promise<void> {
    return this.#put({ name, descriptor });
  }

  add(descriptor: Descriptor): Promise<void> {
    return this.#put({ descriptor });
  }

  async delete(name: string): Promise<void> {
    await withStoreLock(this.images, () => this.replace(withoutName(this.entries(), name)));
  }

  async #put(entry: Entry): Promise<void> {
    await this.keeper.settle();
    await withStoreLock(this.images, () => {
      // Pruned since it was looked up: a name that leads to nothing would be an image that cannot be run.
      if (!this.keeper.has(entry.descriptor.digest))
        throw new TscontainError(
          'NO_SUCH_IMAGE',
          `${entry.descriptor.digest} has just been removed from the image store`,
          {
            hint: 'pull, load or build it again',
          },
        );
      return this.replace(withEntry(this.entries(), entry, (a, b) => this.#isSame(a, b)));
    });
  }

  /** Of one image there may be several manifests: its layers compressed, as a registry has them, and as they were built. */
  #isSame(one: Descriptor, other: Descriptor): boolean {
    const image = this.keeper.imageOf(one.digest);
    return one.digest === other.digest || (image !== undefined && image === this.keeper.imageOf(other.digest));
  }

  /** The caller holds the store's lock. */
  async replace(entries: readonly Entry[]): Promise<void> {
    try {
      makeParent(this.images);
      // Other tools take the directory for an image layout by this.
      if (readIfThere(places.layoutFile(this.images)) !== LAYOUT)
        await atomicWrite(places.layoutFile(this.images), LAYOUT);
      // Nobody else writes now: a file beside the index was left by who was killed over it.
      for (const name of readdirSync(this.images))
        if (name.startsWith('.index.json.')) unlinkSync(`${this.images}/${name}`);
      await atomicWrite(places.index(this.images), formatIndex(entries));
    } catch (error) {
      throw fileError(error, 'write the names of the images');
    }
  }
}

const LAYOUT = '{"imageLayoutVersion":"1.0.0"}';

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

type IsSame = (one: Descriptor, other: Descriptor) => boolean;

/**
 * What the name stood for before is kept without one, unless another name has it or it is the same image; what gets a name is nameless
 * no more.
 */
export function withEntry(entries: readonly Entry[], { name, descriptor }: Entry, isSame: IsSame): readonly Entry[] {
  if (name === undefined)
    return entries.some((entry) => isSame(entry.descriptor, descriptor)) ? entries : [...entries, { descriptor }];
  const others = withoutName(entries, name).filter(
    (entry) => entry.name !== undefined || !isSame(entry.descriptor, descriptor),
  );
  return [...others, { name, descriptor }];
}

/** The same without a name, and what it stood for kept. */
export function withoutName(entries: readonly Entry[], name: string): readonly Entry[] {
  const gone = entries.find((entry) => entry.name === name);
  const others = entries.filter((entry) => entry.name !== name);
  return gone === undefined || isThere(others, gone.descriptor) ? others : [...others, { descriptor: gone.descriptor }];
}

function isThere(entries: readonly Entry[], { digest }: Descriptor): boolean {
  return entries.some(({ descriptor }) => descriptor.digest === digest);
}

function parseIndex(text: string): readonly Entry[] {
  try {
    const fields = readOwnJson(text, 'index.json');
    const entries = fields.objects('manifests').map((manifest) => toEntry(readDescriptor(manifest)));
    const names = new Set<string>();
    // Of two of one name, which other tools may leave, the last counts, as for them.
    return entries
      .reverse()
      .map((entry) => {
        if (entry.name === undefined || !names.has(entry.name)) {
          if (entry.name !== undefined) names.add(entry.name);
          return entry;
        }
        return { descriptor: entry.descriptor };
      })
      .reverse();
  } catch (error) {
    throw new TscontainError('STATE_CORRUPT', `index.json of the image store cannot be understood`, {
      cause: error,
      hint: '"tscontain image check --repair" sets it aside and finds the images that are still there',
    });
  }
}

function toEntry(descriptor: Descriptor): Entry {
  const { [REF_NAME]: given, ...annotations } = descriptor.annotations ?? {};
  const { annotations: _, ...bare } = descriptor;
  const name = given === undefined ? undefined : nameOf(given);
  return {
    ...(name === undefined ? {} : { name }),
    descriptor: Object.keys(annotations).length === 0 ? bare : { ...bare, annotations },
  };
}

/** Other tools write "debian:12" or "latest" where we write the full name. What is no name at all is none. */
function nameOf(given: string): string | undefined {
  try {
    return imageName(given);
  } catch {
    return undefined;
  }
}

function formatIndex(entries: readonly Entry[]): Buffer {
  const manifests = [...entries]
    .sort((a, b) => order(a).localeCompare(order(b)))
    .map(({ name, descriptor }) =>
      name === undefined ? descriptor : { ...descriptor, annotations: { ...descriptor.annotations, [REF_NAME]: name } },
    );
  return indexBytes({ mediaType: MEDIA.index, manifests });
}

const order = ({ name, descriptor }: Entry): string => `${name ?? '~'} ${descriptor.digest}`;
