// Who may be the reason: those who have much of what the victim waits for, or have it since the victim waits.
import { RecentMean } from './mean.js';
import type { Resource, ShareOf, Suspect } from './model.js';
import type { Use, Uses } from './uses.js';

/** What "now" is: long enough to be no accident of one sample, short enough to be there when it is said. */
const NOW_MS = 3000;
/** Memory that was taken stays taken: it counts for longer. */
const HELD_NOW_MS = 10_000;
/** What was before. */
const BEFORE_MS = 30_000;

/** An operation takes a disk about as long as this many bytes. */
const OPERATION_BYTES = 65_536;
/** What is taken once and not given back takes from the others for good; what passes through the page cache, for a moment. */
const HELD_WEIGHT = 10;

/** A use made of one resource, in one unit: cores, or bytes a second. */
const COST: Readonly<Record<Resource, (use: Use) => number>> = {
  cpu: ({ cores }) => cores,
  io: ({ reads, writes, operations }) => reads + writes + operations * OPERATION_BYTES,
  memory: ({ growth, reads, writes }) => HELD_WEIGHT * growth + reads + writes,
};

const RATE: Readonly<Record<ShareOf, (use: Use) => number>> = {
  'cpu time': ({ cores }) => cores,
  reads: ({ reads }) => reads,
  writes: ({ writes }) => writes,
  operations: ({ operations }) => operations,
  'memory growth': ({ growth }) => growth,
  'page cache': ({ reads, writes }) => reads + writes,
};

/** What a suspect has most of, as far as it costs the others. */
function mostOf(resource: Resource, use: Use): ShareOf {
  if (resource === 'cpu') return 'cpu time';
  if (resource === 'memory') return HELD_WEIGHT * use.growth >= use.reads + use.writes ? 'memory growth' : 'page cache';
  if (use.operations * OPERATION_BYTES > use.reads + use.writes) return 'operations';
  return use.reads > use.writes ? 'reads' : 'writes';
}

const NOTHING: Use = { cores: 0, reads: 0, writes: 0, operations: 0, growth: 0 };
const NAMES = Object.keys(NOTHING) as readonly (keyof Use)[];

/** Use over a while, of one target. */
class RecentUse {
  private readonly means: Readonly<Record<keyof Use, RecentMean>>;

  constructor(tauMs: number, heldMs: number) {
    const mean = (): RecentMean => new RecentMean(tauMs);
    this.means = { cores: mean(), reads: mean(), writes: mean(), operations: mean(), growth: new RecentMean(heldMs) };
  }

  add(use: Use, forMs: number): void {
    for (const name of NAMES) this.means[name].add(use[name], forMs);
  }

  get use(): Use {
    const value = (name: keyof Use): number => this.means[name].value || 0;
    return {
      cores: value('cores'),
      reads: value('reads'),
      writes: value('writes'),
      operations: value('operations'),
      growth: value('growth'),
    };
  }
}

/** What everybody uses now, and what they used before. */
export class UseHistory {
  private readonly now = new Map<string, RecentUse>();
  private readonly before = new Map<string, RecentUse>();

  add(uses: Uses, forMs: number): void {
    for (const [id, use] of uses) {
      this.mean(this.now, id, NOW_MS, HELD_NOW_MS).add(use, forMs);
      this.mean(this.before, id, BEFORE_MS, BEFORE_MS).add(use, forMs);
    }
    for (const id of this.now.keys())
      if (!uses.has(id)) {
        this.now.delete(id);
        this.before.delete(id);
      }
  }

  clear(): void {
    this.now.clear();
    this.before.clear();
  }

  get current(): Uses {
    return new Map([...this.now].map(([id, { use }]) => [id, use]));
  }

  /** What is usual at this moment, to compare with later. */
  get usual(): Uses {
    return new Map([...this.before].map(([id, { use }]) => [id, use]));
  }

  private mean(means: Map<string, RecentUse>, id: string, tauMs: number, heldMs: number): RecentUse {
    let mean = means.get(id);
    if (mean === undefined) means.set(id, (mean = new RecentUse(tauMs, heldMs)));
    return mean;
  }
}

/** More than this of what was before is a rise. */
const ROSE = 1.4;
/** A suspect has at least such a share, … */
const SHARE = 0.2;
/** … so many times what the victim itself has, … */
const TIMES_OWN = 1.25;
/** … and as much of the blame; one that is named already may have half of both. */
const BLAME = 0.3;
const AT_MOST = 3;
/**
 * What a victim must read again was driven out by who reads at least so much of it himself, or has lately taken so much of what
 * the victim has: a disk may be so quick that what is read again in a second is many times what was ever taken.
 */
const OF_FORCED = 0.3;
const OF_USED = 0.1;
/** The first stays the first unless another is to blame by so much more. */
const OVERTAKES = 0.15;

export interface Question {
  readonly resource: Resource;
  readonly victim: string;
  readonly now: Uses;
  /** what was usual when it began */
  readonly usual: Uses;
  /** who may be it at all */
  readonly eligible: (id: string) => boolean;
  /** bytes a second of the victim's reads that are none of its own doing */
  readonly forced: number;
  /** bytes of memory that the victim has */
  readonly used: number;
  /** who was named before */
  readonly named: readonly Suspect[];
}

export interface Answer {
  readonly suspects: readonly Suspect[];
  /** 0..1 that the victim itself has of it all */
  readonly own: number;
  /** 0..1 of the first suspect */
  readonly blame: number;
}

const clamp01 = (value: number): number => (value > 0 ? Math.min(1, value) : 0);
const share = (part: number, all: number): number => (all > 0 ? clamp01(part / all) : 0);

export function suspectsOf({ resource, victim, now, usual, eligible, named, ...question }: Question): Answer {
  const cost = COST[resource];
  const forced = resource === 'memory' ? question.forced : 0;
  const ownUse = now.get(victim) ?? NOTHING;
  const own = Math.max(0, cost(ownUse) - forced);
  const others = [...now].filter(([id]) => id !== victim && eligible(id));
  const all = others.reduce((sum, [, use]) => sum + cost(use), own);
  const rises = new Map(others.map(([id, use]) => [id, Math.max(0, cost(use) - cost(usual.get(id) ?? NOTHING))]));
  const risen = [...rises.values()].reduce((sum, rise) => sum + rise, 0);
  // Where nobody has risen by much, rising says nothing.
  const counts = risen > 0.1 * all;
  const wasNamed = (id: string): boolean => named.some((suspect) => suspect.id === id);
  const drivesOut = (use: Use): boolean =>
    forced === 0 ||
    use.reads + use.writes >= OF_FORCED * forced ||
    (use.growth * HELD_NOW_MS) / 1000 >= OF_USED * question.used;
  const judged = others.map(([id, use]) => {
    const has = cost(use);
    const ofAll = share(has, all);
    const ofOthers = share(has, all - own);
    const rise = rises.get(id) ?? 0;
    const blame = counts ? (ofOthers + share(rise, risen)) / 2 : ofOthers;
    const half = wasNamed(id) ? 0.5 : 1;
    const stands =
      ofAll >= SHARE * half && blame >= BLAME * half && has >= own * (wasNamed(id) ? 1 : TIMES_OWN) && drivesOut(use);
    const rose = has > ROSE * cost(usual.get(id) ?? NOTHING) && rise > 0.1 * has;
    return { id, use, blame: clamp01(blame), stands, rose };
  });
  const first = named[0]?.id;
  const rank = ({ id, blame }: { id: string; blame: number }): number => blame + (id === first ? OVERTAKES : 0);
  const standing = judged
    .filter(({ stands }) => stands)
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, AT_MOST);
  const totals = (of: ShareOf): number =>
    [...now].reduce((sum, [id, use]) => (id === victim || eligible(id) ? sum + RATE[of](use) : sum), 0);
  return {
    suspects: standing.map(({ id, use, rose }) => {
      const of = mostOf(resource, use);
      const rate = RATE[of](use);
      return { id, share: share(rate, totals(of)), of, rate, rose };
    }),
    // What it must read again because nobody else but itself fills its cache is its own.
    own: share(cost(ownUse), all - own + cost(ownUse)),
    blame: standing[0]?.blame ?? 0,
  };
}
