// logs: what a container has written, and with `follow` what it writes until it ends.
import { readLog } from '../logs/read.js';
import type { LogEntry, LogsOptions } from '../model.js';
import { isAlive, loadIfThere, type Parts } from './parts.js';

/** @throws TscontainError NO_SUCH_CONTAINER, PERMISSION_DENIED, IO_ERROR */
export async function* logBatches(
  { root, store }: Parts,
  ref: string,
  options: LogsOptions = {},
): AsyncGenerator<readonly LogEntry[]> {
  const id = store.resolve(ref);
  const isLive = () => isAlive(loadIfThere(store, id)?.state.status ?? 'exited');
  yield* readLog({ root, id, isLive }, options);
}

/** The same, one by one. */
export async function* logs(parts: Parts, ref: string, options?: LogsOptions): AsyncGenerator<LogEntry> {
  for await (const entries of logBatches(parts, ref, options)) yield* entries;
}
