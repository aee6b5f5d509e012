// The past behind the screen: what is written down and what is remembered make one, and painting waits for neither.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Container } from '../../../src/engine/index.js';
import type { Series } from '../../../src/metrics/index.js';
import { Past, type PastPort } from '../../../src/tui/effects/past.js';
import type { Ports } from '../../../src/tui/effects/ports.js';
import type { State } from '../../../src/tui/state.js';
import { emptyState } from '../../support/empty-state.js';

const NOW = 1_000_000;

/** Every point as one number, or none before `since`. */
const flat =
  (value: number, since = -Infinity) =>
  (_id: string, name: Series['name'], spanMs: number, points: number, until = NOW): Series => {
    const from = until - spanMs;
    const stepMs = spanMs / points;
    const values = new Float64Array(points).map((_, i) => (from + i * stepMs >= since ? value : NaN));
    return { name, from, stepMs, values, peaks: values };
  };

function house({ sampledSince = NOW - 10_000, load }: { sampledSince?: number; load: PastPort['load'] }) {
  const state: State = {
    ...emptyState(NOW),
    graphs: { spanMs: 60_000, until: undefined, pinned: undefined },
  };
  let shown: State = { ...state, host: { ...state.host, sampledSince } };
  let painted = 0;
  const sampler = {
    intervalMs: 1000,
    history: flat(1, sampledSince),
    latest: () => undefined,
    latestHost: () => undefined,
  };
  const ports = { sampler, past: { load }, state: () => shown, invalidate: () => (painted += 1) } as unknown as Ports;
  const past = new Past(ports);
  return {
    past,
    paintedTimes: () => painted,
    show: (change: Partial<State>): void => {
      shown = { ...shown, ...change };
      past.follow(shown);
    },
  };
}

const written = (value: number): Awaited<ReturnType<PastPort['load']>> => ({
  readingsAt: () => ({ latest: () => undefined, latestHost: () => undefined, history: flat(value) }),
  observations: () => [],
});
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('graphs of the present', () => {
  it('begin with what was written down before the dashboard was opened', async () => {
    const { past, show } = house({ load: () => Promise.resolve(written(7)) });
    show({});
    assert.ok(past.present.history('a', 'cpu.cores', 60_000, 6, NOW).values.slice(0, 5).every(Number.isNaN));
    await settle();
    assert.deepEqual([...past.present.history('a', 'cpu.cores', 60_000, 6, NOW).values], [7, 7, 7, 7, 7, 1]);
  });

  it('are laid once over the same points, however often they are painted, and anew when the clock goes on', async () => {
    let laid = 0;
    const history: typeof counted.history = (...asked) => ((laid += 1), flat(7)(...asked));
    const counted = { latest: () => undefined, latestHost: () => undefined, history: flat(7) };
    const { past, show } = house({
      load: () => Promise.resolve({ readingsAt: () => ({ ...counted, history }), observations: () => [] }),
    });
    show({});
    await settle();
    const read = (id: string, until: number) => [...past.present.history(id, 'cpu.cores', 60_000, 6, until).values];
    assert.deepEqual(read('a', NOW), read('a', NOW));
    assert.equal(laid, 1);
    read('b', NOW);
    read('a', NOW + 2000);
    assert.equal(laid, 3);
  });

  it('ask for nothing once their own memory reaches back far enough', async () => {
    let asked = 0;
    const { show } = house({ sampledSince: NOW - 400_000, load: () => ((asked += 1), Promise.resolve(written(7))) });
    show({});
    await settle();
    assert.equal(asked, 0);
  });

  it('show a gap where the past cannot be read', async () => {
    const { past, show } = house({ load: () => Promise.reject(new Error('the disk is broken')) });
    show({});
    await settle();
    assert.ok(Number.isNaN(past.present.history('a', 'cpu.cores', 60_000, 6, NOW).values[0]));
  });
});

describe('a moment of the past', () => {
  it('is read once for many presses of an arrow, and painted when it came', async () => {
    const asked: [number, number][] = [];
    const its = house({ load: (_ids, from, until) => (asked.push([from, until]), Promise.resolve(written(7))) });
    for (let back = 1; back <= 5; back++) {
      its.show({ graphs: { spanMs: 60_000, until: NOW - 500_000 - back * 6000, pinned: undefined } });
      await settle();
    }
    assert.equal(asked.length, 1);
    assert.equal(its.paintedTimes(), 1);
    assert.equal(its.past.at(NOW - 500_000).history('a', 'cpu.cores', 60_000, 6).values[0], 7);
  });

  it('is what was asked for last when somebody goes on while it is read', async () => {
    const answers: (() => void)[] = [];
    const asked: number[] = [];
    const its = house({
      load: (_ids, from) => {
        asked.push(from);
        return new Promise((resolve) => answers.push(() => resolve(written(7))));
      },
    });
    its.show({ graphs: { spanMs: 60_000, until: 800_000, pinned: undefined } });
    its.show({ graphs: { spanMs: 60_000, until: 200_000, pinned: undefined } });
    answers[0]!();
    await settle();
    assert.equal(asked.length, 2);
    assert.ok(asked[1]! < 200_000 - 60_000);
  });

  it('of a project is the sum of its members', async () => {
    const member = (id: string): Container => ({ id, config: { project: 'shop' }, state: {} }) as unknown as Container;
    const its = house({ load: () => Promise.resolve(written(3)) });
    const state = emptyState(NOW);
    its.show({
      containers: { ...state.containers, list: [member('a'), member('b')] },
      graphs: { spanMs: 60_000, until: 500_000, pinned: undefined },
    });
    await settle();
    assert.equal(its.past.at(500_000).history('project:shop', 'cpu.cores', 60_000, 6).values[0], 6);
  });
});
