// -o of the commands that write an archive: the file appears under its name when all of it is written, and not before.
import {
  closeSync,
  createWriteStream,
  fsync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  write as fsWrite,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { TscontainError } from '../engine/index.js';
import { nameFile, openUnnamed } from '../native/index.js';
import type { Context } from './context.js';
import { printable } from './output.js';

/** As docker has it: what is in images and containers is not for everybody. */
const MODE = 0o600;
const flush = promisify(fsync);
const write = promisify(fsWrite);

/** Writes an archive to a file, or without one to where the output goes, if that is no terminal. */
export async function writeArchive(context: Context, stream: Readable, path: string | undefined): Promise<void> {
  if (path === undefined) await pipeline(stream, context.stdout, { end: false });
  else await writeFile(stream, path);
}

/** Asked before anything is done. @throws TscontainError INVALID_VALUE */
export function requireNoTerminal(context: Context, path: string | undefined): void {
  if (path !== undefined || !context.stdout.isTTY) return;
  throw new TscontainError('INVALID_VALUE', 'an archive is not written to a terminal', {
    hint: 'give -o FILE, or pipe it on: tscontain … | gzip > FILE',
  });
}

async function writeFile(stream: Readable, asked: string): Promise<void> {
  try {
    const there = statSync(asked, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw isDirectory(asked);
    // A device or a pipe is written to; it cannot be replaced.
    if (there !== undefined && !there.isFile()) await pipeline(stream, createWriteStream(asked));
    else await replaceFile(stream, there === undefined ? asked : realpathSync(asked));
  } catch (error) {
    stream.destroy();
    throw unwritable(error, asked);
  }
}

async function replaceFile(stream: Readable, path: string): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  const { fd, isNamed } = openBeside(dirname(path), beside);
  try {
    for await (const chunk of stream) await writeAll(fd, chunk as Buffer);
    await flush(fd);
    if (!isNamed) {
      forget(beside);
      nameFile(fd, beside);
    }
    renameSync(beside, path);
  } catch (error) {
    if (isNamed) forget(beside);
    throw error;
  } finally {
    closeSync(fd);
  }
}

async function writeAll(fd: number, chunk: Buffer): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    const { bytesWritten } = await write(fd, chunk, done, chunk.length - done, null);
    done += bytesWritten;
  }
}

function openBeside(directory: string, beside: string): { fd: number; isNamed: boolean } {
  try {
    return { fd: openUnnamed(directory, MODE), isNamed: false };
  } catch (error) {
    if (!['EOPNOTSUPP', 'EISDIR', 'EINVAL'].includes(codeOf(error))) throw error;
  }
  forget(beside);
  return { fd: openSync(beside, 'wx', MODE), isNamed: true };
}

/** Left by a process that had our pid and was killed. */
function forget(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path);
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

const isDirectory = (path: string): TscontainError =>
  new TscontainError('INVALID_VALUE', `${printable(path)} is a directory`, { hint: 'name a file in it' });

const MEANINGS: Readonly<
  Record<string, readonly ['NO_SUCH_PATH' | 'NO_SPACE' | 'PERMISSION_DENIED' | 'READ_ONLY', string]>
> = {
  ENOENT: ['NO_SUCH_PATH', 'make its directory first'],
  ENOTDIR: ['NO_SUCH_PATH', 'make its directory first'],
  ENOSPC: ['NO_SPACE', 'free some space there, or choose another place'],
  EDQUOT: ['NO_SPACE', 'free some space there, or choose another place'],
  EACCES: ['PERMISSION_DENIED', 'choose a place that can be written'],
  EPERM: ['PERMISSION_DENIED', 'choose a place that can be written'],
  EROFS: ['READ_ONLY', 'choose a place that can be written'],
};

function unwritable(error: unknown, path: string): unknown {
  const meaning = MEANINGS[codeOf(error)];
  if (error instanceof TscontainError || meaning === undefined) return error;
  const [code, hint] = meaning;
  return new TscontainError(code, `cannot write ${printable(path)}: ${codeOf(error)}`, { cause: error, hint });
}
