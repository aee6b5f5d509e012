// The sampler over captured files and a clock of our own.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, it, type TestContext } from 'node:test';
import { createSampler, HOST_ID, type Sampler, type Target } from '../../../src/metrics/index.js';
import { FIXTURES } from '../../support/kernel-text.js';
import { eventually, patience } from '../../support/patience.js';

const T0 = Date.UTC(2026, 0, 1);

let scratch: string;
let ms: number;
let sampler: Sampler;

/** A v2 cgroup that is a directory of captured files. */
function cgroup(name: string): string {
  const folder = join(scratch, name);
  cpSync(join(FIXTURES, 'v2'), folder, { recursive: true });
  return folder;
}
const target = (id: string, unified = cgroup(id)): Target => ({ id, cgroup: { controllers: {}, unified } });
const set = (folder: string, file: string, content: string): void => writeFileSync(join(folder, file), content);

/** Something in the cgroup runs, so that it is read whole. */
let ranUs = 10_191_562;
const runs = (folder: string): void => set(folder, 'cpu.stat', `usage_usec ${(ranUs += 1000)}\n`);

/** Time passes, and a sample is taken. */
function sampleAfter(passedMs: number): void {
  ms += passedMs;
  sampler.sample();
}

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tscontain-sampler-'));
  cpSync(join(FIXTURES, 'proc'), join(scratch, 'proc'), { recursive: true });
  for (const name of ['lo', 'ifb0', 'ifb1'])
    mkdirSync(join(scratch, 'sys/devices/virtual/net', name), { recursive: true });
  ms = 0;
  const clock = { now: () => T0 + ms, monotonicMs: () => ms };
  sampler = createSampler({ clock, procRoot: join(scratch, 'proc'), sysRoot: join(scratch, 'sys') });
});
afterEach(() => {
  sampler.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe('the machine', () => {
  it('is measured like a target, with what only a machine has', () => {
    sampler.sample();
    const host = sampler.latestHost();
    assert.equal(host, sampler.latest(HOST_ID));
    assert.deepEqual(host?.memory, {
      used: (24684084 - 24277036) * 1024,
      anon: 27700 * 1024,
      file: (3368 + 226304) * 1024,
      kernel: (120696 + 1524 + 1992 + 2048) * 1024,
      swap: 0,
      limit: 24684084 * 1024,
      dirty: 220 * 1024,
    });
    assert.deepEqual(host.cpu, { limitCores: 2 });
    assert.deepEqual(host.load, [0.42, 0.42, 0.31]);
    assert.equal(host.pids.current, 94);
    assert.equal(host.oomKills, 1);
  });

  it('has rates from the second sample on: each CPU, the disk but not what is in memory, the card but not the bridges', () => {
    sampler.sample();
    const proc = (file: string): string => join(scratch, 'proc', file);
    writeFileSync(
      proc('stat'),
      'cpu  16132 0 10057 312628 410 0 105 16 0 0\ncpu0 7688 0 4821 157102 73 0 25 8 0 0\ncpu1 8443 0 5235 155526 336 0 80 8 0 0\n',
    );
    writeFileSync(proc('diskstats'), ' 254 0 vda 70650 0 3644882 0 19396 0 4532248 0 0 0 0\n');
    writeFileSync(
      proc('net/dev'),
      'a\nb\n lo: 9999999 0 0 0 0 0 0 0 9 0 0 0 0 0 0 0\n eth0: 413055243 0 0 0 0 0 0 0 651591 0 0 0 0 0 0 0\n',
    );
    writeFileSync(
      proc('pressure/io'),
      'some avg10=0 avg60=0 avg300=0 total=7862366\nfull avg10=0 avg60=0 avg300=0 total=4740603\n',
    );
    appendFileSync(proc('pressure/cpu'), '');
    sampleAfter(1000);
    const host = sampler.latestHost()!;
    assert.deepEqual(host.cpu, { cores: 1.5, userCores: 1, systemCores: 0.5, limitCores: 2 });
    assert.deepEqual(host.perCpu, [1, 0.5]);
    assert.deepEqual(host.io, { readBytes: 4096, writeBytes: 8192, readOps: 1, writeOps: 2 });
    assert.deepEqual(host.network, { rxBytes: 1000, txBytes: 100, drops: 0, errors: 0 });
    assert.deepEqual(host.pressure, { cpu: { some: 0 }, memory: {}, io: { some: 50, full: 25 } });
  });

  it('without /proc is not measured, and nothing breaks', () => {
    sampler.close();
    sampler = createSampler({ procRoot: join(scratch, 'nowhere'), sysRoot: join(scratch, 'nowhere') });
    sampler.sample();
    const { at: _at, load, ...rest } = sampler.latestHost()!;
    assert.deepEqual(load, [NaN, NaN, NaN]);
    const pressure = { cpu: {}, memory: {}, io: {} };
    assert.deepEqual(rest, { cpu: {}, memory: {}, io: {}, pids: {}, pressure, network: {}, perCpu: [] });
  });
});

describe('targets', () => {
  it('are measured from when they are set until they are not', () => {
    const [a, b] = [target('a'), target('b')];
    sampler.setTargets([a, b]);
    sampleAfter(1000);
    assert.equal(sampler.latest('a')?.memory.used, 950272);
    assert.equal(sampler.latest('b')?.pids.limit, 100);
    sampler.setTargets([b]);
    assert.equal(sampler.latest('a'), undefined);
    sampleAfter(1000);
    assert.equal(sampler.latest('a'), undefined);
    assert.equal(sampler.latest('b')?.at, T0 + 2000);
    assert.equal(sampler.latest('nobody'), undefined);
  });

  it('have rates, and a limit that follows an update within three seconds', () => {
    const folder = cgroup('a');
    sampler.setTargets([target('a', folder)]);
    sampler.sample();
    set(
      folder,
      'cpu.stat',
      'usage_usec 10441562\nuser_usec 6306118\nsystem_usec 4135444\nnr_periods 521\nnr_throttled 514\nthrottled_usec 84892303\n',
    );
    set(folder, 'cpu.max', '50000 100000\n');
    sampleAfter(1000);
    assert.deepEqual(sampler.latest('a')?.cpu, {
      cores: 0.25,
      userCores: 0,
      systemCores: 0.25,
      limitCores: 0.2,
      throttledPercent: 50,
      throttledMsPerSecond: 100,
    });
    sampleAfter(2000);
    assert.equal(sampler.latest('a')?.cpu.limitCores, 0.5);
    set(folder, 'cpu.max', 'max 100000\n');
    sampleAfter(3000);
    assert.equal(sampler.latest('a')?.cpu.limitCores, undefined);
  });

  it('whose cgroup goes have no present any more; the others go on', () => {
    sampler.close();
    // Files on a disk can be read after they are removed, unlike a cgroup's: so none is kept open here.
    sampler = createSampler({ maxDescriptors: 0, procRoot: join(scratch, 'proc'), sysRoot: join(scratch, 'sys') });
    const folder = cgroup('a');
    sampler.setTargets([target('a', folder), target('b')]);
    sampler.sample();
    assert.ok(sampler.latest('a'));
    rmSync(folder, { recursive: true });
    sampler.sample();
    assert.equal(sampler.latest('a'), undefined);
    assert.ok(sampler.latest('b'));
  });

  it('count their OOM kills across recreation', () => {
    const folder = cgroup('a');
    sampler.setTargets([target('a', folder)]);
    sampler.sample();
    assert.equal(sampler.latest('a')?.oomKills, 1);
    const other = cgroup('a-again');
    set(other, 'memory.events', 'oom 2\noom_kill 2\n');
    sampler.setTargets([target('a', other)]);
    sampleAfter(1000);
    assert.equal(sampler.latest('a')?.oomKills, 3);
  });

  it('with another process have another network: its counters are no continuation', () => {
    const network = (pid: number, rx: number): void => {
      mkdirSync(join(scratch, `proc/${pid}/net`), { recursive: true });
      set(join(scratch, `proc/${pid}/net`), 'dev', `a\nb\n eth0: ${rx} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`);
    };
    network(1, 1000);
    network(2, 9_000_000);
    const a = target('a');
    sampler.setTargets([{ ...a, netPid: 1 }]);
    sampler.sample();
    network(1, 3000);
    sampleAfter(1000);
    assert.equal(sampler.latest('a')?.network.rxBytes, 2000);
    sampler.setTargets([{ ...a, netPid: 2 }]);
    sampleAfter(1000);
    assert.deepEqual(sampler.latest('a')?.network, {});
    network(2, 9_000_500);
    sampleAfter(1000);
    assert.equal(sampler.latest('a')?.network.rxBytes, 500);
  });

  it('in which nothing runs and nobody waits are not read whole, but soon enough', () => {
    const folder = cgroup('a');
    sampler.setTargets([target('a', folder)]);
    const used = (): number | undefined => sampler.latest('a')?.memory.used;
    sampler.sample();
    sampleAfter(1000);
    set(folder, 'memory.current', '4096\n');
    sampleAfter(500);
    assert.equal(used(), 950272, 'nothing has run');
    set(folder, 'io.stat', '8:0 rbytes=8394752 wbytes=16781312 rios=24 wios=33 dbytes=0 dios=0\n');
    sampleAfter(500);
    assert.equal(sampler.latest('a')?.io.writeBytes, 8192, 'what the kernel writes back for it is counted at once');
    runs(folder);
    sampleAfter(100);
    assert.equal(used(), 4096);
    set(folder, 'memory.current', '8192\n');
    sampleAfter(100);
    assert.equal(used(), 4096);
    sampleAfter(2500);
    assert.equal(used(), 8192, 'and when it is its turn, in any case');
  });

  it('in which somebody waits are read whole, whether anything runs or not', () => {
    const folder = cgroup('a');
    sampler.setTargets([target('a', folder)]);
    const waited = (us: number): void =>
      set(folder, 'io.pressure', `some avg10=0 avg60=0 avg300=0 total=${us}\nfull avg10=0 avg60=0 avg300=0 total=0\n`);
    waited(0);
    sampler.sample();
    waited(100_000);
    sampleAfter(1000);
    waited(600_000);
    sampleAfter(500);
    assert.equal(sampler.latest('a')?.pressure.io.some, 100);
  });

  it('that are empty hold no network namespace, and do not take up a stranger who got their process id', () => {
    const folder = cgroup('a');
    const a = { ...target('a', folder), netPid: 4242 };
    sampler.setTargets([a]);
    sampler.sample();
    sampleAfter(1000);
    assert.deepEqual(sampler.latest('a')?.network, {
      rxBytes: 0,
      txBytes: 0,
      rxPackets: 0,
      txPackets: 0,
      drops: 0,
      errors: 0,
    });
    assert.deepEqual(sampler.interfaces('a').map(({ name }) => name), ['far0', 'eth0']); // prettier-ignore
    set(folder, 'pids.current', '0\n');
    runs(folder);
    sampleAfter(1000);
    assert.deepEqual(sampler.latest('a')?.network, {});
    set(folder, 'pids.current', '1\n');
    runs(folder);
    sampleAfter(1000);
    assert.deepEqual(sampler.latest('a')?.network, {});
  });
});

describe('history', () => {
  it('of a target that left is kept for ten minutes, and goes on when it comes back', () => {
    const a = target('a');
    const used = (): number => sampler.history('a', 'memory.used', 60_000, 1).values[0]!;
    sampler.setTargets([a]);
    sampleAfter(1000);
    sampler.setTargets([]);
    sampleAfter(1000);
    assert.equal(used(), 950272);
    sampler.setTargets([a]);
    sampleAfter(1000);
    assert.equal(sampler.history('a', 'memory.used', 3000, 3).values.filter((v) => v === 950272).length, 2);
    sampler.setTargets([]);
    sampleAfter(599_000);
    const all = (): number => sampler.history('a', 'memory.used', 3_600_000, 1).values[0]!;
    assert.equal(all(), 950272);
    sampleAfter(1000);
    assert.equal(all(), NaN);
  });

  it('of those that left is bounded in number', () => {
    const folder = cgroup('a');
    for (let i = 0; i < 200; i++) {
      sampler.setTargets([target(String(i), folder)]);
      sampleAfter(1);
    }
    sampler.setTargets([]);
    const kept = Array.from(
      { length: 200 },
      (_, i) => sampler.history(String(i), 'pids.current', 60_000, 1).values[0]!,
    );
    assert.equal(kept.filter((value) => value === 1).length, 128);
    assert.equal(kept.at(-1), 1);
  });

  it('of the machine has its own id, and of a stranger nothing', () => {
    sampleAfter(1000);
    assert.equal(sampler.history(HOST_ID, 'pids.current', 1000, 1).values[0], 94);
    const stranger = sampler.history('stranger', 'pids.current', 3000, 3, T0);
    assert.deepEqual([...stranger.values], [NaN, NaN, NaN]);
    assert.equal(stranger.from, T0 - 3000);
  });

  it('shows the time in which the process stood still as a gap', () => {
    sampler.setTargets([target('a')]);
    sampleAfter(1000);
    sampleAfter(1000);
    sampleAfter(58_000);
    const { values } = sampler.history('a', 'memory.used', 60_000, 60);
    assert.deepEqual(
      [...values].flatMap((value, second) => (Number.isNaN(value) ? [] : [second])),
      [0, 1, 59],
    );
  });

  it('refuses what is no history', () => {
    assert.throws(() => sampler.history('a', 'pids.current', 0, 10), RangeError);
    assert.throws(() => sampler.history('a', 'pids.current', 1000, 0), RangeError);
    assert.throws(() => sampler.history('a', 'pids.current', 1000, 1.5), RangeError);
  });
});

describe('the sampler', () => {
  it('takes 10 to 0.2 samples a second and nothing else', () => {
    for (const wrong of [99, 5001, NaN, -1]) {
      assert.throws(() => sampler.setInterval(wrong), /RangeError: an interval of .* 100\.\.5000/);
      assert.throws(() => createSampler({ intervalMs: wrong }), RangeError);
    }
    sampler.setInterval(100);
    sampler.setInterval(5000);
    assert.equal(sampler.intervalMs, 5000);
  });

  it('tells its listeners when it has sampled, until they have heard enough', () => {
    const heard: number[] = [];
    const enough = sampler.onSample((at) => heard.push(at));
    sampleAfter(1000);
    sampleAfter(1000);
    enough();
    sampleAfter(1000);
    assert.deepEqual(heard, [T0 + 1000, T0 + 2000]);
  });

  it('knows what it costs itself', () => {
    sampler.sample();
    assert.equal(sampler.self().cores, NaN, 'nothing is known after one sample');
    sampleAfter(1000);
    assert.ok(sampler.self().cores > 0 && sampler.self().cores < 2);
    assert.ok(sampler.self().rssBytes > 10 * 2 ** 20);
    assert.ok(sampler.lastCostUs > 0);
  });
});

describe('a sample of many', () => {
  /** Until so many are measured. @returns how many were, at the turns on the way */
  async function measured(ids: readonly string[], until: number): Promise<ReadonlySet<number>> {
    const counts = new Set<number>();
    const count = (): number => ids.filter((id) => sampler.latest(id) !== undefined).length;
    for (const end = Date.now() + patience(10_000); count() < until && Date.now() < end; counts.add(count()))
      await new Promise(setImmediate);
    return counts;
  }

  /** Each look at the clock takes 2 ms, so that a slice is one or two of them. */
  function start(t: TestContext): readonly string[] {
    let now = 0;
    t.mock.method(performance, 'now', () => (now += 2));
    const folder = cgroup('one');
    const ids = Array.from({ length: 10 }, (_, i) => `target-${i}`);
    sampler.setTargets(ids.map((id) => target(id, folder)));
    sampler.setInterval(100);
    sampler.start();
    return ids;
  }

  it('is taken in slices with turns of the event loop between, is of one time, and is told when it is whole', async (t) => {
    const ids = start(t);
    const told: number[] = [];
    sampler.onSample(() => told.push(ids.filter((id) => sampler.latest(id) !== undefined).length));
    const counts = await measured(ids, 10);
    assert.ok(counts.size > 3, `it was seen with ${[...counts].join(', ')} of them`);
    assert.deepEqual(told, []);
    await eventually(() => assert.deepEqual(told, [10]));
    assert.deepEqual([...new Set(ids.map((id) => sampler.latest(id)?.at))], [T0]);
  });

  it('is finished by who wants one now, and left alone by who stops', async (t) => {
    const ids = start(t);
    let told = 0;
    sampler.onSample(() => told++);
    await measured(ids, 3);
    sampler.sample();
    assert.equal(told, 1);
    assert.ok(ids.every((id) => sampler.latest(id) !== undefined));
    sampler.stop();
    for (let i = 0; i < 20; i++) await new Promise(setImmediate);
    assert.equal(told, 1);
  });

  it('passes over who leaves meanwhile', async (t) => {
    const ids = start(t);
    await measured(ids, 3);
    sampler.setTargets([]);
    let told = 0;
    sampler.onSample(() => told++);
    await eventually(() => assert.equal(told, 1));
    assert.equal(sampler.latest('target-9'), undefined);
  });
});
