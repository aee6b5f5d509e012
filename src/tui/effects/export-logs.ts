// The log lines that are shown, written to a file that the person names. A file that is there is left alone unless it is to be
// replaced; then the new one is made beside it and takes its name, so that no link is ever written through.
import { constants } from 'node:fs';
import { lstat, open, readlink, realpath, rename, unlink, type FileHandle } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { nanoid } from 'nanoid';
import { seenText } from '../logs/filter.js';
import type { ShownLines } from '../logs/view.js';

export type Exported =
  | { readonly kind: 'written'; readonly path: string; readonly lines: number; readonly bytes: number }
  /** `what` is there already */
  | { readonly kind: 'exists'; readonly path: string; readonly what: string };

/** Lines joined into one write. */
const CHUNK_LINES = 500;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** @throws Error of the file system, with its path */
export async function exportLogs(logs: ShownLines, typed: string, replace: boolean): Promise<Exported> {
  // The directory is where its links lead, and that is what is told; the file itself is never a link.
  const asked = resolve(typed.replace(/^~(?=\/|$)/, homedir()));
  const path = join(await realpath(dirname(asked)), basename(asked));
  const target = replace ? `${path}.${nanoid(8)}` : path;
  let file: FileHandle;
  try {
    file = await open(target, NEW, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return { kind: 'exists', path, what: await whatIs(path) };
    throw error;
  }
  try {
    const { lines, bytes } = await writeLines(file, logs);
    await file.close();
    if (replace) await rename(target, path);
    return { kind: 'written', path, lines, bytes };
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(target).catch(() => undefined);
    throw error;
  }
}

async function whatIs(path: string): Promise<string> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return `a link to ${await readlink(path)}: the link is replaced, what it leads to stays`;
  return stats.isFile() ? `a file of ${stats.size} bytes` : 'no plain file';
}

async function writeLines(file: FileHandle, logs: ShownLines): Promise<{ lines: number; bytes: number }> {
  const isMerged = logs.sources.length > 1;
  // Lines come and go while it is written: what is shown now is what was asked for.
  const shown = Array.from({ length: logs.length }, (_, i) => logs.at(i));
  let bytes = 0;
  for (let at = 0; at < shown.length; at += CHUNK_LINES) {
    const rows = shown.slice(at, at + CHUNK_LINES).map(({ time, stream, source, text }) => {
      const name = isMerged ? `${logs.sources[source]?.name ?? ''} ` : '';
      return `${time} ${name}${stream} ${seenText(text)}\n`;
    });
    const block = Buffer.from(rows.join(''));
    await file.writeFile(block);
    bytes += block.length;
  }
  return { lines: shown.length, bytes };
}
