// One file that tells of many: while nothing runs in a cgroup, nothing runs in those below it. So of the containers of a project
// that all sleep, only the project's own CPU time is read.
import { basename, dirname, join } from 'node:path';
import { nothingMeasured } from '../counters.js';
import { KeptFile } from '../kept-file.js';
import type { Instant, UseFile } from '../meter.js';
import { growth } from '../rates.js';
import { readTogether, type Reader } from '../reader.js';

/** Somebody in a cgroup who may have done nothing. */
export interface Member {
  /** The file that tells of its CPU time; undefined where it is not to be told by others. */
  readonly use: UseFile | undefined;
  /** Nothing can have run in it since it was last looked at. */
  rest(now: Instant, intervalMs: number): void;
}

interface Family {
  readonly file: KeptFile;
  readonly parse: UseFile['parse'];
  seen: { readonly monotonicMs: number; readonly cpuUs: number } | undefined;
  /** not before then: somebody in it is at work, perhaps one of another supervisor */
  askAtMs: number;
}

/** Less than this in a second is nothing, whoever it was: what is not seen for ten seconds comes to a hundredth of a core at most. */
const NOTHING_US = 1000;
/** Where something ran, the members are asked themselves so long. */
const APART_INTERVALS = 10;
/** One file is read in place of at least so many. */
const LEAST_MEMBERS = 3;

const counted = nothingMeasured();

export class Families {
  private readonly known = new Map<string, Family>();
  private ofMember = new WeakMap<KeptFile, Family>();

  constructor(private readonly reader: Reader) {}

  /** Tells those in which nothing can have run. @returns the others */
  glance<M extends Member>(members: readonly M[], now: Instant, intervalMs: number): M[] {
    const others: M[] = [];
    const families = new Map<Family, M[]>();
    for (const member of members) {
      const family = member.use && this.familyOf(member.use);
      if (family === undefined || now.monotonicMs < family.askAtMs) others.push(member);
      else {
        const its = families.get(family);
        if (its === undefined) families.set(family, [member]);
        else its.push(member);
      }
    }
    for (const [family, its] of families) {
      if (its.length >= LEAST_MEMBERS) continue;
      families.delete(family);
      others.push(...its);
    }
    const asked = [...families];
    readTogether(
      this.reader,
      asked.map(([{ file }]) => file),
      (index, text) => {
        const [family, its] = asked[index]!;
        const { seen: before } = family;
        const seen = before && now.monotonicMs - before.monotonicMs <= 3 * intervalMs ? before : undefined;
        counted.cpuUs = NaN;
        if (typeof text !== 'string') family.parse(text, counted, this.reader.isDisk);
        family.seen = { monotonicMs: now.monotonicMs, cpuUs: counted.cpuUs };
        const most = seen === undefined ? NaN : (NOTHING_US * (now.monotonicMs - seen.monotonicMs)) / 1000;
        if (growth(seen?.cpuUs ?? NaN, counted.cpuUs) <= most) {
          for (const member of its) member.rest(now, intervalMs);
          return;
        }
        others.push(...its);
        if (seen === undefined) return;
        family.seen = undefined;
        family.askAtMs = now.monotonicMs + APART_INTERVALS * intervalMs;
      },
    );
    return others;
  }

  private familyOf({ kept, parse }: UseFile): Family {
    let family = this.ofMember.get(kept);
    if (family !== undefined) return family;
    const path = join(dirname(dirname(kept.path)), basename(kept.path));
    family = this.known.get(path) ?? {
      file: new KeptFile(path, this.reader.budget),
      parse,
      seen: undefined,
      askAtMs: 0,
    };
    this.known.set(path, family);
    this.ofMember.set(kept, family);
    return family;
  }

  /** They are opened again for whoever still has one. */
  close(): void {
    for (const { file } of this.known.values()) file.close();
    this.known.clear();
    this.ofMember = new WeakMap();
  }
}
