// The files of one log: container.log, which grows, and container.log.1, .2, …, each older than the one before.
import { open, type FileHandle } from 'node:fs/promises';
import { errnoOf } from '../state/file-errors.js';

/** One file of the log, held open: a rotation gives it another name, and the handle stays on it. */
export interface LogFile {
  readonly handle: FileHandle;
  readonly inode: number;
}

/**
 * Opens every file of the log, the oldest first. A rotation between two openings moves a file to where we look next:
 * opened twice it is kept once.
 */
export async function openLogFiles(log: string): Promise<LogFile[]> {
  const files: LogFile[] = [];
  try {
    for (let index = 0; ; index++) {
      const file = await openLogFile(index === 0 ? log : `${log}.${index}`);
      // For a moment of a rotation there is no newest file.
      if (file === undefined && index === 0) continue;
      if (file === undefined) return files.reverse();
      if (files.some(({ inode }) => inode === file.inode)) await file.handle.close();
      else files.push(file);
    }
  } catch (error) {
    await closeAll(files);
    throw error;
  }
}

/** The files that have come after this one, the oldest first: none as long as it is the one that grows. */
export async function openLogFilesAfter(log: string, file: LogFile): Promise<LogFile[]> {
  const files = await openLogFiles(log);
  // Rotated so often meanwhile that it is gone itself: then everything there is came after it.
  const known = files.findIndex(({ inode }) => inode === file.inode);
  await closeAll(files.slice(0, known + 1));
  return files.slice(known + 1);
}

export async function closeAll(files: readonly LogFile[]): Promise<void> {
  for (const { handle } of files) await handle.close();
}

async function openLogFile(path: string): Promise<LogFile | undefined> {
  try {
    const handle = await open(path, 'r');
    return { handle, inode: (await handle.stat()).ino };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
