// A small disk in memory for one test, unmounted whatever becomes of it.
import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

const mount = (...words: readonly string[]): void => {
  const { status, stderr } = spawnSync('mount', words, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
};

export interface SmallDisk {
  readonly path: string;
  readonly setReadOnly: (isReadOnly: boolean) => void;
  /** Takes all the room there is, to the last page. */
  readonly fill: () => void;
  /** Gives it back. */
  readonly empty: () => void;
}

export function smallDisk(t: TestContext, size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'tscontain-small-'));
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'tscontain-test', path);
  t.after(() => {
    spawnSync('umount', ['--lazy', path]);
    rmSync(path, { recursive: true, force: true });
  });
  const filler = join(path, 'filler');
  return {
    path,
    setReadOnly: (isReadOnly) => mount('-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path),
    fill() {
      const fd = openSync(filler, 'w');
      const page = Buffer.alloc(4096);
      try {
        for (;;) writeSync(fd, page);
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      } finally {
        closeSync(fd);
      }
    },
    empty: () => rmSync(filler),
  };
}
