// `npm run soak`: the long tests in full (200 rounds of chaos, 1,000 cycles of create, start and remove, the long random walks).
// What came of it is written into docs/performance.md.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';

process.chdir(new URL('..', import.meta.url).pathname);
const seed = process.env.TEST_SEED ?? String(Date.now() % 1_000_000);
const words = process.argv.length > 2 ? process.argv.slice(2) : ['chaos', 'cycles', 'walk'];
const begun = Date.now();
const env = { ...process.env, SOAK: '1', TEST_SEED: seed };
const child = spawn(process.execPath, ['scripts/test.mjs', 'container', '--', ...words], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let output = '';
child.stdout.on('data', (chunk) => {
  output += chunk;
  process.stdout.write(chunk);
});
const code = await new Promise((resolve) => child.on('close', resolve));

const said = output
  .split('\n')
  .filter((line) => line.startsWith('# '))
  .map((line) => `- ${line.slice(2)}`);
const counts = output.trim().split('\n').at(-1);
const minutes = ((Date.now() - begun) / 60_000).toFixed(1);
const region = [
  '<!-- soak -->',
  '',
  `${words.join(', ')} with seed ${seed}: ${counts}, in ${minutes} minutes; Linux ${release()}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`,
  '',
  ...said,
  '',
  '<!-- /soak -->',
].join('\n');
const path = 'docs/performance.md';
const page = readFileSync(path, 'utf8');
const [begin, end] = [page.indexOf('<!-- soak -->'), page.indexOf('<!-- /soak -->')];
writeFileSync(
  path,
  begin < 0
    ? `${page.trimEnd()}\n\n## Soak\n\n${region}\n`
    : page.slice(0, begin) + region + page.slice(end + '<!-- /soak -->'.length),
);
process.exitCode = code;
