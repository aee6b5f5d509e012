// Limits on real cgroups: the kernel enforces what was asked, live changes bend it, and refusals leave nothing behind.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deviceNumber } from '../../src/engine/cgroup/block-device.js';
import { mergeLimits, openCgroupDriver } from '../../src/engine/cgroup/index.js';
import { isTscontainError, type ErrorCode } from '../../src/engine/errors.js';
import { ended, existing, host, hosts, newCgroup, newPaths, newProject, type TestCgroup } from '../support/cgroups.js';
import { eventually } from '../support/patience.js';

const MiB = 1024 * 1024;

const refusedWith = (code: ErrorCode, words: RegExp) => (error: unknown) => {
  assert.ok(isTscontainError(error, code), `${code} is expected, not ${String(error)}`);
  assert.match(error.message, words);
  return true;
};

/** A program that takes so many MiB of memory, says so, and keeps them. */
const HOG = ['/usr/bin/perl', '-e', '$x = "x" x ($ARGV[0] << 20); $| = 1; print "held\n"; sleep 60'];
const hold = (cgroup: TestCgroup, mib: number) => cgroup.spawn(HOG[0]!, ...HOG.slice(1), String(mib));

const held = (child: Awaited<ReturnType<TestCgroup['spawn']>>) =>
  new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));

const BUSY = ['/bin/sh', '-c', 'while :; do :; done'];

/** µs of CPU that a cgroup has used. */
function cpuUsedUs(cgroup: TestCgroup): number {
  const { unified, controllers } = cgroup.paths;
  if (unified === undefined) return Number(readFileSync(join(controllers['cpuacct']!, 'cpuacct.usage'), 'utf8')) / 1000;
  return Number(/^usage_usec (\d+)/m.exec(readFileSync(join(unified, 'cpu.stat'), 'utf8'))![1]);
}

/** Cores in use over so many ms. */
async function coresUsed(cgroup: TestCgroup, ms: number): Promise<number> {
  const [before, start] = [cpuUsedUs(cgroup), performance.now()];
  await delay(ms);
  return (cpuUsedUs(cgroup) - before) / 1000 / (performance.now() - start);
}

for (const on of hosts) {
  describe(`limits on a ${on.kind} host`, () => {
    it('read back from the kernel as they were asked', (t) => {
      const { driver, paths } = newCgroup(t, {
        on,
        limits: {
          memory: 64 * MiB,
          memoryReservation: 16 * MiB,
          memorySwap: 64 * MiB,
          nanoCpus: 0.5e9,
          cpuShares: 512,
          cpusetCpus: '0',
          cpusetMems: '0',
          pidsLimit: 77,
        },
      });
      const limits = driver.readLimits(paths);
      assert.equal(limits.memory, 64 * MiB);
      assert.equal(limits.memoryReservation, 16 * MiB);
      assert.equal(limits.memorySwap, 64 * MiB);
      assert.equal(limits.cpuQuota, 50_000);
      assert.equal(limits.cpuPeriod, 100_000);
      assert.ok(limits.cpuShares! > 490 && limits.cpuShares! < 530, String(limits.cpuShares));
      assert.equal(limits.cpusetCpus, '0');
      // Most machines have one memory node, so that node 0 is every node.
      assert.ok(['', '0'].includes(limits.cpusetMems!), limits.cpusetMems);
      assert.equal(limits.pidsLimit, 77);
    });

    it('are those of a new cgroup again once they are cleared', async (t) => {
      const { driver, paths } = newCgroup(t, { on });
      const none = driver.readLimits(paths);
      assert.equal(none.memory, -1);
      assert.equal(none.cpuQuota, -1);
      assert.equal(none.pidsLimit, -1);
      await driver.update(paths, {
        memory: 64 * MiB,
        memoryReservation: MiB,
        nanoCpus: 1e9,
        cpuShares: 2,
        pidsLimit: 5,
      });
      assert.notDeepEqual(driver.readLimits(paths), none);
      await driver.update(paths, { memory: -1, memoryReservation: -1, nanoCpus: 0, cpuShares: 0, pidsLimit: -1 });
      assert.deepEqual(driver.readLimits(paths), none);
    });

    it('kill a program that takes more memory than allowed, and count it', async (t) => {
      const cgroup = newCgroup(t, { on, limits: { memory: 32 * MiB, memorySwap: 32 * MiB } });
      assert.equal(cgroup.driver.oomKills(cgroup.paths), 0);
      const { signal } = await ended(await hold(cgroup, 100));
      assert.equal(signal, 'SIGKILL');
      assert.equal(cgroup.driver.oomKills(cgroup.paths), 1);
    });

    it('tell of a kill for memory without being asked', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on, limits: { memory: 32 * MiB, memorySwap: 32 * MiB } });
      const told: (number | undefined)[] = [];
      const watch = driver.watch(paths, ({ oomKills }) => told.push(oomKills));
      t.after(() => watch.close());
      await ended(await spawn(HOG[0]!, ...HOG.slice(1), '100'));
      await eventually(() => assert.ok(told.includes(1), 'the OOM kill is told'));
    });

    it('throttle a busy program to its share of a core, and let it go again live', async (t) => {
      const cgroup = newCgroup(t, { on, limits: { nanoCpus: 0.2e9 } });
      await cgroup.spawn(...(BUSY as [string, string, string]));
      const limited = await coresUsed(cgroup, 1000);
      assert.ok(limited > 0.1 && limited < 0.3, `0.2 cores allowed, ${limited} used`);
      await cgroup.driver.update(cgroup.paths, { nanoCpus: 0 });
      // How much a free program gets depends on the machine's other work: more than it was allowed is enough.
      let free = 0;
      for (let tries = 0; tries < 10 && free < 0.3; tries++) free = await coresUsed(cgroup, 500);
      assert.ok(free >= 0.3, `a whole core allowed, ${free} used`);
      await cgroup.driver.update(cgroup.paths, { cpuQuota: 10_000, cpuPeriod: 100_000 });
      // The period in which the limit came may have been used up already: it settles within a few.
      let again = Infinity;
      for (let tries = 0; tries < 5 && again >= 0.2; tries++) again = await coresUsed(cgroup, 1000);
      assert.ok(again < 0.2, `0.1 cores allowed, ${again} used`);
    });

    it('refuse to fork above the limit of processes, and allow it when that is raised', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on, limits: { pidsLimit: 5 } });
      const forks = ['/bin/sh', '-c', 'for i in 1 2 3 4 5 6 7 8; do sleep 0.2 & done; wait; echo forked'] as const;
      const refused = await ended(await spawn(...forks));
      assert.match(refused.output, /fork/i);
      assert.doesNotMatch(refused.output, /^forked/m);
      await driver.kill(paths);
      await driver.update(paths, { pidsLimit: 20 });
      assert.equal((await ended(await spawn(...forks))).output, 'forked\n');
    });

    it('pin to the CPUs asked for at creation', { skip: oneCpu() }, async (t) => {
      const { spawn } = newCgroup(t, { on, limits: { cpusetCpus: '1' } });
      const { output } = await ended(await spawn('/usr/bin/grep', 'Cpus_allowed_list', '/proc/self/status'));
      assert.match(output, /:\s+1$/m);
    });

    it('pin a running program to CPUs asked for later, and set it free', { skip: oneCpu() }, async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on });
      const child = await spawn('/bin/sh', '-c', 'sleep 60 & exec sleep 60');
      const list = (pid: number) => /Cpus_allowed_list:\s+(\S+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
      await eventually(() => assert.ok(driver.processes(paths).length === 2, 'both run'));
      const free = list(child.pid!);
      await driver.update(paths, { cpusetCpus: '1' });
      assert.deepEqual(driver.processes(paths).map(list), ['1', '1']);
      await driver.update(paths, { cpusetCpus: '' });
      assert.deepEqual(driver.processes(paths).map(list), [free, free]);
    });

    it('go down and up live in memory as long as what is in use fits', async (t) => {
      const cgroup = newCgroup(t, { on, limits: { memory: 128 * MiB } });
      const { driver, paths } = cgroup;
      const child = await hold(cgroup, 20);
      await held(child);
      await driver.update(paths, { memory: 64 * MiB });
      assert.equal(driver.readLimits(paths).memory, 64 * MiB);
      await driver.update(paths, { memory: 256 * MiB, memorySwap: 256 * MiB });
      assert.equal(driver.readLimits(paths).memory, 256 * MiB);
      assert.equal(child.exitCode, null);
    });

    it('below what is in use are refused, kill nothing, and leave the earlier ones in force', async (t) => {
      const limits = { memory: 128 * MiB, memorySwap: 128 * MiB, pidsLimit: 50 };
      const cgroup = newCgroup(t, { on, limits });
      const { driver, paths } = cgroup;
      const child = await hold(cgroup, 60);
      await held(child);
      const before = driver.readLimits(paths);
      const change = mergeLimits(limits, { memory: 16 * MiB, memorySwap: 16 * MiB, cpuShares: 2, pidsLimit: 9 });
      await assert.rejects(driver.update(paths, change), refusedWith('INVALID_VALUE', /memory 16777216 is less than/));
      assert.deepEqual(driver.readLimits(paths), before);
      assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
      assert.equal(driver.oomKills(paths), 0);
    });

    it('that fail half-way leave the earlier ones in force', async (t) => {
      const { driver, paths } = newCgroup(t, { on, limits: { pidsLimit: 50 } });
      const before = driver.readLimits(paths);
      const tooManyPids = { nanoCpus: 0.5e9, pidsLimit: Number.MAX_SAFE_INTEGER };
      await assert.rejects(
        driver.update(paths, tooManyPids),
        refusedWith('INVALID_VALUE', /9007199254740991.*pids.max/),
      );
      assert.deepEqual(driver.readLimits(paths), before);
    });

    it('that cannot be leave no cgroup behind', (t) => {
      const driver = openCgroupDriver(on);
      const paths = newPaths(t, driver);
      assert.throws(() => driver.create(paths, { cpusetCpus: '999' }), refusedWith('INVALID_VALUE', /cpuset-cpus 999/));
      assert.throws(
        () => driver.create(paths, { pidsLimit: Number.MAX_SAFE_INTEGER }),
        refusedWith('INVALID_VALUE', /pids.max/),
      );
      assert.deepEqual(existing(paths), []);
    });

    it('for a device name what is wrong with it', (t) => {
      const driver = openCgroupDriver(on);
      const paths = newPaths(t, driver);
      const limit = (path: string) => () => driver.create(paths, { deviceReadBps: [{ path, rate: MiB }] });
      assert.throws(limit('/dev/nosuch'), refusedWith('NO_SUCH_PATH', /\/dev\/nosuch/));
      assert.throws(limit('/dev/null'), refusedWith('INVALID_VALUE', /\/dev\/null is no block device/));
      assert.deepEqual(existing(paths), []);
    });
  });
}

describe('limits of a disk', () => {
  it('slow down direct writes to the rate asked for, are read back, and can be taken away', async (t) => {
    if (!hasController('blkio', 'io')) {
      t.skip('there is no controller blkio or io');
      return;
    }
    const path = newLoopDevice(t);
    if (path === undefined) {
      t.skip('no loop device is to be had');
      return;
    }
    const rate = 4 * MiB;
    const { driver, paths, spawn } = newCgroup(t, { limits: { deviceWriteBps: [{ path, rate }] } });
    assert.deepEqual(driver.readLimits(paths).deviceWriteBps, [{ path, rate }]);
    const timed = async () => {
      const start = performance.now();
      const write = ['/bin/dd', 'if=/dev/zero', `of=${path}`, 'bs=1M', 'count=8', 'oflag=direct'] as const;
      const { code, output } = await ended(await spawn(...write));
      assert.equal(code, 0, output);
      return performance.now() - start;
    };
    const limitedMs = await timed();
    assert.ok(limitedMs > 1500, `8 MiB at 4 MiB/s took ${limitedMs} ms`);
    await driver.update(paths, { deviceWriteBps: [] });
    assert.deepEqual(driver.readLimits(paths).deviceWriteBps, []);
    const freeMs = await timed();
    assert.ok(freeMs < limitedMs * 0.75, `without a limit it took ${freeMs} ms`);
  });
});

describe('a partition', () => {
  it('is refused by the name of its disk, which is what the kernel limits', (t) => {
    const disk = newLoopDevice(t, { partitioned: true });
    if (disk === undefined) {
      t.skip('no loop device is to be had');
      return;
    }
    const number = `/sys/block/${basename(disk)}/${basename(disk)}p1/dev`;
    if (!existsSync(number)) {
      t.skip('the kernel knows no partition tables');
      return;
    }
    const [major, minor] = readFileSync(number, 'utf8').trim().split(':');
    const directory = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'partition');
    assert.equal(spawnSync('mknod', [path, 'b', major!, minor!]).status, 0);
    assert.throws(
      () => deviceNumber(path),
      (error) => isTscontainError(error, 'INVALID_VALUE') && error.hint === `Name its disk, ${disk}.`,
    );
  });
});

describe('on a cgroup v2 host', () => {
  const skip = host.kind !== 'v2' && 'the controllers of this host are in v1';

  it('a reservation is held by the directories above, or it would hold nothing', { skip }, async (t) => {
    const driver = openCgroupDriver();
    const project = newProject();
    const one = newPaths(t, driver, project, 'one');
    const other = newPaths(t, driver, project, 'other');
    driver.create(one, { memoryReservation: 16 * MiB });
    driver.create(other, { memoryReservation: 32 * MiB });
    const reserved = () => Number(readFileSync(join(dirname(one.unified!), 'memory.low'), 'utf8'));
    assert.equal(reserved(), 48 * MiB);
    await driver.update(one, { memoryReservation: -1 });
    assert.equal(reserved(), 32 * MiB);
    await driver.remove(other);
    assert.equal(reserved(), 0);
  });

  it('processes beside the tree of containers keep controllers from it, and the error says so', { skip }, async (t) => {
    const enclosing = newCgroup(t);
    await enclosing.spawn('/bin/sleep', '60');
    const path = enclosing.paths.unified!;
    const driver = openCgroupDriver({ ...host, unified: { path, controllers: host.unified!.controllers } });
    const paths = driver.paths('default', 'one');
    assert.throws(
      () => driver.create(paths, { memory: 64 * MiB }),
      refusedWith('CONTROLLER_MISSING', /^memory needs the cgroup controller memory: processes sit in .* move them/),
    );
    assert.deepEqual(existing(paths), []);
    driver.create(paths, {});
    assert.deepEqual(driver.readLimits(paths).memory, undefined);
  });
});

describe('on a host without controllers', () => {
  const skip = host.kind !== 'hybrid' && 'the cgroup2 tree of this host has controllers';

  it('a limit is refused by the name of its flag, and a container without limits is not', { skip }, (t) => {
    const bare = { kind: 'v2', v1: {}, unified: host.unified!, disabled: ['memory'] } as const;
    const { driver, paths } = newCgroup(t, { on: bare });
    assert.deepEqual(driver.readLimits(paths), {});
    const refused = newPaths(t, driver);
    assert.throws(
      () => driver.create(refused, { memory: 64 * MiB }),
      refusedWith('CONTROLLER_MISSING', /^memory needs the cgroup controller memory: it was switched off/),
    );
    assert.throws(
      () => driver.create(refused, { pidsLimit: 5 }),
      refusedWith(
        'CONTROLLER_MISSING',
        /^pids-limit needs the cgroup controller pids: it is not in .*cgroup.controllers/,
      ),
    );
    assert.deepEqual(existing(refused), []);
  });
});

function oneCpu(): string | false {
  return availableParallelism() < 2 && 'the machine has one CPU';
}

function hasController(v1: string, v2: string): boolean {
  return host.v1[v1] !== undefined || host.unified?.controllers.includes(v2) === true;
}

/** A disk of 16 MiB that is a file; gone after the test. */
function newLoopDevice(t: TestContext, { partitioned = false } = {}): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'disk');
  writeFileSync(file, partitioned ? partitionTable() : '');
  truncateSync(file, 16 * MiB);
  const { status, stdout } = spawnSync('losetup', ['--partscan', '--find', '--show', file], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const device = stdout.trim();
  t.after(() => spawnSync('losetup', ['--detach', device]));
  return device;
}

/** A master boot record with one Linux partition from sector 2048 on, 2048 sectors long. */
function partitionTable(): Buffer {
  const sector = Buffer.alloc(512);
  const entry = 446;
  sector.writeUInt8(0x83, entry + 4);
  sector.writeUInt32LE(2048, entry + 8);
  sector.writeUInt32LE(2048, entry + 12);
  sector.writeUInt16BE(0x55aa, 510);
  return sector;
}
