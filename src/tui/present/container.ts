// A container in words: its mark, what it is doing, how it ended.
import type { Container, HealthStatus } from '../../engine/index.js';
import { isRunning, sinceOf } from '../rows.js';
import type { Pending } from '../state.js';
import { age, bytes } from './units.js';

export type MarkName = 'running' | HealthStatus | 'paused' | 'stopped' | 'failed';
export type Tone = 'good' | 'dim' | 'notice' | 'error';

export interface Mark {
  readonly mark: MarkName;
  readonly tone: Tone;
}

const OUT_OF_MEMORY = 137;

const HEALTH_MARKS: Readonly<Record<HealthStatus, Mark>> = {
  starting: { mark: 'starting', tone: 'notice' },
  healthy: { mark: 'healthy', tone: 'good' },
  unhealthy: { mark: 'unhealthy', tone: 'error' },
};

/** In one word what it is doing; of one that runs and is checked, how it is. */
export function statusWord({ state }: Container): string {
  return state.status === 'running' ? (state.health?.status ?? state.status) : state.status;
}

export function markOf({ state }: Container): Mark {
  switch (state.status) {
    case 'running':
      return state.health === undefined ? { mark: 'running', tone: 'good' } : HEALTH_MARKS[state.health.status];
    case 'paused':
      return { mark: 'paused', tone: 'notice' };
    case 'restarting':
      return { mark: 'running', tone: 'notice' };
    case 'removing':
    case 'created':
      return state.error === undefined ? { mark: 'stopped', tone: 'dim' } : { mark: 'failed', tone: 'error' };
    case 'dead':
      return { mark: 'failed', tone: 'error' };
    case 'exited':
      return state.exitCode === 0 || (state.stopRequested && !state.oomKilled)
        ? { mark: 'stopped', tone: 'dim' }
        : { mark: 'failed', tone: 'error' };
  }
}

const SIGNALS: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  131: 'SIGQUIT',
  132: 'SIGILL',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  141: 'SIGPIPE',
  143: 'SIGTERM',
};

function ending({ config, state }: Container): string {
  if (state.oomKilled) {
    const limit = config.limits.memory;
    return limit !== undefined && limit > 0 ? `OOM-killed at ${bytes(limit)}` : 'OOM-killed';
  }
  if (state.error !== undefined) return `did not start (${String(state.exitCode ?? OUT_OF_MEMORY)})`;
  if (state.exitCode === undefined) return 'ended, exit code unknown';
  const signal = SIGNALS[state.exitCode];
  return signal === undefined ? `exited ${state.exitCode}` : `exited ${state.exitCode} (${signal})`;
}

/** What a row says instead of numbers; undefined while the container runs and its numbers speak. */
export function statusWords(container: Container, now: number): string | undefined {
  const { state } = container;
  switch (state.status) {
    case 'running':
      return undefined;
    case 'paused':
      return 'paused';
    case 'removing':
      return 'being removed';
    case 'created':
      return state.error === undefined ? 'created, never started' : state.error;
    case 'dead':
      return 'could not be removed completely';
    case 'restarting':
      return [`restarting`, ending(container), restarts(container)].filter((part) => part !== '').join(' · ');
    case 'exited': {
      const when = state.finishedAt === undefined ? '' : `${age(now - Date.parse(state.finishedAt))} ago`;
      return [ending(container), when, restarts(container), state.note ?? ''].filter((part) => part !== '').join(' · ');
    }
  }
}

function restarts({ state }: Container): string {
  return state.restartCount > 0 ? `restarts ${state.restartCount}` : '';
}

/** Time since it began to be what it is. */
export const ageOf = (container: Container, now: number): string => age(now - sinceOf(container));

/** "stopping 7s": what is being done to it right now, with the rest of the grace. */
export function pendingWords(pending: Pending, now: number): string {
  const doing: Readonly<Record<Pending['verb'], string>> = {
    start: 'starting',
    stop: 'stopping',
    kill: 'killing',
    restart: 'restarting',
    pause: 'pausing',
    unpause: 'unpausing',
    remove: 'removing',
    rename: 'renaming',
    update: 'updating',
  };
  const words = doing[pending.verb];
  if (pending.deadline === undefined) return words;
  const left = Math.ceil((pending.deadline - now) / 1000);
  return left > 0 ? `${words} ${left}s` : 'SIGKILL sent';
}

/** "3 of 4": members of a project that run. */
export function runningOf(members: readonly Container[]): string {
  return `${members.filter(({ state }) => isRunning(state.status)).length} of ${members.length}`;
}
