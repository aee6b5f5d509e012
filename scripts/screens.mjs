// `npm run screens`: bundles test/pictures/shoot.ts and runs it; the pictures land in screenshots/.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import { buildProducts, bundleOptions, isStale } from './build.mjs';

process.chdir(new URL('..', import.meta.url).pathname);
if (isStale()) await buildProducts();
await build({
  ...bundleOptions,
  entryPoints: ['test/pictures/shoot.ts'],
  outdir: 'build/pictures',
  external: ['koffi', '@resvg/resvg-js'],
  sourcemap: 'inline',
});
process.exitCode =
  spawnSync(process.execPath, ['--enable-source-maps', 'build/pictures/shoot.cjs'], { stdio: 'inherit' }).status ?? 1;
