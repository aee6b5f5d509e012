// The parts of a saved image by their names, where any can be read at any time: in a tar file, or in a directory.
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import {
  O_CLOEXEC,
  O_DIRECTORY,
  O_NONBLOCK,
  O_RDONLY,
  openat2,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  SyscallError,
} from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';
import type { Digest } from '../oci.js';
import { Extent } from './extent.js';
import { digestOfName } from './part-name.js';
import type { TarIndex } from './tar-index.js';

/** Where the content of a part is, as far as that is known without reading it. */
export interface SavedPart {
  /** bytes */
  readonly size: number;
  /** what its name promises, or what it was seen to be */
  readonly digest?: Digest;
}

export interface SavedParts {
  /** undefined when there is no such part */
  find(name: string): SavedPart | undefined;
  bytes(name: string): AsyncIterable<Buffer>;
  /** The blob of the store that a part is already; undefined when its bytes have to be read. */
  stored?(name: string): Promise<Digest | undefined>;
  close(): Promise<void>;
}

const MAX_LINKS = 8;

const withDigest = (name: string, size: number): SavedPart => {
  const digest = digestOfName(name);
  return { size, ...(digest === undefined ? {} : { digest }) };
};

const tooManyLinks = (name: string): TscontainError =>
  new TscontainError('INVALID_VALUE', `${shown(name)} in the archive is a link that leads to no part of it`, {
    hint: 'save the image again',
  });

/** The name of what a link of an archive stands for in the end. */
export function followLinks(name: string, links: ReadonlyMap<string, string>): string {
  let at = name;
  for (let count = 0; count < MAX_LINKS; count++) {
    const next = links.get(at);
    if (next === undefined) return at;
    at = next;
  }
  throw tooManyLinks(name);
}

/** A plain tar archive that can be read anywhere. `fd` is taken over. */
export class TarParts implements SavedParts {
  constructor(
    private readonly fd: number,
    private readonly index: TarIndex,
  ) {}

  find(name: string): SavedPart | undefined {
    const target = followLinks(name, this.index.links);
    const place = this.index.parts.get(target);
    return place === undefined ? undefined : withDigest(target, place.size);
  }

  bytes(name: string): Extent {
    const place = this.index.parts.get(followLinks(name, this.index.links));
    return new Extent(this.fd, place?.at ?? 0, place?.size ?? 0);
  }

  close(): Promise<void> {
    closeSync(this.fd);
    return Promise.resolve();
  }
}

/** A directory that somebody may be changing: parts are plain files below it, and no link is followed to one. */
export class DirectoryParts implements SavedParts {
  readonly #fd: number;

  constructor(path: string) {
    this.#fd = openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }

  find(name: string): SavedPart | undefined {
    const fd = this.#open(name);
    if (fd === undefined) return undefined;
    try {
      return withDigest(name, fstatSync(fd).size);
    } finally {
      closeSync(fd);
    }
  }

  async *bytes(name: string): AsyncGenerator<Buffer> {
    const fd = this.#open(name);
    if (fd === undefined) return;
    try {
      yield* new Extent(fd, 0, fstatSync(fd).size);
    } finally {
      closeSync(fd);
    }
  }

  close(): Promise<void> {
    closeSync(this.#fd);
    return Promise.resolve();
  }

  #open(name: string): number | undefined {
    const how = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
    let fd: number;
    try {
      fd = openat2(this.#fd, name, O_RDONLY | O_NONBLOCK | constants.O_NOCTTY, 0, how);
    } catch (error) {
      if (error instanceof SyscallError && ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code)) return undefined;
      if (error instanceof SyscallError && ['ELOOP', 'EXDEV', 'ENXIO'].includes(error.code)) throw noPlainFile(name);
      throw error;
    }
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    throw noPlainFile(name);
  }
}

const noPlainFile = (name: string): TscontainError =>
  new TscontainError('INVALID_VALUE', `${shown(name)} in the directory is no plain file`, {
    hint: 'give a directory that skopeo, umoci or "image save --format oci-dir" has written',
  });
