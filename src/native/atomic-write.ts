// Replaces a file so that whoever reads it sees the old content or the new, whole, even after a crash.
import { open, rename, unlink } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';

let count = 0;

/**
 * Writes beside the file, flushes, renames over it and flushes the directory: durable when it resolves. `mode` is that of
 * the new file (default 0600), less the umask. Rejects with Node's error; then the old file stands and no other is left.
 */
export async function atomicWrite(
  path: string,
  content: string | Uint8Array,
  { mode = 0o600 }: { readonly mode?: number } = {},
): Promise<void> {
  count += 1;
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}-${count}`);
  // What is there under this name was left by a process that had our pid and was killed.
  await unlink(beside).catch(() => undefined);
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await unlink(beside).catch(() => undefined);
    throw error;
  }
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
