// The event log: one JSON line an event, appended by every manager and supervisor, read back and followed by any of them.
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import { lockFile } from '../native/index.js';
import type { EngineEvent } from './model.js';
import { Bell } from './state/bell.js';
import { errnoOf, fileError } from './state/file-errors.js';
import { layout } from './state/layout.js';

/** The log is put aside at this size and the one put aside before is dropped: at most twice this is kept. */
const ROTATE_BYTES = 4 * 1024 * 1024;
/** Where a change is not told (a file system without inotify, no more watches to be had), it is seen after this long. */
const POLL_MS = 500;
const READ_BYTES = 64 * 1024;

/**
 * Appends one event with the time of now: one write to a file opened for appending, which the kernel keeps whole among those
 * of others. Never throws: a full disk loses the event, not what it tells of.
 */
export function appendEvent(root: string, event: Omit<EngineEvent, 'time'>): void {
  const line = `${JSON.stringify({ time: Date.now(), ...event })}\n`;
  let size = 0;
  try {
    const fd = openSync(layout.events(root), 'a', 0o600);
    try {
      writeSync(fd, line);
      size = fstatSync(fd).size;
    } finally {
      closeSync(fd);
    }
  } catch {
    return;
  }
  if (size >= ROTATE_BYTES) void rotate(root);
}

/** Of all who find the log too large, the first to come renames it; the others find it small again. */
async function rotate(root: string): Promise<void> {
  try {
    const lock = await lockFile(layout.eventsLock(root));
    try {
      if (statSync(layout.events(root)).size >= ROTATE_BYTES)
        renameSync(layout.events(root), layout.eventsBefore(root));
    } finally {
      lock.release();
    }
  } catch {
    // It stays large, and the next event tries again.
  }
}

/** One line; undefined for what a full disk cut short, with whatever was appended behind the cut still found. */
export function parseEvent(line: string): EngineEvent | undefined {
  for (const start of new Set([0, line.lastIndexOf('{"time":')])) {
    if (start < 0) continue;
    try {
      const value: unknown = JSON.parse(line.slice(start));
      if (isEvent(value)) return value;
    } catch {
      continue;
    }
  }
  return undefined;
}

function isEvent(value: unknown): value is EngineEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'time' in value &&
    typeof value.time === 'number' &&
    'action' in value &&
    typeof value.action === 'string' &&
    'id' in value &&
    typeof value.id === 'string' &&
    'attributes' in value &&
    typeof value.attributes === 'object' &&
    value.attributes !== null
  );
}

/**
 * The events from `since` (ms since the epoch; absent is from now on), then those that come, until `until` or the signal.
 * Without either it goes on for ever.
 */
export async function* readEvents(
  root: string,
  options: { since?: number; until?: number; signal?: AbortSignal } = {},
): AsyncGenerator<EngineEvent> {
  const { since, until = Infinity, signal } = options;
  const bell = new Bell([root], signal);
  const current = new EventFile(layout.events(root), since === undefined);
  try {
    if (since !== undefined) {
      const before = new EventFile(layout.eventsBefore(root), false);
      try {
        for (const event of before.read()) if (event.time >= since && event.time <= until) yield event;
      } finally {
        before.close();
      }
    }
    for (;;) {
      for (const event of current.read()) {
        if (event.time > until) return;
        if (since === undefined || event.time >= since) yield event;
      }
      if (signal?.aborted === true || Date.now() > until) return;
      await bell.wait(Math.min(POLL_MS, Math.max(until - Date.now() + 1, 1)));
    }
  } finally {
    current.close();
    bell.close();
  }
}

/** A log being read, from its beginning or from its end as it is now. */
class EventFile {
  private fd: number | undefined;
  private position = 0;
  private rest = '';
  private readonly path: string;

  constructor(path: string, fromEnd: boolean) {
    this.path = path;
    this.open();
    if (fromEnd && this.fd !== undefined) this.position = fstatSync(this.fd).size;
  }

  private open(): void {
    try {
      this.fd = openSync(this.path, 'r');
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw fileError(error, 'read the events');
    }
    this.position = 0;
    this.rest = '';
  }

  /** What was appended since the last time, here and in the file that has taken this one's place. */
  *read(): Generator<EngineEvent> {
    if (this.fd === undefined) this.open();
    yield* this.drain();
    while (this.wasPutAside()) {
      // Who had the old file open wrote to it while the new one came.
      yield* this.drain();
      this.close();
      this.open();
      yield* this.drain();
    }
  }

  private *drain(): Generator<EngineEvent> {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    while (this.fd !== undefined) {
      const count = readSync(this.fd, buffer, 0, READ_BYTES, this.position);
      if (count === 0) return;
      this.position += count;
      // Latin-1 keeps every byte, so that a character cut in two by the end of the buffer is whole again in its line.
      const lines = (this.rest + buffer.toString('latin1', 0, count)).split('\n');
      this.rest = lines.pop()!;
      for (const line of lines) {
        const event = parseEvent(Buffer.from(line, 'latin1').toString('utf8'));
        if (event !== undefined) yield event;
      }
    }
  }

  private wasPutAside(): boolean {
    if (this.fd === undefined) return false;
    const there = statSync(this.path, { throwIfNoEntry: false });
    return there !== undefined && there.ino !== fstatSync(this.fd).ino;
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }
}
