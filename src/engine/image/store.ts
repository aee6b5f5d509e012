// The images of a state directory. Tests: test/container/image-store.test.ts.
//
//   images/
//     <id>/image.json   what it is; <id>/layers/0 …   its directories, lowest first
//     names/<name>      symbolic link to the id, the name encoded as one file name
//     .lock             guards names and the coming and going of directories
//     .base.lock        held while `base` is made, so that two managers make it once
//     .new-<random>     one being made (staging.ts)
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFile } from '../../native/index.js';
import type { Images } from '../engine.js';
import { TscontainError } from '../errors.js';
import type { Image } from '../model.js';
import { deleteTree } from '../state/delete-tree.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { makeBase, type MadeLayer } from './base.js';
import { importLayer } from './import.js';
import { BASE, fromFileName, imageName, isId, isIdPrefix, toFileName } from './name.js';
import { NO_DEFAULTS, type ImageDefaults } from './oci.js';
import { openStaging, withStoreLock } from './staging.js';

export interface ImagesOptions {
  /** The containers that were made from an image, by name: it is not removed while there are any. */
  readonly usedBy?: (imageId: string) => Promise<readonly string[]> | readonly string[];
}

/** image.json: the Image without what its place says. */
interface Description {
  readonly schema: 1;
  readonly created: string;
  readonly sizeBytes: number;
  readonly digests: readonly string[];
  readonly config: ImageDefaults;
}

export function createImages(root: string, options: ImagesOptions = {}): Images {
  return new ImageStore(layout.images(root), options);
}

class ImageStore implements Images {
  readonly #directory: string;
  readonly #options: ImagesOptions;
  /** What has been read stays true: an id stands for its content. */
  readonly #known = new Map<string, Omit<Image, 'name'>>();

  constructor(directory: string, options: ImagesOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  /** What cannot be read is left out; asking for it by name says why. */
  list(): Promise<Image[]> {
    const named = new Set(this.#names().map((name) => this.#idOf(name)));
    const nameless = this.#ids().filter((id) => !named.has(id));
    const found = [
      ...this.#names().map((name) => [name, this.#idOf(name)] as const),
      ...nameless.map((id) => [id, id] as const),
    ];
    const images = found.flatMap(([name, id]) => {
      try {
        return id === undefined ? [] : [{ name, ...this.#describe(id)! }];
      } catch {
        return [];
      }
    });
    return Promise.resolve(images.sort((a, b) => a.name.localeCompare(b.name)));
  }

  async get(text: string): Promise<Image> {
    const found = this.#find(text);
    const description = found === undefined ? undefined : this.#describe(found.id);
    if (found !== undefined && description !== undefined) return { name: found.name, ...description };
    if (text === BASE) return this.#makeBase();
    throw noSuchImage(text);
  }

  async import(source: string, text: string, config: Partial<ImageDefaults> = {}): Promise<Image> {
    const name = imageName(text);
    return this.#make(name, (directory) => importLayer(source, directory, config)).catch((error: unknown) => {
      throw fileError(error, `import ${source}`);
    });
  }

  async remove(text: string): Promise<void> {
    const { name, id } = this.#find(text) ?? missing(text);
    await withStoreLock(this.#directory, async () => {
      const others = this.#names().filter((other) => other !== name && this.#idOf(other) === id);
      const users = others.length > 0 ? [] : ((await this.#options.usedBy?.(id)) ?? []);
      if (users.length > 0) {
        throw new TscontainError('IMAGE_IN_USE', `image "${text}" is used by ${users.join(', ')}`, {
          hint: 'remove these containers first: tscontain rm, and tscontain prune --removed for what is kept',
        });
      }
      if (name !== id) await unlink(this.#namePath(name));
      if (others.length === 0) await this.#discard(id);
    });
  }

  /** Two managers that want it at once make it once. */
  async #makeBase(): Promise<Image> {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const lock = await lockFile(join(this.#directory, '.base.lock'));
    try {
      const id = this.#idOf(BASE);
      const made = id === undefined ? undefined : this.#describe(id);
      return made === undefined ? await this.#make(BASE, makeBase) : { name: BASE, ...made };
    } catch (error) {
      throw fileError(error, 'make the image base from the programs of this host');
    } finally {
      lock.release();
    }
  }

  async #make(name: string, fill: (directory: string) => Promise<MadeLayer>): Promise<Image> {
    const staging = await openStaging(this.#directory);
    try {
      const layer = join(staging.directory, 'layers', '0');
      await mkdir(layer, { recursive: true, mode: 0o755 });
      const { digest, sizeBytes, config } = await fill(layer);
      const description: Description = {
        schema: 1,
        created: new Date().toISOString(),
        sizeBytes,
        digests: [digest],
        config,
      };
      const id = createHash('sha256')
        .update(JSON.stringify({ digests: description.digests, config }))
        .digest('hex');
      await writeFile(join(staging.directory, 'image.json'), JSON.stringify(description));
      await withStoreLock(this.#directory, async () => {
        // The same content under another name is the same image.
        if (this.#describe(id) === undefined) await staging.moveTo(join(this.#directory, id));
        await this.#setName(name, id);
      });
      return { name, ...this.#describe(id)! };
    } finally {
      await staging.close();
    }
  }

  /** A name that was there moves on to the new image; the old one goes when nothing else holds it. */
  async #setName(name: string, id: string): Promise<void> {
    const before = this.#idOf(name);
    if (before === id) return;
    await mkdir(join(this.#directory, 'names'), { recursive: true, mode: 0o700 });
    const beside = join(this.#directory, `.name-${id}`);
    await unlink(beside).catch(() => undefined);
    await symlink(`../${id}`, beside);
    await rename(beside, this.#namePath(name));
    if (before === undefined || this.#names().some((other) => this.#idOf(other) === before)) return;
    const users = (await this.#options.usedBy?.(before)) ?? [];
    if (users.length === 0) await this.#discard(before);
  }

  /** It is gone with the rename; the files follow. */
  async #discard(id: string): Promise<void> {
    this.#known.delete(id);
    const trash = join(this.#directory, `.new-trash-${id}`);
    await rename(join(this.#directory, id), trash);
    await deleteTree(trash);
  }

  #namePath(name: string): string {
    return join(this.#directory, 'names', toFileName(name));
  }

  #names(): string[] {
    try {
      return readdirSync(join(this.#directory, 'names')).map(fromFileName);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw fileError(error, 'list the images');
    }
  }

  #idOf(name: string): string | undefined {
    try {
      return readlinkSync(this.#namePath(name)).replace(/^\.\.\//, '');
    } catch {
      return undefined;
    }
  }

  #ids(): string[] {
    try {
      return readdirSync(this.#directory).filter((file) => /^[0-9a-f]{64}$/.test(file));
    } catch {
      return [];
    }
  }

  /** By name, by id, by the beginning of an id, in this order. @throws TscontainError INVALID_VALUE, AMBIGUOUS_ID */
  #find(text: string): { name: string; id: string } | undefined {
    if (!isId(text)) {
      const name = imageName(text.replace(/^sha256:/, ''));
      const id = this.#idOf(name);
      if (id !== undefined) return { name, id };
    }
    if (!isIdPrefix(text)) return undefined;
    const prefix = text.replace(/^sha256:/, '');
    const [id, ...others] = isId(prefix) ? [prefix] : this.#ids().filter((each) => each.startsWith(prefix));
    if (id === undefined) return undefined;
    if (others.length > 0)
      throw new TscontainError('AMBIGUOUS_ID', `"${text}" is the beginning of several image ids`, {
        hint: 'give more digits',
      });
    return { name: this.#names().find((name) => this.#idOf(name) === id) ?? id, id };
  }

  #describe(id: string): Omit<Image, 'name'> | undefined {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    let text: string;
    try {
      text = readFileSync(join(this.#directory, id, 'image.json'), 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
      throw fileError(error, `read image ${id.slice(0, 12)}`);
    }
    const { created, sizeBytes, digests, config } = parseDescription(text, id);
    const layers = digests.map((_, i) => join(this.#directory, id, 'layers', String(i)));
    // Written by an earlier version it lacks what that did not know.
    const image = { id, created, sizeBytes, layers, config: { ...NO_DEFAULTS, ...config } };
    this.#known.set(id, image);
    return image;
  }
}

function noSuchImage(text: string): TscontainError {
  return new TscontainError('NO_SUCH_IMAGE', `there is no image "${text}"`, {
    hint: 'see "tscontain image ls"; "base" is always there, others come by "tscontain image import TARBALL NAME"',
  });
}

function missing(text: string): never {
  throw noSuchImage(text);
}

function parseDescription(text: string, id: string): Description {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof Description, unknown>>;
    if (value.schema === 1 && Array.isArray(value.digests) && typeof value.config === 'object')
      return value as Description;
  } catch {
    // The sentence below says it.
  }
  throw new TscontainError('STATE_CORRUPT', `the description of image ${id.slice(0, 12)} cannot be read`, {
    hint: `remove it and import it again: tscontain image rm ${id.slice(0, 12)}`,
  });
}
