// `npm run soak [word …]`: the long tests in full (200 rounds of chaos, 1,000 cycles of create, start and remove, 100 pulls, loads, builds
// and prunes each that are killed, the long random walks over the engine and over 50,000 keys and clicks of the dashboard, 90 minutes of a
// dashboard in use), one after another. What came of each is written into docs/performance.md.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';

process.chdir(new URL('..', import.meta.url).pathname);
const seed = process.env.TEST_SEED ?? String(Date.now() % 1_000_000);
const path = 'docs/performance.md';

/** Each by a part of its file's path, with its level. */
const soaks = {
  chaos: 'container',
  cycles: 'container',
  'engine/walk': 'container',
  'registry/killed': 'container',
  'archive-kill': 'container',
  'build/killed': 'container',
  'prune-kill': 'container',
  'tui/random-walk': 'pure',
  dashboard: 'container',
};

/** @returns {Promise<{ code: number, output: string }>} */
function run(word) {
  const env = { ...process.env, SOAK: '1', TEST_SEED: seed };
  const args = ['scripts/test.mjs', soaks[word] ?? 'container', '--', word];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

function write(word, output, minutes) {
  const lines = output.split('\n');
  const said = lines.filter((line) => line.startsWith('# ')).map((line) => `- ${line.slice(2)}`);
  const machine = `Linux ${release()}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
  const counts = `${word} with seed ${seed}: ${output.trim().split('\n').at(-1)}, in ${minutes} minutes; ${machine}.`;
  const [begin, end] = [`<!-- soak ${word} -->`, `<!-- /soak ${word} -->`];
  const region = [begin, '', counts, '', ...said, ...(said.length > 0 ? [''] : []), end].join('\n');
  const page = readFileSync(path, 'utf8');
  const at = page.indexOf(begin);
  const heading = page.includes('## Soak') ? '' : '## Soak\n\n';
  writeFileSync(
    path,
    at < 0
      ? `${page.trimEnd()}\n\n${heading}${region}\n`
      : page.slice(0, at) + region + page.slice(page.indexOf(end) + end.length),
  );
}

for (const word of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(soaks)) {
  const begun = Date.now();
  const { code, output } = await run(word);
  write(word, output, ((Date.now() - begun) / 60_000).toFixed(1));
  if (code !== 0) process.exitCode = 1;
}
