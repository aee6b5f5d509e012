// Bundles the tests of one level into build/test/, so that the same files run on every Node and in the virtual machine.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../build.mjs';

/** The tests of a level, and the programs that they run, which stand beside them as *.program.ts. */
function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:test|program)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/**
 * @param {string} folder below test/, for example "pure"
 * @param {(file: string) => boolean} isWanted by its path; the programs that tests run are always bundled
 * @returns {Promise<string[]>} the bundled tests, relative to the top
 */
export async function buildTests(folder, isWanted = () => true) {
  const sources = sourceFiles(join('test', folder)).filter((file) => !file.endsWith('.test.ts') || isWanted(file));
  if (!sources.some((file) => file.endsWith('.test.ts'))) return [];
  rmSync(join('build', 'test', folder), { recursive: true, force: true });
  await build({
    ...bundleOptions,
    entryPoints: sources,
    // Who makes containers makes bridges, routes and rules for them: not on the machine's own network. The package is installed by npm
    // first, which needs that one.
    inject: ['pure', 'package'].includes(folder) ? [] : ['test/support/in-own-network.ts'],
    outbase: '.',
    outdir: 'build',
    sourcemap: 'inline',
    sourcesContent: false,
  });
  const tests = sources.filter((source) => source.endsWith('.test.ts'));
  return tests.map((source) => join('build', source.replace(/\.ts$/, '.cjs')));
}
