// The panes below the table and the other pages: what they show, how one moves in them, how one gets back.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Container } from '../../../src/engine/index.js';
import { gridShape } from '../../../src/tui/layout.js';
import { spanOf, type State } from '../../../src/tui/state.js';
import { loadLineChart } from '../../../src/tui/widgets/index.js';
import { Desk } from '../../support/desk.js';
import { emptyState } from '../../support/empty-state.js';

describe('going about', () => {
  it('reaches every pane by its number, and back by escape', async () => {
    const desk = await Desk.open();
    for (const [key, tab] of [
      ['2', 'graphs'],
      ['3', 'logs'],
      ['4', 'processes'],
      ['5', 'inspect'],
      ['6', 'launch'],
    ] as const) {
      await desk.type(key);
      assert.equal(desk.state.view.tab, tab);
      assert.equal(desk.state.view.focus, 'tabs');
    }
    await desk.type('escape');
    assert.equal(desk.state.view.focus, 'table');
    await desk.type('8');
    assert.match(desk.notice, /no tab 8/);
    desk.close();
  });

  it('goes to and fro with tab and brackets', async () => {
    const desk = await Desk.open();
    await desk.type('tab', ']', ']');
    assert.equal(desk.state.view.tab, 'processes');
    await desk.type('[', 'tab');
    assert.deepEqual([desk.state.view.tab, desk.state.view.focus], ['logs', 'table']);
    desk.close();
  });

  it('gives a pane the whole screen with z', async () => {
    const desk = await Desk.open();
    await desk.type('2', 'z');
    assert.doesNotMatch(desk.text(), /¹containers/);
    await desk.type('escape');
    assert.match(desk.text(), /¹containers/);
    desk.close();
  });

  it('shows one pane at a time on a narrow screen', async () => {
    const desk = await Desk.open({ columns: 80, rows: 24 });
    assert.doesNotMatch(desk.text(), /²graphs/);
    await desk.type('enter');
    assert.match(desk.text(), /²graphs/);
    assert.doesNotMatch(desk.text(), /¹containers/);
    await desk.type('escape');
    assert.match(desk.text(), /¹containers/);
    desk.close();
  });

  it('follows every size, and says which one it needs', async () => {
    const desk = await Desk.open({ crowd: 30 });
    for (const key of ['1', '2', '3', '4', '5', '6', 'm', 'v', 'I', '?', 'u', 'n', ':']) {
      await desk.type('escape', 'escape', 'escape', key);
      for (const [columns, rows] of [
        [80, 24],
        [99, 30],
        [100, 30],
        [120, 36],
        [200, 50],
        [300, 90],
        [81, 60],
      ] as const) {
        desk.resize(columns, rows);
        const lines = desk.text().split('\n');
        assert.equal(lines.length, rows, `${key} at ${columns}x${rows}`);
      }
    }
    desk.resize(79, 24);
    assert.match(desk.text(), /needs 80x24, this is 79x24/);
    desk.resize(1, 1);
    desk.text();
    desk.close();
  });

  it('scrolls what the wheel is over, whatever has the focus', async () => {
    const desk = await Desk.open({ crowd: 60 });
    await desk.type('i');
    desk.wheel('svc-', 9);
    assert.equal(desk.state.table.position.top, 9);
    assert.equal(desk.state.view.focus, 'tabs');
    desk.wheel('config', 3);
    assert.equal(desk.state.inspect.position.top, 3);
    desk.resize(80, 24);
    await desk.type('?');
    desk.wheel('keys', 2);
    assert.equal(desk.state.overlay?.kind === 'help' && desk.state.overlay.top, 2);
    desk.close();
  });

  it('switches by a click on a tab, and does what a key in a border says', async () => {
    const desk = await Desk.open();
    await desk.click('launch');
    assert.equal(desk.state.view.tab, 'launch');
    await desk.click('containers 7');
    assert.equal(desk.state.view.focus, 'table');
    await desk.click('u limits');
    assert.equal(desk.state.overlay?.kind, 'limits');
    desk.close();
  });
});

describe('graphs', () => {
  before(loadLineChart);

  it('show as long a stretch as there is something to show of anybody who runs', () => {
    const state = emptyState(600_000);
    const started = (at: number): State => ({
      ...state,
      host: { ...state.host, sampledSince: 595_000 },
      containers: {
        ...state.containers,
        list: [{ state: { status: 'running', startedAt: new Date(at).toISOString() } } as Container],
      },
    });
    assert.equal(spanOf(started(560_000)), 60_000);
    assert.equal(spanOf(started(500_000)), 120_000);
    assert.equal(spanOf(started(0)), 300_000);
  });

  it('zoom in time and scrub back', async () => {
    const desk = await Desk.open();
    await desk.type('2');
    assert.match(desk.text(), /└ -5m/, 'the usual stretch: containers have run for longer');
    await desk.type('-');
    assert.match(desk.text(), /└ -10m/);
    await desk.type('+', '+');
    assert.match(desk.text(), /└ -2m/);
    await desk.type('=', 'left');
    assert.match(desk.text(), /held at \d\d:\d\d:\d\d/);
    assert.doesNotMatch(desk.text(), /── now/);
    await desk.type('right');
    assert.match(desk.text(), /── now/);
    desk.close();
  });

  it('of a project are the sums of its members', async () => {
    const desk = await Desk.open();
    await desk.type('up');
    assert.match(desk.text(), /all of shop/);
    const cores = ['db', 'web', 'backup'].map((name) => desk.sample(name).cpu.cores ?? NaN);
    const sum = cores.reduce((total, one) => total + one, 0).toFixed(2);
    assert.match(desk.text(), new RegExp(`throttled –   ${sum}`));
    desk.close();
  });

  it('show what the arrow keys select, from within too', async () => {
    const desk = await Desk.open();
    await desk.type('2', 'j');
    assert.equal(desk.selected, 'backup');
    desk.close();
  });
});

describe('processes', () => {
  it('say what each used since the list before', async () => {
    const desk = await Desk.open();
    await desk.type('4');
    assert.match(desk.text(), /nginx: worker process/);
    const { engine, clock } = desk.world;
    const first = await engine.top('db');
    const began = clock.now();
    engine.top = () =>
      Promise.resolve(first.map((process) => ({ ...process, cpuMs: process.cpuMs + (clock.now() - began) / 2 })));
    await desk.advance(1000);
    await desk.advance(1000);
    assert.match(desk.text(), /0\.50 /);
    await desk.type('s');
    assert.match(desk.text(), /MEM↓/);
    desk.close();
  });

  it('tell why there are none', async () => {
    const desk = await Desk.open();
    desk.world.engine.top = () => Promise.reject(new Error('it has ended'));
    await desk.type('4');
    assert.match(desk.text(), /it has ended/);
    desk.close();
  });
});

describe('inspect', () => {
  it('folds branches and finds text', async () => {
    const desk = await Desk.open();
    await desk.type('i', '/', 'postgres', 'enter');
    assert.match(desk.text(), /postgres:17/);
    await desk.type('home', 'enter');
    assert.match(desk.text(), /▸ state/);
    await desk.type('t');
    assert.match(desk.text(), /"State": \{/);
    desk.close();
  });

  it('opens a long value in full, and copies', async () => {
    const desk = await Desk.open();
    await desk.type('i', '/', 'PATH', 'enter', 'enter');
    assert.match(desk.text(), /\/usr\/local\/sbin:\/usr\/local\/bin/);
    await desk.type('c');
    assert.match(desk.copied.join(), /PATH=/);
    desk.close();
  });
});

describe('launch', () => {
  it('takes steps of a kind together and explains them', async () => {
    const desk = await Desk.open();
    await desk.type('6');
    assert.match(desk.text(), /15 steps in 3\.68 ms/);
    assert.match(desk.text(), /mask \/proc\/kcore \/proc\/keys \/sys\/firmware/);
    await desk.type('end', 'enter');
    assert.match(desk.text(), /execve\(2\)/);
    assert.match(desk.text(), /Becomes the program that the container runs/);
    desk.close();
  });

  it('copies itself as JSON', async () => {
    const desk = await Desk.open();
    await desk.type('6', 'c');
    assert.equal((JSON.parse(desk.copied[0]!) as { steps: unknown[] }).steps.length, 15);
    desk.close();
  });
});

describe('the grid', () => {
  it('shows all that run, and goes to one with enter', async () => {
    const desk = await Desk.open();
    await desk.type('m');
    for (const name of ['db', 'backup', 'web', 'ci-runner', 'reports'])
      assert.match(desk.text(), new RegExp(` ${name} `));
    assert.doesNotMatch(desk.text(), /migrate/);
    await desk.type('right', 'enter');
    assert.equal(desk.selected, 'backup');
    assert.deepEqual([desk.state.view.page, desk.state.view.zoomed], ['overview', true]);
    desk.close();
  });

  it('compares the picked ones only', async () => {
    const desk = await Desk.open();
    await desk.type('m', 'f');
    assert.match(desk.notice, /space picks/);
    await desk.type('space', 'right', 'right', 'space', 'f');
    assert.match(desk.text(), /the picked containers/);
    assert.doesNotMatch(desk.text(), / backup /);
    desk.close();
  });

  it('scrolls when there are more than have room', async () => {
    const desk = await Desk.open({ crowd: 60 });
    await desk.type('m', 'end');
    const last = desk.selected;
    assert.match(desk.text(), new RegExp(` ${last} `));
    desk.close();
  });
});

describe('how tiles are laid out', () => {
  const shape = (width: number, height: number, count: number): string => {
    const { columns, rows, tileWidth, tileHeight } = gridShape({ width, height }, count);
    return `${columns}x${rows} of ${tileWidth}x${tileHeight}`;
  };

  it('as many side by side as makes good tiles of them', () => {
    assert.equal(shape(198, 56, 5), '3x2 of 66x28');
    assert.equal(shape(118, 32, 5), '3x2 of 39x16');
    assert.equal(shape(118, 32, 1), '1x1 of 118x32');
    assert.equal(shape(78, 20, 2), '2x1 of 39x20');
  });

  it('as many as there is room for where they cannot all be seen', () => {
    assert.equal(shape(198, 46, 60), '5x7 of 39x6');
    assert.equal(shape(78, 20, 30), '2x3 of 39x6');
    assert.equal(shape(20, 3, 9), '1x1 of 20x3');
  });
});

describe('events', () => {
  it('tell what happened, newest last', async () => {
    const desk = await Desk.open();
    await desk.type('v');
    const lines = desk.text().split('\n');
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    assert.ok(at('migrate') < at('ran out of memory'));
    desk.close();
  });

  it('of the moment are told in the notice line, those of the past are not', async () => {
    const desk = await Desk.open();
    assert.equal(desk.notice, '');
    const event = {
      time: desk.state.now,
      type: 'container',
      action: 'oom',
      id: 'x',
      attributes: { name: 'web' },
    } as const;
    desk.dispatch({ type: 'events', events: [event] });
    assert.match(desk.notice, /web ran out of memory/);
    desk.close();
  });

  it('do not take the answer to a key away before it can be read, and are told then', async () => {
    const desk = await Desk.open();
    const died = (name: string) => ({
      type: 'events' as const,
      events: [
        {
          time: desk.state.now,
          type: 'container',
          action: 'die',
          id: name,
          attributes: { name, exitCode: '137' },
        } as const,
      ],
    });
    desk.dispatch({ type: 'notice', kind: 'good', text: 'The limits of web are as they were.' });
    desk.dispatch(died('db'));
    assert.equal(desk.notice, 'The limits of web are as they were.');
    desk.dispatch({ type: 'tick', now: desk.state.now + 3000 });
    assert.equal(desk.notice, 'db ended with exit code 137.');
    desk.dispatch({ type: 'notice', kind: 'info', text: 'Copied.' });
    assert.equal(desk.notice, 'Copied.');
    desk.dispatch({ type: 'tick', now: desk.state.now + 60_000 });
    assert.equal(desk.notice, '', 'what was told before another key was pressed is not told again');
    desk.close();
  });
});

describe('hostile text', () => {
  it('reaches the screen as cells and nothing else', async () => {
    const desk = await Desk.open();
    const evil = 'a\x1b]52;c;aGk=\x07b\x1b[2Jc\u202Ed\ne\x9b31mf\u0000';
    const list = desk.state.containers.list.map((container) => ({
      ...container,
      config: {
        ...container.config,
        name: evil,
        project: evil,
        argv: [evil],
        image: { name: evil, id: evil },
        env: [evil],
        labels: { [evil]: evil },
      },
    }));
    desk.dispatch({ type: 'containers', list });
    for (const key of ['1', '2', '3', '4', '5', '6', 'm', 'v', 'I', 'd', 'R', 'u', 'e']) {
      await desk.type('escape', 'escape', 'escape', key);

      assert.doesNotMatch(
        desk.text().replaceAll('\n', ''),
        /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        key,
      );
    }
    desk.close();
  });
});
