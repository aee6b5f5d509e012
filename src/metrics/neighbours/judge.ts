// The judge: fed one observation a sample, answers who suffers, from what, and who stands out. It keeps no clock and reads no
// file: the same observations give the same findings, live, out of a recording or out of the archive.
import { HOST_ID, type Sample } from '../model.js';
import { Case, type Kind, type Moment } from './case.js';
import { Disks } from './disks.js';
import { Kills } from './kills.js';
import { RecentMean } from './mean.js';
import type { Finding } from './model.js';
import { isSum, type Observation } from './observation.js';
import { painsOf } from './pains.js';
import { UseHistory } from './suspects.js';
import { usesOf, type Uses } from './uses.js';

export interface Judge {
  /** @returns what is to be said now, the gravest first */
  observe(observation: Observation): readonly Finding[];
  readonly findings: readonly Finding[];
  /** Somebody suffers or seems to begin to: the next observation should have a closer look in it. */
  readonly wantsCloserLook: boolean;
}

/** After a gap longer than this nothing is known of what was going on. */
const GAP_MS = 60_000;
/** A sample speaks for no more than this: of ten seconds in one, or of a process that stood still. */
const MOST_MS = 15_000;
/** What is not measured any more is forgotten after so long: one missed sample is no end. */
const GONE_MS = 3000;
/** Kernel reclaim for want of free memory, pages a second: below, the machine itself is not short of memory. */
const MACHINE_RECLAIMS = 25;
/** Allocations a second that met the container's own limit. */
const MEETS_LIMIT = 0.5;
const NEAR_LIMIT = 0.98;
/** A container that by itself wants so many times the machine's CPUs waits for its own tasks. */
const WANTS_TIMES = 1.3;
/** CPUs this busy are worth a closer look where nobody's pressure is known. */
const BUSY_SHARE = 0.85;

/** So much of what it reads it has read before: then that is what it waits for. */
const RE_READS = 0.2;

const anybody = (): boolean => true;
const KINDS: readonly Kind[] = ['cpu', 'throttled', 'io', 'memory'];
const SHORT_MS = 3000;

/** What is remembered of one container. */
class Patient {
  readonly cases: Readonly<Record<Kind, Case>>;
  readonly kills = new Kills();
  readonly limitHits = new RecentMean(SHORT_MS);
  seenAt = 0;

  constructor(readonly id: string) {
    const open = (kind: Kind): Case => new Case(id, kind);
    this.cases = { cpu: open('cpu'), throttled: open('throttled'), io: open('io'), memory: open('memory') };
  }

  get isSuspected(): boolean {
    return KINDS.some((kind) => this.cases[kind].isSuspected);
  }

  forget(): void {
    for (const kind of KINDS) this.cases[kind].forget();
  }

  /** One finding a resource: what is worse hides what is less. */
  findings(at: number): Finding[] {
    const { cpu, throttled, io, memory } = this.cases;
    const killed = this.kills.finding(this.id, at, memory.finding);
    return [throttled.finding ?? cpu.finding, io.finding, killed ?? memory.finding].filter(
      (finding) => finding !== undefined,
    );
  }
}

class NeighbourJudge implements Judge {
  findings: readonly Finding[] = [];
  wantsCloserLook = false;
  private readonly patients = new Map<string, Patient>();
  private readonly history = new UseHistory();
  private readonly disks = new Disks();
  private readonly machineReclaims = new RecentMean(SHORT_MS);
  private before: Observation | undefined;

  observe(observation: Observation): readonly Finding[] {
    const { at } = observation;
    if (!Number.isFinite(at)) return this.findings;
    const passedMs = this.before === undefined ? 0 : at - this.before.at;
    if (passedMs === 0 && this.before !== undefined) return this.findings;
    if (passedMs < 0 || passedMs > GAP_MS) this.interrupt();
    const forMs = Math.min(MOST_MS, Math.max(0, passedMs));
    if (passedMs > 0 && passedMs <= GAP_MS) this.judge(observation, forMs);
    else for (const [id, sample] of observation.samples) if (!isSum(id)) this.patient(id).kills.see(sample, at, false);
    this.before = observation;
    this.forgetGone(at);
    const found: Finding[] = [];
    let isAnySuspected = false;
    for (const patient of this.patients.values()) {
      found.push(...patient.findings(at));
      isAnySuspected ||= patient.isSuspected;
    }
    if (found.length > 0 || this.findings.length > 0) this.findings = inOrder(found, this.findings[0]?.key);
    this.wantsCloserLook = isAnySuspected || this.isBlindAndBusy(observation);
    return this.findings;
  }

  private judge(observation: Observation, forMs: number): void {
    const { at, host, samples, closer, groups } = observation;
    const uses = usesOf(observation, this.before, forMs / 1000);
    let currentUses: Uses | undefined;
    let usualUses: Uses | undefined;
    const now = (): Uses => (currentUses ??= this.history.current);
    const usual = (): Uses => (usualUses ??= this.history.usual);
    this.history.add(uses, forMs);
    this.disks.add(observation.disks, forMs);
    this.machineReclaims.add(host?.memory.reclaimed, forMs);
    const moment: Moment = { at, forMs, now, usual };
    const isShort = !(this.machineReclaims.value < MACHINE_RECLAIMS);
    for (const [id, sample] of samples) {
      if (isSum(id) || id === HOST_ID) continue;
      const patient = this.patient(id);
      patient.seenAt = at;
      patient.limitHits.add(sample.memory.limitHits, forMs);
      const pains = painsOf(sample, closer?.get(id));
      const ownMemory = meetsOwnLimit(sample, patient.limitHits.value);
      patient.kills.see(sample, at, ownMemory);
      // Memory is taken only by who shares a limit with the victim, unless the machine itself runs short of it.
      const group = groups?.get(id);
      const sharesMemory = (other: string): boolean =>
        isShort || (other !== HOST_ID && (group === undefined || groups?.get(other) === group));
      const wanted = (closer?.get(id)?.waitingCores ?? 0) + (sample.cpu.cores ?? 0);
      const { cpu, throttled, io, memory } = patient.cases;
      cpu.observe(moment, {
        percent: pains.cpu,
        ofItsTime: pains.cpuOfItsTime,
        symptom: 'waits',
        byOwnLimit: false,
        ownDoing: wanted > WANTS_TIMES * (host?.cpu.limitCores ?? Infinity),
        eligible: anybody,
        forced: 0,
        used: 0,
      });
      throttled.observe(moment, {
        percent: pains.throttled,
        symptom: 'throttled',
        byOwnLimit: true,
        ownDoing: false,
        eligible: anybody,
        forced: 0,
        used: 0,
      });
      io.observe(moment, {
        percent: pains.io,
        symptom: 'waits',
        byOwnLimit: false,
        ownDoing: false,
        eligible: anybody,
        forced: 0,
        used: 0,
        disks: () => this.disks.of(id, now()),
      });
      memory.observe(moment, {
        percent: pains.memory,
        symptom: pains.readAgain > RE_READS || ownMemory ? 'reclaims' : 'waits',
        byOwnLimit: ownMemory,
        ownDoing: false,
        eligible: sharesMemory,
        forced: pains.refaultBytes,
        used: sample.memory.used ?? Infinity,
      });
    }
  }

  private patient(id: string): Patient {
    let patient = this.patients.get(id);
    if (patient === undefined) this.patients.set(id, (patient = new Patient(id)));
    return patient;
  }

  /** The clock was set, or nothing was seen for long: what is usual stays known. */
  private interrupt(): void {
    this.history.clear();
    this.disks.clear();
    this.before = undefined;
    for (const patient of this.patients.values()) {
      patient.forget();
      patient.kills.forget();
    }
  }

  private forgetGone(at: number): void {
    for (const [id, patient] of this.patients) {
      const isGone = !this.before?.samples.has(id) && Math.abs(at - patient.seenAt) > GONE_MS;
      if (!isGone) continue;
      patient.forget();
      if (patient.kills.finding(id, at) === undefined) this.patients.delete(id);
    }
  }

  /** A host without pressure files: whether somebody waits for a CPU is known by a closer look alone. */
  private isBlindAndBusy({ host, samples }: Observation): boolean {
    const cores = host?.cpu.cores ?? 0;
    if (!(cores > BUSY_SHARE * (host?.cpu.limitCores ?? Infinity))) return false;
    return [...samples].some(([id, { pressure }]) => !isSum(id) && pressure.cpu.some === undefined);
  }
}

function meetsOwnLimit({ memory }: Sample, hits: number): boolean {
  if (Number.isFinite(hits)) return hits > MEETS_LIMIT;
  const { used, limit } = memory;
  return used !== undefined && limit !== undefined && used >= NEAR_LIMIT * limit;
}

/** Killed, then hurt by others, then held by itself. */
const gradeOf = ({ symptom, byOwnLimit }: Finding): number => (symptom === 'killed' ? 0 : byOwnLimit ? 2 : 1);

/** Who suffers more than usual, and from whom something can be done about; nothing here can quieten what runs outside. */
const weightOf = ({ percent, usualPercent, suspects }: Finding): number =>
  Math.max(0, percent - usualPercent) * (suspects[0] === undefined || suspects[0].id === HOST_ID ? 0.5 : 1);

/** What stands first stays first unless another weighs so many times as much. */
const OUTWEIGHS = 1.5;

/** The gravest first, the others in the order in which they began. */
function inOrder(found: readonly Finding[], firstBefore: string | undefined): Finding[] {
  const sorted = [...found].sort((a, b) => gradeOf(a) - gradeOf(b) || a.since - b.since || (a.key < b.key ? -1 : 1));
  const grade = sorted[0] === undefined ? 0 : gradeOf(sorted[0]);
  const weigh = (finding: Finding): number => weightOf(finding) * (finding.key === firstBefore ? OUTWEIGHS : 1);
  const first = sorted
    .filter((finding) => gradeOf(finding) === grade)
    .reduce<Finding | undefined>((best, each) => (best && weigh(best) >= weigh(each) ? best : each), undefined);
  return first === undefined ? sorted : [first, ...sorted.filter((finding) => finding !== first)];
}

export const createJudge = (): Judge => new NeighbourJudge();
