// `npm run docs [--check]`: writes the manual (docs/commands, docs/man) and completions/ from the commands' own data; with --check it
// only says what is stale.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from './build.mjs';

const root = new URL('..', import.meta.url).pathname;
process.chdir(root);
await build({ ...bundleOptions, entryPoints: { manual: 'src/cli/manual-entry.ts' }, outdir: 'build/docs' });
const { allPages } = createRequire(import.meta.url)(join(root, 'build/docs/manual.cjs'));

const check = process.argv.includes('--check');
const stale = [];
if (!check)
  for (const folder of ['docs/commands', 'docs/man', 'completions']) rmSync(folder, { recursive: true, force: true });
for (const { file, content } of allPages()) {
  let before;
  try {
    before = readFileSync(file, 'utf8');
  } catch {
    before = undefined;
  }
  if (check && before !== content) stale.push(file);
  if (!check) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
if (stale.length > 0) {
  console.error(`stale, run npm run docs: ${stale.join(', ')}`);
  process.exitCode = 1;
}
