// The night, judged again from what was written down.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOST_ID, type Sample } from '../../../../src/metrics/index.js';
import { judgeNight, type WrittenDown } from '../../../../src/metrics/neighbours/night.js';
import { withFound, type FindingSpan } from '../../../../src/metrics/neighbours/spans.js';
import { findingOf } from '../../../support/findings.js';

const MiB = 1024 ** 2;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEP = 10_000;

const sample = (at: number, ioWait: number, writeBytes: number): Sample => ({
  at,
  cpu: { cores: 0.05, limitCores: 2 },
  memory: { used: 50 * MiB },
  io: { readBytes: 0, writeBytes, readOps: 0, writeOps: writeBytes / 65_536 },
  pids: { current: 3 },
  pressure: { cpu: { some: 0, full: 0 }, memory: { some: 0, full: 0 }, io: { some: ioWait, full: ioWait / 2 } },
  network: {},
});

/** Calm but for ten minutes from `since` on, in which backup writes and web waits. */
function written(since: number): WrittenDown & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    load: (ids, from, until) => {
      asked.push(until - from);
      assert.deepEqual(ids, [HOST_ID, 'web', 'backup']);
      return Promise.resolve({
        *observations(stepMs: number) {
          for (let at = from + stepMs; at <= until; at += stepMs) {
            const isBad = at > since && at <= since + 10 * MINUTE;
            const samples = new Map([
              ['web', sample(at, isBad ? 45 : 1, 200_000)],
              ['backup', sample(at, isBad ? 30 : 0, isBad ? 90 * MiB : 0)],
            ]);
            yield { at, host: sample(at, isBad ? 50 : 1, isBad ? 91 * MiB : 300_000), samples };
          }
        },
      });
    },
  };
}

const targets = ['web', 'backup'].map((id) => ({
  id,
  cgroup: { controllers: {}, unified: `/sys/fs/cgroup/t/p/${id}` },
}));

describe('the night', () => {
  it('has its notice, with its beginning and its end, though nobody looked', async () => {
    const archive = written(5 * HOUR);
    let pauses = 0;
    const spans = await judgeNight({
      archive,
      targets,
      from: 0,
      until: 8 * HOUR,
      pause: () => Promise.resolve(void (pauses += 1)),
    });
    assert.deepEqual(
      spans.map(({ finding: { victim, resource, suspects } }) => [victim, resource, suspects[0]?.id]),
      [['web', 'io', 'backup']],
    );
    const { finding, until } = spans[0]!;
    assert.ok(Math.abs(finding.since - 5 * HOUR) <= 2 * STEP, `since ${finding.since}`);
    assert.ok(Math.abs(until! - (5 * HOUR + 10 * MINUTE)) <= 6 * STEP, `until ${until}`);
    assert.ok(
      archive.asked.every((ms) => ms <= HOUR),
      'an hour at a time, so that memory stays bounded',
    );
  });

  it('is given up when whoever asked is gone', async () => {
    const gone = new Error('closed');
    const endless: WrittenDown = {
      load: () =>
        Promise.resolve({
          *observations() {
            for (let at = 0; ; at += STEP) yield { at, host: undefined, samples: new Map([['web', sample(at, 0, 0)]]) };
          },
        }),
    };
    const judging = judgeNight({ archive: endless, targets, from: 0, until: HOUR, pause: () => Promise.reject(gone) });
    await assert.rejects(judging, gone);
  });
});

describe('spans of findings', () => {
  it('end when they are not found any more, once', () => {
    let spans: readonly FindingSpan[] = [];
    spans = withFound(spans, [findingOf('a', 1)], 2, 10);
    spans = withFound(spans, [], 3, 10);
    spans = withFound(spans, [], 4, 10);
    assert.deepEqual(
      spans.map(({ until }) => until),
      [3],
    );
  });
});
