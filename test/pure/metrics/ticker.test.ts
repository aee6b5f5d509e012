// The timer: on its grid when it can, one tick after it could not, never a burst.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Ticker } from '../../../src/metrics/ticker.js';

/** A ticker in a world whose clock and timers are ours; `ticks` holds when it ticked. */
function world(t: TestContext, intervalMs: number) {
  let now = 0;
  let timer: { due: number; call: () => void } | undefined;
  t.mock.method(
    globalThis,
    'setTimeout',
    (call: () => void, delayMs: number) => (timer = { due: now + delayMs, call }),
  );
  t.mock.method(globalThis, 'clearTimeout', () => (timer = undefined));
  const fire = (): void => {
    if (timer === undefined || timer.due > now) return;
    const { call } = timer;
    timer = undefined;
    call();
  };
  const ticks: number[] = [];
  const ticker = new Ticker(
    intervalMs,
    () => now,
    () => void ticks.push(now),
  );
  return {
    ticker,
    ticks,
    pass: (ms: number): void => {
      for (let i = 0; i < ms; i++) {
        now++;
        fire();
      }
    },
    /** The event loop stands still: time passes and no timer fires before its end. */
    block: (ms: number): void => {
      now += ms;
      fire();
    },
  };
}

describe('a ticker', () => {
  it('ticks once an interval, on a grid, and only between start and stop', (t) => {
    const { ticker, ticks, pass } = world(t, 1000);
    pass(3000);
    ticker.start();
    ticker.start();
    pass(3500);
    ticker.stop();
    pass(5000);
    assert.deepEqual(ticks, [4000, 5000, 6000]);
  });

  it('ticks at whole intervals of its clock where it keeps to those of others', (t) => {
    const { ticker, ticks, pass } = world(t, 1000);
    pass(2300);
    ticker.startWithOthers();
    pass(2500);
    ticker.stop();
    assert.deepEqual(ticks, [3000, 4000]);
  });

  it('drops what it is too late for and keeps to its grid', (t) => {
    const { ticker, ticks, pass, block } = world(t, 1000);
    ticker.start();
    pass(1500);
    block(3700);
    pass(2000);
    assert.deepEqual(ticks, [1000, 5200, 6000, 7000]);
    ticker.stop();
  });

  it('after a tick that was very late leaves at least half an interval to the next', (t) => {
    const { ticker, ticks, pass, block } = world(t, 1000);
    ticker.start();
    block(1900);
    pass(2000);
    assert.deepEqual(ticks, [1900, 3000]);
    ticker.stop();
  });

  it('takes another interval at once', (t) => {
    const { ticker, ticks, pass } = world(t, 5000);
    ticker.start();
    pass(100);
    ticker.setInterval(200);
    pass(500);
    assert.deepEqual(ticks, [300, 500]);
    ticker.stop();
    ticker.setInterval(100);
    pass(500);
    assert.deepEqual(ticks, [300, 500], 'a stopped one stays stopped');
  });
});
