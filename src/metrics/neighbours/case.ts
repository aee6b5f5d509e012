// One container and one way of suffering, over time: what is usual for it, the evidence that it is worse, and who stands out.
import type { SeriesName } from '../model.js';
import { Baseline } from './baseline.js';
import type { VictimDisks } from './disks.js';
import { Evidence } from './evidence.js';
import { RecentMean } from './mean.js';
import type { Finding, Resource, ShareOf, Suspect, Symptom } from './model.js';
import { suspectsOf, type Answer, type Question } from './suspects.js';
import type { Uses } from './uses.js';

export type Kind = 'cpu' | 'throttled' | 'io' | 'memory';

interface KindRules {
  readonly resource: Resource;
  /** %: below it nothing is said, whatever is usual */
  readonly floor: number;
  /** percentage points above the usual that are nothing */
  readonly points: number;
  /** what a person should look at first */
  readonly series: SeriesName;
}

const RULES: Readonly<Record<Kind, KindRules>> = {
  cpu: { resource: 'cpu', floor: 14, points: 5, series: 'pressure.cpu.some' },
  throttled: { resource: 'cpu', floor: 25, points: 5, series: 'cpu.throttledPercent' },
  io: { resource: 'io', floor: 5, points: 4, series: 'pressure.io.some' },
  memory: { resource: 'memory', floor: 3, points: 3, series: 'pressure.memory.some' },
};

const SERIES_OF: Readonly<Record<ShareOf, SeriesName>> = {
  'cpu time': 'cpu.cores',
  reads: 'io.readBytes',
  writes: 'io.writeBytes',
  operations: 'io.writeOps',
  'memory growth': 'memory.anon',
  'page cache': 'memory.file',
};

/** What the percentages in the sentence are the means of: of now, and of what is usual. */
const SAID_MS = 4000;
const USUAL_MS = 60_000;
/** Nobody stands out: then it must be so much evidence and so many %, and not mostly the victim's own use. */
const ALONE_TIMES = 1.8;
const ALONE_PERCENT = 30;
const OWN_DOING = 0.4;

/** What all cases share at one moment. */
export interface Moment {
  readonly at: number;
  /** ms that it speaks for */
  readonly forMs: number;
  /** asked for where something is the matter only */
  readonly now: () => Uses;
  readonly usual: () => Uses;
}

/** How it is with one of them. */
export interface Plight {
  /** how bad it is, by which it is judged */
  readonly percent: number;
  /** % of its time, which a person is told and can see in its graph; the same as `percent` where that is one */
  readonly ofItsTime?: number;
  readonly symptom: Symptom;
  /** its own limit is what holds it */
  readonly byOwnLimit: boolean;
  /** it wants more than there is, whoever else is there */
  readonly ownDoing: boolean;
  /** who may be the reason at all */
  readonly eligible: (id: string) => boolean;
  /** bytes a second of its reads that are none of its own doing */
  readonly forced: number;
  /** bytes of memory that it has, as far as known */
  readonly used: number;
  /** where what is moved is counted for it; undefined where every disk is */
  readonly disks?: () => VictimDisks | undefined;
}

export class Case {
  private readonly baseline: Baseline;
  private readonly evidence = new Evidence();
  private readonly said = new RecentMean(SAID_MS);
  private readonly usually = new RecentMean(USUAL_MS);
  private readonly rules: KindRules;
  private usualUses: Uses | undefined;
  private suspects: readonly Suspect[] = [];
  private blame = 0;
  private symptom: Symptom = 'waits';
  private byOwnLimit = false;

  constructor(
    private readonly victim: string,
    private readonly kind: Kind,
  ) {
    this.rules = RULES[kind];
    this.baseline = new Baseline(this.rules.floor, this.rules.points);
  }

  get isSuspected(): boolean {
    return this.evidence.since !== undefined;
  }

  /** The time before is not known: nothing of the present is, but what is usual. */
  forget(): void {
    this.evidence.drop();
    this.end();
  }

  observe(moment: Moment, plight: Plight): void {
    const { at, forMs } = moment;
    const { percent, ofItsTime = percent } = plight;
    if (!Number.isFinite(percent)) return;
    if (!this.evidence.isEnough) this.baseline.learn(percent, forMs);
    const threshold = this.evidence.isEnough ? this.heldThreshold : this.baseline.threshold;
    // Nearly always nothing is the matter, and nobody is asked for.
    if (percent <= threshold && !this.isSuspected) {
      this.usually.add(ofItsTime, forMs);
      return;
    }
    if (percent > threshold) this.usualUses ??= moment.usual();
    const answer = this.ask(moment, plight);
    // Who took memory is who did when nothing is taken any more, as long as he is there.
    const named = this.kind === 'memory' ? this.suspects.filter(({ id }) => moment.now().has(id)) : [];
    const suspects = answer.suspects.length > 0 ? answer.suspects : named;
    const isOwn = plight.ownDoing || (suspects.length === 0 && answer.own >= OWN_DOING);
    const wasEnough = this.evidence.isEnough;
    const counted = wasEnough && isOwn && !plight.byOwnLimit ? 0 : percent;
    this.evidence.add(counted, threshold, at, forMs, () => this.mayBeSaid(plight, isOwn, suspects));
    if (this.evidence.since === undefined) {
      this.end();
      return;
    }
    this.said.add(ofItsTime, forMs);
    if (!this.evidence.isEnough) return;
    if (!wasEnough) this.heldThreshold = threshold;
    this.byOwnLimit = plight.byOwnLimit;
    this.symptom = plight.symptom;
    this.blame = answer.blame;
    // While it fades, who was named stays named.
    if (suspects.length > 0 || percent > threshold) this.suspects = suspects;
    if (this.byOwnLimit) this.suspects = [];
  }

  private heldThreshold = 0;

  private ask({ now, usual }: Moment, { eligible, forced, used, ...plight }: Plight): Answer {
    const disks = plight.disks?.();
    const on = disks?.on ?? ((uses: Uses): Uses => uses);
    const question: Question = {
      resource: this.rules.resource,
      victim: this.victim,
      now: on(now()),
      usual: on(this.usualUses ?? usual()),
      eligible,
      forced,
      used,
      named: this.suspects,
    };
    const answer = suspectsOf(question);
    const disk = disks?.only;
    return disk === undefined ? answer : { ...answer, suspects: answer.suspects.map((each) => ({ ...each, disk })) };
  }

  private mayBeSaid({ byOwnLimit, percent }: Plight, isOwn: boolean, suspects: readonly Suspect[]): boolean {
    if (byOwnLimit) return true;
    if (isOwn) return false;
    return suspects.length > 0 || (this.evidence.times >= ALONE_TIMES && percent >= ALONE_PERCENT);
  }

  private end(): void {
    this.usualUses = undefined;
    this.suspects = [];
    this.said.reset();
  }

  get finding(): Finding | undefined {
    const { since } = this.evidence;
    if (!this.evidence.isEnough || since === undefined) return undefined;
    // A mean of hundreds may come out a hair above.
    const percent = Math.min(100, this.said.value);
    return {
      key: `${this.victim}/${this.rules.resource}`,
      victim: this.victim,
      resource: this.rules.resource,
      symptom: this.symptom,
      percent,
      usualPercent: this.usualPercent,
      since,
      byOwnLimit: this.byOwnLimit,
      suspects: this.suspects,
      confidence: this.confidence(percent),
      evidence: [
        { target: this.victim, series: this.symptom === 'reclaims' ? 'memory.refaults' : this.rules.series },
        ...this.suspects.map(({ id, of }) => ({ target: id, series: SERIES_OF[of] })),
      ],
    };
  }

  /** What it was seen to be while nothing was the matter, as far as that was ever so. */
  private get usualPercent(): number {
    return Math.min(100, this.usually.value || 0);
  }

  private confidence(percent: number): number {
    if (this.byOwnLimit) return 0.95;
    if (this.suspects.length === 0) return 0.3;
    const rose = this.suspects[0]!.rose ? 0.15 : 0;
    const beyond = Math.min(1, Math.max(0, percent - this.usualPercent) / 40);
    return Math.min(0.95, 0.35 + 0.35 * this.blame + rose + 0.15 * beyond);
  }
}
