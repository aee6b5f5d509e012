// What everybody moves on each disk, looked at only while somebody seems to suffer: whose disk is another one is in nobody's
// way. The same files that the sums are read from, told apart by device; a device stacked upon another or backed by a file has
// its bytes counted once more below it, and is left out (see devices.ts).
import { eachReadAndWrite } from '../cgroup-v1.js';
import { eachIoStat } from '../cgroup-v2.js';
import { deviceKey } from '../devices.js';
import { DescriptorBudget, KeptFile, TextBuffer } from '../kept-file.js';
import type { CgroupPaths, Target } from '../model.js';
import { eachDiskstat, noTotals, type DeviceFilter, type DiskTotals } from '../proc.js';
import { isSum, STALE_LOOK_MS, type DiskRates, type OnDisk } from './observation.js';

/** By deviceKey, since the cgroup or the machine began. */
type Counted = Map<number, DiskTotals>;

interface Look {
  readonly machine: Counted;
  readonly targets: ReadonlyMap<string, Counted>;
}

/** None of its files stays open: it is looked at seldom. */
const NONE_KEPT = new DescriptorBudget(0);

export class DiskLook {
  private readonly buffer = new TextBuffer();
  private readonly names = new Map<number, string>();
  /** operations of each disk when it was first seen: what has not moved since is not in use */
  private readonly first = new Map<number, number>();
  private before: Look = { machine: new Map(), targets: new Map() };
  private lookedMs = -Infinity;

  constructor(
    private readonly procRoot: string,
    private readonly isDisk: DeviceFilter,
  ) {}

  /**
   * @param monotonicMs a clock that is never set
   * @param isStill who has moved nothing since the look before, and is not looked at again
   * @returns rates since the look before; undefined when that is none or long ago, and where only one disk is in use
   */
  look(
    targets: readonly Target[],
    monotonicMs: number,
    isStill: (id: string) => boolean = () => false,
  ): DiskRates | undefined {
    const machine = this.countedByMachine();
    // Where there is one disk nobody needs to be asked which one is his; at first it is not known yet.
    const isFirst = this.lookedMs === -Infinity;
    const isWorthIt = this.inUse(machine) > 1 || isFirst;
    const counted = new Map<string, Counted>();
    for (const { id, cgroup } of isWorthIt ? targets : []) {
      if (isSum(id)) continue;
      const all = (isStill(id) ? this.before.targets.get(id) : undefined) ?? this.countedBy(cgroup);
      if (all !== undefined) counted.set(id, all);
    }
    const now: Look = { machine, targets: counted };
    const { before } = this;
    const passedMs = monotonicMs - this.lookedMs;
    this.before = now;
    this.lookedMs = monotonicMs;
    if (!isWorthIt || !(passedMs > 0 && passedMs <= STALE_LOOK_MS)) return undefined;
    const rates = new Map<string, ReadonlyMap<string, OnDisk>>();
    for (const [id, all] of now.targets) {
      const was = before.targets.get(id);
      if (was !== undefined) rates.set(id, this.rates(was, all, passedMs / 1000));
    }
    return { machine: this.rates(before.machine, now.machine, passedMs / 1000), targets: rates };
  }

  private inUse(machine: Counted): number {
    let count = 0;
    for (const [key, { readOps, writeOps }] of machine) {
      const first = this.first.get(key);
      if (first === undefined) this.first.set(key, readOps + writeOps);
      else if (first !== readOps + writeOps) count++;
    }
    return count;
  }

  /** A device that was not there before has moved what it says since: it appears with its first operation. */
  private rates(before: Counted, now: Counted, seconds: number): ReadonlyMap<string, OnDisk> {
    const rates = new Map<string, OnDisk>();
    for (const [key, counted] of now) {
      const was = before.get(key);
      const grown = (name: keyof DiskTotals): number => Math.max(0, counted[name] - (was?.[name] ?? 0)) / seconds;
      rates.set(this.nameOf(key), {
        readBytes: grown('readBytes'),
        writeBytes: grown('writeBytes'),
        operations: grown('readOps') + grown('writeOps'),
      });
    }
    return rates;
  }

  private nameOf(key: number): string {
    return this.names.get(key) ?? `${Math.floor(key / 2 ** 20)}:${key % 2 ** 20}`;
  }

  private countedByMachine(): Counted {
    const { buffer } = this;
    const counted: Counted = new Map();
    if (!this.read(`${this.procRoot}/diskstats`)) return counted;
    eachDiskstat(buffer, this.isDisk, (major, minor, totals, from, to) => {
      const key = deviceKey(major, minor);
      counted.set(key, totals);
      if (!this.names.has(key)) this.names.set(key, String.fromCharCode(...buffer.bytes.subarray(from, to)));
    });
    return counted;
  }

  /** undefined where nothing of it is counted */
  private countedBy({ controllers, unified }: CgroupPaths): Counted | undefined {
    const blkio = controllers['blkio'];
    if (blkio !== undefined) return this.countedInV1(blkio);
    if (unified === undefined || !this.read(`${unified}/io.stat`)) return undefined;
    const counted: Counted = new Map();
    eachIoStat(this.buffer, this.isDisk, (major, minor, totals) => counted.set(deviceKey(major, minor), totals));
    return counted;
  }

  private countedInV1(folder: string): Counted | undefined {
    const counted: Counted = new Map();
    const read = (file: string, reads: keyof DiskTotals, writes: keyof DiskTotals): boolean => {
      if (!this.read(`${folder}/blkio.throttle.${file}_recursive`)) return false;
      eachReadAndWrite(this.buffer, this.isDisk, (major, minor, isWrite, value) => {
        const key = deviceKey(major, minor);
        const totals = counted.get(key) ?? noTotals();
        totals[isWrite ? writes : reads] = value;
        counted.set(key, totals);
      });
      return true;
    };
    const isThere = read('io_service_bytes', 'readBytes', 'writeBytes');
    return read('io_serviced', 'readOps', 'writeOps') && isThere ? counted : undefined;
  }

  /** @returns false where it is not there (any more) or cannot be read */
  private read(path: string): boolean {
    return new KeptFile(path, NONE_KEPT).read(this.buffer) === 'read';
  }
}
