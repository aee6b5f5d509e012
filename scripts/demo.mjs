// The dashboard on a made-up machine, for working on screens: no root, no containers, the same picture each time.
// `node scripts/demo.mjs [--nothing | COUNT] [--frozen] [--ascii] [--16] [--THEME]`
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from './build.mjs';

const root = new URL('..', import.meta.url).pathname;
await build({ ...bundleOptions, entryPoints: ['test/support/demo-main.ts'], outdir: 'build/demo' });
const { status } = spawnSync(process.execPath, [join(root, 'build/demo/demo-main.cjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
