// A process as /proc tells it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseProcess } from '../../../src/engine/verbs/top.js';

const STATUS =
  'Name:\tsh\nPPid:\t77\nUid:\t1000\t1000\t1000\t1000\nNSpid:\t4242\t9\nVmRSS:\t    1824 kB\nThreads:\t3\n';

describe('a process of a container', () => {
  it('is read whatever the program calls itself', () => {
    const stat = `4242 (a ) R 1 (x) S 77 1 1 0 -1 0 0 0 0 0 250 50 0 0 20 0 3 0 1000 ${'0 '.repeat(30)}`;
    assert.deepEqual(parseProcess(4242, { stat, status: STATUS, cmdline: 'sh\0-c\0sleep 5\0' }, 1_000_000), {
      pid: 4242,
      containerPid: 9,
      parentPid: 77,
      uid: 1000,
      state: 'S',
      threads: 3,
      rssBytes: 1824 * 1024,
      cpuMs: 3000,
      startedAt: 1_010_000,
      command: 'sh -c sleep 5',
    });
    assert.equal(parseProcess(4242, { stat, status: STATUS, cmdline: '' }, 0).command, '[a ) R 1 (x]');
  });
});
