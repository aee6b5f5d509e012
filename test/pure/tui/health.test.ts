// How the health of a container is seen: its mark, its word, the news that it is not well, and the same for ears.
import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { describe, it } from 'node:test';
import type { Container, ContainerState, EngineEvent, HealthStatus } from '../../../src/engine/index.js';
import { markOf, statusWord } from '../../../src/tui/present/container.js';
import { PlainSession } from '../../../src/tui/plain/session.js';
import { rowsOf } from '../../../src/tui/rows.js';
import { glyphsFor } from '../../../src/tui/screen/index.js';
import { demoWorld } from '../../support/demo-world.js';
import { Desk } from '../../support/desk.js';

const one = (status: ContainerState['status'], health?: HealthStatus): Container =>
  ({
    state: {
      schema: 1,
      status,
      oomKilled: false,
      restartCount: 0,
      stopRequested: true,
      ...(health === undefined ? {} : { health: { status: health, failingStreak: 0, log: [] } }),
    },
  }) as unknown as Container;

describe('the health of a container', () => {
  it('is its mark and its word, while it runs and is checked', () => {
    assert.deepEqual(
      (['starting', 'healthy', 'unhealthy'] as const).map((health) => markOf(one('running', health))),
      [
        { mark: 'starting', tone: 'notice' },
        { mark: 'healthy', tone: 'good' },
        { mark: 'unhealthy', tone: 'error' },
      ],
    );
    assert.equal(markOf(one('running')).mark, 'running');
    assert.equal(statusWord(one('running', 'unhealthy')), 'unhealthy');
    assert.equal(statusWord(one('running')), 'running');
    for (const status of ['paused', 'exited'] as const) {
      assert.equal(statusWord(one(status, 'unhealthy')), status, 'what nobody looks after is not called unwell');
      assert.notEqual(markOf(one(status, 'unhealthy')).mark, 'unhealthy');
    }
  });

  it('is told apart without colours, in every set of signs', () => {
    for (const set of ['braille', 'block', 'ascii'] as const) {
      const { running, starting, healthy, unhealthy, paused, stopped, failed } = glyphsFor(set).mark;
      const marks = [running, starting, healthy, unhealthy, paused, stopped, failed];
      assert.equal(new Set(marks).size, marks.length, set);
      assert.ok(
        marks.every((mark) => mark.length === 1),
        set,
      );
    }
  });

  it('can be filtered by, and seen in a column', async () => {
    await Desk.with({ health: true }, async (desk) => {
      await desk.type('/', 'unhealthy', 'enter');
      const names = rowsOf(desk.state).flatMap((row) => (row.kind === 'container' ? [row.container.config.name] : []));
      assert.deepEqual(names, ['db']);
      assert.match(desk.text(), /✚ [└│] db/);
    });
  });

  it('is no way for a probe to reach the terminal', async () => {
    await Desk.with({ health: true, rows: 60 }, async (desk) => {
      await desk.type('i', 'z');
      assert.equal(desk.selected, 'db');
      const text = desk.text();
      assert.match(text, /failingStreak +3/);
      assert.match(text, /killed after its timeout of 3 s/);
      assert.match(text, /response/);
      assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    });
  });
});

describe('one that is no longer well', () => {
  const event = (action: EngineEvent['action'], failingStreak: string, time: number): EngineEvent => ({
    type: 'container',
    action,
    id: 'x'.repeat(64),
    time,
    attributes: { name: 'db', image: 'postgres:17', failingStreak },
  });

  it('is news, and that it is well again is none', async () => {
    await Desk.with({}, (desk) => {
      const { now } = desk.state;
      desk.dispatch({ type: 'events', events: [event('health_status: healthy', '0', now)] });
      assert.equal(desk.notice, '');
      desk.dispatch({ type: 'events', events: [event('health_status: unhealthy', '3', now)] });
      assert.equal(desk.notice, 'db is unhealthy: its health check failed 3 times in a row.');
      return Promise.resolve();
    });
  });

  it('is said in words in plain mode', async () => {
    const world = demoWorld({ health: true });
    let text = '';
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    });
    const plain = new PlainSession(world.engine, world.sampler, {
      input: new PassThrough(),
      output,
      clock: world.clock,
    });
    await plain.start();
    text = '';
    for (const line of ['list unhealthy', 'show db', 'show web', 'show ci-runner']) await plain.line(line);
    plain.close();
    assert.match(text, /^db: running for 2 days, unhealthy, /m);
    assert.match(text, /^Health check: the last 3 failed\.\nIt said: killed after its timeout of 3 s$/m);
    assert.match(text, /^web: running for 2 days, healthy\.\n/m);
    assert.match(text, /^Health check: the last one succeeded\.\nIt said: ok$/m);
    assert.match(text, /^Health check: it was not run yet\.$/m);
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });
});
