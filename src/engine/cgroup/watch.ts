// Telling of changes in a cgroup: inotify on the files that notify, a slow look at those that do not.
// cgroup.events and memory.events notify (cgroup-v2.rst); memory.oom_control of v1 does so only through eventfd, which tells
// that the limit was met, not that somebody was killed, and needs a thread that waits for it.
import { watch, type FSWatcher } from 'node:fs';
import type { CgroupState, CgroupWatch } from './driver.js';
import { LOOK_INTERVAL_MS, Poll } from './poll.js';

export interface Watched {
  /** files whose change is notified; those that are not there are passed over */
  readonly notifying: readonly string[];
  /** files that notify nobody and tell by what is in them that something changed */
  readonly silent: readonly string[];
  /** some of the state is in files that tell nothing of the kind, and must be asked for */
  readonly looks: boolean;
}

/** Of all cgroups that this process watches. */
const poll = new Poll();

export function watchCgroup(
  { notifying, silent, looks }: Watched,
  state: () => CgroupState,
  listener: (state: CgroupState) => void,
): CgroupWatch {
  let known = state();
  const look = () => {
    const now = state();
    // One change of a file is told up to three times.
    if (now.populated === known.populated && now.frozen === known.frozen && now.oomKills === known.oomKills) return;
    known = now;
    listener(now);
  };
  const watchers = notifying.flatMap((file) => watchFile(file, look));
  const polled = silent.map((file) => poll.add(file, look));
  const timer = looks ? setInterval(look, LOOK_INTERVAL_MS).unref() : undefined;
  // Something may have changed between the first look and the first watch.
  const first = setImmediate(look);
  return {
    close() {
      clearImmediate(first);
      clearInterval(timer);
      for (const watcher of watchers) watcher.close();
      for (const end of polled) end?.();
    },
  };
}

function watchFile(file: string, look: () => void): FSWatcher[] {
  try {
    const watcher = watch(file, { persistent: false }, look);
    // The cgroup was removed under the watch; whoever watches learns it from the state.
    watcher.on('error', look);
    return [watcher];
  } catch {
    return [];
  }
}
