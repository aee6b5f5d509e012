// A directory of its own for a test, gone after it: for state, or to work in.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export function stateDirectory(test: Pick<TestContext, 'after'>): string {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** Works in a directory of its own until the test is over: where the dashboard saves log lines that it is given no path for. */
export function workElsewhere(test: Pick<TestContext, 'after'>): void {
  const before = process.cwd();
  process.chdir(stateDirectory(test));
  test.after(() => process.chdir(before));
}
