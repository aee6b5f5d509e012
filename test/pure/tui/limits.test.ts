// What a limit would do, said before it does, and what the presets make of what is used: on v1 and on v2.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../../src/metrics/index.js';
import { consequenceOf, type Circumstances } from '../../../src/tui/present/limit-consequences.js';
import { presetTexts, type PresetFacts } from '../../../src/tui/reducers/limit-presets.js';
import { LIMIT_FIELDS, type LimitField, type LimitTexts } from '../../../src/tui/reducers/limits.js';

const MiB = 1024 ** 2;
const nothing = Object.fromEntries(LIMIT_FIELDS.map((field) => [field, ''])) as LimitTexts;

const sample: Sample = {
  at: 0,
  cpu: { cores: 0.8 },
  memory: { used: 300 * MiB, file: 20 * MiB },
  io: { readBytes: MiB, writeBytes: 40 * MiB },
  pids: { current: 24 },
  pressure: { cpu: {}, memory: {}, io: {} },
  network: {},
};
const here: Circumstances = { name: 'db', sample, memoryLimit: undefined, isV1: false, ioWeights: true };

describe('what a limit would do', () => {
  const said = (field: LimitField, text: string, facts: Partial<Circumstances> = {}): string => {
    const consequence = consequenceOf(field, text, { ...here, ...facts });
    return consequence === undefined ? 'nothing' : `${consequence.hurts ? '! ' : ''}${consequence.text}`;
  };

  it('is how long it stands still, when it uses more CPU than that', () => {
    assert.equal(said('cpu', '0.2'), '! it uses 0.80 now: throttled, it stands still about 75% of that time');
    assert.equal(said('cpu', '1'), 'nothing');
  });

  it('is what happens to memory above it: page cache goes, more than that is reclaimed or kills it', () => {
    assert.match(said('memory', '290m'), /^! 10M below what is in use: that much page cache is taken back/);
    assert.equal(said('memory', '100m'), '! 200M below what is in use: that much is reclaimed, or db is killed');
    assert.equal(said('memory', '1g'), 'nothing');
  });

  it('is a slowing down for the high mark, and nothing where the limit comes first', () => {
    assert.match(said('memory-high', '250m'), /^! 50M are taken back, and it is slowed down until they are; nothing/);
    assert.match(said('memory-high', '400m'), /^above it, it is slowed down/);
    assert.match(said('memory-high', '400m', { memoryLimit: 256 * MiB }), /^not below the limit of 256M/);
  });

  it('is another thing for a reservation on v1 and on v2', () => {
    assert.match(said('reserved', '64m'), /this much is left to it/);
    assert.match(said('reserved', '64m', { isV1: true }), /what it has above this is taken first/);
  });

  it('is waiting for rates below the present ones; v1 counts only some writes', () => {
    assert.equal(said('writes', '1m'), '! it writes 40M/s now: the rest waits');
    assert.equal(said('reads', '2m'), 'nothing');
    assert.match(said('writes', '1m', { isV1: true }), /; on cgroup v1 only direct and synchronous writes count/);
    assert.match(said('writes', '50m', { isV1: true }), /^on cgroup v1 only/);
  });

  it('is nothing for weights while nobody competes, and never anything where the disk knows none', () => {
    assert.match(said('cpu-weight', '2'), /^means nothing while nobody else/);
    assert.match(said('io-weight', '10'), /^means nothing while nobody else/);
    assert.match(said('io-weight', '10', { ioWeights: false }), /^! means nothing here/);
  });

  it('is no new process until enough have ended', () => {
    assert.equal(said('pids', '20'), '! it has 24 now: no new process or thread until 5 have ended');
    assert.equal(said('pids', '25'), 'nothing');
  });

  it('is not said of what is no value, of no limit, nor of what does not run', () => {
    for (const field of LIMIT_FIELDS) assert.equal(said(field, ''), 'nothing');
    assert.equal(said('cpu', 'many'), 'nothing');
    assert.equal(said('pids', '1.5'), 'nothing');
    for (const field of ['cpu', 'memory', 'reads', 'pids'] as const)
      assert.equal(said(field, '1', { sample: undefined }), 'nothing');
  });
});

describe('presets', () => {
  const now = { cores: 0.8, memory: 300 * MiB, reads: 0, writes: 40 * MiB, pressure: 0, pids: 24, network: 0 };
  const v2: PresetFacts = { now, disk: '/dev/sda', missing: new Set(), ioWeights: true };
  const v1: PresetFacts = { now, disk: '/dev/sda', missing: new Set(['memory-high', 'io-weight']), ioWeights: false };

  it('quieten by weights and memory.high where there are some', () => {
    assert.deepEqual(presetTexts('quiet', nothing, v2), {
      'cpu-weight': '2',
      'memory-high': '300m',
      'io-weight': '10',
    });
  });

  it('quieten on v1 by what there is: who gives memory back first, and rates where the disk knows no weights', () => {
    assert.deepEqual(presetTexts('quiet', nothing, v1), {
      'cpu-weight': '2',
      reserved: '150m',
      reads: '64k',
      writes: '20m',
    });
    assert.deepEqual(presetTexts('quiet', nothing, { ...v1, disk: undefined, now: undefined }), { 'cpu-weight': '2' });
  });

  it('then take half of what is used, whoever else wants it', () => {
    assert.deepEqual(presetTexts('harder', nothing, v2), { cpu: '0.4', reads: '64k', writes: '20m' });
  });

  it('halve the limits there are, and what is used where there is none', () => {
    const limited = { ...nothing, cpu: '1.5', writes: '10m' };
    assert.deepEqual(presetTexts('half', limited, v2), { cpu: '0.75', reads: '64k', writes: '5m' });
    assert.deepEqual(presetTexts('half', { ...nothing, cpu: 'x' }, { ...v2, disk: undefined }), { cpu: '0.4' });
  });
});
