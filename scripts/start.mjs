// `npm start`: installs the locked dependencies and builds when needed, then opens the dashboard.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const [major] = process.versions.node.split('.').map(Number);

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

if (process.platform !== 'linux')
  fail('tscontain runs on Linux only: containers are made of Linux namespaces and cgroups.');
if (major < 20)
  fail(`tscontain needs Node 20 or newer, this is ${process.version}: install a newer Node and run npm start again.`);
if (process.getuid() !== 0) fail('tscontain makes containers itself and needs root: type  sudo npm start');

const { isInstalled, install } = await import('./install.mjs');
if (!isInstalled()) {
  console.log('Installing the locked dependencies …');
  if (!install()) fail('npm ci failed (see above): mend that and run npm start again.');
}
const { isStale, buildProducts } = await import('./build.mjs');
if (isStale()) await buildProducts();
const entry = join(root, 'dist', 'tscontain-tui.cjs');
if (!existsSync(entry)) fail(`${entry} is missing after the build: run npm run build and read what it says.`);
const { status, signal } = spawnSync(process.execPath, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? (signal ? 1 : 0));
