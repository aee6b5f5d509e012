// Runs test files with Node's own runner, in one process each, and counts what they said.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A test that hangs fails and is named; a file of tests has this long as a whole. Soaks take what they need. */
const TIMEOUT_MS = 300_000;

const reporter = new URL('./reporter.mjs', import.meta.url).pathname;

/**
 * @param {string[]} files absolute paths of bundled tests
 * @param {{ concurrency?: number, node?: string, env?: Record<string, string> }} options
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export function runFiles(files, options = {}) {
  return withSecondTry(files, (chosen, alone) => runOnce(chosen, alone ? { ...options, concurrency: 1 } : options));
}

/** @param {(files: string[], alone: boolean) => Promise<object>} once runs files and counts */
export async function withSecondTry(files, once) {
  const counts = await once(files, false);
  const again = files.filter((file) => counts.failedFiles.some((source) => bundleOf(source) === bundleOf(file)));
  // What failed after an hour and a half is looked at, not tried for as long again.
  if (again.length === 0 || again.length > FEW || process.env.SOAK) return counts;
  // Kernels, ptys and two cores have moods: what fails twice, alone the second time, is a failure; what does not is told.
  console.log(`once more, alone: ${again.map((file) => bundleOf(file)).join(', ')}`);
  const second = await once(again, true);
  if (second.failed > 0) return counts;
  console.log(`flaky: ${counts.failed} failed at first and passed when run again`);
  return { ...counts, passed: counts.passed + counts.failed, failed: 0 };
}

/** As many files may be run again; more failing at once is no mood. */
const FEW = 2;

/** test/container/x.test, for a source as for a bundle of it. */
const bundleOf = (file) => /.*\/(test\/.*\.test)/.exec(file ?? '')?.[1];

async function runOnce(files, { concurrency = 2, node = process.execPath, env = {} } = {}) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0, failedFiles: [] };
  const scratch = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  const countsFile = join(scratch, 'counts.json');
  const args = [
    '--enable-source-maps',
    '--test',
    `--test-concurrency=${concurrency}`,
    ...(process.env.SOAK ? [] : [`--test-timeout=${TIMEOUT_MS}`]),
    `--test-reporter=${reporter}`,
    ...files,
  ];
  const code = await new Promise((resolve) => {
    const child = spawn(node, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env, TEST_COUNTS: countsFile },
    });
    child.on('close', resolve);
  });
  let counts;
  try {
    counts = JSON.parse(readFileSync(countsFile, 'utf8'));
  } catch {
    counts = { passed: 0, failed: 1, skipped: 0, failedFiles: [] };
  }
  rmSync(scratch, { recursive: true, force: true });
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}
