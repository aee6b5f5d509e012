// The files of a volume, to be looked at and never touched. What is in it was put there by whoever had it, so nothing of it leads
// anywhere: it is opened below its root with no link followed and no other file system entered, nothing that is no plain file is
// opened at all, and no more is read than a person could look at.
import { closeSync, constants, fstatSync } from 'node:fs';
import { open, opendir, lstat, readlink, type FileHandle } from 'node:fs/promises';
import {
  AT_FDCWD,
  openat2,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from '../../native/index.js';
import type { FileBeginning, FileKind, VolumeDirectory, VolumeFile } from '../volumes/port.js';

const MOST_FILES = 2000;
const MOST_BYTES = 64 * 1024;

const BELOW = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY, O_RDONLY } = constants;
/** A name for a descriptor: O_PATH opens nothing, so neither a pipe nor a device hears of it. */
const O_PATH = 0x200000;

/** A descriptor of what is at `path` below `root`, which is itself no link. */
function openBelow(root: string, path: string, flags: number): number {
  const top = openat2(AT_FDCWD, root, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0, RESOLVE_NO_MAGICLINKS);
  try {
    return openat2(top, path === '' ? '.' : path, flags, 0, BELOW);
  } finally {
    closeSync(top);
  }
}

const throughDescriptor = (fd: number): string => `/proc/self/fd/${fd}`;

/** @param path names joined by "/", "" for the root itself */
export async function readDirectoryOf(root: string, path: string): Promise<VolumeDirectory> {
  const fd = openBelow(root, path, O_RDONLY | O_DIRECTORY);
  try {
    const place = throughDescriptor(fd);
    const names: string[] = [];
    let isCut = false;
    for await (const { name } of await opendir(place)) {
      if (names.length === MOST_FILES) {
        isCut = true;
        break;
      }
      names.push(name);
    }
    const files = await Promise.all(names.map((name) => fileAt(place, name)));
    return { files: files.flatMap((file) => file ?? []).sort(inOrder), isCut };
  } finally {
    closeSync(fd);
  }
}

/** Directories first, then by name. */
const inOrder = (a: VolumeFile, b: VolumeFile): number =>
  Number(b.kind === 'directory') - Number(a.kind === 'directory') || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** undefined: it has gone since the directory was read. */
async function fileAt(place: string, name: string): Promise<VolumeFile | undefined> {
  try {
    const path = `${place}/${name}`;
    const stats = await lstat(path);
    const kind = kindOf(stats);
    return {
      name,
      kind,
      sizeBytes: stats.size,
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
      modified: stats.mtimeMs,
      ...(kind === 'link' ? { target: await readlink(path) } : {}),
    };
  } catch {
    return undefined;
  }
}

type Kinds = Pick<
  Awaited<ReturnType<typeof lstat>>,
  'isDirectory' | 'isFile' | 'isSymbolicLink' | 'isFIFO' | 'isSocket'
>;

function kindOf(stats: Kinds): FileKind {
  if (stats.isDirectory()) return 'directory';
  if (stats.isFile()) return 'file';
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isFIFO()) return 'pipe';
  return stats.isSocket() ? 'socket' : 'device';
}

/** @throws Error where it is no plain file */
export async function readFileOf(root: string, path: string): Promise<FileBeginning> {
  const named = openBelow(root, path, O_PATH | O_NOFOLLOW);
  try {
    // What was named cannot become something else any more.
    if (!fstatSync(named).isFile()) throw new Error('it is no plain file');
    const file = await open(throughDescriptor(named), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    return await beginningOf(file).finally(() => file.close());
  } finally {
    closeSync(named);
  }
}

async function beginningOf(file: FileHandle): Promise<FileBeginning> {
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(MOST_BYTES, Math.max(size, 1))), 0);
  const read = buffer.subarray(0, bytesRead);
  const isCut = bytesRead < size;
  const text = textOf(read, isCut);
  return {
    text: text ?? hexOf(read.subarray(0, MOST_BYTES / 16)),
    sizeBytes: size,
    isCut: isCut || (text === undefined && bytesRead > MOST_BYTES / 16),
    isBinary: text === undefined,
  };
}

/** undefined where it is no text. A character that is cut at the end is left out. */
function textOf(bytes: Buffer, isCut: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}

/** "00000010  6e 67 69 6e 78 …  |nginx|", as hexdump -C. */
function hexOf(bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = [...row].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  |${text}|`);
  }
  return lines.join('\n');
}
