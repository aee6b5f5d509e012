// Trying again what may pass: after a delay that grows and is never quite the same, or the one that the other side asked for.
// What does not pass by itself (no such image, not allowed, a wrong digest) is thrown at once. Tests: test/pure/engine/registry/retry.test.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { Temporary } from './failure.js';

/** How long we wait for what, ms. */
export interface Patience {
  /** tries in a row without progress */
  readonly tries: number;
  /** before the second try; doubled before each further one */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A registry that asks for more is told as a failure at once: nobody sits in front of it that long. */
  readonly longestRetryAfterMs: number;
  /** with hardly a byte (LEAST_BYTES) of a body, or none of a request taken */
  readonly silenceMs: number;
  /** until an answer begins, once all of the request was sent */
  readonly answerMs: number;
  /** for a small document as a whole */
  readonly documentMs: number;
}

export const PATIENCE: Patience = {
  tries: 5,
  firstDelayMs: 1000,
  longestDelayMs: 15_000,
  longestRetryAfterMs: 120_000,
  silenceMs: 30_000,
  answerMs: 60_000,
  documentMs: 120_000,
};

/** Bytes: less in `silenceMs` is silence. A line of 1 KiB a second, slower than any that is still in use, passes with room. */
export const LEAST_BYTES = 1024;

/** Bytes after which a try that failed has got somewhere: the next one is a first one again. */
export const PROGRESS_BYTES = 64 * 1024;

export interface RetryOptions {
  readonly patience: Patience;
  readonly signal?: AbortSignal | undefined;
  /** bytes that came so far, where each try goes on from the one before */
  readonly progress?: () => number;
  readonly onRetry?: ((why: string, delayMs: number) => void) | undefined;
}

/** @throws what `attempt` throws; of what is temporary, its final error when patience ends; the signal's reason */
export async function retrying<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { patience, signal, progress, onRetry } = options;
  let tries = 0;
  let reached = progress?.() ?? 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Temporary)) throw error;
      const now = progress?.() ?? 0;
      tries = now >= reached + PROGRESS_BYTES ? 1 : tries + 1;
      reached = Math.max(reached, now);
      const delay = error.retryAfterMs ?? delayBefore(tries, patience, Math.random());
      if (tries >= patience.tries || delay > patience.longestRetryAfterMs) throw error.final;
      onRetry?.(error.why, delay);
      await pause(delay, signal);
    }
  }
}

/** @param failed tries so far @param chance 0 to 1: many that failed together should not come back together */
export function delayBefore(failed: number, { firstDelayMs, longestDelayMs }: Patience, chance: number): number {
  const whole = Math.min(firstDelayMs * 2 ** (failed - 1), longestDelayMs);
  return Math.round(whole * (0.75 + 0.5 * chance));
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
