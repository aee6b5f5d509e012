// tscontain cp
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { packHostPath, renameTop, TscontainError, unpackBelow, type Engine } from '../../engine/index.js';
import type { Command } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';

/** CONTAINER:PATH, a path of the host, or - for a tar stream. A host path with a colon is written ./a:b, as docker has it. */
type Place =
  | { readonly kind: 'container'; readonly ref: string; readonly path: string }
  | { readonly kind: 'host'; readonly path: string }
  | { readonly kind: 'stream' };

export function readPlace(word: string): Place {
  if (word === '-') return { kind: 'stream' };
  const colon = word.indexOf(':');
  if (word.startsWith('/') || word.startsWith('.') || colon < 1) return { kind: 'host', path: word };
  return { kind: 'container', ref: word.slice(0, colon), path: word.slice(colon + 1) || '/' };
}

interface Target {
  /** where the tar is unpacked */
  readonly directory: string;
  /** what its first path component becomes; undefined keeps it; "." spills the contents */
  readonly rename: string | undefined;
}

/** Docker's table of what `cp SOURCE TARGET` means, by what the two are. */
export function target(
  source: { path: string; name: string; isDirectory: boolean },
  path: string,
  found: { isDirectory: boolean } | undefined,
): Target {
  const spill = source.isDirectory && /(^|\/)\.$/.test(source.path);
  if (found?.isDirectory) return { directory: path, rename: spill ? '.' : undefined };
  if (found !== undefined && source.isDirectory) {
    throw new TscontainError('INVALID_VALUE', `cannot copy the directory ${source.path} over the file ${path}`, {
      hint: 'name a directory or a path that does not exist',
    });
  }
  if (found === undefined && path.endsWith('/') && !source.isDirectory) {
    throw new TscontainError('NO_SUCH_PATH', `there is no directory ${path}`, {
      hint: 'make it first, or leave out the last /',
    });
  }
  return { directory: dirname(path.replace(/\/+$/, '') || '/'), rename: basename(path) };
}

async function hostStat(path: string): Promise<{ isDirectory: boolean } | undefined> {
  try {
    const found = await stat(path);
    return { isDirectory: found.isDirectory() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TscontainError('NO_SUCH_PATH', `${path} cannot be read`, {
      cause: error,
      hint: 'name a path that can be read',
    });
  }
}

async function fromContainer(
  context: Context,
  engine: Engine,
  source: { ref: string; path: string },
  to: Place,
): Promise<void> {
  const { stream, isDirectory, name } = await engine.copyFrom(source.ref, source.path);
  if (to.kind === 'stream') {
    await new Promise<void>((done, fail) => {
      stream.on('error', fail).on('end', done);
      stream.pipe(context.stdout, { end: false });
    });
    return;
  }
  if (to.kind === 'container') throw betweenContainers();
  const path = resolve(to.path) + (to.path.endsWith('/') ? '/' : '');
  const { directory, rename } = target({ path: source.path, name, isDirectory }, path, await hostStat(path));
  await unpackBelow(directory, renameTop(stream, name, rename));
}

async function toContainer(
  context: Context,
  engine: Engine,
  from: Place,
  to: { ref: string; path: string },
): Promise<void> {
  const found = await engine.stat(to.ref, to.path);
  if (from.kind === 'stream') {
    if (!found?.isDirectory) {
      throw new TscontainError('NO_SUCH_PATH', `${to.path} is no directory in ${to.ref}`, {
        hint: 'a tar stream is unpacked into a directory',
      });
    }
    await engine.copyTo(to.ref, to.path, context.stdin);
    return;
  }
  if (from.kind === 'container') throw betweenContainers();
  const source = await hostStat(from.path);
  if (source === undefined)
    throw new TscontainError('NO_SUCH_PATH', `there is no ${from.path} on the host`, {
      hint: 'name a path that exists',
    });
  const path = resolve(from.path);
  const name = basename(path);
  const { directory, rename } = target({ path: from.path, name, isDirectory: source.isDirectory }, to.path, found);
  await engine.copyTo(to.ref, directory, renameTop(packHostPath(path), name, rename));
}

const betweenContainers = () =>
  new TscontainError('NOT_SUPPORTED', 'cp does not copy from one container to another', {
    hint: 'join two: tscontain cp a:/x - | tscontain cp - b:/',
  });

export const cp: Command = {
  name: 'cp',
  summary: 'Copy files between a container and the host, both ways, running or not',
  description:
    'One of the two is CONTAINER:PATH; - is a tar stream. SOURCE/. copies what is in the directory, not the directory.',
  arguments: [
    { name: 'source', complete: 'file' },
    { name: 'target', complete: 'file' },
  ],
  options: [],
  examples: [
    { command: 'tscontain cp web:/etc/nginx ./nginx', what: 'a directory out of a container' },
    { command: 'tscontain cp page.html web:/srv/', what: 'a file into one' },
  ],
  async run(context, [source = '', destination = '']) {
    const from = readPlace(source);
    const to = readPlace(destination);
    const engine = await context.engine();
    if (from.kind === 'container') await fromContainer(context, engine, from, to);
    else if (to.kind === 'container') await toContainer(context, engine, from, to);
    else {
      throw new TscontainError('INVALID_VALUE', `neither "${source}" nor "${destination}" is in a container`, {
        hint: 'write one of them as CONTAINER:PATH',
      });
    }
    return EXIT.ok;
  },
};
