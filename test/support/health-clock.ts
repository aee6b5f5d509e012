// Time and probes that a test makes up, below a real HealthWatch; and what Docker's rules say that must come of them, written
// down a second time in the plainest way: one loop from probe to probe.
import type { Health, ProbeResult } from '../../src/engine/model.js';
import type { HealthTimes } from '../../src/engine/health/course.js';
import { HealthWatch } from '../../src/engine/supervisor/health-watch.js';

/** ms since the epoch at which made-up containers start. */
export const START = Date.UTC(2026, 0, 1);

/** How a probe would go if it were left alone. */
export interface Outcome {
  /** ms */
  readonly takes: number;
  readonly exitCode: number;
  /** ms that it lives on after it was called off */
  readonly lingers: number;
}

/** What a test looks at. Times are ms since the start. */
export type Happening =
  | { readonly at: number; readonly what: 'probe' }
  | { readonly at: number; readonly what: 'result'; readonly status: Health['status']; readonly streak: number };

export interface Story {
  readonly times: HealthTimes;
  /** of one probe after the other; then the last one again and again */
  readonly outcomes: readonly Outcome[];
  /** stretches in which it is paused, ms since the start, in order */
  readonly pauses: readonly (readonly [from: number, to: number])[];
  /** ms: where the story ends */
  readonly until: number;
}

/** What a real watch does. */
export async function told(story: Story): Promise<Happening[]> {
  const happenings: Happening[] = [];
  const clock = new Clock();
  let probes = 0;
  const watch = new HealthWatch(
    { times: story.times, startedAt: START, health: { status: 'starting', failingStreak: 0, log: [] } },
    {
      now: () => START + clock.now,
      after: (ms, action) => clock.at(clock.now + ms, action),
      probe: () => {
        const outcome = story.outcomes[Math.min(probes, story.outcomes.length - 1)]!;
        probes += 1;
        const start = clock.now;
        happenings.push({ at: start, what: 'probe' });
        let end = (_: ProbeResult | undefined): void => undefined;
        const over = new Promise<ProbeResult | undefined>((resolve) => (end = resolve));
        const isLate = outcome.takes > story.times.timeoutMs;
        const exitCode = isLate ? -1 : outcome.exitCode;
        const forget = clock.at(start + Math.min(outcome.takes, story.times.timeoutMs), () =>
          end({ start: iso(start), end: iso(clock.now), exitCode, output: '' }),
        );
        return {
          over,
          callOff: () => {
            forget();
            clock.at(clock.now + outcome.lingers, () => end(undefined));
          },
        };
      },
      changed: ({ status, failingStreak }) =>
        happenings.push({ at: clock.now, what: 'result', status, streak: failingStreak }),
    },
  );
  watch.begin();
  for (const [from, to] of story.pauses) {
    clock.at(from, () => watch.follow(true));
    clock.at(to, () => watch.follow(false));
  }
  await clock.runUntil(story.until);
  watch.close();
  return happenings;
}

/** What must come of it. */
export function expected({ times, outcomes, pauses, until }: Story): Happening[] {
  const happenings: Happening[] = [];
  let status: Health['status'] = 'starting';
  let streak = 0;
  let probes = 0;
  let goneAt = 0;
  const interval = (now: number): number =>
    Math.max(100, status === 'starting' && now < times.startPeriodMs ? times.startIntervalMs : times.intervalMs);
  const stretches = [0, ...pauses.map(([, to]) => to)].map((from, i) => [from, pauses[i]?.[0] ?? Infinity] as const);
  for (const [from, paused] of stretches) {
    const to = Math.min(paused, until);
    let next = Math.max(from + interval(from), goneAt);
    while (next < to) {
      const start = next;
      const outcome = outcomes[Math.min(probes, outcomes.length - 1)]!;
      probes += 1;
      happenings.push({ at: start, what: 'probe' });
      const isLate = outcome.takes > times.timeoutMs;
      const end = start + Math.min(outcome.takes, times.timeoutMs);
      if (end >= to) {
        goneAt = to + outcome.lingers;
        break;
      }
      if (!isLate && outcome.exitCode === 0) {
        status = 'healthy';
        streak = 0;
      } else if (!(status === 'starting' && start < times.startPeriodMs)) {
        streak += 1;
        if (streak >= times.retries) status = 'unhealthy';
      }
      happenings.push({ at: end, what: 'result', status, streak });
      next = end + interval(end);
    }
    status = 'unhealthy';
  }
  return happenings;
}

const iso = (ms: number): string => new Date(START + ms).toISOString();

/** Nothing passes but what was asked for. */
class Clock {
  now = 0;
  readonly #due: { at: number; action: () => void }[] = [];

  at(at: number, action: () => void): () => void {
    const entry = { at, action };
    this.#due.push(entry);
    return () => {
      const index = this.#due.indexOf(entry);
      if (index >= 0) this.#due.splice(index, 1);
    };
  }

  async runUntil(end: number): Promise<void> {
    for (;;) {
      const next = this.#due.reduce<{ at: number; action: () => void } | undefined>(
        (first, entry) => (first === undefined || entry.at < first.at ? entry : first),
        undefined,
      );
      if (next === undefined || next.at >= end) return;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.now = Math.max(this.now, next.at);
      next.action();
      // Whoever waits for a promise has its turn before time goes on.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
