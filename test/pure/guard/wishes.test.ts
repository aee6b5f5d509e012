// What an act means in limits, on a host with everything and on one with little.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../../src/metrics/index.js';
import type { Act } from '../../../src/guard/model.js';
import { limitsFor, type Means } from '../../../src/guard/wishes.js';

const MiB = 1024 ** 2;
const sample: Sample = {
  at: 0,
  cpu: { cores: 0.8 },
  memory: { used: 100.5 * MiB },
  io: { readBytes: 0, writeBytes: 40 * MiB },
  pids: {},
  pressure: { cpu: {}, memory: {}, io: {} },
  network: {},
};
const v2: Means = {
  sample,
  limits: {},
  inForce: { memoryHigh: -1, blkioWeight: 100 },
  disk: '/dev/sda',
  ioWeights: true,
  cores: 2,
};
const v1: Means = { ...v2, inForce: { memory: -1 }, ioWeights: false };
const it_ = { kind: 'itself' } as const;
const heaviest = (of: 'writer' | 'reader' | 'cpu user'): Act => ({ kind: 'halve', whom: { kind: 'heaviest', of } });

describe('an act', () => {
  it('quietens softly by what the host has', () => {
    const quiet: Act = { kind: 'quiet down', whom: it_ };
    assert.deepEqual(limitsFor(quiet, v2), { cpuShares: 2, memoryHigh: 101 * MiB, blkioWeight: 10 });
    assert.deepEqual(limitsFor(quiet, v1), {
      cpuShares: 2,
      memoryReservation: 50 * MiB,
      deviceWriteBps: [{ path: '/dev/sda', rate: 20 * MiB }],
    });
  });

  it('halves what somebody is the heaviest of, and CPU and rates of any other; other disks keep their limits', () => {
    const other = { path: '/dev/sdb', rate: 5 };
    assert.deepEqual(limitsFor(heaviest('writer'), { ...v2, limits: { deviceWriteBps: [other] } }), {
      deviceWriteBps: [other, { path: '/dev/sda', rate: 20 * MiB }],
    });
    assert.deepEqual(limitsFor(heaviest('cpu user'), v2), { nanoCpus: 4e8 });
    assert.deepEqual(limitsFor(heaviest('cpu user'), { ...v2, limits: { nanoCpus: 2e8 } }), { nanoCpus: 1e8 });
    assert.deepEqual(limitsFor({ kind: 'halve', whom: it_ }, v2), {
      nanoCpus: 4e8,
      deviceWriteBps: [{ path: '/dev/sda', rate: 20 * MiB }],
    });
  });

  it('says why it cannot be', () => {
    const refusal = (...[act, means]: Parameters<typeof limitsFor>): string => {
      const found = limitsFor(act, means);
      return typeof found === 'string' ? found : 'none';
    };
    assert.match(refusal(heaviest('writer'), { ...v2, disk: undefined }), /lies on no disk of its own/);
    assert.match(refusal(heaviest('reader'), v2), /nothing of it that could be limited/);
  });

  it('limits what it says', () => {
    const limit = (name: Extract<Act, { kind: 'limit' }>['limit'], value: number) =>
      limitsFor({ kind: 'limit', limit: name, value, whom: it_ }, v2);
    assert.deepEqual(limit('cpu', 0.25), { nanoCpus: 25e7 });
    assert.deepEqual(limit('memory high', MiB), { memoryHigh: MiB });
    assert.deepEqual(limit('reads', MiB), { deviceReadBps: [{ path: '/dev/sda', rate: MiB }] });
    assert.deepEqual(limit('io weight', 10), { blkioWeight: 10 });
    assert.deepEqual(limit('pids', 7), { pidsLimit: 7 });
  });
});
