// What a COPY takes along: every file of its sources as an entry with the place where it is to stand. The same walk is hashed for
// the cache and unpacked into the layer, so that the two cannot differ.
import { closeSync, fstatSync } from 'node:fs';
import { basename, dirname, posix } from 'node:path';
import { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_PATH, O_RDONLY } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Item } from '../rootfs/entry.js';
import { walkOne, walkTree } from '../rootfs/walk.js';
import { bytesOf } from './bytes-of.js';
import { hasWildcards, matcherOf } from './ignore.js';
import type { CopyWork } from './step.js';
import type { Found, Tree } from './tree.js';

/** One source that was found: a file, or a directory whose content is meant. */
export interface Gathered extends Found {
  /** as the Dockerfile names it, wildcards resolved */
  readonly source: string;
}

/** @throws TscontainError NO_SUCH_PATH for a source without wildcards that is not there */
export function gather(tree: Tree, { sources, from }: Pick<CopyWork, 'sources' | 'from'>): Gathered[] {
  return sources.flatMap((source) => {
    const found = tree.find(source.replace(/\/\.\//, '/'));
    if (found.length === 0 && !hasWildcards(source)) throw notThere(tree, source, from === undefined);
    return found.map((each) => ({ ...each, source }));
  });
}

function notThere(tree: Tree, source: string, isContext: boolean): TscontainError {
  const path = posix.resolve('/', source).slice(1);
  if (tree.isIgnored(path))
    return new TscontainError('NO_SUCH_PATH', `${shown(source)} is left out of the context by .dockerignore`, {
      hint: `add a line !${path} at its end`,
    });
  return new TscontainError('NO_SUCH_PATH', `there is no ${shown(source)} ${isContext ? 'in the context' : 'there'}`, {
    hint: isContext
      ? 'paths begin at the directory that is given to the build, not where the Dockerfile is'
      : 'paths begin at the root of the image or stage',
  });
}

/** Which of the things below a source are meant. */
export class Wanted {
  /** where the source stands once links are followed */
  readonly real: string;
  readonly #excludes: readonly ((path: string) => boolean)[];

  constructor(
    private readonly tree: Tree,
    { path }: Found,
    excludes: readonly string[],
  ) {
    this.real = realPathOf(tree, path);
    this.#excludes = excludes.map(matcherOf);
  }

  /** "maybe" of a directory that is ignored while something in it may be kept: it comes along with that. */
  judge(relative: string, isDirectory: boolean): 'yes' | 'no' | 'maybe' {
    if (relative === '') return 'yes';
    if (this.#excludes.some((matches) => prefixes(relative).some(matches))) return 'no';
    const whole = this.real === '' ? relative : `${this.real}/${relative}`;
    if (!this.tree.isIgnored(whole)) return 'yes';
    return isDirectory && !this.tree.ignoresAllBelow(whole) ? 'maybe' : 'no';
  }
}

/** Everything below a source, paths relative to it; "" is the source itself. */
export async function* itemsOf(tree: Tree, found: Found, excludes: readonly string[] = []): AsyncGenerator<Item> {
  const wanted = new Wanted(tree, found, excludes);
  const waiting: Item[] = [];
  for await (const item of walk(tree, found)) {
    const { path, type } = item.entry;
    while (waiting.length > 0 && !path.startsWith(`${waiting.at(-1)!.entry.path}/`)) waiting.pop();
    const verdict = wanted.judge(path, type === 'directory');
    if (verdict === 'maybe') waiting.push(item);
    if (verdict !== 'yes') continue;
    yield* waiting.splice(0);
    const isLink = item.entry.type === 'hardlink';
    // Of a file with two names the first may be left out: then the second is the file.
    if (isLink && wanted.judge(item.entry.link, false) !== 'yes') yield* asFile(tree, wanted.real, item);
    else yield item;
  }
}

function* asFile(tree: Tree, real: string, { entry }: Item): Generator<Item> {
  const fd = tree.open([real, entry.path].filter((part) => part !== '').join('/'), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (fd === undefined) return;
  try {
    const { size } = fstatSync(fd);
    yield { entry: { ...entry, type: 'file', link: '', size }, body: bytesOf(fd, size) };
  } finally {
    closeSync(fd);
  }
}

/** "a/b/c": "a", "a/b", "a/b/c" */
const prefixes = (path: string): string[] =>
  path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));

/** Where it stands once links are followed, relative to the root of its tree. */
export function realPathOf(tree: Tree, path: string): string {
  const fd = tree.open(path, O_PATH);
  if (fd === undefined) return path;
  try {
    return tree.realPath(fd);
  } finally {
    closeSync(fd);
  }
}

async function* walk(tree: Tree, { path, isDirectory }: Found): AsyncGenerator<Item> {
  if (isDirectory) {
    const fd = tree.open(path, O_RDONLY | O_DIRECTORY);
    if (fd === undefined) return;
    try {
      yield* walkTree(fd);
    } finally {
      closeSync(fd);
    }
    return;
  }
  // A link to it has been followed: its own name is where it stands.
  const real = realPathOf(tree, path);
  const parentFd = tree.open(dirname(`/${real}`).slice(1), O_PATH | O_DIRECTORY);
  if (parentFd === undefined) return;
  try {
    for await (const item of walkOne(parentFd, basename(real), '')) yield item;
  } finally {
    closeSync(parentFd);
  }
}

export interface Placing {
  readonly work: Pick<CopyWork, 'target' | 'parents'>;
  /** what stands in the root that it is copied into */
  readonly isDirectoryThere: (path: string) => boolean;
}

/** Where a source goes, an absolute path; a directory's content goes there, not the directory itself. */
export function placeOfSource({ source, path, isDirectory }: Gathered, { work, isDirectoryThere }: Placing): string {
  const { target, parents } = work;
  const into = (name: string) => posix.join(target, name);
  if (parents) {
    // What stands before "/./" is not kept.
    const pivot = source.indexOf('/./');
    const cut = pivot < 0 ? 0 : source.slice(0, pivot).replace(/^\/+/, '').length + 1;
    return into(path.slice(Math.max(0, cut)));
  }
  if (isDirectory) return target.replace(/(.)\/$/, '$1');
  return target.endsWith('/') || isDirectoryThere(target) ? into(basename(path)) : target;
}

/** Whether an open root has a directory at a path, links followed in it. */
export function directoryIn(tree: Tree): (path: string) => boolean {
  return (path) => {
    const fd = tree.open(path.replace(/^\//, ''), O_PATH);
    if (fd === undefined) return false;
    try {
      return fstatSync(fd).isDirectory();
    } finally {
      closeSync(fd);
    }
  };
}
