// Installs the locked dependencies when node_modules is missing or older than the lock file.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

export function isInstalled() {
  const lock = statSync(join(root, 'package-lock.json'), { throwIfNoEntry: false });
  const done = statSync(join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  return lock !== undefined && done !== undefined && done.mtimeMs >= lock.mtimeMs;
}

/** @returns {boolean} whether npm ci succeeded; its own words go to the terminal */
export function install() {
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status === 0;
}
