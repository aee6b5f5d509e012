// Whose disk it is: which disks a victim uses, and how much of what everybody moves is moved on those. What is written to
// another disk takes nothing from somebody who waits for this one. Nothing here is known without a closer look; then every disk
// counts for everybody.
import { RecentMean } from './mean.js';
import type { DiskRates, OnDisk } from './observation.js';
import type { Use, Uses } from './uses.js';

/** What "now" is, as long as it is for the suspects. */
const NOW_MS = 3000;
/** A disk is somebody's for longer than he uses it: who waits for it may get nothing done there for seconds. */
const BELONGS_MS = 10_000;
/** Fewer operations a second are no use of a disk. */
const USED = 0.2;
/** Of what the victim itself moves: where more than this is not said to be on any disk, it may be on each that is written back to. */
const UNKNOWN = 0.5;

type Field = 'reads' | 'writes' | 'operations';
const byField = (value: (field: Field) => number): Record<Field, number> => ({
  reads: value('reads'),
  writes: value('writes'),
  operations: value('operations'),
});

/** What is moved on one disk lately, by one or by all. */
class Moved {
  private readonly means: Readonly<Record<Field, RecentMean>> = {
    reads: new RecentMean(NOW_MS),
    writes: new RecentMean(NOW_MS),
    operations: new RecentMean(NOW_MS),
  };
  private readonly lately = new RecentMean(BELONGS_MS);

  add({ readBytes, writeBytes, operations }: OnDisk, forMs: number): void {
    this.means.reads.add(readBytes, forMs);
    this.means.writes.add(writeBytes, forMs);
    this.means.operations.add(operations, forMs);
    this.lately.add(operations, forMs);
  }

  of(field: Field): number {
    return this.means[field].value || 0;
  }

  get isUsed(): boolean {
    return this.lately.value >= USED;
  }
}

type ByDisk = Map<string, Moved>;

const NOTHING: OnDisk = { readBytes: 0, writeBytes: 0, operations: 0 };
const NO_DISKS: ByDisk = new Map();

function add(to: ByDisk, rates: ReadonlyMap<string, OnDisk>, forMs: number): void {
  for (const [disk, moved] of to) if (!rates.has(disk)) moved.add(NOTHING, forMs);
  for (const [disk, rate] of rates) {
    let moved = to.get(disk);
    if (moved === undefined) to.set(disk, (moved = new Moved()));
    moved.add(rate, forMs);
  }
}

function total(disks: Iterable<string>, by: ByDisk, field: Field): number {
  let sum = 0;
  for (const disk of disks) sum += by.get(disk)?.of(field) ?? 0;
  return sum;
}

/** What counts for a victim that uses some of the disks. */
export interface VictimDisks {
  /** its name, where it is one */
  readonly only?: string;
  /** of all that is used, what is used on these */
  readonly on: (uses: Uses) => Uses;
}

export class Disks {
  private readonly machine: ByDisk = new Map();
  private readonly targets = new Map<string, ByDisk>();

  /** @param rates undefined where nobody looked: what was before says nothing then */
  add(rates: DiskRates | undefined, forMs: number): void {
    if (rates === undefined) {
      this.clear();
      return;
    }
    add(this.machine, rates.machine, forMs);
    for (const id of this.targets.keys()) if (!rates.targets.has(id)) this.targets.delete(id);
    for (const [id, byDisk] of rates.targets) {
      let moved = this.targets.get(id);
      if (moved === undefined) this.targets.set(id, (moved = new Map<string, Moved>()));
      add(moved, byDisk, forMs);
    }
  }

  clear(): void {
    this.machine.clear();
    this.targets.clear();
  }

  /** @returns undefined where it is not known which disks are the victim's, and where every one that is used is */
  of(victim: string, now: Uses): VictimDisks | undefined {
    const own = this.targets.get(victim);
    if (own === undefined) return undefined;
    const used = [...this.machine].flatMap(([disk, moved]) => (moved.isUsed ? [disk] : []));
    const isWrittenBack = this.isMostlyUnknown(own, now.get(victim));
    const its = used.filter(
      (disk) => own.get(disk)?.isUsed === true || (isWrittenBack && this.hidden(disk, 'operations') >= USED),
    );
    if (its.length === 0 || its.length === used.length) return undefined;
    const [only] = its;
    return { ...(its.length === 1 && { only: only! }), on: (uses) => this.usesOn(its, uses, now) };
  }

  /** cgroup v1 charges nobody with what the kernel writes back, so it does not say on which disk that is. */
  private isMostlyUnknown(own: ByDisk, use: Use | undefined): boolean {
    if (use === undefined) return false;
    const unknown = use.writes - total(own.keys(), own, 'writes');
    return unknown > UNKNOWN * (use.reads + use.writes);
  }

  /** What is moved on a disk that no target is charged with. */
  private hidden(disk: string, field: Field): number {
    let charged = 0;
    for (const byDisk of this.targets.values()) charged += byDisk.get(disk)?.of(field) ?? 0;
    return Math.max(0, (this.machine.get(disk)?.of(field) ?? 0) - charged);
  }

  /** What is usual is divided as what is now: nobody looked that closely before. */
  private usesOn(its: readonly string[], uses: Uses, now: Uses): Uses {
    const all = [...this.machine.keys()];
    const hidden = (disks: readonly string[], field: Field): number =>
      disks.reduce((sum, disk) => sum + this.hidden(disk, field), 0);
    const hiddenHere = byField((field) => hidden(its, field));
    const hiddenInAll = byField((field) => hidden(all, field));
    const part = (id: string, field: Field): number => {
      const own = this.targets.get(id) ?? NO_DISKS;
      const [here, charged] = [total(its, own, field), total(all, own, field)];
      const used = Math.max(charged, now.get(id)?.[field] ?? 0);
      if (used <= 0) return 1;
      // What somebody is not charged with is where nobody is charged, and where he himself is at work.
      const everywhere = hiddenInAll[field] + charged;
      const rest = everywhere > 0 ? (hiddenHere[field] + here) / everywhere : 1;
      return Math.min(1, (here + (used - charged) * rest) / used);
    };
    return new Map([...uses].map(([id, use]) => [id, { ...use, ...byField((field) => use[field] * part(id, field)) }]));
  }
}
