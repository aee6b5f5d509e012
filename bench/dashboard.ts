// What the dashboard costs and how soon it answers: the real program under a real pty, on containers that really run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngine, type CreateSpec, type Engine } from '../src/engine/index.js';
import { Emulator } from '../test/support/emulator.js';
import { processesNaming } from '../test/support/house.js';
import { cpuSeconds } from '../test/support/vital-signs.js';
import { dockerStats, over, used, type StatsCost } from './docker-stats.js';
import { isInstalled } from './peers.js';
import { interleaved, median, quantile, report } from './report.js';

const root = mkdtempSync(join(tmpdir(), 'tscontain-bench-'));
const program = resolve('dist/tscontain-tui.cjs');
const SIZE = [200, 50] as const;
const BUSY_COUNT = 50;
const MANY = 200;
/** What is watched is watched so often, so long. */
const STRETCHES = 3;
const STRETCH_SECONDS = 15;

/** Uses a little of everything, a few times a second, so that every row has something new in every sample. */
const BUSY = `trap 'exit 0' TERM
while :; do i=0; while [ $i -lt 1500 ]; do i=$((i+1)); done; echo tick; sleep 0.5; done`;
const QUIET = `trap 'exit 0' TERM
while :; do echo tick; sleep 2; done`;
/** About 10 MB of lines a second. */
const FLOOD = `trap 'exit 0' TERM
while :; do yes 'a line of a log as services write them, sixty-five bytes in length' | head -n 15000; sleep 0.1; done`;

const spec = (name: string, script: string): CreateSpec => ({
  network: 'none',
  image: 'base',
  name,
  project: `team-${name.length % 3}`,
  cmd: ['sh', '-c', script],
  limits: { memory: 64 * 1024 ** 2 },
  log: { maxSizeBytes: 32 * 1024 ** 2, maxFiles: 2 },
});

/** More of that name, up to so many. */
async function run(engine: Engine, count: number, name: string, script: string, from = 0): Promise<void> {
  for (let i = from; i < count; i++) {
    const { id } = await engine.create(spec(`${name}-${i}`, script));
    await engine.start(id);
  }
}

async function removeAll(engine: Engine): Promise<void> {
  for (const { id } of await engine.list()) await engine.remove(id, { force: true });
}

function open(columns: number, rows: number): Emulator {
  return new Emulator({ columns, rows, command: [process.execPath, program, '--root', root] });
}

/** From the start of the process to the first frame of panes. */
async function firstPaint(): Promise<void> {
  const times: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < 15; i++) {
    const begun = performance.now();
    const screen = open(120, 36);
    await screen.waitFor('containers', 10_000);
    times.push(performance.now() - begun);
    await screen.close();
    const bareBegun = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    bare.push(performance.now() - bareBegun);
  }
  report({
    what: 'dashboard: first paint after the start of the process',
    unit: 'ms',
    ours: median(times),
    peers: { 'node -e 0': median(bare) },
    goal: { most: 250 },
  });
}

interface Watched {
  /** medians of the stretches, in cores */
  readonly cores: number;
  /** what the supervisors used meanwhile, which they would without a dashboard as well */
  readonly supervisors: number;
  /** written to the terminal, KiB a second */
  readonly written: number;
}

/** A dashboard that is left alone with something in front, its start behind it. */
async function watch(keys: string, shown: string | RegExp): Promise<Watched> {
  const screen = open(...SIZE);
  await screen.waitFor(/(?:busy|quiet)-\d/, 20_000);
  screen.type(keys);
  await screen.waitFor(shown, 20_000);
  // The night has been looked through, everything is compiled that is used each second.
  await delay(20_000);
  const pid = screen.child.pid!;
  const others = processesNaming(root).filter((one) => one !== pid);
  const stretches: { own: number; supervisors: number; bytes: number }[] = [];
  for (let i = 0; i < STRETCHES; i += 1) {
    screen.output.length = 0;
    const [own, supervisors] = await Promise.all([
      over(STRETCH_SECONDS, () => cpuSeconds(pid)),
      over(STRETCH_SECONDS, () => used(others)),
    ]);
    stretches.push({ own, supervisors, bytes: screen.output.reduce((sum, { length }) => sum + length, 0) });
  }
  await screen.close();
  return {
    cores: median(stretches.map(({ own }) => own)),
    supervisors: median(stretches.map(({ supervisors }) => supervisors)),
    written: median(stretches.map(({ bytes }) => bytes)) / STRETCH_SECONDS / 1024,
  };
}

/** What is in front: keys, and what shows that it is. */
const VIEWS = {
  'all their graphs (m)': ['m', 'one scale for all'],
  'the table and the graphs of one': ['2', 'zoom time'],
} as const;

const notedOf = ({ written, supervisors }: Watched): string =>
  `${written.toFixed(1)} KiB/s to the terminal; supervisors meanwhile ${(100 * supervisors).toFixed(1)} %`;

function reportShare(what: string, watched: Watched, most: number): void {
  report({
    what,
    unit: '% of a core',
    ours: watched.cores * 100,
    goal: { most },
    note: notedOf(watched),
  });
}

/** Beside `docker stats`, for as many containers as dockerd can run here. */
async function watchingBusy(engine: Engine, rootfs: string): Promise<void> {
  const docker = await dockerStats({
    directory: join(root, 'docker'),
    rootfs,
    count: BUSY_COUNT,
    script: BUSY,
    rounds: STRETCHES,
    seconds: STRETCH_SECONDS,
    columns: SIZE[0],
    rows: SIZE[1],
  }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  const compared = typeof docker === 'string' ? 0 : docker.count;
  if (typeof docker !== 'string' && compared < BUSY_COUNT) {
    await run(engine, compared, 'busy', BUSY);
    for (const [view, [keys, shown]] of Object.entries(VIEWS)) reportBeside(view, await watch(keys, shown), docker);
  }
  await run(engine, BUSY_COUNT, 'busy', BUSY, compared < BUSY_COUNT ? compared : 0);
  for (const [view, [keys, shown]] of Object.entries(VIEWS)) {
    const watched = await watch(keys, shown);
    reportShare(`dashboard: ${BUSY_COUNT} busy containers at 1 Hz on 200x50, ${view}`, watched, 3);
    if (typeof docker === 'string') console.error(`docker stats was not measured: ${docker}`);
    else if (compared === BUSY_COUNT) reportBeside(view, watched, docker);
  }
}

function reportBeside(view: string, { cores }: Watched, { count, client, daemons }: StatsCost): void {
  const parts = `itself ${(100 * client).toFixed(1)} %, dockerd, containerd and shims ${(100 * daemons).toFixed(1)} % more than without it`;
  report({
    what: `dashboard: the same beside docker stats, ${count} containers each, ${view}`,
    unit: '% of a core',
    ours: cores * 100,
    peers: { 'docker stats': (client + daemons) * 100 },
    goal: { peer: 'docker stats', times: 0.25 },
    note: `docker stats: ${parts}`,
  });
}

async function watchingMany(): Promise<void> {
  for (const [view, [keys, shown]] of Object.entries(VIEWS))
    reportShare(
      `dashboard: ${MANY} containers that wake every two seconds, on 200x50, ${view}`,
      await watch(keys, shown),
      8,
    );
}

/** What 95 of 100 took at most, ms. */
function reportWorst(what: string, times: readonly number[], most: number): void {
  report({
    what,
    unit: 'ms',
    ours: quantile(times, 0.95),
    goal: { most },
    note: `median ${median(times).toFixed(1)} ms`,
  });
}

/** From a key to the frame that shows what it did, many containers there and the flood's log in front. */
async function keyToPaint(): Promise<void> {
  const screen = open(...SIZE);
  await screen.waitFor('quiet-', 20_000);
  screen.type('/flood\rl');
  await screen.waitFor('sixty-five', 20_000);
  await delay(3000);
  const times = await answers(screen);
  await screen.close();
  reportWorst(`dashboard: key to paint, 95 of 100, with ${MANY} containers and 10 MB/s of logs in front`, times, 16);
}

/** The same while a program in a shell tab prints without end. */
async function keyToPaintBesideYes(): Promise<void> {
  const screen = open(...SIZE);
  await screen.waitFor('quiet-', 20_000);
  screen.type('e');
  await screen.waitFor(/root@[0-9a-f]{12}:/, 20_000);
  screen.type("yes 'printed without end'\r");
  await screen.waitFor(/(printed without end\W+){5}/, 20_000);
  screen.type('\x1d');
  await delay(3000);
  const times = await answers(screen);
  screen.type('\r\x03');
  await screen.close();
  reportWorst('dashboard: key to paint, 95 of 100, while a shell tab prints without end', times, 33);
}

async function answers(screen: Emulator): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < 150; i++) {
    times.push(await answer(screen, '?', '┤keys├'));
    screen.type('\x1b');
    await screen.waitFor(() => !screen.text().includes('┤keys├'), 10_000);
    // At another moment of whatever repeats itself.
    await delay(100 + (i % 17) * 7);
  }
  return times;
}

/** From Enter in the limits dialog to the kernel's file of that limit. */
async function keyToCgroup(engine: Engine): Promise<void> {
  const { cgroup } = await engine.get('quiet-0');
  const v1 = cgroup.controllers['cpu'];
  const file = v1 === undefined ? join(cgroup.unified!, 'cpu.max') : join(v1, 'cpu.cfs_quota_us');
  const screen = open(120, 36);
  await screen.waitFor('quiet-', 20_000);
  screen.type('/quiet-0\r');
  await delay(1000);
  const times: number[] = [];
  for (let i = 0; i < 60; i++) {
    screen.type('u');
    await screen.waitFor('limits of quiet-0', 10_000);
    screen.type(`x0.${30 + (i % 60)}`);
    await delay(100);
    const before = readFileSync(file, 'latin1');
    const begun = performance.now();
    screen.type('\r');
    while (readFileSync(file, 'latin1') === before && performance.now() - begun < 5000) await delay(1);
    times.push(performance.now() - begun);
    await screen.waitFor('has new limits', 10_000);
    await delay(100);
  }
  await screen.close();
  reportWorst('dashboard: Enter in the limits dialog to the cgroup file, 95 of 100', times, 100);
}

/** 20 MB of lines through a shell tab, beside the same in tmux; the last byte seen on the screen ends it. */
async function flooding(): Promise<void> {
  const ours = open(120, 36);
  await ours.waitFor('quiet-', 20_000);
  ours.type('/quiet-0\r');
  await ours.waitFor(/containers 1 of/, 20_000);
  ours.type('e');
  await ours.waitFor(/root@[0-9a-f]{12}:/, 20_000);
  const contenders: Record<string, () => Promise<number>> = { ours: await reader(ours, '/tmp/lines') };
  let tmux: Emulator | undefined;
  if (isInstalled('tmux')) {
    const socket = `tscontain-bench-${process.pid}`;
    tmux = new Emulator({
      columns: 120,
      rows: 36,
      command: ['tmux', '-L', socket, '-f', '/dev/null', 'new-session', 'bash --norc'],
    });
    await tmux.waitFor(/[$#] /, 20_000);
    contenders['tmux'] = await reader(tmux, join(root, 'lines'));
  }
  const { ours: time = NaN, ...peers } = await interleaved(contenders, 7);
  report({
    what: 'dashboard: cat of 20 MB in a shell tab',
    unit: 'ms',
    ours: time,
    peers,
    goal: { peer: 'tmux', times: 1.5 },
  });
  tmux?.type('exit\r');
  await tmux?.ended;
  await tmux?.close();
  await ours.close();
}

/** Writes the file, and gives what shows it once more. */
async function reader(screen: Emulator, file: string): Promise<() => Promise<number>> {
  const line = 'a line of text that is about as long as the lines of text that are in most files';
  screen.type(`yes '${line}' | head -n 250000 > ${file}; echo written-$((1+1))\r`);
  await screen.waitFor('written-2', 60_000);
  let round = 0;
  return async () => {
    round += 1;
    await delay(300);
    const begun = performance.now();
    screen.type(`cat ${file}; echo shown-${round}-$((1+1))\r`);
    await screen.waitFor(`shown-${round}-2`, 60_000);
    return performance.now() - begun;
  };
}

/** Seen once the emulator has taken the frame in, so its work is in the figure too. */
async function answer(screen: Emulator, key: string, shown: string): Promise<number> {
  const begun = performance.now();
  screen.type(key);
  await screen.waitFor(shown);
  return performance.now() - begun;
}

async function main(): Promise<void> {
  const engine = await openEngine({ root, supervisorEntry: resolve('dist/supervisor.cjs') });
  try {
    await firstPaint();
    const [rootfs] = (await engine.images.get('base')).layers;
    await watchingBusy(engine, rootfs!);
    // Busy ones would fight for the same two cores, and the figure would be the scheduler's.
    await removeAll(engine);
    await run(engine, MANY, 'quiet', QUIET);
    await watchingMany();
    await keyToCgroup(engine);
    await flooding();
    await keyToPaintBesideYes();
    await engine.remove('quiet-1', { force: true });
    await run(engine, 1, 'flood', FLOOD);
    await keyToPaint();
  } finally {
    await removeAll(engine);
    engine.close();
    await delay(500);
    rmSync(root, { recursive: true, force: true });
  }
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
