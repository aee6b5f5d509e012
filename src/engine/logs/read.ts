// Reading a container's log: all of it or its end, and on as it grows, across rotations, until the container has ended.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry, LogsOptions } from '../model.js';
import { Bell } from '../state/bell.js';
import { fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { entryFilter, parseEntries, type EntryFilter } from './entries.js';
import { closeAll, openLogFiles, openLogFilesAfter, type LogFile } from './files.js';
import { findTail } from './tail.js';

const BLOCK_BYTES = 256 * 1024;
/** While it follows, new text is looked for no more often than this: a busy log is then read in blocks, not in lines. */
const FOLLOW_PAUSE_MS = 5;
/** Where a change is not told (no inotify watch to be had), it is seen after this long. */
const POLL_MS = 250;

export interface LogSource {
  readonly root: string;
  readonly id: string;
  /** Whether more may come: false once the container has ended or is gone. */
  isLive(): boolean;
}

/**
 * The entries, many at a time: yielding them one by one would cost more than reading them.
 * @throws TscontainError IO_ERROR, PERMISSION_DENIED
 */
export async function* readLog(source: LogSource, options: LogsOptions): AsyncGenerator<LogEntry[]> {
  const { root, id } = source;
  const log = layout.log(root, id);
  const filter = entryFilter(options);
  const bell = options.follow
    ? new Bell([layout.logs(root, id), layout.container(root, id)], options.signal)
    : undefined;
  let files: LogFile[] = [];
  try {
    files = await openLogFiles(log);
    let offset = 0;
    if (options.tail !== undefined && files.length > 0) {
      const start = await findTail(files, options.tail, filter);
      await closeAll(files.splice(0, start.file));
      offset = start.offset;
    }
    for (;;) {
      // Asked before the last look, so that what was written before the end is not missed.
      const live = options.follow === true && source.isLive() && isWithin(options);
      while (files.length > 0) {
        const file = files[0]!;
        offset = yield* readOn(file, offset, filter);
        if (files.length === 1) {
          if (!live) return;
          const newer = await openLogFilesAfter(log, file);
          if (newer.length === 0) break;
          // It may have grown between the last look at it and its rotation.
          yield* readOn(file, offset, filter);
          files.push(...newer);
        }
        files.shift();
        await file.handle.close();
        offset = 0;
      }
      if (!live || bell === undefined) return;
      await bell.wait(POLL_MS);
      if (options.signal?.aborted) return;
      await sleep(FOLLOW_PAUSE_MS);
      if (files.length === 0) files = await openLogFiles(log);
    }
  } catch (error) {
    throw fileError(error, `read the log of container ${id.slice(0, 12)}`);
  } finally {
    bell?.close();
    await closeAll(files);
  }
}

function isWithin({ until, signal }: LogsOptions): boolean {
  return signal?.aborted !== true && (until === undefined || Date.now() <= until);
}

/** From `offset` to the end as it is now. @returns where the next look begins */
async function* readOn(file: LogFile, offset: number, filter: EntryFilter): AsyncGenerator<LogEntry[], number> {
  for (;;) {
    // A block of its own each time: the entries are views of it and belong to whoever got them.
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    const { bytesRead } = await file.handle.read(block, 0, BLOCK_BYTES, offset);
    const { entries, taken } = parseEntries(block, bytesRead, filter);
    // An entry is never as large as a block, so one without a newline is no entry: it is skipped.
    const used = taken === 0 && bytesRead === BLOCK_BYTES ? BLOCK_BYTES : taken;
    offset += used;
    if (entries.length > 0) yield entries;
    if (bytesRead < BLOCK_BYTES) return offset;
  }
}
