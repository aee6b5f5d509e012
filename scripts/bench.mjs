// `npm run bench [name …]`: runs bench/*.ts one after another, each beside its peers where they are installed, and writes the
// medians, ratios and goals into docs/performance.md.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { build } from 'esbuild';
import { buildProducts, bundleOptions, isStale } from './build.mjs';

process.chdir(new URL('..', import.meta.url).pathname);
if (isStale()) await buildProducts();

const wanted = process.argv.slice(2);
const notBenches = new Set(['report.ts', 'peers.ts', 'docker-stats.ts']);
const names = readdirSync('bench')
  .filter((file) => file.endsWith('.ts') && !notBenches.has(file))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));
const entryPoints = names.map((name) => `bench/${name}.ts`);
await build({ ...bundleOptions, entryPoints, outdir: 'build/bench', sourcemap: 'inline' });

function run(name) {
  return new Promise((resolve) => {
    const args = ['--expose-gc', '--enable-source-maps', `build/bench/${name}.cjs`];
    // In a network namespace of its own: nothing of it, or of its peers, is left on the machine's network.
    const alone = ['-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, ...args];
    const child = spawn('unshare', alone, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      const lines = output.split('\n').filter((line) => line.startsWith('{'));
      if (code !== 0) console.error(`bench ${name} ended with ${code}\n${output}`);
      resolve({ name, code, measurements: lines.map((line) => JSON.parse(line)) });
    });
  });
}

const number = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

function row({ what, unit, ours, peers = {}, goal, note }) {
  const others = Object.entries(peers).map(([peer, value]) => `${peer} ${number(value)} (×${number(ours / value)})`);
  const most = goal === undefined ? undefined : 'most' in goal ? goal.most : (peers[goal.peer] ?? NaN) * goal.times;
  const said = goal === undefined ? '' : 'most' in goal ? `≤ ${goal.most} ${unit}` : `≤ ${goal.times} × ${goal.peer}`;
  const verdict =
    most === undefined ? '' : Number.isNaN(most) ? 'peer not installed' : ours <= most ? 'reached' : 'missed';
  return `| ${what} | ${number(ours)} ${unit} | ${others.join('<br>')} | ${said} | ${verdict} | ${note ?? ''} |`;
}

const results = [];
for (const name of names) {
  console.log(`── ${name}`);
  const result = await run(name);
  for (const measurement of result.measurements) console.log(row(measurement));
  results.push(result);
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;

// Each bench has its own region, so that one can be measured again alone.
const path = 'docs/performance.md';
let page = readFileSync(path, 'utf8');
const machine = `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.versions.node}`;
for (const { name, code, measurements } of results) {
  if (code !== 0 || measurements.length === 0) continue;
  const begin = `<!-- bench ${name} -->`;
  const end = `<!-- /bench ${name} -->`;
  const head = '| work | ours | others | goal | | |\n| --- | --: | --: | --- | --- | --- |';
  const region = `${begin}\n\n${head}\n${measurements.map(row).join('\n')}\n\nMedians; ${machine}; ${new Date().toISOString().slice(0, 10)}.\n\n${end}`;
  const at = page.indexOf(begin);
  if (at < 0) page = `${page.trimEnd()}\n\n## ${name}\n\n${region}\n`;
  else page = page.slice(0, at) + region + page.slice(page.indexOf(end) + end.length);
}
writeFileSync(path, page);
