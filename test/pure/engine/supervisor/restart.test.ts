// Restart policies: who comes back, and after how long.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restartDelay, type Ending } from '../../../../src/engine/supervisor/restart.js';
import type { RestartPolicy } from '../../../../src/engine/model.js';

const policy = (name: RestartPolicy['name'], maximumRetryCount = 0): RestartPolicy => ({ name, maximumRetryCount });
const ending = (changes: Partial<Ending> = {}): Ending => ({
  exitCode: 1,
  ranMs: 50,
  stopRequested: false,
  restartCount: 0,
  lastDelayMs: 0,
  ...changes,
});

describe('a restart policy', () => {
  it('"no" never brings a container back', () => assert.equal(restartDelay(policy('no'), ending()), undefined));

  for (const name of ['always', 'unless-stopped'] as const) {
    it(`"${name}" does after success and failure, not after a stop`, () => {
      assert.equal(restartDelay(policy(name), ending({ exitCode: 0 })), 100);
      assert.equal(restartDelay(policy(name), ending({ exitCode: 1 })), 100);
      assert.equal(restartDelay(policy(name), ending({ stopRequested: true })), undefined);
    });
  }

  it('"on-failure" does after a failure, and takes an unknown end for one', () => {
    assert.equal(restartDelay(policy('on-failure'), ending({ exitCode: 137 })), 100);
    assert.equal(restartDelay(policy('on-failure'), ending({ exitCode: undefined })), 100);
    assert.equal(restartDelay(policy('on-failure'), ending({ exitCode: 0 })), undefined);
  });

  it('"on-failure:3" gives up after three restarts', () => {
    assert.equal(restartDelay(policy('on-failure', 3), ending({ restartCount: 2 })), 100);
    assert.equal(restartDelay(policy('on-failure', 3), ending({ restartCount: 3 })), undefined);
  });
});

describe('the delay', () => {
  it('doubles from 100 ms up to a minute', () => {
    const delays = [];
    let lastDelayMs = 0;
    for (let i = 0; i < 12; i += 1) {
      lastDelayMs = restartDelay(policy('always'), ending({ lastDelayMs }))!;
      delays.push(lastDelayMs);
    }
    assert.deepEqual(delays, [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]);
  });

  it('begins anew after a run of ten seconds', () => {
    assert.equal(restartDelay(policy('always'), ending({ lastDelayMs: 60000, ranMs: 9_999 })), 60000);
    assert.equal(restartDelay(policy('always'), ending({ lastDelayMs: 60000, ranMs: 10_000 })), 100);
  });
});
