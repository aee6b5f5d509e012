// Several at the same time, and a file that grows while it is read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Growth } from '../../../../src/engine/image/content/growth.js';
import { allOrNone, Places } from '../../../../src/engine/registry/in-parallel.js';
import { Reporter } from '../../../../src/engine/registry/reporter.js';
import type { TransferEvent } from '../../../../src/engine/image/transfer.js';

describe('places', () => {
  it('are for so many at once, in their order, also when one fails', async () => {
    const places = new Places(2);
    let now = 0;
    let most = 0;
    const order: number[] = [];
    const results = await Promise.allSettled(
      [0, 1, 2, 3, 4].map((item) =>
        places.with(async () => {
          order.push(item);
          most = Math.max(most, (now += 1));
          await delay(5);
          now -= 1;
          if (item === 1) throw new Error('one');
          return item;
        }),
      ),
    );
    assert.equal(most, 2);
    assert.deepEqual(order, [0, 1, 2, 3, 4]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
  });
});

describe('all or none', () => {
  it('stops the others when one fails, waits for them, and throws what was first', async () => {
    const ended: number[] = [];
    const work = async (item: number, signal: AbortSignal): Promise<number> => {
      try {
        await delay(item === 1 ? 5 : 10_000, undefined, { signal });
        throw new Error(`number ${item}`);
      } finally {
        await delay(5);
        ended.push(item);
      }
    };
    await assert.rejects(allOrNone([0, 1, 2], undefined, work), /number 1/);
    assert.deepEqual(ended.sort(), [0, 1, 2]);
    assert.deepEqual(await allOrNone([1, 2], undefined, (item) => Promise.resolve(item * 2)), [2, 4]);
  });

  it('ends with the reason of who did not want it any more', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 5);
    await assert.rejects(
      allOrNone([1], stop.signal, (_, signal) => delay(10_000, undefined, { signal })),
      /enough/,
    );
  });
});

describe('a file that grows', () => {
  it('wakes who waits for more, for its end, or for why there is none', async () => {
    const growth = new Growth('/x', 3);
    assert.equal(growth.isRead, false);
    assert.equal(growth.available(), 3);
    assert.equal(growth.isRead, true);
    let more = growth.grown();
    growth.add(4);
    await more;
    assert.equal(growth.available(), 7);
    more = growth.grown();
    growth.finish();
    await more;
    assert.ok(growth.isWhole());
    await growth.grown();
    const other = new Growth('/y', 0);
    more = other.grown();
    other.fail(new Error('cut'));
    await assert.rejects(more, /cut/);
    await assert.rejects(other.grown(), /cut/);
  });
});

describe('a reporter', () => {
  it('tells each thing that a blob gets to, and bytes now and then', async () => {
    const events: TransferEvent[] = [];
    const report = new Reporter(
      (event) => events.push(event),
      { digest: `sha256:${'a'.repeat(64)}`, size: 100 },
      'layer',
    );
    report.phase('waiting');
    for (let bytes = 0; bytes <= 100; bytes++) report.moved(bytes);
    report.unpacked(50);
    await delay(60);
    report.retrying('it was cut', 1000);
    report.phase('unpacking');
    report.phase('done');
    assert.deepEqual(
      events.map(({ phase, current }) => `${phase} ${current}`),
      ['waiting 0', 'moving 0', 'moving 100', 'retrying 100', 'unpacking 0', 'done 100'],
    );
    assert.ok(events.every(({ total, what }) => total === 100 && what === 'layer'));
    assert.deepEqual(events[3]?.why, 'it was cut');
  });
});
