// Who hurts whom, as a person meets it: the line at the top, the look at both, the way to the cure.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeFinding, HOST_ID, type Finding } from '../../../src/metrics/index.js';
import { withFindings, shownFinding } from '../../../src/tui/reducers/neighbours.js';
import { MAX_PAST_FINDINGS, type State } from '../../../src/tui/state.js';
import { Desk } from '../../support/desk.js';
import { emptyState } from '../../support/empty-state.js';
import { findingOf } from '../../support/findings.js';

// Clocks in sentences are local time.
process.env['TZ'] = 'UTC';

const atDesk = (work: (desk: Desk) => Promise<void>, options: Parameters<typeof Desk.open>[0] = {}): Promise<void> =>
  Desk.with(options, work);

const line = (desk: Desk, row: number): string => desk.text().split('\n')[row]!.trim();

describe('the line of notices', () => {
  it('says who waits for what, since when, and who has most of it', () =>
    atDesk(
      (desk) => {
        assert.match(
          line(desk, 1),
          /^▲ web waits 23 % of its time for the disk since 14:02; backup makes 91 % of the writes \(\+1\)\s+w look {2}U quieten$/,
        );
        return Promise.resolve();
      },
      { columns: 140 },
    ));

  it('is short where there is little room', () =>
    atDesk(
      (desk) => {
        assert.match(
          line(desk, 1),
          /^▲ web waits 23 % for the disk; backup writes 91 % \(\+1\)\s+w look {2}U quieten$/,
        );
        return Promise.resolve();
      },
      { columns: 80, rows: 24 },
    ));

  it('gives way to what was just said, and comes back', () =>
    atDesk(async (desk) => {
      await desk.type('A');
      assert.match(line(desk, 1), /^Only containers that run/);
      await desk.advance(8000);
      desk.dispatch({ type: 'tick', now: desk.world.clock.now() });
      assert.match(line(desk, 1), /^▲ web waits/);
    }));

  it('names keys that lead there where one is, and those that a person has chosen', async () => {
    await atDesk(async (desk) => {
      await desk.type('l');
      assert.match(line(desk, 1), / ! look {2}U quieten$/, 'in the logs w wraps lines');
      await desk.type('!');
      assert.equal(desk.state.view.page, 'neighbours');
    });
    await atDesk(
      (desk) => {
        assert.match(line(desk, 1), / f5 look {2}U quieten$/);
        return Promise.resolve();
      },
      { flags: { keys: new Map([['global who', ['f5']]]) } },
    );
  });

  it('is silent where nobody suffers', () =>
    atDesk(
      (desk) => {
        assert.equal(line(desk, 1), '');
        return Promise.resolve();
      },
      { crowd: 3 },
    ));
});

describe('the table', () => {
  it('marks who suffers and who has most of it', () =>
    atDesk((desk) => {
      const rows = desk.text().split('\n').slice(2);
      assert.match(
        rows.find((row) => row.includes('web '))!,
        /io \d+% ▲/,
      );
      assert.match(
        rows.find((row) => row.includes('backup '))!,
        /◆ writes 91%/,
      );
      assert.match(
        rows.find((row) => row.includes('ci-runner '))!,
        /thr \d+% ▲/,
      );
      return Promise.resolve();
    }));
});

describe('the look at a finding', () => {
  it('is one key away, shows both sides and selects who is in focus', () =>
    atDesk(async (desk) => {
      await desk.type('w');
      assert.equal(desk.selected, 'web');
      assert.match(desk.text(), /▲ web {2}suffers/);
      assert.match(desk.text(), /◆ backup {2}has most of it/);
      assert.match(desk.text(), /91% of writes · 57M\/s · rose when it began/);
      await desk.type('right');
      assert.equal(desk.selected, 'backup');
      await desk.type('enter');
      assert.equal(desk.state.view.page, 'overview');
      assert.equal(desk.state.view.tab, 'graphs');
    }));

  it('goes from one finding to the next, and back with the same key', () =>
    atDesk(async (desk) => {
      await desk.type('w', 'down');
      assert.equal(desk.selected, 'ci-runner');
      assert.match(desk.text(), /held by its own CPU limit 37 %/);
      await desk.type('right');
      assert.equal(desk.notice, 'Its own limit holds it; nobody else does.');
      await desk.type('w');
      assert.equal(desk.state.view.page, 'overview');
    }));

  it('says so when nobody suffers', () =>
    atDesk(
      async (desk) => {
        await desk.type('w');
        assert.match(desk.notice, /^Nobody suffers/);
        assert.equal(desk.state.view.page, 'overview');
      },
      { crowd: 3 },
    ));

  it('stays and says so when it is over meanwhile', () =>
    atDesk(async (desk) => {
      await desk.type('w');
      desk.dispatch({ type: 'sampled', at: desk.state.now, loads: new Map(), findings: [] });
      assert.match(desk.text(), /Nobody suffers any more\./);
    }));
});

describe('the cure', () => {
  it('is two keys away: the limits of whoever does it, set to be quiet, and nothing is done before Enter', () =>
    atDesk(async (desk) => {
      const { calls } = desk;
      await desk.type('U');
      assert.equal(desk.state.overlay?.kind, 'limits');
      assert.match(desk.text(), /limits of backup/);
      assert.ok(!calls.some((call) => call.startsWith('update')));
      await desk.type('enter');
      assert.ok(
        calls.some((call) => call.startsWith('update')),
        calls.join('\n'),
      );
    }));

  it('of one held by its own limit is that limit, as it stands', () =>
    atDesk(async (desk) => {
      await desk.type('w', 'down', 'u');
      assert.match(desk.text(), /limits of ci-runner/);
      assert.match(desk.text(), /cpu +\S+ +0\.2 /);
    }));
});

describe('findings over time', () => {
  const start = (now: number): State => emptyState(now);

  it('are kept with their ends, and one that comes again is another', () => {
    let state = withFindings(start(1000), [findingOf('a', 900)]);
    state = withFindings({ ...state, now: 2000 }, [findingOf('a', 900), findingOf('b', 1900)]);
    state = withFindings({ ...state, now: 3000 }, [findingOf('b', 1900)]);
    state = withFindings({ ...state, now: 4000 }, [findingOf('a', 3900), findingOf('b', 1900)]);
    assert.deepEqual(
      state.neighbours.past.map(({ finding: { key, since }, until }) => [key, since, until]),
      [
        ['a', 900, 3000],
        ['b', 1900, undefined],
        ['a', 3900, undefined],
      ],
    );
    assert.equal(shownFinding(state)?.key, 'a');
  });

  it('are a bounded number', () => {
    let state = start(0);
    for (let i = 0; i < MAX_PAST_FINDINGS + 20; i++)
      state = withFindings({ ...state, now: i }, [findingOf(`x${i}`, i)]);
    assert.equal(state.neighbours.past.length, MAX_PAST_FINDINGS);
  });

  it('of programs outside of containers are called by what they are', () => {
    const outside: Finding = {
      ...findingOf('web', 0),
      suspects: [{ id: HOST_ID, share: 0.8, of: 'cpu time', rate: 1.6, rose: true }],
    };
    assert.match(
      describeFinding(outside, () => 'web'),
      /; what runs outside of containers takes 80 % of the CPU time$/,
    );
  });
});
