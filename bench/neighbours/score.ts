// How good the judge is: each recording is judged once more, sample by sample, and what it said is held against what was staged
// and against the work that the services really got done. Pure: no run is needed to score again.
import type { Finding } from '../../src/metrics/index.js';
import { createJudge } from '../../src/metrics/neighbours/judge.js';
import type { Closer, Observation } from '../../src/metrics/neighbours/observation.js';
import { worthALook } from '../../src/metrics/neighbours/worth.js';
import type { Recording } from './recording.js';

export interface Said {
  readonly at: number;
  readonly findings: readonly Finding[];
}

/** Everybody was looked at when it was recorded; the sampler looks at those alone who are worth it. */
function worthOf({ host, samples }: Observation, closer: ReadonlyMap<string, Closer>): ReadonlyMap<string, Closer> {
  const worth = worthALook(host, samples);
  return new Map(
    [...closer].flatMap(([id, { readBytes, writeBytes, waitingCores }]) => {
      const { bytes = false, waits = false } = worth.get(id) ?? {};
      const seen: Closer = {
        ...(bytes && readBytes !== undefined && { readBytes }),
        ...(bytes && writeBytes !== undefined && { writeBytes }),
        ...(waits && waitingCores !== undefined && { waitingCores }),
      };
      return bytes || waits ? [[id, seen] as const] : [];
    }),
  );
}

/** What the judge says of a recording. It is given a closer look only when it asked for one, two in a row for the first rates. */
export function replay(observations: readonly Observation[]): Said[] {
  const judge = createJudge();
  let asked = 0;
  return observations.map(({ closer, disks, ...rest }) => {
    asked = judge.wantsCloserLook ? asked + 1 : 0;
    const looked = asked > 1 && { ...(closer && { closer: worthOf(rest, closer) }), ...(disks && { disks }) };
    const findings = judge.observe({ ...rest, ...looked });
    return { at: rest.at, findings };
  });
}

/** A service that got so little of its work done, of what it did before, was hurt; so much, it was not; between, who knows. */
const HURT = 0.85;
const UNHURT = 0.95;

type Truth = 'hurt' | 'unhurt' | 'unclear';

function truthOf({ label }: Recording, name: string): Truth {
  const got = label.got?.[name];
  const isSelf = label.culprit === name && label.victims.includes(name);
  if (isSelf) return 'hurt';
  if (got !== undefined) return got <= HURT ? 'hurt' : got < UNHURT ? 'unclear' : 'unhurt';
  if (label.victims.includes(name)) return 'hurt';
  return label.maybe.includes(name) ? 'unclear' : 'unhurt';
}

export interface Verdict {
  readonly scenario: string;
  readonly seed: number;
  readonly host: string;
  /** whether somebody was hurt */
  readonly truth: Truth;
  /** ms from the beginning to the first right finding */
  readonly foundAfterMs?: number;
  /** who was named first in it */
  readonly named?: string;
  readonly isNamedRight: boolean;
  readonly isResourceRight: boolean;
  /** findings that should not have been, each told once */
  readonly falseAlarms: readonly string[];
  readonly minutes: number;
}

const nameOf = ({ byOwnLimit, suspects, victim, symptom }: Finding): string =>
  byOwnLimit ? victim : (suspects[0]?.id ?? (symptom === 'killed' ? victim : 'nobody'));

export function verdictOn(recording: Recording): Verdict {
  const { scenario, seed, host, label, observations, intervalMs } = recording;
  const said = replay(observations);
  const began = label.began ?? Infinity;
  const earliest = (label.signalled ?? began) - 2 * intervalMs;
  const falseAlarms = new Map<string, string>();
  let right: { at: number; finding: Finding } | undefined;
  for (const { at, findings } of said)
    for (const finding of findings) {
      const truth = truthOf(recording, finding.victim);
      const isEarly = finding.since < earliest;
      if (!isEarly && truth === 'hurt') {
        right ??= { at, finding };
        // What is said of the matter at the same moment counts before what is said beside it.
        if (right.at === at && right.finding.resource !== label.resource) right = { at, finding };
      }
      if (isEarly || truth === 'unhurt')
        // The same one as long as it lasts; when it is over and comes again, that is another.
        falseAlarms.set(
          `${finding.key} ${finding.since}`,
          `${finding.key} ${finding.symptom} ${finding.percent.toFixed(0)} % by ${nameOf(finding)} at ${((at - (observations[0]?.at ?? at)) / 1000).toFixed(0)} s`,
        );
    }
  const truths = [...(observations.at(-1)?.samples.keys() ?? [])].map((name) => truthOf(recording, name));
  const truth = truths.includes('hurt')
    ? 'hurt'
    : truths.includes('unclear') && label.victims.length > 0
      ? 'unclear'
      : 'unhurt';
  const first = observations[0]?.at ?? 0;
  return {
    scenario,
    seed,
    host,
    truth,
    ...(right && { foundAfterMs: Math.max(0, right.at - began), named: nameOf(right.finding) }),
    isNamedRight: right !== undefined && nameOf(right.finding) === label.culprit,
    isResourceRight: right !== undefined && right.finding.resource === label.resource,
    falseAlarms: [...falseAlarms.values()],
    minutes: ((observations.at(-1)?.at ?? first) - first) / 60_000,
  };
}

export interface Score {
  readonly runs: number;
  /** runs in which somebody was hurt, and those of them in which that was found */
  readonly hurt: number;
  readonly found: number;
  /** of these, in how many the one who does it was named first, and the resource was right */
  readonly named: number;
  readonly resourceRight: number;
  /** runs in which it could not be told */
  readonly unclear: number;
  /** runs with a false alarm */
  readonly false: number;
  readonly precision: number;
  readonly recall: number;
  /** of the victims found, the share whose culprit was named first */
  readonly who: number;
  /** of the victims found, the share found within five seconds */
  readonly inTime: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

/** So soon a victim is to be found. */
const IN_TIME_MS = 5000;

const part = (some: number, all: number): number => (all === 0 ? NaN : some / all);

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

export function scoreOf(verdicts: readonly Verdict[]): Score {
  const hurt = verdicts.filter(({ truth }) => truth === 'hurt');
  const found = hurt.filter(({ foundAfterMs }) => foundAfterMs !== undefined);
  const wrong = verdicts.filter(({ falseAlarms }) => falseAlarms.length > 0);
  const named = found.filter(({ isNamedRight }) => isNamedRight).length;
  const times = found.map(({ foundAfterMs }) => foundAfterMs!);
  return {
    runs: verdicts.length,
    hurt: hurt.length,
    found: found.length,
    false: wrong.length,
    precision: part(found.length, found.length + wrong.length),
    recall: part(found.length, hurt.length),
    named,
    resourceRight: found.filter(({ isResourceRight }) => isResourceRight).length,
    unclear: verdicts.filter(({ truth }) => truth === 'unclear').length,
    who: part(named, found.length),
    inTime: part(times.filter((ms) => ms <= IN_TIME_MS).length, times.length),
    medianMs: quantile(times, 0.5),
    slowestMs: quantile(times, 1),
  };
}
