// Who is worth a closer look: who may write, who may want more CPUs than there are, and whoever a sample does not tell enough of.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../../../src/metrics/index.js';
import { worthALook } from '../../../../src/metrics/neighbours/worth.js';

const MB = 1e6;

interface Doing {
  readonly dirty?: number;
  readonly writes?: number;
  readonly reads?: number;
  readonly waits?: number;
  readonly tasks?: number;
}

/** Everything measured, and nothing done but this. */
const sample = ({ dirty = 0, writes = 0, reads = 0, waits = 0, tasks = 1 }: Doing): Sample => ({
  at: 0,
  cpu: { cores: 0.1 },
  memory: { dirty },
  io: { readBytes: reads, writeBytes: writes },
  pids: { current: tasks },
  pressure: { cpu: { some: waits }, memory: {}, io: {} },
  network: {},
});

const host = (reads = 0): Sample => ({ ...sample({ reads }), cpu: { cores: 2, limitCores: 4 } });
const worth = (doings: Readonly<Record<string, Doing>>, machine: Sample | undefined = host()) =>
  Object.fromEntries(worthALook(machine, new Map(Object.entries(doings).map(([id, doing]) => [id, sample(doing)]))));

describe('worth a closer look', () => {
  it('is nobody of whom the sample says all there is to know', () => {
    assert.deepEqual(worth({ web: { reads: 50 * MB, waits: 60, tasks: 5 }, db: {} }, host(50 * MB)), {});
  });

  it('is who has pages that wait for the disk, or writes', () => {
    assert.deepEqual(worth({ backup: { dirty: 30 * MB }, db: { writes: MB }, web: { dirty: 4096 } }), {
      backup: { bytes: true, waits: false },
      db: { bytes: true, waits: false },
    });
  });

  it('is not who has next to nothing of what is written', () => {
    assert.deepEqual(Object.keys(worth({ backup: { dirty: 100 * MB }, log: { dirty: MB } })), ['backup']);
  });

  it('is who waits for a CPU and has more tasks than there are CPUs to want', () => {
    assert.deepEqual(worth({ many: { waits: 40, tasks: 12 }, few: { waits: 40, tasks: 5 }, calm: { tasks: 12 } }), {
      many: { bytes: false, waits: true },
    });
  });

  it('is everybody where the samples do not say who reads', () => {
    assert.deepEqual(Object.keys(worth({ web: {}, db: {} }, host(100 * MB))), ['web', 'db']);
    assert.deepEqual(Object.keys(worth({ web: { reads: 60 * MB }, db: {} }, host(100 * MB))), []);
  });

  it('is everybody where more is written than anybody is said to have changed', () => {
    const writing: Sample = { ...host(), io: { readBytes: 0, writeBytes: 90 * MB } };
    assert.deepEqual(Object.keys(worth({ web: {}, backup: {} }, writing)), ['web', 'backup']);
    assert.deepEqual(Object.keys(worth({ web: {}, backup: { dirty: 200 * MB } }, writing)), ['backup']);
  });

  it('is who is not measured', () => {
    const bare: Sample = { ...sample({}), memory: {}, io: {}, pids: {}, pressure: { cpu: {}, memory: {}, io: {} } };
    assert.deepEqual([...worthALook(undefined, new Map([['web', bare]]))], [['web', { bytes: true, waits: true }]]);
  });
});
