// Which files are read for a target and what becomes of them, over directories captured from real cgroups.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { nothingMeasured, type Counters } from '../../../src/metrics/counters.js';
import { DescriptorBudget, TextBuffer } from '../../../src/metrics/kept-file.js';
import type { CgroupPaths } from '../../../src/metrics/model.js';
import type { Reader } from '../../../src/metrics/reader.js';
import { TargetFiles } from '../../../src/metrics/target-files.js';
import { FIXTURES } from '../../support/kernel-text.js';

const v1 = join(FIXTURES, 'v1');
const controllers = { cpu: v1, cpuacct: v1, memory: v1, blkio: v1, pids: v1 };
const reader = (descriptors = 100): Reader => ({
  procRoot: join(FIXTURES, 'proc'),
  buffer: new TextBuffer(),
  budget: new DescriptorBudget(descriptors),
  isDisk: () => true,
});

function readOnce(cgroup: CgroupPaths, netPid?: number, from = reader()): Counters | undefined {
  const files = new TargetFiles(cgroup, netPid, from);
  try {
    return files.read(0);
  } finally {
    files.close();
  }
}

/** Of the process that stands for its network. */
const NETWORK = {
  rxBytes: 8516,
  txBytes: 8516,
  rxPackets: 10,
  txPackets: 10,
  rxDrops: 0,
  txDrops: 0,
  rxErrors: 0,
  txErrors: 0,
};

const V1: Counters = {
  ...nothingMeasured(),
  cpuUs: 866421.274,
  userUs: 780_000,
  systemUs: 80_000,
  periods: 43,
  throttledPeriods: 43,
  throttledUs: 4585450.412,
  quotaUs: 20_000,
  periodUs: 100_000,
  memoryUsed: 327680,
  memoryAnon: 106496,
  memoryFile: 8192,
  memoryKernel: 61440,
  memorySwap: 0,
  memoryLimit: 67108864,
  memoryDirty: 8192,
  refaults: 19,
  majorFaults: 1,
  limitHits: 7,
  readBytes: 8462336,
  writeBytes: 8388608,
  readOps: 12,
  writeOps: 8,
  pids: 1,
  pidsLimit: 100,
  oomKills: 1,
};

describe('the files of a target', () => {
  it('on a v1 host are those of its controllers; pressure is not measured', () => {
    assert.deepEqual(readOnce({ controllers }), V1);
  });

  it('on a hybrid host are those, with CPU time and pressure from the cgroup2 mount', () => {
    assert.deepEqual(readOnce({ controllers, unified: join(FIXTURES, 'hybrid') }), {
      ...V1,
      cpuUs: 874243,
      userUs: 791341,
      systemUs: 82902,
      cpuSomeUs: 2519251,
      cpuFullUs: 2497687,
      memorySomeUs: 1199,
      memoryFullUs: 1199,
      ioSomeUs: 5011,
      ioFullUs: 4535,
    });
  });

  it('on a v2 host are in one directory', () => {
    assert.deepEqual(readOnce({ controllers: {}, unified: join(FIXTURES, 'v2') }), {
      ...nothingMeasured(),
      cpuUs: 10191562,
      userUs: 6306118,
      systemUs: 3885444,
      periods: 511,
      throttledPeriods: 509,
      throttledUs: 84792303,
      quotaUs: 20_000,
      periodUs: 100_000,
      memoryUsed: 950272,
      memoryAnon: 110592,
      memoryFile: 241664,
      memoryKernel: 122880,
      memorySwap: 0,
      memoryLimit: 67108864,
      memoryDirty: 0,
      refaults: 1222,
      majorFaults: 68,
      limitHits: 544,
      readBytes: 8394752,
      writeBytes: 16777216,
      readOps: 24,
      writeOps: 32,
      pids: 1,
      pidsLimit: 100,
      cpuSomeUs: 44154065,
      cpuFullUs: 43151036,
      memorySomeUs: 979195,
      memoryFullUs: 888407,
      ioSomeUs: 388,
      ioFullUs: 388,
      oomKills: 1,
    });
  });

  it('count only the controllers that are there', () => {
    const { pids, pidsLimit } = V1;
    assert.deepEqual(readOnce({ controllers: { pids: v1 } }), { ...nothingMeasured(), pids, pidsLimit });
  });

  it('count only the disks among the devices', () => {
    const noDisks = { ...reader(), isDisk: () => false };
    const io = { readBytes: 0, writeBytes: 0, readOps: 0, writeOps: 0 };
    assert.deepEqual(readOnce({ controllers }, undefined, noDisks), { ...V1, ...io });
    assert.equal(readOnce({ controllers: {}, unified: join(FIXTURES, 'v2') }, undefined, noDisks)?.writeBytes, 0);
  });

  it('include the network of the process that stands for it', () => {
    assert.deepEqual(readOnce({ controllers }, 4242), { ...V1, ...NETWORK });
    assert.deepEqual(readOnce({ controllers }, 4243), V1, 'a process that is not there has no network to count');
  });

  it('say the same when no descriptor may be kept', () => {
    assert.deepEqual(readOnce({ controllers }, 4242, reader(0)), readOnce({ controllers }, 4242));
  });
});

describe('a cgroup', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'tscontain-metrics-'));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('that is not there is not measured, and is when it comes', () => {
    const unified = join(scratch, 'late');
    const files = new TargetFiles({ controllers: {}, unified }, undefined, reader());
    assert.equal(files.read(0), undefined);
    cpSync(join(FIXTURES, 'v2'), unified, { recursive: true });
    assert.equal(files.read(1000)?.pids, 1);
    files.close();
  });

  it('that goes is closed whole, and its successor is opened', () => {
    const unified = join(scratch, 'gone');
    cpSync(join(FIXTURES, 'v2'), unified, { recursive: true });
    const files = new TargetFiles({ controllers: {}, unified }, undefined, reader(0));
    assert.equal(files.read(0)?.pids, 1);
    cpSync(unified, join(scratch, 'successor'), { recursive: true });
    rmSync(unified, { recursive: true });
    assert.equal(files.read(1000), undefined);
    assert.equal(files.inode, undefined);
    cpSync(join(scratch, 'successor'), unified, { recursive: true });
    assert.equal(files.read(2000)?.pids, 1);
    files.close();
  });

  it('of which a file is out of reach for once is still there', () => {
    const unified = join(scratch, 'reach');
    cpSync(join(FIXTURES, 'v2'), unified, { recursive: true });
    const files = new TargetFiles({ controllers: {}, unified }, undefined, reader(0));
    assert.equal(files.read(0)?.pids, 1);
    rmSync(join(unified, 'pids.current'));
    symlinkSync('pids.current', join(unified, 'pids.current'));
    assert.deepEqual([files.read(1000)?.pids, files.read(1000)?.memoryUsed], [NaN, 950272]);
    rmSync(join(unified, 'pids.current'));
    cpSync(join(FIXTURES, 'v2/pids.current'), join(unified, 'pids.current'));
    assert.equal(files.read(2000)?.pids, 1);
    files.close();
  });

  it('whose controller comes later is looked at again when told to', () => {
    const unified = join(scratch, 'partial');
    cpSync(join(FIXTURES, 'v2'), unified, { recursive: true });
    rmSync(join(unified, 'memory.current'));
    const files = new TargetFiles({ controllers: {}, unified }, undefined, reader());
    assert.equal(files.read(0)?.memoryUsed, NaN);
    cpSync(join(FIXTURES, 'v2/memory.current'), join(unified, 'memory.current'));
    assert.equal(files.read(1000)?.memoryUsed, NaN);
    files.lookAgain();
    assert.equal(files.read(2000)?.memoryUsed, 950272);
    files.close();
  });
});
