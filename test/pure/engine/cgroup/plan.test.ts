// Limits as writes, for both versions: golden lists, order, refusals, and that what is read back is what was asked.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mergeLimits, type Limits } from '../../../../src/engine/cgroup/limits.js';
import type { CgroupView, Write } from '../../../../src/engine/cgroup/plan.js';
import { planV1, readLimitsV1 } from '../../../../src/engine/cgroup/plan-v1.js';
import { planV2, readLimitsV2 } from '../../../../src/engine/cgroup/plan-v2.js';
import { sharesToWeight } from '../../../../src/engine/cgroup/weights.js';
import { v1Files, v2Files } from '../../../support/cgroup-files.js';

const MiB = 1024 * 1024;

const EVERYTHING: Limits = {
  memory: 256 * MiB,
  memoryReservation: 64 * MiB,
  memorySwap: 384 * MiB,
  nanoCpus: 1.5e9,
  cpuShares: 512,
  cpusetCpus: '0-2',
  cpusetMems: '0',
  pidsLimit: 100,
  blkioWeight: 500,
  deviceReadBps: [{ path: '/dev/sda', rate: MiB }],
  deviceWriteBps: [
    { path: '/dev/sda', rate: 2 * MiB },
    { path: '/dev/nvme0n1', rate: 3 * MiB },
  ],
  deviceReadIOps: [{ path: '/dev/sdb', rate: 50 }],
  deviceWriteIOps: [],
};

/** "file=value" a write: as a person would say them in a shell. */
const lines = (writes: readonly Write[]) => writes.map(({ file, value }) => `${file}=${value}`);

const refusal = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error);
  assert.equal((error as Error & { code?: string }).code, code);
  assert.match(error.message, words);
  return true;
};

describe('limits on cgroup v1', () => {
  it('become these writes', () => {
    assert.deepEqual(lines(planV1(EVERYTHING, v1Files())), [
      'memory.limit_in_bytes=268435456',
      'memory.memsw.limit_in_bytes=402653184',
      'memory.soft_limit_in_bytes=67108864',
      'cpu.shares=512',
      'cpu.cfs_period_us=100000',
      'cpu.cfs_quota_us=150000',
      'cpuset.cpus=0-2',
      'cpuset.mems=0',
      'pids.max=100',
      'blkio.bfq.weight=500',
      'blkio.throttle.read_bps_device=8:0 1048576',
      'blkio.throttle.write_bps_device=8:0 2097152',
      'blkio.throttle.write_bps_device=259:0 3145728',
      'blkio.throttle.read_iops_device=8:16 50',
    ]);
  });

  it('name the controller of each write', () => {
    const controllers = new Set(planV1(EVERYTHING, v1Files()).map(({ controller }) => controller));
    assert.deepEqual([...controllers], ['memory', 'cpu', 'cpuset', 'pids', 'blkio']);
  });

  it('write nothing when nothing is asked', () => {
    assert.deepEqual(planV1({}, v1Files()), []);
  });

  it('lower memory before the total, raise the total before memory', () => {
    const files = v1Files().write(planV1({ memory: 100 * MiB, memorySwap: 150 * MiB }, v1Files()));
    assert.deepEqual(lines(planV1({ memory: 50 * MiB, memorySwap: 80 * MiB }, files)), [
      'memory.limit_in_bytes=52428800',
      'memory.memsw.limit_in_bytes=83886080',
    ]);
    assert.deepEqual(lines(planV1({ memory: 200 * MiB, memorySwap: 200 * MiB }, files)), [
      'memory.memsw.limit_in_bytes=209715200',
      'memory.limit_in_bytes=209715200',
    ]);
    assert.deepEqual(lines(planV1({ memory: -1 }, files)), [
      'memory.memsw.limit_in_bytes=-1',
      'memory.limit_in_bytes=-1',
    ]);
  });

  it('go from any memory and total to any other without a moment that the kernel refuses', () => {
    const limit = fc.oneof(
      fc.constant(-1),
      fc.integer({ min: 1, max: 64 }).map((n) => n * MiB),
    );
    const pair = fc
      .tuple(limit, limit)
      .filter(([memory, total]) => total === -1 || (memory !== -1 && total >= memory))
      .map(([memory, memorySwap]) => ({ memory, memorySwap }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 6 }), (changes) => {
        const files = v1Files();
        for (const change of changes) {
          files.write(planV1(change, files));
          const { memory, memorySwap } = readLimitsV1(files);
          assert.deepEqual({ memory, memorySwap }, change);
        }
      }),
    );
  });

  it('do without swap accounting unless a total is asked for', () => {
    const files = v1Files({ without: ['memory.memsw.limit_in_bytes'] });
    assert.deepEqual(lines(planV1({ memory: 8 * MiB }, files)), ['memory.limit_in_bytes=8388608']);
    assert.deepEqual(lines(planV1({ memory: 8 * MiB, memorySwap: -1 }, files)), ['memory.limit_in_bytes=8388608']);
    assert.throws(
      () => planV1({ memory: 8 * MiB, memorySwap: 8 * MiB }, files),
      refusal('NOT_SUPPORTED', /memory-swap .*does not account swap/),
    );
  });

  it('set the weight by the file of older kernels, and refuse one where there is no file', () => {
    const none = ['blkio.bfq.weight'];
    assert.throws(
      () => planV1({ blkioWeight: 10 }, v1Files({ without: none })),
      refusal('NOT_SUPPORTED', /blkio-weight/),
    );
    assert.deepEqual(planV1({ blkioWeight: 0 }, v1Files({ without: none })), []);
    const old = v1Files({ without: none }).write([{ controller: 'blkio', file: 'blkio.weight', value: '500' }]);
    assert.deepEqual(lines(planV1({ blkioWeight: 300 }, old)), ['blkio.weight=300']);
  });

  it('know what only v1 has', () => {
    assert.deepEqual(lines(planV1({ memorySwappiness: 0, oomKillDisable: true }, v1Files())), [
      'memory.swappiness=0',
      'memory.oom_control=1',
    ]);
    assert.deepEqual(lines(planV1({ memorySwappiness: -1, oomKillDisable: false }, v1Files())), [
      'memory.swappiness=60',
      'memory.oom_control=0',
    ]);
  });

  it('leave a container out of the cpuset tree when it is to have no cpuset', () => {
    const outside = v1Files({ without: ['cpuset.cpus', 'cpuset.mems'] });
    assert.deepEqual(planV1({ cpusetCpus: '', cpusetMems: '' }, outside), []);
    const inside = v1Files().write(planV1({ cpusetCpus: '1' }, v1Files()));
    assert.deepEqual(lines(planV1({ cpusetCpus: '' }, inside)), ['cpuset.cpus=0-3']);
  });
});

describe('memory.high', () => {
  it('is written on v2 after the limit, and read back', () => {
    const files = v2Files();
    assert.deepEqual(lines(planV2({ memory: 64 * MiB, memoryHigh: 48 * MiB, memoryReservation: MiB }, files)), [
      'memory.swap.max=67108864',
      'memory.max=67108864',
      'memory.high=50331648',
      'memory.low=1048576',
    ]);
    files.write(planV2({ memoryHigh: 48 * MiB }, files));
    assert.equal(readLimitsV2(files).memoryHigh, 48 * MiB);
    files.write(planV2({ memoryHigh: -1 }, files));
    assert.equal(readLimitsV2(files).memoryHigh, -1);
  });

  it('is refused on v1 with a sentence that says which controller is missing, unless it is to be none', () => {
    assert.throws(
      () => planV1({ memoryHigh: MiB }, v1Files()),
      refusal('CONTROLLER_MISSING', /^memory-high needs the cgroup controller memory in cgroup v2/),
    );
    assert.deepEqual(planV1({ memoryHigh: -1 }, v1Files()), []);
    assert.throws(() => planV2({ memoryHigh: -3 }, v2Files()), refusal('INVALID_VALUE', /^memory-high -3/));
  });
});

describe('limits on cgroup v2', () => {
  it('become these writes', () => {
    assert.deepEqual(lines(planV2(EVERYTHING, v2Files())), [
      'memory.swap.max=134217728',
      'memory.max=268435456',
      'memory.low=67108864',
      'cpu.weight=59',
      'cpu.max=150000 100000',
      'cpuset.cpus=0-2',
      'cpuset.mems=0',
      'pids.max=100',
      'io.weight=default 4950',
      'io.bfq.weight=default 500',
      'io.max=8:0 rbps=1048576',
      'io.max=8:0 wbps=2097152',
      'io.max=259:0 wbps=3145728',
      'io.max=8:16 riops=50',
    ]);
  });

  it('name the controller of each write', () => {
    const controllers = new Set(planV2(EVERYTHING, v2Files()).map(({ controller }) => controller));
    assert.deepEqual([...controllers], ['memory', 'cpu', 'cpuset', 'pids', 'io']);
  });

  it('follow Docker in what memory-swap means', () => {
    const swap = (limits: Limits) => lines(planV2(limits, v2Files()))[0];
    assert.equal(swap({ memory: 8 * MiB }), 'memory.swap.max=8388608', 'absent: as much swap as memory');
    assert.equal(swap({ memory: 8 * MiB, memorySwap: 0 }), 'memory.swap.max=8388608', '0 is absent');
    assert.equal(swap({ memory: 8 * MiB, memorySwap: 8 * MiB }), 'memory.swap.max=0', 'equal: no swap');
    assert.equal(swap({ memory: 8 * MiB, memorySwap: -1 }), 'memory.swap.max=max');
    assert.equal(swap({ memory: -1 }), 'memory.swap.max=max');
  });

  it('take the memory in force for a change of memory-swap alone', () => {
    const files = v2Files().write(planV2({ memory: 8 * MiB }, v2Files()));
    assert.deepEqual(lines(planV2({ memorySwap: 12 * MiB }, files)), ['memory.swap.max=4194304', 'memory.max=8388608']);
    assert.throws(
      () => planV2({ memorySwap: 4 * MiB }, files),
      refusal('INVALID_VALUE', /memory-swap 4194304.*8388608/),
    );
  });

  it('keep the part of cpu.max that is not changed', () => {
    const files = v2Files().write(planV2({ cpuQuota: 20_000, cpuPeriod: 50_000 }, v2Files()));
    assert.deepEqual(lines(planV2({ cpuQuota: 30_000 }, files)), ['cpu.max=30000 50000']);
    assert.deepEqual(lines(planV2({ cpuPeriod: 60_000 }, files)), ['cpu.max=20000 60000']);
    assert.deepEqual(lines(planV2({ cpuQuota: -1 }, files)), ['cpu.max=max 50000']);
    assert.deepEqual(lines(planV2({ nanoCpus: 0 }, files)), ['cpu.max=max 100000']);
  });

  it('refuse what v2 has not, and take its absence as given', () => {
    assert.throws(() => planV2({ memorySwappiness: 10 }, v2Files()), refusal('NOT_SUPPORTED', /memory-swappiness/));
    assert.throws(() => planV2({ oomKillDisable: true }, v2Files()), refusal('NOT_SUPPORTED', /oom-kill-disable/));
    assert.deepEqual(planV2({ memorySwappiness: -1, oomKillDisable: false }, v2Files()), []);
  });

  it('do without swap accounting unless a total is asked for', () => {
    const files = v2Files({ without: ['memory.swap.max'] });
    assert.deepEqual(lines(planV2({ memory: 8 * MiB }, files)), ['memory.max=8388608']);
    assert.throws(
      () => planV2({ memory: 8 * MiB, memorySwap: 9 * MiB }, files),
      refusal('NOT_SUPPORTED', /memory-swap/),
    );
  });

  it('set whichever weight the kernel has', () => {
    const weights = (without: string[]) => lines(planV2({ blkioWeight: 10 }, v2Files({ without })));
    assert.deepEqual(weights([]), ['io.weight=default 1', 'io.bfq.weight=default 10']);
    assert.deepEqual(weights(['io.bfq.weight']), ['io.weight=default 1']);
    assert.throws(() => weights(['io.bfq.weight', 'io.weight']), refusal('NOT_SUPPORTED', /blkio-weight/));
  });
});

type Version = [string, (limits: Limits, view: CgroupView) => Write[], typeof v1Files, (view: CgroupView) => Limits];
const VERSIONS: Version[] = [
  ['v1', planV1, v1Files, readLimitsV1],
  ['v2', planV2, v2Files, readLimitsV2],
];

for (const [version, plan, newFiles, readLimits] of VERSIONS) {
  describe(`limits on cgroup ${version}, as on the other`, () => {
    it('read back as they were asked', () => {
      fc.assert(
        fc.property(anyLimits, (limits) => {
          const files = newFiles();
          files.write(plan(limits, files));
          const found = readLimits(files);
          for (const [field, value] of Object.entries(expected(limits)))
            assert.deepEqual(readable(found)[field], value, field);
        }),
      );
    });

    it('clear everything again, back to the files of a new cgroup', () => {
      const cleared: Limits = {
        memory: -1,
        memorySwap: -1,
        memoryReservation: -1,
        nanoCpus: 0,
        cpuShares: 0,
        cpusetCpus: '',
        cpusetMems: '',
        pidsLimit: -1,
        blkioWeight: 0,
        deviceReadBps: [],
        deviceWriteBps: [],
        deviceReadIOps: [],
        deviceWriteIOps: [],
      };
      fc.assert(
        fc.property(anyLimits, (limits) => {
          const files = newFiles();
          files.write(plan(limits, files));
          files.write(plan(cleared, files));
          assert.deepEqual(readLimits(files), readLimits(newFiles()));
        }),
      );
    });

    it('take a device out of a list by leaving it out, and leave other lists alone', () => {
      const files = newFiles();
      const [sda, sdb] = ['/dev/sda', '/dev/sdb'].map((path) => ({ path, rate: 1000 }));
      files.write(plan({ deviceReadBps: [sda!, sdb!], deviceWriteBps: [sda!] }, files));
      files.write(plan({ deviceReadBps: [{ ...sdb!, rate: 2000 }] }, files));
      const { deviceReadBps, deviceWriteBps } = readLimits(files);
      assert.deepEqual(deviceReadBps, [{ path: '/dev/sdb', rate: 2000 }]);
      assert.deepEqual(deviceWriteBps, [sda]);
    });

    it('name the flag, the controller and the reason when a controller is missing', () => {
      const wishes: [Limits, string, string][] = [
        [{ memory: MiB }, 'memory', 'memory'],
        [{ nanoCpus: 1e9 }, 'cpus', 'cpu'],
        [{ cpuShares: 2 }, 'cpu-shares', 'cpu'],
        [{ cpusetCpus: '0' }, 'cpuset-cpus', 'cpuset'],
        [{ pidsLimit: 5 }, 'pids-limit', 'pids'],
        [{ deviceReadIOps: [{ path: '/dev/sda', rate: 1 }] }, 'device-read-iops', version === 'v1' ? 'blkio' : 'io'],
      ];
      for (const [limits, flag, controller] of wishes)
        assert.throws(
          () => plan(limits, newFiles({ controllers: [] })),
          refusal('CONTROLLER_MISSING', new RegExp(`^${flag} needs .* ${controller}: this host is made without it`)),
        );
    });

    it('need no controller for having no limit', () => {
      const none: Limits = {
        memory: -1,
        nanoCpus: 0,
        cpusetCpus: '',
        pidsLimit: -1,
        blkioWeight: 0,
        deviceReadBps: [],
      };
      assert.deepEqual(plan(none, newFiles({ controllers: [] })), []);
    });

    it('refuse values that cannot be, with the value and what would be right', () => {
      const wrong: [Limits, RegExp][] = [
        [{ memory: -5 }, /^memory -5 cannot be/],
        [{ memory: 1.5 }, /^memory 1.5 cannot be/],
        [{ memory: NaN }, /^memory NaN cannot be/],
        [{ memoryReservation: -2 }, /^memory-reservation -2/],
        [{ memory: 8 * MiB, memorySwap: 7 * MiB }, /^memory-swap 7340032 .*at least the memory, 8388608/],
        [{ memorySwap: 7 * MiB }, /^memory-swap 7340032 .*give a memory limit/],
        [{ nanoCpus: 1e6 }, /^cpus 0.001 cannot be: the least is 0.01/],
        [{ nanoCpus: -1e9 }, /^cpus -1 cannot be/],
        [{ nanoCpus: 1e9, cpuQuota: 5000 }, /^cpus 1 .*excludes cpu-quota/],
        [{ cpuQuota: 999 }, /^cpu-quota 999 .*1000 µs/],
        [{ cpuPeriod: 2_000_000 }, /^cpu-period 2000000 .*1000000 µs/],
        [{ cpuShares: 1 }, /^cpu-shares 1 .*2 to 262144/],
        [{ cpusetCpus: '7' }, /^cpuset-cpus 7 .*this host has 0-3/],
        [{ cpusetCpus: '2-1' }, /^cpuset-cpus 2-1/],
        [{ cpusetCpus: '0,,1' }, /^cpuset-cpus 0,,1/],
        [{ cpusetMems: 'all' }, /^cpuset-mems all/],
        [{ pidsLimit: -2 }, /^pids-limit -2/],
        [{ blkioWeight: 9 }, /^blkio-weight 9 .*10 to 1000/],
        [{ deviceWriteBps: [{ path: '/dev/sda', rate: 0 }] }, /^device-write-bps \/dev\/sda:0/],
        [{ deviceReadIOps: [{ path: '/dev/sda', rate: 2 ** 32 }] }, /^device-read-iops .*4294967295/],
      ];
      for (const [limits, words] of wrong)
        assert.throws(() => plan(limits, newFiles()), refusal('INVALID_VALUE', words), JSON.stringify(limits));
    });
  });
}

describe('a change laid over earlier limits', () => {
  it('replaces what excludes it', () => {
    assert.deepEqual(mergeLimits({ cpuQuota: 5000, cpuPeriod: 10_000 }, { nanoCpus: 1e9 }), { nanoCpus: 1e9 });
    assert.deepEqual(mergeLimits({ nanoCpus: 1e9 }, { cpuQuota: 5000 }), { cpuQuota: 5000 });
    assert.deepEqual(mergeLimits({ memory: 5, memorySwap: 6 }, { memory: -1 }), { memory: -1 });
  });

  it('keeps the rest', () => {
    assert.deepEqual(mergeLimits({ memory: 5, memorySwap: 9 }, { memory: 7 }), { memory: 7, memorySwap: 9 });
    assert.deepEqual(mergeLimits({ pidsLimit: 5 }, {}), { pidsLimit: 5 });
  });

  it('can always be planned', () => {
    fc.assert(
      fc.property(anyLimits, anyLimits, (earlier, change) => {
        const merged = mergeLimits(earlier, change);
        // Docker also refuses a memory that has outgrown the total of memory and swap that was set before.
        fc.pre(!(merged.memorySwap && merged.memorySwap > 0 && merged.memorySwap < (merged.memory ?? 0)));
        fc.pre(!(merged.memorySwap && merged.memorySwap > 0 && (merged.memory ?? 0) <= 0));
        planV1(merged, v1Files());
        planV2(merged, v2Files());
      }),
    );
  });
});

const cpus = fc.constantFrom('0', '1-3', '0,2', '0-1,3');
const rates = fc.uniqueArray(
  fc.record({ path: fc.constantFrom('/dev/sda', '/dev/sdb', '/dev/nvme0n1'), rate: fc.integer({ min: 1, max: 1e9 }) }),
  { selector: ({ path }) => path, maxLength: 3 },
);

/** Limits that every host with all controllers takes. */
const anyLimits: fc.Arbitrary<Limits> = fc
  .record(
    {
      memory: fc.oneof(
        fc.constant(-1),
        fc.integer({ min: 1, max: 2 ** 30 }).map((pages) => pages * 4096),
      ),
      memoryReservation: fc.integer({ min: 1, max: 2 ** 30 }),
      memorySwap: fc.integer({ min: 2 ** 43, max: 2 ** 44 }),
      nanoCpus: fc.integer({ min: 1, max: 6400 }).map((hundredths) => hundredths * 1e7),
      cpuQuota: fc.integer({ min: 1000, max: 1e6 }),
      cpuPeriod: fc.integer({ min: 1000, max: 1e6 }),
      cpuShares: fc.integer({ min: 2, max: 262_144 }),
      cpusetCpus: cpus,
      pidsLimit: fc.integer({ min: 1, max: 2 ** 22 }),
      blkioWeight: fc.integer({ min: 10, max: 1000 }),
      deviceReadBps: rates,
      deviceWriteBps: rates,
      deviceReadIOps: rates,
      deviceWriteIOps: rates,
    },
    { requiredKeys: [] },
  )
  .map(({ nanoCpus, cpuQuota, cpuPeriod, memory, memorySwap, ...rest }) => ({
    ...rest,
    ...(nanoCpus === undefined
      ? { ...(cpuQuota === undefined ? {} : { cpuQuota }), ...(cpuPeriod === undefined ? {} : { cpuPeriod }) }
      : { nanoCpus }),
    ...(memory === undefined ? {} : { memory }),
    ...(memory === undefined || memory === -1 || memorySwap === undefined ? {} : { memorySwap }),
  }));

type Comparable = Record<string, unknown>;

/** What is to be read back: nanoCpus as a quota, shares by the weight they come to, lists in no order. */
function expected({ nanoCpus, ...limits }: Limits): Comparable {
  const bandwidth = nanoCpus === undefined ? {} : { cpuQuota: Math.round(nanoCpus / 1e4), cpuPeriod: 100_000 };
  return readable({ ...limits, ...bandwidth });
}

function readable(limits: Limits): Comparable {
  const entries = Object.entries(limits).map(([field, value]): [string, unknown] => [
    field,
    Array.isArray(value) ? value.map((rate) => JSON.stringify(rate)).sort() : value,
  ]);
  const weight = limits.cpuShares === undefined ? {} : { cpuShares: sharesToWeight(limits.cpuShares) };
  return { ...Object.fromEntries(entries), ...weight };
}
