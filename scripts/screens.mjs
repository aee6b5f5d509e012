// `npm run screens`: bundles test/pictures/shoot.ts and runs it; the pictures land in screenshots/. `npm run record` does the same
// with record.ts, the demo as a moving picture.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import { buildProducts, bundleOptions, isStale } from './build.mjs';

process.chdir(new URL('..', import.meta.url).pathname);
const program = process.argv[2] ?? 'shoot';
if (isStale()) await buildProducts();
await build({
  ...bundleOptions,
  entryPoints: { [program]: `test/pictures/${program}.ts`, 'demo-main': 'test/support/demo-main.ts' },
  outdir: 'build/pictures',
  external: ['koffi', '@resvg/resvg-js'],
  sourcemap: 'inline',
});
process.exitCode =
  spawnSync(process.execPath, ['--enable-source-maps', `build/pictures/${program}.cjs`], { stdio: 'inherit' }).status ??
  1;
