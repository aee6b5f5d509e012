// How large a layer may become, and where that is set.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkGrowth, LimitedSink } from '../../../../src/engine/image/layer/limited-sink.js';
import { DEFAULT_LIMITS, FREE_BYTES, parseLimits } from '../../../../src/engine/image/layer/limits.js';
import type { Entry } from '../../../../src/engine/rootfs/entry.js';
import { refusal } from '../../../support/refusal.js';

const GiB = 2 ** 30;
const file = (size: number, more: Partial<Entry> = {}): Entry => ({
  path: 'f',
  type: 'file',
  mode: 0,
  uid: 0,
  gid: 0,
  size,
  modifiedNs: 0n,
  link: '',
  major: 0,
  minor: 0,
  xattrs: new Map(),
  ...more,
});

describe('the limits of layers', () => {
  it('are those that were set, and the usual ones', () => {
    assert.deepEqual(parseLimits(undefined), DEFAULT_LIMITS);
    assert.deepEqual(parseLimits(''), DEFAULT_LIMITS);
    assert.deepEqual(parseLimits('entries=5, size=3g,ratio=1000'), {
      ...DEFAULT_LIMITS,
      entries: 5,
      size: 3 * GiB,
      ratio: 1000,
    });
    assert.equal(parseLimits('header=64kb').header, 65_536);
  });

  it('are refused when they are none', () => {
    for (const text of [
      'size',
      'size=',
      'size=x',
      'size=0',
      'depth=5',
      'size=-1',
      'size=1.5g',
      'toString=1',
      'size=999999999999999t',
    ])
      assert.throws(() => parseLimits(text), refusal('INVALID_VALUE', /TSCONTAIN_LAYER_LIMITS has "/), text);
  });

  it('let pass what real layers do', () => {
    // The largest layers there are, at five to one; a small one with a log of nothing but zeros.
    checkGrowth(DEFAULT_LIMITS, 20 * GiB, 100 * GiB);
    checkGrowth(DEFAULT_LIMITS, 200_000, 200_000_000);
  });

  it('stop what becomes too much, as soon as it does', () => {
    assert.throws(
      () => checkGrowth(DEFAULT_LIMITS, 300_000, FREE_BYTES + 1),
      refusal('INVALID_VALUE', /becomes \d+ times as large/),
    );
    assert.throws(
      () => checkGrowth(DEFAULT_LIMITS, 100 * GiB, 129 * GiB),
      refusal('INVALID_VALUE', /unpacks to more than/),
    );
    const sink = new LimitedSink({ begin() {}, write() {}, end() {} }, DEFAULT_LIMITS, () => 10_000_000);
    assert.throws(
      () => sink.begin(file(10 * GiB)),
      refusal('INVALID_VALUE', /of 10000000 bytes has a file of 10737418240 bytes/),
    );
  });

  it('count holes as what they stand for, and what stands there as what it is', () => {
    const sink = new LimitedSink({ begin() {}, write() {}, end() {} }, DEFAULT_LIMITS, () => 1000);
    sink.begin(file(10 * GiB, { extents: [{ at: 0, length: 5 }] }));
    assert.throws(() => sink.begin(file(2 ** 50, { extents: [] })), refusal('INVALID_VALUE', /bytes of files/));
  });

  it('say how more can be allowed', () => {
    assert.throws(
      () => checkGrowth(DEFAULT_LIMITS, 300_000, FREE_BYTES + 1),
      (error) =>
        error instanceof Error && 'hint' in error && /TSCONTAIN_LAYER_LIMITS=ratio=\d+/.test(String(error.hint)),
    );
  });
});
