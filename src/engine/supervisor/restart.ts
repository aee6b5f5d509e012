// When a container that ended comes back: Docker's restart policies and delays (pure).
import type { RestartPolicy } from '../model.js';

export const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;
/** Who ran this long is taken to be well again: the delay begins anew. */
const GOOD_RUN_MS = 10_000;

export interface Ending {
  /** undefined when it is not known: on-failure takes that for a failure */
  readonly exitCode: number | undefined;
  readonly ranMs: number;
  /** a stop, kill or removal was asked for */
  readonly stopRequested: boolean;
  /** restarts that the policy has made so far */
  readonly restartCount: number;
  /** the delay before the last restart, 0 when there was none */
  readonly lastDelayMs: number;
}

/** @returns the delay (ms) before the next start, or undefined when it stays down */
export function restartDelay(policy: RestartPolicy, ending: Ending): number | undefined {
  if (ending.stopRequested || !wantsRestart(policy, ending)) return undefined;
  if (ending.lastDelayMs === 0 || ending.ranMs >= GOOD_RUN_MS) return FIRST_DELAY_MS;
  return Math.min(ending.lastDelayMs * 2, LONGEST_DELAY_MS);
}

function wantsRestart(policy: RestartPolicy, { exitCode, restartCount }: Ending): boolean {
  switch (policy.name) {
    case 'no':
      return false;
    case 'always':
    case 'unless-stopped':
      return true;
    case 'on-failure':
      return exitCode !== 0 && (policy.maximumRetryCount === 0 || restartCount < policy.maximumRetryCount);
  }
}
