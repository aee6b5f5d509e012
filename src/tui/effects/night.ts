// What was written down before the dashboard was opened is judged as well, once the first seconds are over.
import { setTimeout as sleep } from 'node:timers/promises';
import { judgeNight } from '../../metrics/index.js';
import { tell } from './failure.js';
import { targetsOf } from './measuring.js';
import type { Ports } from './ports.js';

/** How far back notices are looked for when the dashboard is opened, and how long that waits for more urgent work, ms. */
const NIGHT_MS = 24 * 3_600_000;
const NIGHT_WAITS_MS = 3000;
/** Between two pieces of it, ms. */
const PAUSE_MS = 20;

export async function lookBack(ports: Ports, signal: AbortSignal): Promise<void> {
  const { past, clock, dispatch, state } = ports;
  if (past === undefined) return;
  const until = clock.now();
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { ref: false, signal });
  try {
    await pause(NIGHT_WAITS_MS);
    const targets = targetsOf(state().containers.list);
    const spans = await judgeNight({
      archive: past,
      targets,
      from: until - NIGHT_MS,
      until,
      pause: () => pause(PAUSE_MS),
    });
    if (spans.length > 0) dispatch({ type: 'night', spans });
  } catch (error) {
    if (!signal.aborted) tell(ports, error);
  }
}
