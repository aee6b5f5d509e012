// Bundles one file per entry point into dist/: start-up time is a feature, and no TypeScript is compiled on the user's machine.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { blessedPlugin } from './blessed-plugin.mjs';
import { lazyPlugin } from './lazy-plugin.mjs';

const root = new URL('..', import.meta.url).pathname;

/** Output name in dist/ → source. What the two commands start (supervisors, the keeper, facts, threads for layers) stands beside them. */
const entryPoints = {
  'programs/tscontain': 'src/cli/tscontain.ts',
  'programs/tscontain-tui': 'src/cli/tscontain-tui.ts',
  'programs/supervisor': 'src/cli/tscontain-supervisor.ts',
  'programs/keeper': 'src/cli/tscontain-keeper.ts',
  facts: 'src/metrics/facts-main.ts',
  'layer-worker': 'src/engine/image/layer/thread.ts',
  // After the programs that they run.
  tscontain: 'src/cli/quick-start.ts',
  'tscontain-tui': 'src/cli/quick-start.ts',
  supervisor: 'src/cli/quick-start.ts',
  keeper: 'src/cli/quick-start.ts',
};

/** Without the -- Node 20 takes an --env-file meant for `tscontain run` as its own. */
const shebang = '#!/usr/bin/env -S node --';

export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // require instead: import() would start the loader of ES modules for it.
  supported: { 'dynamic-import': false },
  outExtension: { '.js': '.cjs' },
  // koffi finds its native file beside its own package.json, so it stays a real dependency.
  external: ['koffi'],
  plugins: [blessedPlugin, lazyPlugin],
  logLevel: 'warning',
  legalComments: 'none',
};

/** Newest modification time (ms) of any file below `path`. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

export function isStale() {
  const outputs = Object.keys(entryPoints).map((name) =>
    statSync(join(root, 'dist', `${name}.cjs`), { throwIfNoEntry: false }),
  );
  if (outputs.some((stat) => !stat)) return true;
  const oldest = Math.min(...outputs.map((stat) => stat.mtimeMs));
  return ['src', 'package.json', 'scripts/build.mjs', 'scripts/blessed-plugin.mjs', 'scripts/lazy-plugin.mjs'].some(
    (path) => newest(join(root, path)) > oldest,
  );
}

/** Says in its first line what it is, so that compiled code is used for the very text that it was compiled from. */
function digestInFirstLine(path) {
  const text = readFileSync(path, 'utf8');
  // One other letter, and V8 keeps two bytes of every letter and takes 4 ms longer for each command. esbuild leaves those in regular
  // expressions: write them as \u there.
  const other = /.{0,40}[^\0-\x7f]/.exec(text);
  if (other !== null) throw new Error(`${path} is not ASCII: ${other[0]}`);
  writeFileSync(path, `//${createHash('sha256').update(text).digest('hex').slice(0, 16)}\n${text}`);
}

export async function buildProducts() {
  // Built aside and renamed into place, so that what runs meanwhile never finds a file missing or half written.
  const aside = join(root, 'build', `products-${process.pid}`);
  const names = Object.keys(entryPoints);
  const isProgram = (name) => name.startsWith('programs/');
  const common = { ...bundleOptions, minify: true, outdir: aside };
  const only = (wanted) => Object.fromEntries(Object.entries(entryPoints).filter(([name]) => wanted(name)));
  await Promise.all([
    build({ ...common, entryPoints: only(isProgram) }),
    build({ ...common, entryPoints: only((name) => !isProgram(name)), banner: { js: shebang } }),
  ]);
  mkdirSync(join(root, 'dist/programs'), { recursive: true });
  for (const name of names) {
    const made = join(aside, `${name}.cjs`);
    if (isProgram(name)) digestInFirstLine(made);
    else chmodSync(made, 0o755);
    renameSync(made, join(root, 'dist', `${name}.cjs`));
  }
  // What V8 compiled from those that were there before.
  for (const file of readdirSync(join(root, 'dist/programs')))
    if (!file.endsWith('.cjs')) rmSync(join(root, 'dist/programs', file));
  rmSync(aside, { recursive: true });
}

if (process.argv[1] === new URL(import.meta.url).pathname) await buildProducts();
