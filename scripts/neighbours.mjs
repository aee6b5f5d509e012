// `npm run neighbours`: how good the judge of noisy neighbours is. Stages labelled runs with real containers, records what was
// measured, judges the recordings and writes the table into docs/neighbours.md. What is recorded already is not run again, so
// an interrupted series is taken up where it stopped, and a changed judge is scored anew without a run.
//   --runs N        70 when not said: five of each scenario
//   --only WORD     the scenarios whose name has the word
//   --seed N        of the first run, 1 when not said; the others follow
//   --cgroup2       in the virtual machine with cgroup v2
//   --mixed MINUTES an honest mixed load for so long instead, and how many alarms there were
//   --score         no run, only the score of what is recorded
//   --fresh         forgets what was recorded before
//   --into DIR      where recordings are kept, build/neighbours when not said; the docs are left alone then
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { buildProducts, bundleOptions, isStale } from './build.mjs';
import { cannotBoot, runInMachine } from './test/machine.mjs';

process.chdir(new URL('..', import.meta.url).pathname);

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '70' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    cgroup2: { type: 'boolean', default: false },
    mixed: { type: 'string' },
    score: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    into: { type: 'string' },
  },
});
for (const name of ['runs', 'seed', 'mixed'])
  if (values[name] !== undefined && !(Number(values[name]) > 0)) {
    console.error(`--${name} ${values[name]} is no number above 0`);
    process.exit(2);
  }

if (!values.score && isStale()) await buildProducts();
const program = 'build/neighbours/main.cjs';
await build({
  ...bundleOptions,
  entryPoints: ['bench/neighbours/main.ts'],
  outdir: 'build/neighbours',
  sourcemap: 'inline',
});

const isMixed = values.mixed !== undefined;
const region = `${values.cgroup2 ? 'v2' : 'here'}${isMixed ? ' mixed' : ''}`;
const directory = resolve(values.into ?? 'build/neighbours', region.replace(' ', '-'));
if (values.fresh) rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });

const words = (place) =>
  isMixed
    ? ['mixed', place, String(Number(values.mixed) * 60), values.seed]
    : ['record', place, values.runs, values.seed, values.only];

/** The child stops what it staged and removes it when it is told to stop; this one waits for that. */
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => undefined);

function runHere(...args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stdout.pipe(process.stdout);
    process.once('SIGTERM', () => child.kill('SIGTERM'));
    child.on('close', (code) => done({ code, output }));
  });
}

/** Emulated instructions are about ten times slower. */
const SLOWNESS = 10;
const quote = (word) => `'${word.replaceAll("'", `'\\''`)}'`;

async function runInMachineOfV2() {
  const reason = cannotBoot();
  if (reason !== undefined) {
    console.error(reason);
    return 1;
  }
  const end = '@@neighbours end ';
  const command = [
    'mkdir -p /mnt/disk /mnt/out',
    'mkfs.ext4 -q /dev/vda && mount /dev/vda /mnt/disk',
    'mount -t 9p -o trans=virtio,version=9p2000.L out /mnt/out',
    `cd ${quote(process.cwd())}`,
    `export TMPDIR=/mnt/disk TEST_SLOWNESS=${SLOWNESS}`,
    `node --enable-source-maps ${program} ${words('/mnt/out').map(quote).join(' ')}`,
    `echo ${quote(end)}$?`,
  ].join('\n');
  const seconds = 300 + (isMixed ? Number(values.mixed) * 60 : Number(values.runs) * 90);
  let code = 1;
  await runInMachine(command, {
    seconds,
    out: directory,
    diskMiB: 8192,
    onLine(line) {
      if (line.startsWith(end)) code = Number(line.slice(end.length));
      else if (/^\d+ of \d+: |seed \d+: /.test(line)) console.log(line);
    },
  });
  return code;
}

if (!values.score) {
  const code = values.cgroup2 ? await runInMachineOfV2() : (await runHere(...words(directory))).code;
  if (code !== 0) {
    console.error('not every run could be staged: the same command again stages those that are missing');
    process.exitCode = 1;
  }
}
const { code, output } = await runHere(isMixed ? 'alarms' : 'score', directory);
if (code !== 0) process.exit(1);
if (values.into === undefined) {
  const path = 'docs/neighbours.md';
  const page = readFileSync(path, 'utf8');
  const [begin, last] = [`<!-- neighbours ${region} -->`, `<!-- /neighbours ${region} -->`];
  const where = values.cgroup2 ? 'cgroup v2 in the virtual machine, emulated' : `Linux ${release()}`;
  const machine = `${cpus().length} × ${cpus()[0].model.trim()}, ${where}, Node ${process.versions.node}; ${new Date().toISOString().slice(0, 10)}.`;
  const [from, to] = [page.indexOf(begin), page.indexOf(last)];
  if (from < 0 || to < from) throw new Error(`${path} has no place ${begin} … ${last}`);
  writeFileSync(path, `${page.slice(0, from)}${begin}\n\n${output.trim()}\n\n${machine}\n\n${page.slice(to)}`);
  console.log(`written to ${join(path)}`);
}
