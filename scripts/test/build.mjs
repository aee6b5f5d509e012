// Bundles the tests of one level into build/test/, so that the same files run on every Node and in the virtual machine.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../build.mjs';

function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/**
 * @param {string} folder below test/, for example "pure"
 * @returns {Promise<string[]>} the bundled files, relative to the top
 */
export async function buildTests(folder) {
  const sources = testFiles(join('test', folder));
  if (sources.length === 0) return [];
  rmSync(join('build', 'test', folder), { recursive: true, force: true });
  await build({ ...bundleOptions, entryPoints: sources, outbase: '.', outdir: 'build', sourcemap: 'inline' });
  return sources.map((source) => join('build', source.replace(/\.ts$/, '.cjs')));
}
