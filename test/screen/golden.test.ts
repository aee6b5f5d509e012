// The face of the dashboard, screen by screen, on the made-up machine: what each golden file holds is what a person sees.
// After a change that is meant: `UPDATE_GOLDEN=1 node scripts/test.mjs screen -- golden`, then look at the difference.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseRules, type RuleSet } from '../../src/guard/index.js';
import { loadLineChart } from '../../src/tui/widgets/index.js';
import { Desk, type DeskOptions } from '../support/desk.js';

// Clocks on screens are local time.
process.env['TZ'] = 'UTC';

interface Scene extends DeskOptions {
  /** "+20" lets so many seconds pass */
  readonly keys?: readonly string[];
  /** ms that something takes which no promise tells of: an emulator that is loaded */
  readonly wait?: number;
}

const NARROW = { columns: 80, rows: 24 } as const;

/** A rule file of the guard. */
const GUARD = {
  path: '/etc/tscontain/rules.guard',
  rules: parseRules(
    "while web's io pressure is over 20 %, halve the heaviest writer\nwhile any container suffers from cpu for 10 s, quiet down whoever does it",
  ) as RuleSet,
};

/** Limits, a pause and its end, some seconds apart; then the graphs on the whole screen. */
const CHANGES = ['+50', 'u', 'x', '0.7', 'tab', 'x', '512m', 'enter', '+20', 'p', '+4', 'p', '+12', '2', 'z'] as const;

/** All that is measured of the network, in the table. */
const NETWORK_COLUMNS = ['name', 'image', 'net', 'packets', 'drops', 'errors', 'ports'] as const;

const NGINX = ['/', 'nginx', 'enter', 'escape'] as const;
const PULLING = ['I', 'p', 'python:3.13', 'enter', 'p', 'localhost:5000/team/web', 'enter', '+5'] as const;
const BUILDING = ['I', 'b', 'backspace', '/srv/shop', 'tab', 'tab', 'shop/web:2.1', 'enter', '+14', '5'] as const;

const SCENES: Readonly<Record<string, Scene>> = {
  overview: {},
  'overview-200x50': { columns: 200, rows: 50 },
  'overview-ascii': { ascii: true },
  crowd: { crowd: 60, columns: 200, rows: 50 },
  flat: { keys: ['P', 's', 'up', 'enter'] },
  folded: { keys: ['up', 'enter'] },
  filter: { keys: ['/', 'api'] },
  marks: { keys: ['space', 'space', 'b'] },
  graphs: { keys: ['2', 'z'] },
  'graphs-network': { keys: ['down', 'down', '2', 'z'] },
  'graphs-block': { choice: { glyphs: 'block' }, keys: ['down', '2', 'z'] },
  'graphs-ascii-80x24': { ...NARROW, ascii: true, keys: ['down', '2', 'z'] },
  'graphs-marks': { keys: CHANGES },
  'graphs-marks-ascii': { ascii: true, keys: CHANGES },
  'graphs-marks-project': { keys: [...CHANGES, 'escape', 'escape', '1', 'up', '2'] },
  logs: { keys: ['l', 't'] },
  'logs-search-80x24': { ...NARROW, keys: ['l', '/', 'warn', 'enter'] },
  'logs-filter': { keys: ['l', 'F', 'level:warn'] },
  'logs-json': { keys: ['down', 'l', 't', 't'] },
  'logs-line': { keys: ['down', 'l', 'enter'] },
  'logs-merged': { keys: ['up', 'l', 't', '/', 're:(GET|POST) /cart', 'enter'] },
  processes: { keys: ['4'] },
  inspect: { keys: ['i'] },
  'inspect-json': { keys: ['i', 't'] },
  launch: { keys: ['6'] },
  'launch-step': { keys: ['6', 'down', 'enter'] },
  shell: { keys: ['e'], wait: 400 },
  'shell-left': { keys: ['e'], wait: 400 },
  split: { keys: ['l', '|'], wait: 400 },
  'split-below-200x60': { columns: 200, rows: 60, keys: ['e', 'ctrl-]', '"', 'ctrl-]', '"'], wait: 400 },
  'broadcast-question': { keys: ['e', 'ctrl-]', '|', 'ctrl-]', 'B'], wait: 400 },
  broadcast: { keys: ['e', 'ctrl-]', '|', 'ctrl-]', 'B', 'right', 'enter', 'uptime'], wait: 400 },
  grid: { keys: ['m'] },
  'grid-ascii': { ascii: true, keys: ['m', 'o'] },
  neighbours: { keys: ['w'] },
  'neighbours-80x24': { ...NARROW, keys: ['w', 'right'] },
  'neighbours-own-limit': { keys: ['w', 'down'] },
  quieten: { keys: ['U'] },
  scrubbed: { keys: ['<', '<', '<'] },
  compare: { keys: ['D', '<', '<', '<', 'D'] },
  events: { keys: ['v'] },
  networks: { keys: ['N'] },
  'networks-ascii': { ascii: true, keys: ['N', '3'] },
  'networks-empty': { crowd: 'nothing', keys: ['N'] },
  'networks-filter': { keys: ['N', '/', 'backup'] },
  'network-map': { keys: ['N', '3'] },
  'network-settings': { keys: ['N', 'end', '4'] },
  'network-tab': { keys: ['down', 'down', '7'] },
  'network-tab-ascii': { ascii: true, keys: ['down', 'down', '7', 'z'] },
  'network-tab-stopped': { keys: ['end', '7'] },
  'network-remove-busy': { keys: ['N', 'end', 'd'] },
  'network-connect': { keys: ['J', 'enter'] },
  'network-connect-form': { keys: ['J', 'enter', 'cache', 'tab', '172.17.0.9'] },
  'network-disconnect': { keys: ['N', 'end', 'up', 'x', 'enter'] },
  'publish-wrong': { keys: ['down', 'down', 'F', ' 80:http', 'enter'] },
  'publish-question': { keys: ['down', 'down', 'F', ' 127.0.0.1:9000:9000', 'enter'] },
  'table-network-columns': { columns: 200, rows: 50, flags: { columns: NETWORK_COLUMNS, sort: 'net' } },
  volumes: { keys: ['V'] },
  'volumes-ascii': { ascii: true, keys: ['V', 'down', '2'] },
  'volumes-empty': { crowd: 'nothing', keys: ['V'] },
  'volume-file': { keys: ['V', 'down', '2', 'end', 'up', 'up', 'enter'] },
  'volume-deeper': { keys: ['V', 'down', '2', 'enter', 'enter'] },
  'volume-about': { keys: ['V', 'down', '3'] },
  'volume-remove-used': { keys: ['V', 'down', 'd'] },
  images: { keys: ['I'] },
  'images-ascii': { ascii: true, keys: ['I', 'down', 'down', 'down'] },
  'images-empty': { crowd: 'nothing', keys: ['I'] },
  'images-marks': { keys: ['I', 'space', 'down', 'space', 's', 'down', 'enter'] },
  'images-filter': { keys: ['I', '/', 'shop'] },
  layers: { keys: ['I', 'end', 'up', 'up', 'up', '2', 'z'] },
  'image-config': { keys: ['I', ...NGINX, '3'] },
  'pull-form': { keys: ['I', 'p', 'debian'] },
  'pull-form-wrong': { keys: ['I', 'p', 'Deb ian', 'enter'] },
  pull: { keys: PULLING },
  'pull-ascii': { ascii: true, keys: PULLING },
  'pull-elsewhere': { keys: [...PULLING, 'I'] },
  'pull-done': { keys: [...PULLING, '+40'] },
  build: { keys: BUILDING },
  'build-done': { keys: [...BUILDING, '+60'] },
  'build-failed': { keys: ['I', 'b', 'backspace', '/srv/fail', 'enter', '+60'] },
  'image-remove': { keys: ['I', ...NGINX, 'up', 'up', 'space', ...NGINX, 'd'] },
  'image-prune': { keys: ['I', 'X'] },
  help: { keys: ['?'] },
  palette: { keys: [':', 'lim'] },
  sort: { keys: ['s'] },
  'run-form': { keys: ['n'] },
  'run-form-wrong': {
    keys: ['n', 'shift-tab', 'tab', 'tab', 'a b', 'tab', 'tab', 'tab', 'tab', 'lots', 'tab', '12q', 'enter'],
  },
  limits: { keys: ['u'] },
  'limits-warning': { keys: ['u', 'tab', 'backspace', 'backspace', 'backspace', 'backspace', '48m'] },
  'limits-warnings': {
    keys: ['u', 'x', '0.1', 'tab', 'x', '48m', 'tab', '1g', 'up', 'up', 'up', 'up', '9', 'up', 'up', '7'],
  },
  'limits-warnings-80x24': {
    ...NARROW,
    keys: [
      'u',
      'x',
      '0.1',
      'tab',
      'x',
      '48m',
      'tab',
      '1g',
      'tab',
      '1m',
      'tab',
      '1',
      'tab',
      '1',
      'tab',
      '9',
      'tab',
      '9',
      'tab',
      '7',
    ],
  },
  'limits-quiet-80x24': { ...NARROW, keys: ['u', 'q', 'q'] },
  'limits-quiet-ascii': { ascii: true, keys: ['u', 'q'] },
  'limits-project': { keys: ['up', 'u', 'x', '0.1', 'tab', 'tab', 'tab', '16m'] },
  health: { health: true, rows: 60, keys: ['i', 'z'] },
  'health-table': { health: true },
  'health-ascii': { health: true, ascii: true },
  'guard-arm': { guard: GUARD, keys: [':', 'arm the', 'enter'] },
  remove: { keys: ['d'] },
  'read-only': { readOnly: true, keys: ['d'] },
  empty: { crowd: 'nothing' },
  'empty-80x24': { ...NARROW, crowd: 'nothing' },
  'too-small': { columns: 60, rows: 15 },
  ...everySize(),
};

/** Every page, tab and dialog where there is least room and where there is most; in between they are above, one by one. */
function everySize(): Record<string, Scene> {
  const places: Readonly<Record<string, readonly string[]>> = {
    overview: [],
    graphs: ['2', 'z'],
    logs: ['l'],
    processes: ['4'],
    inspect: ['i'],
    launch: ['6'],
    'launch-step': ['6', 'down', 'enter'],
    shell: ['e'],
    split: ['l', '|'],
    'broadcast-question': ['e', 'ctrl-]', '|', 'ctrl-]', 'B'],
    grid: ['m'],
    neighbours: ['w'],
    compare: ['D', '<', '<', '<', 'D'],
    scrubbed: ['<', '<', '<'],
    images: ['I'],
    import: ['I', 'i'],
    layers: ['I', 'down', 'down', 'down', '2'],
    'image-config': ['I', 'down', 'down', '3'],
    pull: [...PULLING, '4'],
    'pull-form': ['I', 'p', 'debian'],
    build: BUILDING,
    'build-form': ['I', 'b'],
    'image-remove': ['I', 'end', 'd'],
    'image-prune': ['I', 'X'],
    'image-columns': ['I', 'C'],
    events: ['v'],
    networks: ['N'],
    'network-map': ['N', '3'],
    'network-settings': ['N', 'end', '4'],
    'network-form': ['N', 'n'],
    'network-remove': ['N', 'down', 'd'],
    'network-prune': ['N', 'X'],
    'network-columns': ['N', 'C'],
    'network-tab': ['down', 'down', '7'],
    connect: ['J'],
    'connect-form': ['J', 'enter'],
    publish: ['down', 'down', 'F'],
    volumes: ['V'],
    'volume-files': ['V', 'down', '2'],
    'volume-about': ['V', 'down', '3'],
    'volume-form': ['V', 'n'],
    'volume-remove': ['V', 'down', 'down', 'd'],
    'volume-prune': ['V', 'X'],
    help: ['?'],
    palette: [':', 'lim'],
    sort: ['s'],
    columns: ['C'],
    bulk: ['space', 'space', 'b'],
    filter: ['/', 'api'],
    themes: [':', 'choose a theme', 'enter'],
    config: [':', 'settings in force', 'enter'],
    'run-form': ['n'],
    rename: ['R'],
    export: ['l', 's'],
    limits: ['u'],
    'limits-project': ['up', 'u', 'x', '0.1', 'tab', 'tab', 'tab', '16m'],
    quieten: ['U'],
    remove: ['d'],
    kill: ['ctrl-k'],
    prune: [':', 'prune', 'enter'],
  };
  const scenes: Record<string, Scene> = {};
  for (const [name, keys] of Object.entries(places)) {
    const wait = keys.includes('e') || keys.includes('|') ? 400 : 0;
    scenes[`80x24/${name}`] = { ...NARROW, keys, wait };
    scenes[`200x60/${name}`] = { columns: 200, rows: 60, keys, wait };
  }
  return scenes;
}

describe('golden screens', () => {
  before(loadLineChart);

  for (const [name, { keys = [], wait = 0, ...options }] of Object.entries(SCENES)) {
    it(name, async () => {
      const desk = await Desk.open(options);
      try {
        for (const key of keys) {
          const seconds = /^\+(\d+)$/.exec(key)?.[1];
          if (seconds === undefined) await desk.type(key);
          else await desk.advance(Number(seconds) * 1000);
        }
        await sleep(wait);
        if (name === 'shell-left') await desk.type('ctrl-]');
        assertGolden(name, `${desk.text()}\n`);
      } finally {
        desk.close();
      }
    });
  }
});

function assertGolden(name: string, shown: string): void {
  const path = resolve('test/screen/golden', `${name}.txt`);
  if (process.env['UPDATE_GOLDEN'] !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, shown);
    return;
  }
  assert.ok(existsSync(path), `there is no golden screen ${path}: make it with UPDATE_GOLDEN=1 and look at it`);
  assert.equal(shown, readFileSync(path, 'utf8'));
}
