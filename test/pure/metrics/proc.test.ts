// The parsers, over files captured from a hybrid host (6.18) and a v2 machine (6.1), and over files made up at random.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  assigned,
  cpuTimes,
  deviceAt,
  diskstats,
  keyed,
  keys,
  limitAt,
  loadAverages,
  numberAt,
  pressure,
  wholeNumber,
} from '../../../src/metrics/proc.js';
import { fixture, text } from '../../support/kernel-text.js';

const every = (): boolean => true;

describe('numbers', () => {
  it('are read to their end, and NaN where there is none', () => {
    assert.equal(wholeNumber(text('866421274\n')), 866421274);
    assert.equal(wholeNumber(text('0\n')), 0);
    assert.equal(wholeNumber(text('max\n')), NaN);
    assert.equal(wholeNumber(text('')), NaN);
    assert.equal(numberAt(text('12'), 2), NaN);
  });

  it('beyond 2^53 lose no more than their last digits', () => {
    const value = 18_446_744_073_709_551_615;
    assert.ok(Math.abs(wholeNumber(text('18446744073709551615\n')) / value - 1) < 1e-15);
  });

  it('as limits know the three ways to say "none"', () => {
    assert.equal(limitAt(text('max\n'), 0), NaN);
    assert.equal(limitAt(text('-1\n'), 0), NaN);
    assert.equal(limitAt(text('9223372036854771712\n'), 0), NaN);
    assert.equal(limitAt(text('67108864\n'), 0), 67108864);
  });
});

describe('keyed files', () => {
  it('answer in the order asked, NaN for what is not there', () => {
    const values = keyed(fixture('v2/memory.stat'), keys('slab', 'anon', 'no_such_key', 'file'));
    assert.deepEqual([...values], [68480, 110592, NaN, 241664]);
  });

  it('do not take a longer key, nor a shorter one, for the one asked', () => {
    assert.deepEqual([...keyed(fixture('v1/memory.stat'), keys('total_rss', 'swap', 'rss'))], [106496, 0, 106496]);
  });

  it('may have colons, several spaces and a unit', () => {
    assert.deepEqual([...keyed(fixture('proc/meminfo'), keys('MemTotal:', 'Percpu:'))], [24684084, 2048]);
  });

  it('give back what was written, wherever they are cut off', () => {
    const entries = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-z_]{1,12}$/), fc.nat({ max: Number.MAX_SAFE_INTEGER })),
      { selector: ([key]) => key, minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(entries, fc.nat(), (pairs, cut) => {
        const content = pairs.map(([key, value]) => `${key} ${value}\n`).join('');
        const wanted = keys(...pairs.map(([key]) => key));
        assert.deepEqual(
          [...keyed(text(content), wanted)],
          pairs.map(([, value]) => value),
        );
        const short = content.slice(0, cut % content.length);
        const whole = short.split('\n').length - 1;
        const got = [...keyed(text(short), wanted)];
        assert.deepEqual(
          got.slice(0, whole),
          pairs.slice(0, whole).map(([, value]) => value),
        );
        assert.ok(got.slice(whole + 1).every(Number.isNaN), 'nothing is read behind the end');
      }),
    );
  });
});

describe('lines of key=value', () => {
  it('are asked by key', () => {
    const io = fixture('v2/io.stat');
    const [rbytes, wios, missing] = keys('rbytes', 'wios', 'bytes');
    assert.deepEqual([assigned(io, 0, rbytes!), assigned(io, 0, wios!), assigned(io, 0, missing!)], [8394752, 32, NaN]);
  });

  it('begin with a device', () => {
    assert.deepEqual(deviceAt(text('259:12 rbytes=1'), 0), { major: 259, minor: 12 });
    assert.deepEqual(deviceAt(text('Total 5'), 0), { major: NaN, minor: NaN });
    assert.deepEqual(deviceAt(text('259'), 0), { major: NaN, minor: NaN });
  });
});

describe('pressure', () => {
  it('is the total of some and of full', () => {
    assert.deepEqual(pressure(fixture('v2/cpu.pressure')), { someUs: 44154065, fullUs: 43151036 });
  });

  it('knows no full where an older kernel writes none', () => {
    const old = text('some avg10=0.00 avg60=0.00 avg300=0.00 total=77\n');
    assert.deepEqual(pressure(old), { someUs: 77, fullUs: NaN });
  });
});

describe('disks', () => {
  it('are counted in sectors of 512 bytes, those that count', () => {
    const vda = { readBytes: 3644874 * 512, writeBytes: 4532232 * 512, readOps: 70649, writeOps: 19394 };
    assert.deepEqual(diskstats(fixture('proc/diskstats'), every), vda);
    const nothing = { readBytes: 0, writeBytes: 0, readOps: 0, writeOps: 0 };
    assert.deepEqual(
      diskstats(fixture('proc/diskstats'), (major) => major !== 254),
      nothing,
    );
  });
});

describe('/proc/stat', () => {
  it('gives the whole and each CPU', () => {
    const { total, each } = cpuTimes(fixture('proc/stat'));
    assert.deepEqual(total, { user: 16032, system: 10112, all: 339148 });
    assert.deepEqual(each[1], { user: 8443, system: 5265, all: 169528 });
    assert.equal(each.length, 2);
  });

  it('leaves the place of a CPU that is offline empty', () => {
    const { each } = cpuTimes(text('cpu  2 0 0 2\ncpu0 1 0 0 1\ncpu2 1 0 0 1\nintr 5\n'));
    assert.deepEqual(each[2], { user: 1, system: 0, all: 2 });
    assert.equal(each[1], undefined);
  });
});

describe('/proc/loadavg', () => {
  it('gives three averages and the number of threads', () => {
    assert.deepEqual(loadAverages(fixture('proc/loadavg')), { load: [0.42, 0.42, 0.31], threads: 94 });
    assert.deepEqual(loadAverages(text('12.05 3.50 0.07 2/1094 25245\n')).load, [12.05, 3.5, 0.07]);
  });
});
