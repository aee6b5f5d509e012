// `npm run screens`: the real dashboard, real containers under load, one picture a scene into screenshots/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Resvg } from '@resvg/resvg-js';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { toSvg } from './svg.js';

const FOLDER = 'screenshots';

/** Graphs show the last minute: that long the load runs before the first picture. */
const WARM_UP_MS = Number(process.env['SCREENS_WARM_UP_MS'] ?? 75_000);

const busy = (share: number) =>
  `while :; do i=0; while [ $i -lt ${Math.round(share * 60_000)} ]; do i=$((i+1)); done; sleep ${(1 - share).toFixed(2)}; done`;
const waves =
  'n=0; while :; do n=$(( (n + 1) % 12 )); i=0; while [ $i -lt $((n * 9000)) ]; do i=$((i+1)); done; echo "$(date +%T) GET /item/$n 200 $((n * 3 + 11)) ms"; sleep 0.4; done';
const hold = (mib: number, rest: string) => `x=$(head -c ${mib}m /dev/zero | tr '\\0' x); ${rest}`;

/** What runs in the pictures: a shop with a noisy backup, a throttled runner, one that waits, one that ended, one that was killed. */
const CONTAINERS: readonly (readonly string[])[] = [
  ['--name', 'web', '--project', 'shop', '-m', '256m', '--cpus', '1', 'base', 'sh', '-c', waves],
  ['--name', 'db', '--project', 'shop', '-m', '512m', '--cpus', '1.5', 'base', 'sh', '-c', hold(90, busy(0.3))],
  [
    '--name',
    'backup',
    '--project',
    'shop',
    'base',
    'sh',
    '-c',
    'while :; do dd if=/dev/zero of=/tmp/archive bs=1M count=80 conv=fsync 2>/dev/null; sleep 1; done',
  ],
  ['--name', 'ci-runner', '-m', '128m', '--cpus', '0.2', 'base', 'sh', '-c', hold(24, 'while :; do :; done')],
  ['--name', 'cache', '-m', '64m', 'base', 'sh', '-c', hold(18, busy(0.05))],
  ['--name', 'reports', '-m', '64m', 'base', 'sh', '-c', hold(4, 'sleep 1000000')],
];

async function furnish(house: House): Promise<void> {
  for (const words of CONTAINERS) await house.ok('run', '-d', ...words);
  await house.ok('pause', 'reports');
  await house.run('run', '--name', 'migrate', '--project', 'shop', 'base', 'true');
  await house.run(
    'run',
    '--name',
    'import',
    '-m',
    '24m',
    '--memory-swap',
    '24m',
    'base',
    'sh',
    '-c',
    'tail -c 100m /dev/zero | sort',
  );
}

function save(screen: Emulator, name: string): void {
  const svg = toSvg(screen.cells(), `tscontain-tui: ${name}`);
  writeFileSync(`${FOLDER}/${name}.svg`, svg);
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 1.5 },
    font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans Mono' },
  });
  writeFileSync(`${FOLDER}/${name}.png`, picture.render().asPng());
  console.log(`${FOLDER}/${name}.png`);
}

function open(house: House, columns: number, rows: number, ...flags: string[]): Emulator {
  const command = [process.execPath, product('tscontain-tui'), '--root', house.root, ...flags] as const;
  return new Emulator({ command, columns, rows, env: { COLORTERM: 'truecolor' } });
}

/** Presses keys one after another, each given time to be drawn. */
async function press(screen: Emulator, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    screen.type(key);
    await delay(350);
  }
}

const ESCAPE = '\u001b';
const ENTER = '\r';
const LEAVE_SHELL = '\u001d';
const BACKSPACE = '\u007f';

/** Beside the default one. */
const THEMES = ['light', 'high-contrast', 'colour-blind'] as const;
/** Starts programs without end: from loops that only turn, the scheduler protects the others. */
const GREEDY = 'for i in $(seq 10); do (while :; do /bin/true; done) & done; wait';

async function shootEmpty(): Promise<void> {
  const house = new House();
  const screen = open(house, 120, 30);
  await screen.waitFor('Nothing runs here yet', 10_000);
  await delay(1500);
  save(screen, 'empty');
  await screen.close();
  await house.close();
}

async function selectRow(screen: Emulator, name: string): Promise<void> {
  const place = screen.find(` ${name} `);
  if (place === undefined) throw new Error(`there is no row ${name}:\n${screen.text()}`);
  screen.click(place.x + 1, place.y);
  await delay(300);
}

async function shootAll(): Promise<void> {
  const house = new House();
  try {
    await furnish(house);
    const screen = open(house, 132, 40);
    const narrow = open(house, 80, 24);
    const large = open(house, 200, 60);
    const themed = THEMES.map((theme) => ({ theme, screen: open(house, 132, 40, '--theme', theme) }));
    await screen.waitFor('ci-runner', 15_000);
    await delay(WARM_UP_MS);
    await house.ok('run', '-d', '--name', 'batch', '--project', 'shop', 'base', 'sh', '-c', GREEDY);
    await screen.waitFor(/batch takes|batch 9\d %/, 30_000).catch(() => undefined);
    await delay(12_000);
    await selectRow(screen, 'web');
    await delay(1200);
    save(screen, 'overview');
    save(narrow, '80x24');
    for (const { theme, screen: other } of themed) {
      save(other, `theme-${theme}`);
      await other.close();
    }
    await press(large, 'm');
    await delay(1500);
    save(large, 'grid-200x60');
    await large.close();

    await press(screen, 'w');
    await delay(1200);
    save(screen, 'neighbours');
    await press(screen, 'U');
    await delay(800);
    save(screen, 'quieten');
    await press(screen, ESCAPE, ESCAPE, '1', '<', '<', '<', '<');
    await delay(1200);
    save(screen, 'scrubbed');
    await press(screen, 'D', '0', 'D');
    await delay(800);
    save(screen, 'compare');
    await press(screen, 'D', '1');
    await house.ok('rm', '-f', 'batch');
    await selectRow(screen, 'web');

    await press(screen, '2', 'z');
    await delay(1200);
    save(screen, 'graphs');
    await press(screen, 'z', ESCAPE, '1');

    await press(screen, 'm');
    await delay(1500);
    save(screen, 'grid');
    await press(screen, 'm');

    await press(screen, '3');
    await delay(1500);
    save(screen, 'logs');

    await press(screen, '6');
    await delay(800);
    save(screen, 'launch');

    await press(screen, '1', '?');
    await delay(500);
    save(screen, 'help');
    await press(screen, ESCAPE);

    await press(screen, 'n');
    await delay(500);
    save(screen, 'run');
    await press(screen, ESCAPE);

    await selectRow(screen, 'ci-runner');
    await press(screen, 'u');
    await delay(800);
    save(screen, 'limits');
    await press(screen, '\t', BACKSPACE, BACKSPACE, BACKSPACE, BACKSPACE, '16m');
    await delay(500);
    save(screen, 'limits-warning');
    await press(screen, ESCAPE);

    await selectRow(screen, 'db');
    await press(screen, 'e');
    await screen.waitFor('#', 10_000);
    await press(screen, 'htop', ENTER);
    await delay(3500);
    save(screen, 'shell');
    await press(screen, 'q', LEAVE_SHELL, '1');

    await narrow.close();
    await screen.close();
  } finally {
    await house.close();
  }
}

/** Images are those of the made-up machine: their pull and their build look as real ones do, and need no registry. */
function openDemo(columns: number, rows: number, ...flags: string[]): Emulator {
  const command = [process.execPath, 'build/pictures/demo-main.cjs', ...flags] as const;
  return new Emulator({ command, columns, rows, env: { COLORTERM: 'truecolor' } });
}

/** From the first of its letters on in the filter, which is taken back. */
const choose = (name: string): readonly string[] => ['/', name, ENTER, ESCAPE];

async function shootImages(): Promise<void> {
  const large = openDemo(200, 60);
  const narrow = openDemo(80, 24);
  const screen = openDemo(132, 40);
  const themed = THEMES.map((theme) => ({ theme, screen: openDemo(132, 40, `--${theme}`) }));
  const all = [screen, narrow, large, ...themed.map(({ screen: other }) => other)];
  for (const each of all) {
    await each.waitFor('ci-runner', 15_000);
    await press(each, 'I', ...choose('node'));
  }
  await delay(800);
  save(screen, 'images');
  save(narrow, 'images-80x24');
  save(large, 'images-200x60');
  for (const { theme, screen: other } of themed) save(other, `images-${theme}`);

  await press(screen, ...choose('nginx'), '3');
  await delay(500);
  save(screen, 'image-config');
  await press(screen, '1', ...choose('redis'), 'd');
  await delay(500);
  save(screen, 'image-remove');
  await press(screen, ESCAPE, 'X');
  await delay(500);
  save(screen, 'image-prune');
  await press(screen, ESCAPE, 'p', 'debian');
  await delay(500);
  save(screen, 'pull-form');
  await press(screen, ':13', ENTER, 'p', 'localhost:5000/team/web:edge', ENTER);
  await delay(6500);
  save(screen, 'pull');
  await press(screen, 'b', BACKSPACE, '/srv/shop', '\t', '\t', 'shop/web:2.1', ENTER, '5', 'z');
  await delay(13_000);
  save(screen, 'build');
  for (const each of all) await each.close();
}

/** Networks and volumes of the made-up machine: who is on them talks, and has talked for a while. */
async function shootNetworks(): Promise<void> {
  const screen = openDemo(132, 40);
  const narrow = openDemo(80, 24);
  const large = openDemo(200, 60);
  for (const each of [screen, narrow, large]) {
    await each.waitFor('ci-runner', 15_000);
    await press(each, 'N', ...choose('shop-back'));
    await delay(800);
  }
  save(screen, 'networks');
  save(narrow, 'networks-80x24');
  await press(screen, '3');
  await delay(800);
  save(screen, 'network-map');
  await press(screen, '1', 'x', ENTER);
  await delay(500);
  save(screen, 'disconnect');
  await press(screen, ESCAPE, 'V', ...choose('shop-db'), '2');
  await delay(800);
  save(screen, 'volumes');
  await press(screen, '1', 'X');
  await delay(500);
  save(screen, 'volume-prune');
  await press(screen, ESCAPE, 'V');
  await selectRow(screen, 'web');
  await press(screen, '7');
  await delay(800);
  save(screen, 'network');
  await press(large, 'N');
  await selectRow(large, 'web');
  await press(large, '2', 'z');
  await delay(800);
  save(large, 'network-graphs-200x60');
  for (const each of [screen, narrow, large]) await each.close();
}

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const only = process.env['SCREENS_ONLY'];
  if (only === undefined) {
    await shootEmpty();
    await shootAll();
  }
  if (only === undefined || only === 'images') await shootImages();
  if (only === undefined || only === 'networks') await shootNetworks();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
