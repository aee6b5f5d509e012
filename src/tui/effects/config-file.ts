// The config file while the dashboard runs: read again when it was saved, written when a person says so.
import { basename, dirname } from 'node:path';
import type { FSWatcher } from 'chokidar';
import { loadConfig, saveConfig, type Settings } from '../config/index.js';
import { failureOf } from './failure.js';
import type { Ports } from './ports.js';

/** Editors write a file in several steps. */
const GATHER_MS = 60;

export class ConfigFile {
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly path: string,
    private readonly ports: Pick<Ports, 'dispatch'>,
  ) {}

  /** The folder is watched, since most editors put a new file in the place of the old one. */
  async watch(): Promise<void> {
    const { watch } = await import('chokidar');
    if (this.isClosed || this.watcher) return;
    const name = basename(this.path);
    this.watcher = watch(dirname(this.path), { ignoreInitial: true, depth: 0 });
    this.watcher.on('all', (_event, changed) => {
      if (basename(changed) !== name) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.readAgain(), GATHER_MS);
    });
    // Without a watch (no folder yet, no watches left) it is read at the next start.
    this.watcher.on('error', () => undefined);
  }

  private async readAgain(): Promise<void> {
    const { settings, problems } = await loadConfig(this.path);
    if (!this.isClosed) this.ports.dispatch({ type: 'configured', settings, problems });
  }

  async save(settings: Settings): Promise<void> {
    try {
      await saveConfig(this.path, settings);
      this.ports.dispatch({ type: 'settings-saved', settings, path: this.path });
      await this.watch();
    } catch (error) {
      this.ports.dispatch({ type: 'notice', kind: 'error', text: `Nothing was saved: ${failureOf(error).message}` });
    }
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    void this.watcher?.close();
  }
}
