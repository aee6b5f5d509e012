// Going about in time: what is measured shows the moment, what is done stays in the present.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../../src/metrics/index.js';
import { findingsAt, momentOf } from '../../../src/tui/state/moment.js';
import { momentClock, momentWords } from '../../../src/tui/present/moment.js';
import { Desk } from '../../support/desk.js';
import { findingOf } from '../../support/findings.js';

// Clocks on screens are local time.
process.env['TZ'] = 'UTC';

const atDesk = (work: (desk: Desk) => Promise<void>): Promise<void> =>
  Desk.with({ columns: 140, rows: 36 }, async (desk) => {
    await desk.advance(60_000);
    await work(desk);
  });

/** The cores of a container as its row says them. */
const coresOf = (desk: Desk, name: string): string | undefined =>
  new RegExp(`│? ?${name} .*? (\\d\\.\\d\\d)/`, 'm').exec(desk.text())?.[1];

describe('going back in time', () => {
  it('shows that moment in the table as well as in the graphs, and says so', () =>
    atDesk(async (desk) => {
      const now = coresOf(desk, 'db');
      const at = desk.state.now;
      desk.dispatch({ type: 'command', command: 'scrub-back' });
      const moment = momentOf(desk.state)!;
      assert.ok(moment < at);
      assert.match(desk.text().split('\n')[0]!, /at \d\d:\d\d:\d\d, \d+s ago {2}0 now/);
      const then = desk.sampleAt('db', moment);
      assert.equal(coresOf(desk, 'db'), then.cpu.cores!.toFixed(2));
      assert.notEqual(then.cpu.cores!.toFixed(2), now, 'the made-up load must differ for this to tell anything');
      await desk.type('0');
      assert.equal(momentOf(desk.state), undefined);
      assert.equal(coresOf(desk, 'db'), now);
    }));

  it('holds while new samples come', () =>
    atDesk(async (desk) => {
      await desk.type('<');
      const shown = coresOf(desk, 'db');
      await desk.advance(5000);
      assert.equal(coresOf(desk, 'db'), shown);
    }));

  it('ends at now, and goes no further back than anything is kept', () =>
    atDesk(async (desk) => {
      await desk.type('>');
      assert.equal(desk.notice, 'This is now.');
      await desk.type('<', '>');
      assert.equal(momentOf(desk.state), undefined);
      await desk.type('2');
      for (let i = 0; i < 14; i++) await desk.type('-');
      assert.equal(desk.notice, 'Thirty days are all that is kept.');
      for (let i = 0; i < 11; i++) await desk.type('left');
      assert.equal(desk.notice, 'Older samples are not kept.');
    }));
});

describe('notices of the past', () => {
  const finding = (key: string, since: number): Finding => ({ ...findingOf(key, since), victim: 'nobody' });

  it('are gone to, one after the other, and told as of then', () =>
    atDesk(async (desk) => {
      const { now } = desk.state;
      const past = [
        { finding: finding('a', now - 40_000), until: now - 30_000 },
        { finding: finding('b', now - 20_000), until: now - 18_000 },
      ];
      desk.state = { ...desk.state, neighbours: { ...desk.state.neighbours, past } };
      await desk.type(',');
      assert.equal(momentOf(desk.state), now - 18_001, 'a short one is looked at before its end');
      assert.deepEqual(
        findingsAt(desk.state, momentOf(desk.state)!).map(({ key }) => key),
        ['b'],
      );
      assert.match(desk.text().split('\n')[1]!, /waits 50 %/);
      await desk.type(',');
      assert.equal(momentOf(desk.state), now - 35_000);
      await desk.type(',');
      assert.equal(desk.notice, 'Nobody began to suffer before this.');
      await desk.type('.', '.');
      assert.equal(desk.notice, 'Nobody began to suffer after this.');
    }));
});

describe('two moments', () => {
  it('are compared: pin one, go to another', () =>
    atDesk(async (desk) => {
      const { now } = desk.state;
      await desk.type('D');
      assert.match(desk.notice, /^14:06:00 is pinned: go to another moment/);
      await desk.type('<', 'D');
      assert.equal(desk.state.view.page, 'compare');
      const before = desk.sampleAt('db', momentOf(desk.state)!).cpu.cores!.toFixed(2);
      const after = desk.sampleAt('db', now).cpu.cores!.toFixed(2);
      assert.match(desk.text(), new RegExp(`db +${before} → ${after} `));
      await desk.type('D');
      assert.equal(desk.state.view.page, 'overview');
      assert.equal(desk.state.graphs.pinned, undefined);
    }));

  it('that are one are let go', () =>
    atDesk(async (desk) => {
      await desk.type('D', 'D');
      assert.equal(desk.notice, '14:06:00 is not pinned any more.');
      assert.equal(desk.state.graphs.pinned, undefined);
    }));
});

describe('a moment in words', () => {
  const now = Date.UTC(2026, 10, 28, 14, 5, 7);
  it('has its day when that is another', () => {
    assert.equal(momentClock(now - 60_000, now), '14:04:07');
    assert.equal(momentClock(now - 15 * 3_600_000, now), 'Fri 27 23:05');
    assert.equal(momentWords(now - 26 * 3_600_000, now), 'Fri 27 12:05, 26h ago');
  });
});
