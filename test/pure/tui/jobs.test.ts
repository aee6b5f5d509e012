// Pulls, pushes, archives and builds from the dashboard: several at once, told seldom, called off, ended with news.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_PROGRESS, type OnTransfer } from '../../../src/engine/index.js';
import { Desk } from '../../support/desk.js';

describe('the name that is being typed', () => {
  it('is said in full, or what is wrong with it', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'p', 'debian');
    assert.match(desk.text(), /is docker\.io\/library\/debian:latest/);
    await desk.type(':12');
    assert.match(desk.text(), /is docker\.io\/library\/debian:12/);
    await desk.type(' x', 'enter');
    assert.equal(desk.state.overlay?.kind, 'form', 'what is no name is not pulled');
    assert.deepEqual(desk.calls, []);
    await desk.type('backspace', 'backspace', 'enter');
    assert.deepEqual(desk.calls, ['pull debian:12']);
    desk.close();
  });
});

describe('a pull', () => {
  it('has a bar a layer with bytes, speed and time left, its sum, and its end as news', async () => {
    const desk = await Desk.open({ columns: 150, rows: 44 });
    await desk.type('I', 'p', 'python:3.13', 'enter');
    assert.match(desk.text(), /⁴transfers 1/);
    await desk.advance(3000);
    const text = desk.text();
    assert.match(text, /pull python:3\.13 +━+╸?─+ +[\d.]+\/58\.4M +[\d.]+M\/s +\d+s +\d of 6 layers/);
    assert.match(text, /[0-9a-f]{12} +downloading +━+╸?─+/);
    assert.match(text, /waiting/);
    assert.match(text, /already there/);
    await desk.advance(3000);
    assert.match(desk.text(), /retrying in \d s: connection reset by peer/);
    await desk.advance(60_000);
    assert.match(desk.notice, /python:3\.13 was pulled: 58M in \d+[sm]/);
    assert.ok(
      desk.state.images.list?.some(({ name }) => name === 'python:3.13'),
      'it is listed',
    );
    desk.close();
  });

  it('that is through at once says so where it said that it began, and takes no other answer away', async () => {
    const end = { is: 'done', names: [] } as const;
    const progress = { transfer: NO_PROGRESS, steps: [] };
    const desk = await Desk.open();
    await desk.type('I', 'p', 'python:3.13', 'enter');
    assert.match(desk.notice, /Pulling python:3\.13/);
    desk.dispatch({ type: 'job-ended', number: 1, end, progress });
    assert.match(desk.notice, /python:3\.13 is as new as it is there/);
    await desk.type('p', 'ruby:3', 'enter', 'p', 'ruby:3', 'enter');
    desk.dispatch({ type: 'job-ended', number: 2, end, progress });
    assert.match(desk.notice, /under way already/);
    desk.close();
  });

  it('goes on while one looks at something else, and a click on the header leads back', async () => {
    const desk = await Desk.open({ columns: 150 });
    await desk.type('I', 'p', 'python:3.13', 'enter', 'I');
    await desk.advance(4000);
    assert.match(desk.text().split('\n')[0]!, /↓ python:3\.13 ━+╸?─* +\d+%/);
    await desk.type('I', 'p', 'ruby:3', 'enter', 'I');
    await desk.advance(1000);
    assert.match(desk.text().split('\n')[0]!, /↓ 2 at work/);
    await desk.click('2 at work');
    assert.equal(desk.state.view.page, 'images');
    assert.equal(desk.state.images.tab, 'transfers');
    await desk.advance(60_000);
    assert.equal(desk.state.jobs.list.filter(({ status }) => status === 'done').length, 2);
    assert.doesNotMatch(desk.text().split('\n')[0]!, /at work/);
    desk.close();
  });

  it('is called off, says that what came is kept, and is begun again', async () => {
    const desk = await Desk.open({ columns: 150 });
    await desk.type('I', 'p', 'python:3.13', 'enter');
    await desk.advance(2000);
    await desk.type('4', 'x');
    assert.match(desk.notice, /The pull of python:3\.13 was called off\. What came is kept/);
    await desk.type('r');
    assert.deepEqual(desk.calls, ['pull python:3.13', 'pull python:3.13']);
    await desk.type('p', 'python:3.13', 'enter');
    assert.match(desk.notice, /under way already/);
    desk.close();
  });

  it('that fails says why', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'p', 'missing', 'enter');
    assert.match(
      desk.notice,
      /The pull of missing:latest failed: the registry has no image missing:latest: check the name/,
    );
    desk.close();
  });

  it('is told to the state eight times a second, however often it tells', async () => {
    const desk = await Desk.open();
    let tell: OnTransfer = () => assert.fail('it was not begun');
    let end: () => void = () => undefined;
    desk.world.images.pull = (_name, { onEvent }) =>
      new Promise((resolve) => {
        tell = onEvent;
        end = resolve;
      });
    let told = 0;
    const dispatch = desk.dispatch.bind(desk);
    desk.dispatch = (action) => {
      if (action.type === 'jobs-progressed') told += 1;
      dispatch(action);
    };
    await desk.type('I', 'p', 'flood', 'enter');
    for (let i = 1; i <= 20_000; i++) {
      tell({ digest: `sha256:${'a'.repeat(64)}`, what: 'layer', phase: 'moving', current: i, total: 20_000 });
      if (i % 1000 === 0) await desk.settle();
    }
    await sleep(300);
    assert.ok(told >= 1 && told <= 8, `${told} times`);
    assert.equal(desk.state.jobs.list[0]!.progress.transfer.current, 20_000, 'the last is told too');
    end();
    await desk.settle();
    desk.close();
  });

  it('keeps the dashboard from being left without a word', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'p', 'python:3.13', 'enter', 'q');
    assert.equal(desk.hasLeft, false);
    assert.match(desk.text(), /The pull of python:3\.13 is called off; what came is kept/);
    await desk.type('right', 'enter');
    assert.equal(desk.hasLeft, true);
    desk.close();
  });
});

describe('a build', () => {
  it('shows its steps and what they write, and ends as news', async () => {
    const desk = await Desk.open({ columns: 150, rows: 50 });
    await desk.type('I', 'b', 'backspace', '/srv/shop', 'tab', 'tab', 'shop/web:2.1', 'enter', '5', 'z');
    await desk.advance(14_000);
    const text = desk.text();
    assert.match(text, /shop\/web:2\.1 +\d+ of 11 steps +14s +\/srv\/shop/);
    assert.match(text, /✓ +1 deps +FROM node:24 AS deps +cached/);
    assert.match(text, /● +7 build +RUN npm run build +\ds/);
    assert.match(text, /7 .*building for production/);
    assert.doesNotMatch(text, /\x1b/);
    await desk.advance(60_000);
    assert.match(desk.notice, /shop\/web:2\.1 was built: 11 steps, 5 of them cached/);
    desk.close();
  });

  it('that fails says where and shows what was written', async () => {
    const desk = await Desk.open({ columns: 150, rows: 50 });
    await desk.type('I', 'b', 'backspace', '/srv/fail', 'enter', '5');
    await desk.advance(60_000);
    assert.match(desk.notice, /The build of \/srv\/fail failed: Dockerfile:9:1: RUN npm test/);
    assert.match(desk.text(), /✖ +8 build +RUN npm test +Dockerfile:9/);
    assert.match(desk.text(), /modules transformed/);
    desk.close();
  });

  it('is searched, scrolled and followed', async () => {
    const desk = await Desk.open({ columns: 150, rows: 40 });
    await desk.type('I', 'b', 'enter', '5');
    await desk.advance(30_000);
    assert.equal(desk.state.jobs.viewer.follow, true);
    await desk.type('/', 'vite build', 'enter');
    assert.ok(desk.state.jobs.viewer.found >= 0, 'it is found');
    assert.equal(desk.state.jobs.viewer.follow, false);
    const { found } = desk.state.jobs.viewer;
    await desk.type('n');
    assert.notEqual(desk.state.jobs.viewer.found, found);
    await desk.type('f');
    assert.equal(desk.state.jobs.viewer.follow, true);
    await desk.type('pageup');
    assert.equal(desk.state.jobs.viewer.follow, false);
    desk.close();
  });

  it('is called off', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'b', 'enter');
    await desk.advance(2000);
    await desk.type('5', 'x');
    assert.match(desk.notice, /The build of \. was called off/);
    desk.close();
  });
});

describe('archives', () => {
  it('are written and read with bars of their own', async () => {
    const desk = await Desk.open({ columns: 150 });
    await desk.type('I', 'S', 'enter');
    assert.deepEqual(desk.calls, ['save base to base.tar']);
    await desk.advance(60_000);
    assert.match(desk.notice, /base was saved to base\.tar: \d+M/);
    await desk.type('L', '/srv/web.tar', 'enter');
    await desk.advance(60_000);
    assert.match(desk.notice, /team\/web:3 came from \/srv\/web\.tar/);
    desk.close();
  });
});
