// A file that grows under its reader: what can be read now, and what comes of waiting.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Growth } from '../../../../src/engine/image/content/growth.js';

describe('a growing file', () => {
  it('wakes every reader that waits when there is more, and when that was all', async () => {
    const growth = new Growth('/file', 5);
    assert.equal(growth.available(), 5);
    let woken = 0;
    const waiting = [growth.grown(), growth.grown()].map((promise) => promise.then(() => (woken += 1)));
    await setImmediate();
    assert.equal(woken, 0);
    growth.add(3);
    await Promise.all(waiting);
    assert.equal(growth.available(), 8);
    assert.ok(!growth.isWhole());
    const last = growth.grown();
    growth.finish();
    await last;
    assert.ok(growth.isWhole());
    await growth.grown();
  });

  it('says why there is no more, to who waits and to who comes later', async () => {
    const growth = new Growth('/file');
    const waiting = growth.grown();
    growth.fail(new Error('cut off'));
    await assert.rejects(waiting, /cut off/);
    await assert.rejects(growth.grown(), /cut off/);
    assert.ok(!growth.isWhole());
  });

  it('that is whole does not fail any more', async () => {
    const growth = new Growth('/file');
    growth.finish();
    growth.fail(new Error('too late'));
    await growth.grown();
    assert.ok(growth.isWhole());
  });
});
