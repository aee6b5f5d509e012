// The palette finds everything, teaches the keys, remembers, and touches nobody but who was named; columns and layouts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { everythingItems } from '../../../src/tui/present/palette.js';
import { choosePaletteItem, goTo, layoutNow, shownAppearance } from '../../../src/tui/reducers/palette.js';
import { runCommand } from '../../../src/tui/reduce.js';
import type { State } from '../../../src/tui/state.js';
import { foundItems, openMenu } from '../../../src/tui/widgets/index.js';
import { lineOf } from '../../../src/tui/widgets/edit.js';
import { Desk } from '../../support/desk.js';

const found = (state: State, query: string): readonly string[] =>
  foundItems({ ...openMenu(everythingItems(state), true), query: lineOf(query) }).map(({ item }) => item.label);

describe('the palette', () => {
  it('finds actions, looks and containers by some of their letters, the best first', async () => {
    const desk = await Desk.open();
    assert.equal(found(desk.state, 'stop web')[0], 'stop web');
    assert.equal(found(desk.state, 'goweb')[0], 'go to web');
    assert.equal(found(desk.state, 'nord')[0], 'theme: nord');
    assert.equal(found(desk.state, 'prune')[0], 'prune');
    assert.ok(
      found(desk.state, '').every((label) => label !== 'stop web'),
      'what is done to one comes when it is typed',
    );
    assert.ok(found(desk.state, '').includes('go to web'));
    assert.deepEqual(found(desk.state, 'qqqzzz'), []);
    const limits = everythingItems(desk.state).find(({ id }) => id === 'limits');
    assert.equal(limits?.key, 'u', 'it teaches the key');
    desk.close();
  });

  it('has every item once, and what was chosen last first', async () => {
    const desk = await Desk.open();
    const ids = everythingItems(desk.state).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    await desk.type(':', 'events', 'enter');
    assert.equal(desk.state.view.page, 'events');
    await desk.type('v', ':', 'theme: nord', 'enter');
    assert.deepEqual(
      everythingItems(desk.state)
        .slice(0, 2)
        .map(({ id }) => id),
      ['theme:nord', 'events'],
    );
    assert.equal(new Set(everythingItems(desk.state).map(({ id }) => id)).size, ids.length);
    desk.close();
  });

  it('does what it says to the one that was named, whoever is selected or marked', async () => {
    const desk = await Desk.open();
    await desk.type('space', 'space');
    assert.ok(desk.state.table.marks.size > 0);
    await desk.type(':', 'pause ci-runner', 'enter');
    assert.deepEqual(
      desk.calls.filter((call) => call.startsWith('pause')),
      ['pause ci-runner'],
    );
    assert.equal(desk.selected, 'ci-runner');
    desk.close();
  });

  it('goes to a container that a folded project or a filter hides', async () => {
    const desk = await Desk.open();
    await desk.type('up', 'enter');
    const web = desk.state.containers.list.find(({ config }) => config.name === 'web')!.id;
    assert.doesNotMatch(desk.text(), /─ web|│ web |└ web/);
    desk.state = goTo(desk.state, web);
    assert.equal(desk.selected, 'web');
    await desk.type('/', 'reports', 'enter', ':', 'go to migrate', 'enter');
    assert.equal(desk.selected, 'migrate');
    assert.equal(choosePaletteItem(desk.state, 'go:nobody', runCommand).state.notice?.text, 'That container is gone.');
    assert.equal(choosePaletteItem(desk.state, 'do:kill:nobody', runCommand).state.overlay, undefined);
    desk.close();
  });

  it('shows names that want to be escape sequences as text', async () => {
    const desk = await Desk.open();
    const list = desk.state.containers.list.map((one, i) =>
      i === 0 ? { ...one, config: { ...one.config, name: '\x1b]0;gotcha\x07\x1b[2Jevil\u202e' } } : one,
    );
    const labels = everythingItems({ ...desk.state, containers: { ...desk.state.containers, list } }).map(
      ({ label }) => label,
    );
    assert.ok(labels.includes('go to evil'));
    for (const label of labels) assert.doesNotMatch(label, /[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
    desk.close();
  });
});

describe('themes in the palette', () => {
  it('are shown while they are selected, and stay only when they are chosen', async () => {
    const desk = await Desk.open();
    await desk.type(':', 'theme: nord');
    assert.equal(shownAppearance(desk.state).theme, 'nord');
    assert.equal(desk.state.appearance.theme, 'dark');
    await desk.type('escape');
    assert.equal(shownAppearance(desk.state).theme, 'dark');
    await desk.run('themes');
    await desk.type('down', 'down');
    assert.equal(shownAppearance(desk.state).theme, 'light');
    await desk.type('enter');
    assert.equal(desk.state.appearance.theme, 'light');
    await desk.type(':', 'glyphs: block', 'enter');
    assert.equal(desk.state.appearance.glyphs, 'block');
    assert.match(desk.text(), /█/);
    desk.close();
  });
});

describe('columns', () => {
  const heading = (desk: Desk): string =>
    desk
      .text()
      .split('\n')
      .find((row) => row.includes('NAME'))!;

  it('are shown, hidden and moved in sight of the table, and escape brings them back', async () => {
    const desk = await Desk.open();
    await desk.type('C', 'down', 'space');
    assert.ok(!desk.state.table.columns.includes('image'));
    await desk.type('down', 'K');
    assert.deepEqual(desk.state.table.columns.slice(0, 3), ['name', 'cpu', 'cores']);
    await desk.type('escape');
    assert.match(heading(desk), /NAME +IMAGE +CPU/);
    await desk.type('C', 'down', 'space', 'enter');
    assert.match(heading(desk), /NAME +CPU/);
    await desk.type('C', 'space');
    assert.ok(desk.state.table.columns.includes('name'), 'a row without a name could be any');
    await desk.type('r', 'enter');
    assert.match(heading(desk), /NAME +IMAGE +CPU/);
    desk.close();
  });

  it('are those of the config file, in its order; on a narrow screen reads and writes share one', async () => {
    const columns = ['id', 'status', 'read', 'write', 'restarts', 'project', 'net'] as const;
    const desk = await Desk.open({ columns: 160, flags: { columns } });
    assert.match(heading(desk), /NAME +ID +STATUS +read +write +RESTARTS +PROJECT +net in\/out/);
    desk.resize(90, 30);
    assert.match(heading(desk), /NAME .* io /);
    desk.close();
  });
});

describe('layouts', () => {
  it('are saved under a name and come back', async () => {
    const desk = await Desk.open();
    await desk.type('3', 'z');
    const now = layoutNow(desk.state);
    assert.deepEqual(now, { page: 'overview', focus: 'tabs', tab: 'logs', zoomed: true });
    await desk.run('save-layout');
    await desk.type('enter');
    assert.match(desk.text(), /give it a name/);
    await desk.type('reading', 'enter');
    assert.deepEqual(desk.state.settings.layouts.get('reading'), now);
    await desk.type('z', '1', ':', 'layout: reading', 'enter');
    assert.deepEqual(layoutNow(desk.state), now);
    await desk.type(':', 'layout: usual', 'enter');
    assert.equal(desk.state.view.focus, 'table');
    desk.close();
  });

  it('give the table the share of the height that they say', async () => {
    const layouts = new Map([
      ['low', { page: 'overview', focus: 'table', tab: 'graphs', zoomed: false, table: 20 } as const],
    ]);
    const desk = await Desk.open({ rows: 60, flags: { layouts, layout: 'low' } });
    const rows = desk.text().split('\n');
    assert.equal(
      rows.findIndex((row) => row.includes('²graphs')),
      2 + Math.round(58 * 0.2),
    );
    desk.close();
  });
});
