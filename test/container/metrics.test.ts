// Known loads in real cgroups, and the numbers that the sampler makes of them: on v1, hybrid and v2 hosts alike.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { cpus, hostname, tmpdir, totalmem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { product } from '../support/house.js';
import { createSampler, type Sample, type Sampler, type SamplerOptions, type Target } from '../../src/metrics/index.js';
import { ended, hosts, newCgroup, type TestCgroup } from '../support/cgroups.js';
import { eventually, patience } from '../support/patience.js';

const MiB = 1024 * 1024;
const BUSY = ['/bin/sh', '-c', 'while :; do :; done'] as const;
/** Takes so many MiB of memory, says so, and keeps them. */
const hog = (mib: number) =>
  ['/usr/bin/perl', '-e', '$x = "x" x ($ARGV[0] << 20); $| = 1; print "held\n"; sleep 600', String(mib)] as const;

const hasPsi = existsSync('/proc/pressure/cpu');

/** A sampler of one cgroup, closed after the test. */
function watching(t: TestContext, { paths }: TestCgroup, options: SamplerOptions & { netPid?: number } = {}): Sampler {
  const { netPid, ...rest } = options;
  const sampler = createSampler(rest);
  t.after(() => sampler.close());
  sampler.setTargets([{ id: 'one', cgroup: paths, ...(netPid !== undefined && { netPid }) }]);
  return sampler;
}

/** What some work counts up to: on the clock that its sampler goes by it takes one second, so rates are counts. */
function counting(t: TestContext, cgroup: TestCgroup, netPid?: number) {
  let seconds = 0;
  const clock = { now: () => seconds * 1000, monotonicMs: () => seconds * 1000 };
  const sampler = watching(t, cgroup, { clock, ...(netPid !== undefined && { netPid }) });
  const count = async (work: () => Promise<unknown>): Promise<Sample> => {
    now(sampler);
    await work();
    seconds++;
    return now(sampler);
  };
  return { sampler, count };
}

function now(sampler: Sampler, id = 'one'): Sample {
  sampler.sample();
  const sample = sampler.latest(id);
  assert.ok(sample, `${id} is measured`);
  return sample;
}

function near(actual: number | undefined, expected: number, tolerance: number, what: string): void {
  const isNear = actual !== undefined && Math.abs(actual - expected) <= tolerance;
  assert.ok(isNear, `${what} is ${String(actual)}, not ${expected} ± ${tolerance}`);
}

const says = (child: ChildProcess, word: string) =>
  new Promise<void>((resolve) => {
    child.stdout!.on('data', (data: Buffer) => {
      if (data.toString().includes(word)) resolve();
    });
  });

/** ms that a process has run on a CPU, as the scheduler has it. */
const runtimeMs = ({ pid }: ChildProcess): number =>
  Number(readFileSync(`/proc/${pid!}/schedstat`, 'latin1').split(' ')[0]) / 1e6;

/** What this process holds open below a path. */
const heldOpen = (part: string): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.includes(part) ? [path] : [];
    } catch {
      // The descriptor with which the directory was read.
      return [];
    }
  });

/** The name that only this test's cgroup has, above the container's. */
const projectOf = ({ paths }: TestCgroup): string =>
  basename(dirname(Object.values(paths.controllers)[0] ?? paths.unified!));

for (const on of hosts) {
  describe(`a target on a ${on.kind} host`, () => {
    // Little, so that it gets all of it on a machine that is busy with other tests too.
    it('held to a twentieth of a core is seen to use it, and to stand throttled', async (t) => {
      const cgroup = newCgroup(t, { on, limits: { nanoCpus: 0.05e9 } });
      // On one CPU: the kernel averages pressure over CPUs, so that of a task which wanders between them comes out halved.
      const child = await cgroup.spawn('taskset', '-c', '0', ...BUSY);
      const sampler = watching(t, cgroup);
      await delay(500);
      now(sampler);
      const [began, used] = [performance.now(), runtimeMs(child)];
      await delay(3000);
      const sample = now(sampler);
      const cores = (runtimeMs(child) - used) / (performance.now() - began);
      near(sample.cpu.cores, cores, 0.01, 'cores');
      near(sample.cpu.cores, 0.05, 0.02, 'cores');
      near(sample.cpu.userCores! + sample.cpu.systemCores!, sample.cpu.cores!, 0.01, 'user and system');
      assert.equal(sample.cpu.limitCores, 0.05);
      assert.ok(sample.cpu.throttledPercent! > 60, `${sample.cpu.throttledPercent} % throttled`);
      assert.ok(sample.cpu.throttledMsPerSecond! > 400, `${sample.cpu.throttledMsPerSecond} ms a second throttled`);
      const waits = sample.pressure.cpu.some;
      if (on.kind === 'v1' || !hasPsi) assert.equal(waits, undefined);
      else assert.ok(waits! > 50, `waits ${waits} % of its time for a CPU`);
    });

    it('has the memory that it holds, by kind, against its limit', async (t) => {
      const cgroup = newCgroup(t, { on, limits: { memory: 160 * MiB } });
      const sampler = watching(t, cgroup);
      assert.ok(now(sampler).memory.used! < MiB);
      const child = await cgroup.spawn(...hog(64));
      await says(child, 'held');
      const { memory } = now(sampler);
      near(memory.anon, 68 * MiB, 6 * MiB, 'anon');
      assert.ok(memory.used! >= memory.anon!, 'what counts against the limit includes it');
      assert.ok(memory.kernel! > 0 && memory.kernel! < 8 * MiB, `${memory.kernel} bytes of the kernel's`);
      assert.equal(memory.limit, 160 * MiB);

      const folder = mkdtempSync(join(tmpdir(), 'tscontain-metrics-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const before = memory.file!;
      await ended(await cgroup.spawn('dd', 'if=/dev/zero', `of=${folder}/file`, 'bs=1M', 'count=24'));
      near(now(sampler).memory.file! - before, 24 * MiB, 2 * MiB, 'file');
    });

    it('has its processes counted against their limit', async (t) => {
      const cgroup = newCgroup(t, { on, limits: { pidsLimit: 50 } });
      await cgroup.spawn('/bin/sh', '-c', 'for i in 1 2 3 4 5; do sleep 600 & done; wait');
      const sampler = watching(t, cgroup);
      await eventually(() => assert.deepEqual(now(sampler).pids, { current: 6, limit: 50 }));
    });

    it('has no limit where there is none', (t) => {
      const { cpu, memory, pids } = now(watching(t, newCgroup(t, { on })));
      assert.deepEqual([cpu.limitCores, memory.limit, pids], [undefined, undefined, { current: 0 }]);
    });

    it('whose processes are killed for memory is seen so, through removal and recreation', async (t) => {
      const limits = { memory: 32 * MiB, memorySwap: 32 * MiB };
      const cgroup = newCgroup(t, { on, limits });
      const sampler = watching(t, cgroup);
      assert.equal(now(sampler).oomKills, 0);
      await ended(await cgroup.spawn(...hog(64)));
      assert.equal(now(sampler).oomKills, 1);

      await cgroup.driver.remove(cgroup.paths);
      sampler.sample();
      assert.equal(sampler.latest('one'), undefined, 'what is gone has no present');
      cgroup.driver.create(cgroup.paths, limits);
      await ended(await cgroup.spawn(...hog(64)));
      assert.equal(now(sampler).oomKills, 2, 'a kill in the second life, whose counter says 1 again');
      assert.equal(sampler.latest('one')?.cpu.cores, undefined, 'no rate from one life to the next');
    });
  });
}

describe('a target', () => {
  it('has what it wrote to a disk and read from it', async (t) => {
    const folder = folderOnDisk(t);
    if (folder === undefined) {
      t.skip('no folder here lies on a disk');
      return;
    }
    const cgroup = newCgroup(t);
    const { count } = counting(t, cgroup);
    const dd = (...words: string[]) =>
      count(async () => {
        const { code, output } = await ended(await cgroup.spawn('dd', 'bs=1M', ...words));
        assert.equal(code, 0, output);
      });
    const direct = (await dd('if=/dev/zero', `of=${folder}/direct`, 'count=32', 'oflag=direct')).io;
    near(direct.writeBytes, 32 * MiB, 2 * MiB, 'directly written');
    near(direct.writeOps, 48, 24, 'writes');
    const synced = (await dd('if=/dev/zero', `of=${folder}/synced`, 'count=32', 'conv=fsync')).io;
    near(synced.writeBytes, 32 * MiB, 2 * MiB, 'written and synced');
    const read = (await dd(`if=${folder}/direct`, 'of=/dev/null', 'iflag=direct')).io;
    near(read.readBytes, 32 * MiB, 2 * MiB, 'read');
    assert.ok(read.writeBytes! < MiB, 'reading is not writing');
  });

  it('with a network of its own has what went over it, and lets it go when its last process ends', async (t) => {
    if (spawnSync('ip', ['-V']).error !== undefined) {
      t.skip('no program "ip" to make an interface with: apt-get install iproute2');
      return;
    }
    const cgroup = newCgroup(t);
    const script = [
      'ip link add eth0 type veth peer name far0 && ip addr add 10.9.9.1/24 dev eth0',
      'ip link set eth0 up; ip link set far0 up; ip neigh add 10.9.9.2 lladdr 02:00:00:00:00:02 dev eth0',
      'echo ready; read -r go',
      'for i in $(seq 200); do printf %01000d 0 > /dev/udp/10.9.9.2/9; done',
      'echo sent; sleep 600',
    ].join('\n');
    const child = await cgroup.spawn('unshare', '--net', 'bash', '-c', script);
    const sent = says(child, 'sent');
    await says(child, 'ready');
    const { count } = counting(t, cgroup, child.pid);
    const { network } = await count(async () => {
      child.stdin!.write('go\n');
      await sent;
    });
    // 42 bytes of Ethernet, IP and UDP each. The pair's other end is in the same namespace: sent by one, received by the other.
    near(network.txBytes, 200 * 1042, 10_000, 'sent');
    near(network.rxBytes, 200 * 1042, 10_000, 'received');

    const open = `${child.pid}/net/dev`;
    assert.equal(heldOpen(open).length, 1);
    await cgroup.driver.kill(cgroup.paths);
    // In what has not run since only the CPU time is read, but for every third sample.
    await eventually(async () => {
      assert.deepEqual((await count(() => Promise.resolve())).network, {});
      assert.deepEqual(heldOpen(open), []);
    });
  });

  it('without one has no network, not one that is silent', async (t) => {
    const cgroup = newCgroup(t);
    const child = await cgroup.spawn('unshare', '--net', 'sh', '-c', 'echo ready; sleep 600');
    await says(child, 'ready');
    const { network } = await counting(t, cgroup, child.pid).count(() => delay(10));
    assert.deepEqual(network, {});
  });

  it('that vanishes takes nothing of its neighbours, and all of its files with it', async (t) => {
    const [here, gone] = [newCgroup(t), newCgroup(t)];
    const sampler = createSampler();
    t.after(() => sampler.close());
    const targets: Target[] = [
      { id: 'here', cgroup: here.paths },
      { id: 'gone', cgroup: gone.paths },
    ];
    sampler.setTargets(targets);
    now(sampler, 'gone');
    const project = projectOf(gone);
    assert.ok(heldOpen(project).length > 5);
    await gone.driver.remove(gone.paths);
    now(sampler, 'here');
    assert.equal(sampler.latest('gone'), undefined);
    assert.deepEqual(heldOpen(project), []);
    now(sampler, 'here');
    sampler.close();
    assert.deepEqual(heldOpen('/sys/fs/cgroup'), []);
  });

  it('is measured with no descriptor to keep, and seen to vanish', async (t) => {
    const cgroup = newCgroup(t, { limits: { nanoCpus: 0.2e9, pidsLimit: 20 } });
    const sampler = watching(t, cgroup, { maxDescriptors: 0 });
    const { cpu, memory, pids, oomKills } = now(sampler);
    assert.deepEqual([cpu.limitCores, pids, oomKills], [0.2, { current: 0, limit: 20 }, 0]);
    assert.ok(memory.used !== undefined);
    assert.deepEqual(heldOpen(projectOf(cgroup)), []);
    await cgroup.driver.remove(cgroup.paths);
    sampler.sample();
    assert.equal(sampler.latest('one'), undefined);
  });
});

describe('the machine', () => {
  it('is as large as the kernel says, and as busy as it is made', async (t) => {
    const cgroup = newCgroup(t);
    const sampler = createSampler({ intervalMs: 100 });
    t.after(() => sampler.close());
    await cgroup.spawn(...BUSY);
    sampler.sample();
    await delay(2000);
    sampler.sample();
    const sample = sampler.latestHost()!;
    assert.equal(sample.cpu.limitCores, cpus().length);
    assert.equal(sample.perCpu.length, cpus().length);
    assert.ok(sample.cpu.cores! > 0.7, `${sample.cpu.cores} cores with a busy loop`);
    near(
      sample.perCpu.reduce((sum, busy) => sum + busy, 0),
      sample.cpu.cores!,
      // The kernel adds the line of all CPUs up before it writes those of each: under emulation a while lies between.
      patience(1) > 1 ? 0.6 : 0.25,
      'the CPUs together',
    );
    assert.equal(sample.memory.limit, totalmem());
    assert.ok(sample.memory.used! > 0 && sample.memory.used! < totalmem());
    assert.equal(sample.pressure.cpu.some !== undefined, hasPsi);
    assert.ok(sample.pids.current! > 1 && sample.pids.limit! > 1000);
  });

  it('is sampled on a timer', async (t) => {
    const sampler = createSampler({ intervalMs: 100 });
    t.after(() => sampler.close());
    const times: number[] = [];
    sampler.onSample((at) => times.push(at));
    sampler.start();
    await eventually(() => assert.ok(times.length >= 5));
    sampler.stop();
    const stoppedAt = times.length;
    await delay(300);
    assert.equal(times.length, stoppedAt);
  });

  it('has facts', async (t) => {
    const sampler = createSampler({ factsProgram: product('facts') });
    t.after(() => sampler.close());
    const facts = await sampler.facts();
    assert.equal(facts.hostname, hostname());
    assert.equal(facts.memoryBytes, totalmem());
    assert.equal(facts.cores, cpus().length);
    assert.ok(facts.cpuModel !== undefined && facts.distribution !== undefined);
    assert.equal(sampler.facts(), sampler.facts(), 'they are asked for once');
  });
});

/** The major number of the device that a path's file system is on; 0 where that is no block device. */
const majorOf = (path: string): number => (statSync(path).dev >> 8) & 0xfff;

/** A folder of the test's own whose files are on a disk. */
function folderOnDisk(t: TestContext): string | undefined {
  const base = [tmpdir(), '/var/tmp', process.cwd()].find((path) => majorOf(path) !== 0) ?? diskOfMemory(t);
  if (base === undefined) return undefined;
  const folder = mkdtempSync(join(base, 'tscontain-metrics-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The virtual machine has no disk, so its kernel plays one; on a real machine no test loads a kernel module. */
function diskOfMemory(t: TestContext): string | undefined {
  if (process.env['TEST_SLOWNESS'] === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'tscontain-disk-'));
  execFileSync('modprobe', ['scsi_debug', 'dev_size_mb=160', 'delay=0']);
  execFileSync('modprobe', ['sd_mod']);
  execFileSync('sh', [
    '-c',
    'until [ -b /dev/sda ]; do sleep 0.1; done; mkfs.ext4 -q /dev/sda && mount /dev/sda "$0"',
    folder,
  ]);
  t.after(() => execFileSync('umount', [folder]));
  return folder;
}
