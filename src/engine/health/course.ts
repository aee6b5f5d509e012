// How the health of a container follows from its probes, and when the next one is due: Docker's rules. Pure.
//
//   start ──▶ starting ── a probe succeeds ──▶ healthy ◀──┐
//                │                                │       │ one succeeds
//                └── so many in a row fail ───────┴──▶ unhealthy
//
// What fails within the start period of one that was never healthy counts for nothing.
import type { ContainerState, Health, Healthcheck, HealthStatus, ProbeResult } from '../model.js';

/** A health check with what it leaves open filled in. */
export interface HealthTimes {
  /** from the end of a probe to the beginning of the next */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly startPeriodMs: number;
  /** the interval within the start period, as long as it is starting */
  readonly startIntervalMs: number;
  /** failures in a row that make it unhealthy */
  readonly retries: number;
}

const USUAL: HealthTimes = {
  intervalMs: 30_000,
  timeoutMs: 30_000,
  startPeriodMs: 0,
  startIntervalMs: 5_000,
  retries: 3,
};
/** Docker keeps as many. */
const KEPT_RESULTS = 5;
/** However short an image has its interval: probes are started by a supervisor that others need too. */
export const LEAST_PAUSE_MS = 100;

export function timesOf(check: Healthcheck): HealthTimes {
  const ms = (ns: number, usual: number): number => (ns > 0 ? ns / 1e6 : usual);
  return {
    intervalMs: ms(check.intervalNs, USUAL.intervalMs),
    timeoutMs: ms(check.timeoutNs, USUAL.timeoutMs),
    startPeriodMs: ms(check.startPeriodNs, USUAL.startPeriodMs),
    startIntervalMs: ms(check.startIntervalNs, USUAL.startIntervalMs),
    retries: check.retries > 0 ? check.retries : USUAL.retries,
  };
}

/** At each start. What was found in the run before can still be read. */
export function healthAtStart(before: Health | undefined): Health {
  return { status: 'starting', failingStreak: 0, log: before?.log ?? [] };
}

/** While it is paused and when it has ended nobody knows that it is well: Docker says `unhealthy` then, and tells no event. */
export function healthUnwatched(health: Health): Health {
  return { ...health, status: 'unhealthy' };
}

export function stateUnwatched(state: ContainerState): ContainerState {
  return state.health === undefined ? state : { ...state, health: healthUnwatched(state.health) };
}

/** @param startedAt ms since the epoch: when the container was started */
export function healthAfter(health: Health, result: ProbeResult, times: HealthTimes, startedAt: number): Health {
  const log = [...health.log, result].slice(-KEPT_RESULTS);
  if (result.exitCode === 0) return { status: 'healthy', failingStreak: 0, log };
  const isForgiven = health.status === 'starting' && Date.parse(result.start) - startedAt < times.startPeriodMs;
  if (isForgiven) return { ...health, log };
  const failingStreak = health.failingStreak + 1;
  return { status: failingStreak >= times.retries ? 'unhealthy' : health.status, failingStreak, log };
}

/** @param ranMs since the start of the container */
export function pauseBeforeProbe(times: HealthTimes, status: HealthStatus, ranMs: number): number {
  const isStarting = status === 'starting' && ranMs < times.startPeriodMs;
  return Math.max(isStarting ? times.startIntervalMs : times.intervalMs, LEAST_PAUSE_MS);
}

/** As `ps` has it in parentheses. */
export function healthWords({ status }: Health): string {
  return status === 'starting' ? 'health: starting' : status;
}
