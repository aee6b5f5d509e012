// Long work in steps: the event loop has its turn between them, and sorting comes out as it would in one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Turns } from '../../../src/engine/turns.js';

describe('work in turns', () => {
  it('sorts as sorting in one does, and keeps what is equal in its order', async () => {
    const compare = (a: [number, number], b: [number, number]) => a[0] - b[0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20_000, size: 'max' }),
        async (numbers) => {
          const items = numbers.map((number, i): [number, number] => [number, i]);
          assert.deepEqual(await new Turns().sort(items, compare), [...items].sort(compare));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('lets others run while it sorts', async () => {
    const items = Array.from({ length: 300_000 }, (_, i) => `/path/${(i * 7919) % 300_000}`);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const sorted = await new Turns().sort(items, (a, b) => (a < b ? -1 : 1));
    clearInterval(timer);
    assert.equal(sorted.length, items.length);
    assert.ok(turns > 3, `${turns} turns`);
  });
});
