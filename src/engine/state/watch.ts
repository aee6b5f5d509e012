// Being told when any manager or supervisor has changed any container. Whoever changes one touches one file (Store.touch), so
// however many containers there are, one watch is enough.
import { statSync, writeFileSync } from 'node:fs';
import type { FSWatcher } from 'chokidar';
import { layout } from './layout.js';

/** Changes come in bursts, a start alone is three: they are told once, this long after the first. */
const GATHER_MS = 20;
/** chokidar drops a change that comes within 50 ms of one that it told: so long after one it is looked for once more. */
const LOOK_AGAIN_MS = 60;
/** Where the kernel gives no more inotify watches, the file is looked at this often. */
const POLL_MS = 250;

/** Calls back soon after changes. @returns a function that ends it */
export function watchChanges(root: string, listener: () => void): () => void {
  const path = layout.changes(root);
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let seen = changedAt(path);

  function gather(): void {
    timer ??= setTimeout(look, GATHER_MS);
  }

  function look(): void {
    const now = changedAt(path);
    const changed = now !== seen;
    seen = now;
    timer = changed ? setTimeout(look, LOOK_AGAIN_MS) : undefined;
    if (changed) listener();
  }

  async function begin(usePolling: boolean): Promise<void> {
    // Loaded when somebody watches: the command line mostly does not.
    const { watch } = await import('chokidar');
    if (ended) return;
    watcher = watch(path, { ignoreInitial: true, usePolling, interval: POLL_MS });
    watcher.on('all', gather);
    watcher.on('ready', gather);
    watcher.on('error', () => {
      if (usePolling) return;
      void watcher?.close();
      void begin(true);
    });
  }

  makeIfMissing(path);
  void begin(false);
  return () => {
    ended = true;
    clearTimeout(timer);
    void watcher?.close();
  };
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function makeIfMissing(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch {
    // It is there, or nothing can be changed here.
  }
}
