// A state directory of its own for a test, gone after it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export function stateDirectory(test: Pick<TestContext, 'after'>): string {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  return root;
}
