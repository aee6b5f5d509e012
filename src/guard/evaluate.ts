// The rules against what is measured: who is to be acted upon now, and what is over and to be taken back. Pure, and slow to
// change its mind: a condition holds for a while before anything is done, and must be clearly over for a while before that is
// taken back; one that comes again soon after is held longer each time.
import { HOST_ID, type Finding, type Sample } from '../metrics/index.js';
import type { Act, Condition, Heaviest, Measure, Rule, RuleSet } from './model.js';
import { PROTECTED_LABEL } from './model.js';

/** A container as the rules see it. */
export interface Guarded {
  readonly id: string;
  readonly name: string;
  readonly project: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly sample: Sample | undefined;
}

export interface GuardObservation {
  /** ms since the epoch */
  readonly at: number;
  /** those that run */
  readonly containers: readonly Guarded[];
  readonly findings: readonly Finding[];
}

export type Decision =
  | {
      readonly kind: 'act';
      /** the rule and whose condition it is: the same when it is over */
      readonly key: string;
      readonly rule: Rule;
      readonly target: Guarded;
      /** why, as a clause */
      readonly reason: string;
    }
  | { readonly kind: 'nobody'; readonly key: string; readonly rule: Rule; readonly reason: string }
  | {
      readonly kind: 'over';
      readonly key: string;
      readonly rule: Rule;
      readonly reason: string;
      /** the container whose condition it was does not run any more */
      readonly isGone: boolean;
    };

/** Over is what is below this share of the threshold (for "under": above its inverse). */
const CALM_SHARE = 0.75;
const LEAST_CALM_MS = 10_000;
/** What is done holds at least so long; twice as long each time that it comes again within REPEAT_MS. */
const LEAST_HOLD_MS = 30_000;
const MOST_HOLD_MS = 30 * 60_000;
const REPEAT_MS = 10 * 60_000;

/** Less than this is no heavy use: cores, bytes, bytes a second. */
const LEAST_USE: Readonly<Record<Heaviest, number>> = {
  'cpu user': 0.05,
  'memory user': 1024 ** 2,
  writer: 64 * 1024,
  reader: 64 * 1024,
};

interface Watch {
  readonly rule: Rule;
  /** since when the condition holds */
  since: number | undefined;
  acting: { readonly targetId: string; readonly since: number } | undefined;
  /** since when it is clearly over */
  calmSince: number | undefined;
  toldNobody: boolean;
  endedAt: number;
  repeats: number;
}

export class Evaluation {
  private readonly watches = new Map<string, Watch>();

  constructor(private readonly rules: RuleSet) {}

  observe(observation: GuardObservation): readonly Decision[] {
    const decisions: Decision[] = [];
    const seen = new Set<string>();
    for (const rule of this.rules.rules) {
      for (const subject of subjectsOf(rule.condition, observation)) {
        const key = `${rule.line}:${subject.key}`;
        seen.add(key);
        const decision = this.judge(key, rule, subject, observation);
        if (decision) decisions.push(decision);
      }
    }
    // Whose container is gone: what was done because of it is over.
    for (const [key, watch] of this.watches) {
      if (seen.has(key)) continue;
      if (watch.acting)
        decisions.push({ kind: 'over', key, rule: watch.rule, reason: 'it does not run any more', isGone: true });
      this.watches.delete(key);
    }
    return decisions;
  }

  /** The act could not be done, or was taken back by somebody else: it is not held, and not tried at once again. */
  drop(key: string, at: number): void {
    const watch = this.watches.get(key);
    if (!watch) return;
    watch.acting = undefined;
    watch.since = undefined;
    watch.endedAt = at;
  }

  isProtected({ name, project, labels }: Guarded): boolean {
    const { protectedNames, protectedProjects } = this.rules;
    return (
      labels[PROTECTED_LABEL] === 'true' ||
      protectedNames.has(name) ||
      (project !== undefined && protectedProjects.has(project))
    );
  }

  private judge(key: string, rule: Rule, subject: SubjectNow, observation: GuardObservation): Decision | undefined {
    const { at } = observation;
    const watch = this.watchOf(key, rule);
    const now = stateOf(rule.condition, subject, observation);
    watch.since = now.holds ? (watch.since ?? at) : undefined;
    if (watch.acting) return this.judgeActing(key, watch, now, at);
    if (watch.since === undefined) {
      watch.toldNobody = false;
      return undefined;
    }
    if (at - watch.since < rule.condition.forMs) return undefined;
    const reason = `${now.text}${rule.condition.forMs > 0 ? ` for ${rule.condition.forMs / 1000} s` : ''}`;
    const target = this.targetOf(rule.act, subject, now.finding, observation);
    if (typeof target === 'string') {
      if (watch.toldNobody) return undefined;
      watch.toldNobody = true;
      return { kind: 'nobody', key, rule, reason: `${reason}, but ${target}` };
    }
    watch.repeats = at - watch.endedAt < REPEAT_MS ? watch.repeats + 1 : 0;
    watch.acting = { targetId: target.id, since: at };
    watch.calmSince = undefined;
    return { kind: 'act', key, rule, target, reason };
  }

  private judgeActing(key: string, watch: Watch, now: StateNow, at: number): Decision | undefined {
    watch.calmSince = now.isCalm ? (watch.calmSince ?? at) : undefined;
    const { calmSince, acting, rule } = watch;
    const holdMs = Math.min(MOST_HOLD_MS, LEAST_HOLD_MS * 2 ** watch.repeats);
    if (calmSince === undefined || at - acting!.since < holdMs) return undefined;
    if (at - calmSince < Math.max(LEAST_CALM_MS, rule.condition.forMs)) return undefined;
    watch.acting = undefined;
    watch.endedAt = at;
    return { kind: 'over', key, rule, reason: `it is over: ${now.text}`, isGone: false };
  }

  private watchOf(key: string, rule: Rule): Watch {
    const found = this.watches.get(key);
    if (found) return found;
    const watch: Watch = {
      rule,
      since: undefined,
      acting: undefined,
      calmSince: undefined,
      toldNobody: false,
      endedAt: -Infinity,
      repeats: 0,
    };
    this.watches.set(key, watch);
    return watch;
  }

  /** @returns why there is nobody, as a clause, where there is none */
  private targetOf(
    { whom }: Act,
    subject: SubjectNow,
    finding: Finding | undefined,
    { containers }: GuardObservation,
  ): Guarded | string {
    const held = new Set([...this.watches.values()].flatMap(({ acting }) => acting?.targetId ?? []));
    const free = (container: Guarded): boolean => !this.isProtected(container) && !held.has(container.id);
    const one = (container: Guarded | undefined, name: string): Guarded | string => {
      if (container === undefined) return `${name} does not run`;
      if (this.isProtected(container)) return `${container.name} is protected`;
      return held.has(container.id) ? `${container.name} is held already` : container;
    };
    switch (whom.kind) {
      case 'itself':
        return one(subject.members[0], 'it');
      case 'container':
        return one(
          containers.find(({ name }) => name === whom.name),
          whom.name,
        );
      case 'suspect': {
        const suspects = (finding?.suspects ?? []).filter(({ id }) => id !== HOST_ID);
        const found = suspects.flatMap(({ id }) => containers.find((container) => container.id === id) ?? []);
        return found.find(free) ?? `nobody that may be acted upon does it`;
      }
      case 'heaviest': {
        const others = containers.filter((container) => free(container) && !subject.members.includes(container));
        const [heaviest] = others
          .filter((container) => useOf(container, whom.of) >= LEAST_USE[whom.of])
          .sort((a, b) => useOf(b, whom.of) - useOf(a, whom.of));
        return heaviest ?? `there is no ${whom.of} besides it that may be acted upon`;
      }
    }
  }
}

const useOf = ({ sample }: Guarded, of: Heaviest): number => {
  switch (of) {
    case 'cpu user':
      return sample?.cpu.cores ?? 0;
    case 'memory user':
      return sample?.memory.used ?? 0;
    case 'writer':
      return sample?.io.writeBytes ?? 0;
    case 'reader':
      return sample?.io.readBytes ?? 0;
  }
};

interface SubjectNow {
  readonly key: string;
  readonly name: string;
  readonly members: readonly Guarded[];
}

/** Of a project all members together; of one that does not run nobody. */
function subjectsOf({ subject }: Condition, { containers }: GuardObservation): readonly SubjectNow[] {
  switch (subject.kind) {
    case 'any':
      return containers.map((container) => ({ key: container.id, name: container.name, members: [container] }));
    case 'container':
      return containers
        .filter(({ name }) => name === subject.name)
        .map((container) => ({ key: container.id, name: container.name, members: [container] }));
    case 'project': {
      const members = containers.filter(({ project }) => project === subject.name);
      return members.length === 0 ? [] : [{ key: `project ${subject.name}`, name: `project ${subject.name}`, members }];
    }
  }
}

interface StateNow {
  readonly holds: boolean;
  readonly isCalm: boolean;
  /** what is so, as a clause */
  readonly text: string;
  readonly finding?: Finding;
}

function stateOf(condition: Condition, { name, members }: SubjectNow, { findings }: GuardObservation): StateNow {
  if (condition.kind === 'suffers') {
    const { resource } = condition;
    const finding = findings.find(
      (one) => one.resource === resource && !one.byOwnLimit && members.some(({ id }) => id === one.victim),
    );
    return finding === undefined
      ? { holds: false, isCalm: true, text: `${name} does not suffer from ${resource} any more` }
      : { holds: true, isCalm: false, text: `${name} suffers from ${resource}`, finding };
  }
  const { measure, compare, threshold } = condition;
  const value = measureOf(measure, members);
  if (value === undefined) return { holds: false, isCalm: true, text: `${name}'s ${measure} is not measured` };
  const isOver = compare === 'over';
  const holds = isOver ? value > threshold : value < threshold;
  const isCalm = isOver ? value <= threshold * CALM_SHARE : value >= threshold / CALM_SHARE;
  const limit = holds ? `, ${compare} ${valueText(measure, threshold)}` : '';
  return { holds, isCalm, text: `${name}'s ${measure} is ${valueText(measure, value)}${limit}` };
}

const valueText = (measure: Measure, value: number): string =>
  measure === 'cpu' ? `${Number(value.toFixed(2))} cores` : `${Number(value.toFixed(value < 10 ? 1 : 0))} %`;

function measureOf(measure: Measure, members: readonly Guarded[]): number | undefined {
  const values = members.flatMap(
    ({ sample }) => (sample === undefined ? undefined : oneMeasure(measure, sample)) ?? [],
  );
  if (values.length === 0) return undefined;
  return measure === 'cpu' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
}

function oneMeasure(measure: Measure, { cpu, memory, pressure }: Sample): number | undefined {
  switch (measure) {
    case 'cpu pressure':
      return pressure.cpu.some;
    case 'memory pressure':
      return pressure.memory.some;
    case 'io pressure':
      return pressure.io.some;
    case 'throttling':
      return cpu.throttledPercent;
    case 'cpu':
      return cpu.cores;
    case 'memory':
      return memory.used === undefined || memory.limit === undefined ? undefined : (memory.used / memory.limit) * 100;
  }
}
