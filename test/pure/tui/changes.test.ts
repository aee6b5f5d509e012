// Marks of what was done, and the limits before and after, from events as the engine tells them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EngineEvent } from '../../../src/engine/index.js';
import { changesOf, limitsOver } from '../../../src/tui/present/changes.js';

const event = (
  time: number,
  action: EngineEvent['action'],
  attributes: Record<string, string> = {},
  id = 'a',
): EngineEvent => ({ time, type: 'container', action, id, attributes });

describe('what was changed', () => {
  const events = [
    event(5, 'update'),
    event(20, 'kill'),
    event(20, 'stop'),
    event(20, 'die'),
    event(30, 'exec_start'),
    event(40, 'start', {}, 'b'),
    event(99, 'pause'),
  ];

  it('is what bends a graph, in the time that is shown', () => {
    const marks = changesOf(events, new Map([['a', '']]), 10, 50);
    assert.deepEqual(
      marks.map(({ at, word }) => [at, word]),
      [
        [20, 'killed'],
        [20, 'ended'],
        [20, 'stopped'],
      ],
    );
    assert.ok(marks[2]!.rank > marks[0]!.rank, 'of a stop the stop is told, not its signal');
  });

  it('says whose it is where several share a graph', () => {
    const names = new Map([
      ['a', 'web'],
      ['b', 'db'],
    ]);
    assert.deepEqual(
      changesOf(events, names, 30, 100).map(({ word }) => word),
      ['db started', 'web paused'],
    );
  });
});

describe('limits over time', () => {
  const cpu = [
    event(10, 'update', { nanoCpus: '500000000', 'nanoCpus.before': '1500000000' }),
    event(20, 'update', { pidsLimit: '20' }),
    event(30, 'update', { cpuQuota: '25000', cpuPeriod: '100000', 'nanoCpus.before': '500000000' }),
    event(40, 'update', { nanoCpus: '0', 'cpuQuota.before': '25000', 'cpuPeriod.before': '100000' }),
  ];
  const spans = (from: number, to: number, now?: number) =>
    limitsOver(cpu, 'a', 'cpu', now, from, to).map((span) => [span.from, span.to, span.value]);

  it('are what each event says was before it and is after it, until the next', () => {
    assert.deepEqual(spans(0, 50), [
      [0, 10, 1.5],
      [10, 30, 0.5],
      [30, 40, 0.25],
      [40, 50, undefined],
    ]);
  });

  it('are known of a time before or between changes too', () => {
    assert.deepEqual(spans(0, 5), [[0, 5, 1.5]]);
    assert.deepEqual(spans(12, 18), [[12, 18, 0.5]]);
    assert.deepEqual(spans(45, 50, 2), [[45, 50, 2]]);
  });

  it('are the present one where nothing was changed, or nothing of this kind', () => {
    assert.deepEqual(limitsOver(cpu, 'b', 'cpu', 3, 0, 50), [{ from: 0, to: 50, value: 3 }]);
    assert.deepEqual(limitsOver(cpu, 'a', 'memory', 3, 0, 50), [{ from: 0, to: 50, value: 3 }]);
    assert.deepEqual(limitsOver(cpu, 'a', 'pids', 20, 0, 50), [
      { from: 0, to: 20, value: undefined },
      { from: 20, to: 50, value: 20 },
    ]);
  });

  it('are none where an event is not to be understood', () => {
    const odd = [event(10, 'update', { memory: 'lots', 'memory.before': '-1' })];
    assert.deepEqual(limitsOver(odd, 'a', 'memory', 5, 0, 20), [
      { from: 0, to: 10, value: undefined },
      { from: 10, to: 20, value: undefined },
    ]);
  });
});
