// save --format oci-dir: an OCI image layout in a directory, which appears when all of it is there.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import type { SavedBytes } from './save.js';

/** @throws TscontainError INVALID_VALUE when something is in the way, NO_SPACE … */
export async function writeDirectory(path: string, parts: AsyncIterable<SavedBytes>): Promise<void> {
  requireFree(path);
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    rmSync(beside, { recursive: true, force: true });
    mkdirSync(beside, { mode: 0o755 });
    for await (const { name, bytes } of parts) await writePart(join(beside, name), bytes);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    if (errnoOf(error) === 'ENOENT')
      throw new TscontainError('NO_SUCH_PATH', `there is no ${shown(dirname(path))} to write to`, {
        cause: error,
        hint: 'make it first',
      });
    throw fileError(error, `write ${shown(path)}`);
  }
}

/** An empty directory may be there already. */
function requireFree(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isDirectory() && readdirSync(path).length === 0)) return;
  throw new TscontainError('INVALID_VALUE', `${shown(path)} is there already, and is not overwritten`, {
    hint: 'name a directory that is not there, or an empty one',
  });
}

async function writePart(path: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx', 0o644);
  try {
    for await (const chunk of bytes) await file.write(chunk);
    await file.datasync();
  } finally {
    await file.close();
  }
}
