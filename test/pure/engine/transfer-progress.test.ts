// What a transfer tells, reckoned to rows, sums, speeds and time left.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TransferTally, type TransferEvent, type TransferPhase } from '../../../src/engine/index.js';

const MiB = 1024 ** 2;
const digest = (n: number): TransferEvent['digest'] => `sha256:${String(n).padStart(64, '0')}`;

function tally() {
  let now = 1_000_000;
  const made = new TransferTally(() => now);
  return {
    tally: made,
    wait: (ms: number) => (now += ms),
    tell: (n: number, phase: TransferPhase, current = 0, total?: number, more: Partial<TransferEvent> = {}) =>
      made.add({
        digest: digest(n),
        what: 'layer',
        phase,
        current,
        ...(total === undefined ? {} : { total }),
        ...more,
      }),
  };
}

describe('a transfer', () => {
  it('is its layers in the order in which they were told of, and their sum', () => {
    const { tally: made, tell, wait } = tally();
    tell(1, 'waiting', 0, 30 * MiB);
    tell(2, 'waiting', 0, 10 * MiB);
    for (let i = 0; i <= 10; i++) {
      tell(1, 'moving', i * MiB, 30 * MiB);
      wait(200);
    }
    const { rows, current, total, speed, leftMs } = made.progress();
    assert.deepEqual(rows.map(({ phase }) => phase), ['moving', 'waiting']); // prettier-ignore
    assert.equal(current, 10 * MiB);
    assert.equal(total, 40 * MiB);
    assert.ok(
      Math.abs(speed! - 4.5 * MiB) < 0.6 * MiB,
      `${speed! / MiB} MiB/s of the 5 that came, the last step still open`,
    );
    assert.ok(Math.abs(leftMs! - 6600) < 900, `${leftMs} ms for 30 MiB`);
  });

  it('falls to no speed while nothing comes, and then tells no time', () => {
    const { tally: made, tell, wait } = tally();
    for (let i = 0; i <= 5; i++) {
      tell(1, 'moving', i * MiB, 30 * MiB);
      wait(200);
    }
    const before = made.progress().speed!;
    wait(60_000);
    const { speed } = made.progress();
    assert.ok(speed! < before / 20);
  });

  it('does not take for speed what was there from an earlier try', () => {
    const { tally: made, tell, wait } = tally();
    tell(1, 'moving', 500 * MiB, 600 * MiB);
    for (let i = 1; i <= 10; i++) {
      wait(200);
      tell(1, 'moving', (500 + i) * MiB, 600 * MiB);
    }
    const { current, speed } = made.progress();
    assert.equal(current, 510 * MiB);
    assert.ok(speed! < 6 * MiB, `${speed! / MiB} MiB/s`);
  });

  it('says why it waits and until when, and begins the blob again from where it is told', () => {
    const { tally: made, tell, wait } = tally();
    tell(1, 'moving', 9 * MiB, 10 * MiB);
    tell(1, 'retrying', 9 * MiB, 10 * MiB, { why: 'connection reset', retryInMs: 3000 });
    const [row] = made.progress().rows;
    assert.deepEqual(
      [row!.phase, row!.why, row!.retryAt, row!.speed],
      ['retrying', 'connection reset', 1_003_000, undefined],
    );
    wait(3000);
    tell(1, 'moving', 0, 10 * MiB);
    assert.equal(made.progress().current, 0);
    assert.equal(made.progress().rows[0]!.why, undefined);
  });

  it('counts what was there already in neither sum, and has no total while a size is not known', () => {
    const { tally: made, tell } = tally();
    tell(1, 'there', 0, 50 * MiB);
    tell(2, 'moving', 1 * MiB, 4 * MiB);
    assert.equal(made.progress().total, 4 * MiB);
    tell(3, 'moving', 1 * MiB);
    assert.equal(made.progress().total, undefined);
    assert.equal(made.progress().leftMs, undefined);
  });

  it('goes on downloading in sight while it is unpacked already', () => {
    const { tally: made, tell } = tally();
    tell(1, 'moving', 4 * MiB, 10 * MiB);
    tell(1, 'unpacking', 2 * MiB, 10 * MiB);
    assert.equal(made.progress().rows[0]!.phase, 'moving');
    tell(1, 'moving', 10 * MiB, 10 * MiB);
    tell(1, 'unpacking', 6 * MiB, 10 * MiB);
    const [row] = made.progress().rows;
    assert.deepEqual([row!.phase, row!.current], ['unpacking', 6 * MiB]);
    tell(1, 'done', 10 * MiB, 10 * MiB);
    assert.equal(made.progress().current, 10 * MiB);
  });

  it('never has more than all of it, nor a number that is none, whatever is told', () => {
    const phases: TransferPhase[] = ['waiting', 'moving', 'retrying', 'verifying', 'unpacking', 'there', 'done'];
    const event = fc.record({
      n: fc.nat(4),
      phase: fc.constantFrom(...phases),
      current: fc.nat(1000),
      wait: fc.nat(3000),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { tally: made, tell, wait } = tally();
        for (const { n, phase, current, wait: ms } of events) {
          wait(ms);
          tell(n, phase, Math.min(current, 500), 500);
          const { current: sum, total, speed, leftMs, rows } = made.progress();
          assert.ok(total === undefined || sum <= total);
          assert.ok(speed === undefined || (speed >= 0 && Number.isFinite(speed)));
          assert.ok(leftMs === undefined || (leftMs >= 0 && Number.isFinite(leftMs)));
          for (const row of rows)
            assert.ok(row.current <= 500 && (row.speed === undefined || Number.isFinite(row.speed)));
        }
      }),
    );
  });
});
