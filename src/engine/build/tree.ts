// A tree that files are taken from: the context, or the root of an image or a stage. Every path is looked up below its root, as a
// process whose root it is would find it, so that no link in it leads to the host (CVE-2024-23651).
import { closeSync, fstatSync, openSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import { createOverlay, O_CLOEXEC, O_DIRECTORY, O_PATH, O_RDONLY } from '../../native/index.js';
import { openIfThere } from '../rootfs/places.js';
import { namesIn } from '../rootfs/walk.js';
import { hasWildcards, matcherOf, type Ignore } from './ignore.js';

export interface Found {
  /** relative to the root, as it was asked for */
  readonly path: string;
  readonly isDirectory: boolean;
}

export class Tree {
  readonly #rootPath: string;

  constructor(
    readonly rootFd: number,
    private readonly ignore?: Ignore,
  ) {
    this.#rootPath = readlinkSync(`/proc/self/fd/${rootFd}`);
  }

  static ofDirectory(path: string, ignore?: Ignore): Tree {
    return new Tree(openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ignore);
  }

  /** Layers one over another, lowest first, to be read and not to be written. */
  static ofLayers(layers: readonly string[]): Tree {
    const [only, ...others] = layers;
    if (only !== undefined && others.length === 0) return Tree.ofDirectory(only);
    return new Tree(createOverlay({ lower: [...layers].reverse() }));
  }

  close(): void {
    closeSync(this.rootFd);
  }

  /** @param path relative */
  isIgnored(path: string): boolean {
    return path !== '' && this.ignore?.ignores(path) === true;
  }

  ignoresAllBelow(path: string): boolean {
    return path !== '' && this.ignore?.ignoresAllBelow(path) === true;
  }

  /** Opens what stands at a relative path, links followed inside of the root; undefined when nothing does. */
  open(path: string, flags: number): number | undefined {
    return openIfThere(this.rootFd, `/${path}`, flags);
  }

  /** Where what is open really stands, relative to the root; a link may have led there. */
  realPath(fd: number): string {
    const path = readlinkSync(`/proc/self/fd/${fd}`);
    const below = path.startsWith(`${this.#rootPath}/`) ? path.slice(this.#rootPath.length) : path;
    return this.#rootPath === path ? '' : below.replace(/^\//, '');
  }

  /** What a path or a pattern names, in the order of names. Ignored things are not there. */
  find(pattern: string): Found[] {
    const path = posix.resolve('/', pattern).slice(1);
    if (!hasWildcards(pattern)) {
      const found = this.#look(path);
      return found === undefined ? [] : [found];
    }
    const parts = path.split('/');
    const fixed = parts.findIndex(hasWildcards);
    const matches = matcherOf(path);
    return this.#search(parts.slice(0, fixed).join('/'), parts.slice(fixed), matches);
  }

  #look(path: string): Found | undefined {
    if (this.isIgnored(path) && this.ignoresAllBelow(path)) return undefined;
    const fd = this.open(path, O_PATH);
    if (fd === undefined) return undefined;
    try {
      const isDirectory = fstatSync(fd).isDirectory();
      const real = this.realPath(fd);
      // Of a directory something may be kept that a later line names.
      if (this.isIgnored(path) && !isDirectory) return undefined;
      if (real !== path && this.isIgnored(real) && (!isDirectory || this.ignoresAllBelow(real))) return undefined;
      return { path, isDirectory };
    } finally {
      closeSync(fd);
    }
  }

  #search(top: string, parts: readonly string[], matches: (path: string) => boolean): Found[] {
    const found: Found[] = [];
    const isDeep = parts.includes('**');
    const visit = (directory: string, depth: number): void => {
      const fd = this.open(directory, O_RDONLY | O_DIRECTORY);
      if (fd === undefined) return;
      let names: string[];
      try {
        names = namesIn(fd).sort();
      } finally {
        closeSync(fd);
      }
      for (const name of names) {
        const path = directory === '' ? name : `${directory}/${name}`;
        const isMatch = matches(path);
        const looked = isMatch || isDeep || depth + 1 < parts.length ? this.#look(path) : undefined;
        if (looked === undefined) continue;
        if (isMatch) found.push(looked);
        else if (looked.isDirectory && (isDeep || depth + 1 < parts.length)) visit(path, depth + 1);
      }
    };
    visit(top, 0);
    return found;
  }
}

/** Opens a directory or a file of a tree as something that can be mounted or read: "/proc/self/fd/…" names exactly it. */
export const byDescriptor = (fd: number): string => `/proc/self/fd/${fd}`;
