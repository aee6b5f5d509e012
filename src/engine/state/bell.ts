// Waiting for a file to change, wherever the change comes from, without missing one between two looks.
import { watch, type FSWatcher } from 'node:fs';

/** Rings when something in one of some directories changed, and at the abort of a signal. */
export class Bell {
  private readonly watchers: FSWatcher[] = [];
  private rung = false;
  private wake: (() => void) | undefined;
  private readonly ring = (): void => {
    this.rung = true;
    this.wake?.();
  };

  constructor(
    directories: readonly string[],
    private readonly signal?: AbortSignal,
  ) {
    signal?.addEventListener('abort', this.ring);
    for (const directory of directories) {
      try {
        const watcher = watch(directory, this.ring);
        watcher.on('error', () => watcher.close());
        this.watchers.push(watcher);
      } catch {
        // No watch to be had: the time-out of wait() does it.
      }
    }
  }

  /** Resolves at the next ring, at once when it rang since the last wait, and after `timeoutMs` at the latest. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = undefined;
    }
    this.rung = false;
  }

  close(): void {
    this.signal?.removeEventListener('abort', this.ring);
    for (const watcher of this.watchers) watcher.close();
  }
}
