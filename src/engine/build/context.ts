// The files that a build is given: a directory of the host as it stands, or an archive unpacked into a place of the build's own.
// Which of them are left out is said by Dockerfile.dockerignore beside the Dockerfile, or by .dockerignore.
import { closeSync, fstatSync, mkdirSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { O_CLOEXEC, O_DIRECTORY, O_NONBLOCK, O_RDONLY } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { openIfThere } from '../rootfs/places.js';
import { unpackInto } from '../rootfs/unpack.js';
import { fileError } from '../state/file-errors.js';
import { openArchive } from './archive-source.js';
import { FileHashes } from './file-hashes.js';
import { parseIgnore } from './ignore.js';
import type { BuildWishes, ContextSource } from './model.js';
import { Tree } from './tree.js';

const DEFAULT_NAME = 'Dockerfile';
/** A Dockerfile or a list of patterns is written by people. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

export interface Context {
  readonly tree: Tree;
  /** of a directory of the host, which may be built from again */
  readonly hashes?: FileHashes;
}

export interface OpenedBuild {
  readonly name: string;
  readonly text: string;
  /** absent with no context */
  readonly context?: Context;
}

/**
 * @param root directory of all state
 * @param place of this build alone
 * @throws TscontainError NO_SUCH_PATH, INVALID_VALUE
 */
export async function openBuild(
  root: string,
  place: string,
  wishes: Pick<BuildWishes, 'context' | 'dockerfile'>,
): Promise<OpenedBuild> {
  const directory = await directoryOf(wishes.context, place);
  const { name, text, ignoreBeside } = readDockerfile(directory, wishes.dockerfile);
  if (directory === undefined) return { name, text };
  const ignore = parseIgnore(ignoreBeside ?? textIn(directory, '.dockerignore') ?? '');
  const tree = Tree.ofDirectory(directory, ignore);
  const isHosts = wishes.context.kind === 'directory';
  return { name, text, context: { tree, ...(isHosts ? { hashes: new FileHashes(root, directory) } : {}) } };
}

/** A directory that --build-context names. */
export function openNamedContext(root: string, path: string): Context {
  const directory = hostDirectory(path);
  const tree = Tree.ofDirectory(directory, parseIgnore(textIn(directory, '.dockerignore') ?? ''));
  return { tree, hashes: new FileHashes(root, directory) };
}

async function directoryOf(source: ContextSource, place: string): Promise<string | undefined> {
  switch (source.kind) {
    case 'none':
      return undefined;
    case 'directory':
      return hostDirectory(source.path);
    case 'archive':
      return unpackContext(source.bytes, join(place, 'context'));
  }
}

function hostDirectory(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new TscontainError('NO_SUCH_PATH', `there is no ${shown(path)} to build from`, { hint: 'give a directory' });
  if (!stat.isDirectory()) {
    throw new TscontainError('INVALID_VALUE', `${shown(path)} is no directory to build from`, {
      hint: 'give a directory, and the Dockerfile with -f; an archive comes by standard input: tscontain build - < FILE',
    });
  }
  return realpathSync(path);
}

async function unpackContext(bytes: AsyncIterable<Uint8Array>, directory: string): Promise<string> {
  mkdirSync(directory, { mode: 0o755 });
  const items = await openArchive(bytes, 'the context');
  if (items === undefined) {
    throw new TscontainError('INVALID_VALUE', 'what came as the context is no tar archive', {
      hint: 'give a directory, or a tar archive that may be compressed with gzip, zstd, xz or bzip2',
    });
  }
  const fd = openSync(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    await unpackInto(fd, items, { owner: { uid: 0, gid: 0 }, devices: 'skip', replaceKinds: true });
  } finally {
    closeSync(fd);
  }
  return directory;
}

interface FoundDockerfile {
  readonly name: string;
  readonly text: string;
  /** of NAME.dockerignore, where there is one */
  readonly ignoreBeside?: string;
}

function readDockerfile(directory: string | undefined, wanted: BuildWishes['dockerfile']): FoundDockerfile {
  if (typeof wanted === 'object') return wanted;
  const name = wanted ?? DEFAULT_NAME;
  if (isAbsolute(name)) {
    const beside = (file: string) => textIn(dirname(name), file);
    const text = beside(basename(name));
    if (text === undefined) throw noDockerfile(name);
    return found(basename(name), text, beside(`${basename(name)}.dockerignore`));
  }
  if (directory === undefined) throw noDockerfile(name);
  const text = textIn(directory, name);
  if (text === undefined) throw noDockerfile(name);
  return found(name, text, textIn(directory, `${name}.dockerignore`));
}

const found = (name: string, text: string, beside: string | undefined): FoundDockerfile => ({
  name,
  text,
  ...(beside === undefined ? {} : { ignoreBeside: beside }),
});

const noDockerfile = (name: string): TscontainError =>
  new TscontainError('NO_SUCH_PATH', `there is no ${shown(name)} to build from`, {
    hint: 'give the directory that has one, or name the file with -f',
  });

/** The text of a plain file below a directory, links followed inside of it; undefined when there is none. */
function textIn(directory: string, path: string): string | undefined {
  const top = openSync(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    const fd = openIfThere(top, `/${path}`, O_RDONLY | O_NONBLOCK);
    if (fd === undefined) return undefined;
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile())
        throw new TscontainError('INVALID_VALUE', `${shown(path)} is no plain file`, { hint: 'name another with -f' });
      if (stat.size > MAX_TEXT_BYTES)
        throw new TscontainError('INVALID_VALUE', `${shown(path)} has ${stat.size} bytes, which no such file has`, {
          hint: 'name another with -f',
        });
      const bytes = Buffer.alloc(stat.size);
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw fileError(error, `read ${path}`);
  } finally {
    closeSync(top);
  }
}
