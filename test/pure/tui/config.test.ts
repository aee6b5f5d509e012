// The config file: what it sets, how it is told what is wrong with it, and how it is written back.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { configText, configurationMarkdown } from '../../../src/tui/config/describe.js';
import { configPath, loadConfig, saveConfig } from '../../../src/tui/config/file.js';
import { keyNamed } from '../../../src/tui/config/key-names.js';
import { editDistance, nearestName } from '../../../src/tui/config/nearest.js';
import { readConfig } from '../../../src/tui/config/read.js';
import { savedText } from '../../../src/tui/config/save.js';
import { DEFAULT_SETTINGS, SETTING_NAMES, type Settings } from '../../../src/tui/config/schema.js';
import { bindingFor, keymapOf } from '../../../src/tui/keymap/bound-keys.js';
import { type CommandName } from '../../../src/tui/keymap.js';
import { Desk } from '../../support/desk.js';

/** "3:8 sentence" for each problem of a file. */
const problems = (text: string): string[] =>
  readConfig(text).problems.map(({ line, column, text: sentence }) => `${line}:${column} ${sentence}`);

const EXAMPLE = `# my colours
theme: gruvbox   # warm
colours: 256
interval: 500
columns: [name, cores, used, age]
sort: memory
confirm: {prune: false}
escape-key: ctrl-g
layouts:
  watch: {page: grid}
  logs: {focus: tabs, tab: logs, table: 30}
layout: logs
keys:
  global:
    palette: [":", ctrl-space]
  container:
    stop: [s]
`;

describe('a config file', () => {
  it('sets what it says and leaves the rest as usual', () => {
    const { settings, problems: none } = readConfig(EXAMPLE);
    assert.deepEqual(none, []);
    assert.equal(settings.theme, 'gruvbox');
    assert.equal(settings.colours, '256');
    assert.equal(settings.interval, 500);
    assert.deepEqual(settings.columns, ['name', 'cores', 'used', 'age']);
    assert.deepEqual(settings.confirm, { ...DEFAULT_SETTINGS.confirm, prune: false });
    assert.deepEqual(settings.layouts.get('logs'), {
      page: 'overview',
      focus: 'tabs',
      tab: 'logs',
      zoomed: false,
      table: 30,
    });
    assert.deepEqual(settings.keys.get('global palette'), [':', 'ctrl-space']);
    assert.equal(settings.mouse, DEFAULT_SETTINGS.mouse);
    assert.deepEqual(readConfig(''), { settings: DEFAULT_SETTINGS, problems: [] });
    assert.deepEqual(readConfig('# nothing but a remark\n').problems, []);
  });

  it('is told each fault with its place and what would be right', () => {
    const cases: Readonly<Record<string, string>> = {
      'theme: nrod': '1:8 theme cannot be nrod: did you mean nord?',
      '\ntehme: nord': '2:1 tehme is no setting: did you mean theme?',
      'interval: 20': '1:11 interval cannot be 20: give a number from 100 to 5000 (ms)',
      'interval: fast': '1:11 interval cannot be fast: give a number from 100 to 5000 (ms)',
      'mouse: maybe': '1:8 mouse cannot be maybe: give true or false',
      'colours: 17': '1:10 colours cannot be 17: give auto, truecolour, 256, 16, none',
      'columns: [name, coers]': '1:17 coers is no column: did you mean cores?',
      'columns: [name, age, age]': '1:22 age is there twice: leave one out',
      'confirm: {kil: false}': '1:11 kil is no action that asks: did you mean kill?',
      'escape-key: x':
        '1:13 escape-key cannot be x: x cannot leave a shell: give ctrl and a letter, or ctrl-], ctrl-\\, ctrl-^, ctrl-_',
      'layout: watch': '1:9 There is no layout watch: save one first',
      'layouts: {watch: {pgae: grid}}': '1:19 pgae is no part of a layout: did you mean page?',
      'layouts: {watch: 3}': '1:18 The layout watch needs at least one of page, focus, tab, zoomed, table below it',
      'keys: {globl: {help: x}}': '1:8 globl is no context of keys: did you mean global?',
      'keys: {global: {hlep: x}}': '1:17 hlep is no command of “global”: did you mean help?',
      'keys: {global: {help: entr}}': '1:23 entr is no key: write a character, ctrl-a, alt-a, or a name like enter',
      'keys: {global: {help: ctrl-m}}': '1:23 ctrl-m is the same as enter for a terminal: write enter',
      'keys: {global: {help: ctrl-c}}': '1:23 ctrl-c cannot be bound: it leaves the dashboard, whatever else is bound',
      'keys: {global: {help: 3}}': '1:23 3 cannot be bound: it goes to the pane with that number',
      'keys: {global: {pane: x}}':
        '1:17 pane keeps its digits, which are what the borders show: give other commands other keys',
      'keys: {global: {help: x, quit: x}}': '1:32 x is help’s already: a key does one thing in “global”',
      'keys: {typing: {release: q}}':
        '1:26 q cannot be bound inside a shell, which needs it: give ctrl, alt or a function key',
      'keys: {table: {sort: b}}': '1:16 sort takes b, the only key of bulk: give bulk another one too',
      'just words': '1:1 A config file is a list of settings like “theme: nord”, one a line',
    };
    for (const [text, told] of Object.entries(cases)) assert.deepEqual(problems(text), [told], text);
  });

  it('that is broken is told, and the rest of it is used', () => {
    const { settings, problems: told } = readConfig('theme: nord\nmouse: [\ninterval: 200\n');
    assert.equal(settings.theme, 'nord');
    assert.ok(told.some(({ text }) => text.startsWith('This is no YAML')));
    const twice = readConfig('theme: nord\ntheme: light\n');
    assert.equal(twice.problems[0]?.line, 2);
  });

  it('cannot harm, whatever is in it', () => {
    const bomb = `a: &a [x, x]\nb: &b [*a, *a]\ncolumns: *b\ntheme: "\\e]0;gotcha\\a\\e[2J"\n`;
    for (const told of problems(bomb)) assert.doesNotMatch(told, /[\x00-\x1f\x7f-\x9f]/);
    assert.equal(readConfig(`x: ${'y'.repeat(300_000)}`).problems.length, 1);
    assert.deepEqual(readConfig('__proto__: {theme: nord}').settings, DEFAULT_SETTINGS);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const read = readConfig(text);
        assert.ok(read.settings.interval >= 100);
        for (const { line, column, text: told } of read.problems) {
          assert.ok(line >= 1 && column >= 1);
          assert.doesNotMatch(told, /[\x00-\x1f\x7f-\x9f]/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('comes out of --print-config as it went in', () => {
    const { settings } = readConfig(EXAMPLE);
    assert.deepEqual(readConfig(configText(settings)), { settings, problems: [] });
    assert.deepEqual(readConfig(configText(DEFAULT_SETTINGS)), { settings: DEFAULT_SETTINGS, problems: [] });
  });

  it('is documented setting by setting', () => {
    const page = configurationMarkdown();
    for (const name of SETTING_NAMES) assert.ok(page.includes(`| \`${name}\` |`), name);
  });
});

describe('saving settings', () => {
  const changed = (changes: Partial<Settings>): string | undefined => {
    const { settings } = readConfig(EXAMPLE);
    return savedText(EXAMPLE, settings, { ...settings, ...changes });
  };

  it('changes what is otherwise and keeps remarks and order', () => {
    const text = changed({ theme: 'nord', mouse: false })!;
    assert.match(text, /^# my colours\ntheme: nord {1,3}# warm\ncolours: 256\n/);
    assert.equal(readConfig(text).settings.mouse, false);
    assert.equal(readConfig(text).settings.theme, 'nord');
    assert.equal(changed({}), EXAMPLE, 'nothing changed, nothing written');
  });

  it('writes lists, layouts and keys so that they are read again', () => {
    const keys = new Map([['table sort', ['S', 'ctrl-s']]]);
    const layouts = new Map([['night', { page: 'grid', focus: 'table', tab: 'graphs', zoomed: false } as const]]);
    const settings: Settings = { ...DEFAULT_SETTINGS, columns: ['name', 'age'], keys, layouts, layout: 'night' };
    const text = savedText('', DEFAULT_SETTINGS, settings)!;
    assert.deepEqual(readConfig(text), { settings, problems: [] });
  });

  it('touches no file that is broken, and writes through a link', async () => {
    assert.equal(savedText('mouse: [', DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, mouse: false }), undefined);
    const folder = mkdtempSync(join(tmpdir(), 'tscontain-config-'));
    try {
      const real = join(folder, 'real.yaml');
      const link = join(folder, 'config.yaml');
      writeFileSync(real, '# mine\ntheme: nord\n');
      symlinkSync(real, link);
      await saveConfig(link, { ...DEFAULT_SETTINGS, theme: 'light' });
      assert.ok(lstatSync(link).isSymbolicLink());
      assert.equal(readFileSync(real, 'utf8'), '# mine\ntheme: light\n');
      const fresh = join(folder, 'new', 'config.yaml');
      await saveConfig(fresh, { ...DEFAULT_SETTINGS, theme: 'light' });
      assert.equal((await loadConfig(fresh)).settings.theme, 'light');
      writeFileSync(real, 'mouse: [');
      await assert.rejects(saveConfig(link, { ...DEFAULT_SETTINGS, theme: 'dark' }), /is broken: mend it first/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('lies where it is said to', async () => {
    assert.equal(configPath('/a', { TSCONTAIN_CONFIG: '/b' }), '/a');
    assert.equal(configPath(undefined, { TSCONTAIN_CONFIG: '/b', XDG_CONFIG_HOME: '/c' }), '/b');
    assert.equal(configPath(undefined, { XDG_CONFIG_HOME: '/c', HOME: '/d' }), '/c/tscontain/config.yaml');
    assert.equal(
      configPath(undefined, { XDG_CONFIG_HOME: 'relative', HOME: '/d' }),
      '/d/.config/tscontain/config.yaml',
    );
    assert.deepEqual((await loadConfig('/nowhere/config.yaml')).problems, []);
    assert.match((await loadConfig('/nowhere/config.yaml', true)).problems[0]!, /cannot be read \(ENOENT\)/);
  });
});

describe('names', () => {
  it('of keys are understood as people write them', () => {
    for (const [written, key] of [
      ['x', 'x'], ['X', 'X'], ['漢', '漢'], ['Ctrl-P', 'ctrl-p'], ['alt-X', 'alt-X'], ['ESC', 'escape'], ['PgUp', 'pageup'],
      ['shift-tab', 'shift-tab'], ['ctrl-shift-left', 'ctrl-shift-left'], ['F5', 'f5'], ['-', '-'], ['alt--', 'alt--'],
      ['ctrl-alt-t', 'ctrl-alt-t'], ['space', 'space'],
    ]) assert.deepEqual(keyNamed(written!), { key }, written); // prettier-ignore
    for (const wrong of ['shift-a', 'ctrl-', 'hyper-x', 'word', '', 'ctrl-i'])
      assert.ok('problem' in keyNamed(wrong), wrong);
  });

  it('that are mistyped find the one that was meant', () => {
    assert.equal(editDistance('theme', 'tehme'), 1);
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(nearestName('colums', ['columns', 'colours']), 'columns');
    assert.equal(nearestName('xyzzy', ['columns', 'colours']), undefined);
    assert.equal(nearestName('', ['a']), undefined);
  });
});

describe('other keys', () => {
  it('are a person’s, and who had them before loses them', () => {
    const keymap = keymapOf(
      new Map([
        ['global help', ['n']],
        ['table sort', []],
      ]),
      'ctrl-g',
    );
    const command = (key: string): CommandName | undefined => bindingFor(key, ['table', 'global'], keymap)?.command;
    assert.equal(command('n'), 'help');
    assert.equal(command('?'), undefined);
    assert.equal(command('s'), undefined);
    assert.equal(bindingFor('ctrl-g', ['typing'], keymap)?.command, 'release');
    assert.equal(bindingFor('ctrl-]', ['typing'], keymap), undefined);
    assert.ok(keymap.bindings.every(({ help }) => !help.includes('ctrl-]')));
  });

  it('are what hints, help and the palette name, and what works', async () => {
    const { settings } = readConfig('keys: {container: {limits: f5}, global: {help: f2, palette: f6}}\n');
    const desk = await Desk.open({ flags: settings });
    assert.match(desk.text(), /f5 limits/);
    assert.match(desk.text(), /f2 keys/);
    await desk.type('u');
    assert.match(desk.notice, /u does nothing here; f2 lists the keys/);
    desk.dispatch({ type: 'input', event: { type: 'key', key: 'f6', raw: Buffer.from('') } });
    await desk.type('limits');
    assert.match(desk.text(), /limits .* f5/);
    desk.close();
  });

  it('leave out the question where a person has said so', async () => {
    const { settings } = readConfig('confirm: {kill: false}\n');
    const desk = await Desk.open({ flags: settings });
    await desk.run('kill');
    assert.doesNotMatch(desk.text(), /SIGKILL at once/);
    assert.ok(desk.calls.some((call) => call.startsWith('kill')));
    await desk.run('remove');
    assert.equal(desk.state.overlay?.kind, 'question');
    desk.close();
  });
});

describe('a config file that is saved while the dashboard runs', () => {
  it('is applied at once, and what was changed here besides stays', async () => {
    const desk = await Desk.open();
    await desk.type('P');
    const read = (text: string): Parameters<Desk['dispatch']>[0] => {
      const { settings, problems: faults } = readConfig(text);
      return {
        type: 'configured',
        settings,
        problems: faults.map(({ line, column, text: t }) => `config.yaml:${line}:${column}: ${t}`),
      };
    };
    desk.dispatch(read('theme: nord\ninterval: 200\nsort: name\ndescending: false\n'));
    assert.equal(desk.state.appearance.theme, 'nord');
    assert.equal(desk.state.table.sort, 'name');
    assert.equal(desk.state.table.grouped, false, 'what was pressed here stays');
    assert.match(desk.notice, /The config file was saved: theme, interval, sort, descending/);
    desk.dispatch(read('theme: nrod\n'));
    assert.equal(desk.state.appearance.theme, 'dark', 'what is wrong is as usual');
    assert.match(desk.notice, /config\.yaml:1:8: theme cannot be nrod: did you mean nord\?/);
    await desk.run('config');
    assert.match(desk.text(), /config\.yaml:1:8/);
    desk.close();
  });
});
