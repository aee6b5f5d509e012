// The table of containers: order, groups, filter, marks, selection.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rowsOf } from '../../../src/tui/rows.js';
import { Desk } from '../../support/desk.js';

const keysOf = (desk: Desk): string[] =>
  rowsOf(desk.state).map((row) => (row.kind === 'group' ? `▾${row.project}` : row.container.config.name));

describe('the order of rows', () => {
  it('is by CPU at first: groups by their sum, members within, what does not run last', async () => {
    const desk = await Desk.open();
    assert.deepEqual(keysOf(desk), ['▾shop', 'db', 'backup', 'web', 'ci-runner', 'reports', 'import', 'migrate']);
    desk.close();
  });

  it('holds still between samples and while one moves', async () => {
    const desk = await Desk.open({ crowd: 40, rows: 60 });
    await desk.advance(3000);
    const before = keysOf(desk);
    await desk.advance(1000);
    assert.deepEqual(keysOf(desk), before, 'two samples later nothing has moved');
    await desk.advance(3000);
    const later = keysOf(desk);
    assert.notDeepEqual(later, before, 'after five seconds rows are in order again');
    await desk.type('down');
    for (let i = 0; i < 4; i++) {
      await desk.advance(1000);
      await desk.type('down');
    }
    assert.deepEqual(keysOf(desk), later, 'not while somebody moves');
    desk.close();
  });

  it('can be chosen from a menu, and turned round', async () => {
    const desk = await Desk.open();
    await desk.type('P', 's', 'up', 'enter');
    assert.deepEqual(keysOf(desk), ['backup', 'ci-runner', 'db', 'import', 'migrate', 'reports', 'web']);
    await desk.type('s', 'r');
    assert.deepEqual(keysOf(desk), ['web', 'reports', 'migrate', 'import', 'db', 'ci-runner', 'backup']);
    desk.close();
  });

  it('follows a click on the name of a column', async () => {
    const desk = await Desk.open();
    await desk.click('PIDS');
    assert.equal(desk.state.table.sort, 'pids');
    desk.close();
  });
});

describe('the selection', () => {
  it('stays on its container when rows move', async () => {
    const desk = await Desk.open();
    await desk.type('down', 'down', 'down');
    const name = desk.selected;
    await desk.type('s', 'r');
    assert.equal(desk.selected, name);
    desk.close();
  });

  it('goes to what takes the place of a row that is gone', async () => {
    const desk = await Desk.open();
    await desk.type('end', 'up');
    assert.equal(desk.selected, 'import');
    await desk.type('d', 'right', 'enter');
    assert.equal(desk.selected, 'migrate');
    desk.close();
  });

  it('goes to the project that has folded it away', async () => {
    const desk = await Desk.open();
    await desk.type('left');
    assert.equal(desk.selected, 'project:shop');
    assert.deepEqual(keysOf(desk), ['▾shop', 'ci-runner', 'reports', 'import', 'migrate']);
    await desk.type('enter');
    assert.equal(keysOf(desk).length, 8, 'and unfolds it again');
    desk.close();
  });

  it('is kept in sight by every move', async () => {
    const desk = await Desk.open({ crowd: 60 });
    for (const key of ['end', 'pageup', 'up', 'home', 'pagedown', 'G']) {
      await desk.type(key);
      assert.ok(desk.text().includes(desk.selected.replace('project:', '')), `${desk.selected} after ${key}`);
    }
    desk.close();
  });

  it('follows a click', async () => {
    const desk = await Desk.open();
    await desk.click('reports');
    assert.equal(desk.selected, 'reports');
    await desk.click('reports', true);
    assert.equal(desk.state.view.focus, 'tabs', 'a double click opens');
    desk.close();
  });
});

describe('the filter', () => {
  const filtered = async (text: string): Promise<string[]> => {
    const desk = await Desk.open();
    await desk.type('P', '/', text, 'enter');
    const keys = keysOf(desk).sort();
    desk.close();
    return keys;
  };

  it('takes a substring of name, image or project', async () => {
    assert.deepEqual(await filtered('api'), ['import', 'migrate']);
    assert.deepEqual(await filtered('shop'), ['backup', 'db', 'import', 'migrate', 'web']);
  });

  it('turns round with !', async () => {
    assert.deepEqual(await filtered('!shop'), ['ci-runner', 'reports']);
  });

  it('takes a regular expression after re:', async () => {
    assert.deepEqual(await filtered('re:^(db|web)'), ['db', 'web']);
    assert.deepEqual(await filtered('re:('), [], 'a broken one fits nothing, and breaks nothing');
  });

  it('is shown while it is typed and cleared by escape', async () => {
    const desk = await Desk.open();
    await desk.type('/', 'w', 'e');
    assert.match(desk.text(), /\/we_/);
    await desk.type('enter');
    assert.match(desk.text(), /containers 1 of 7.*\/we├/);
    await desk.type('escape');
    assert.equal(keysOf(desk).length, 8);
    desk.close();
  });

  it('finds members of a folded project', async () => {
    const desk = await Desk.open();
    await desk.type('left', '/', 'web');
    assert.deepEqual(keysOf(desk), ['▾shop', 'web']);
    desk.close();
  });
});

describe('marks', () => {
  it('are what verbs apply to, and are gone after', async () => {
    const desk = await Desk.open();
    await desk.type('space', 'space', 't');
    assert.deepEqual(desk.calls.filter((call) => call.startsWith('stop')).sort(), ['stop backup', 'stop db']);
    assert.equal(desk.state.table.marks.size, 0);
    desk.close();
  });

  it('of a project mark its members', async () => {
    const desk = await Desk.open();
    await desk.type('up', 'space');
    assert.equal(desk.state.table.marks.size, 3);
    assert.match(desk.text(), /3 marked/);
    desk.close();
  });

  it('lead to a menu of what can be done to them', async () => {
    const desk = await Desk.open();
    await desk.type('space', 'b');
    assert.match(desk.text(), /1 marked├/);
    await desk.type('p');
    assert.deepEqual(desk.calls, ['pause db']);
    desk.close();
  });
});

describe('rows', () => {
  it('say in words what has no numbers', async () => {
    const desk = await Desk.open();
    const text = desk.text();
    assert.match(text, /OOM-killed at 512M · 14m ago · restarts 3/);
    assert.match(text, /exited 0 · 3h ago/);
    assert.match(text, /paused/);
    desk.close();
  });

  it('of a project show the sums of their members', async () => {
    const desk = await Desk.open();
    const cores = ['db', 'web', 'backup'].map((name) => desk.sample(name).cpu.cores ?? NaN);
    const sum = cores.reduce((total, one) => total + one, 0).toFixed(2);
    assert.match(desk.text(), new RegExp(`shop +3 of 3 .* ${sum} .*413M`));
    desk.close();
  });

  it('show a dash and not 0 for what is not measured', async () => {
    const desk = await Desk.open();
    await desk.type('end', '2');
    assert.match(desk.text(), /throttled –/);
    desk.close();
  });
});
