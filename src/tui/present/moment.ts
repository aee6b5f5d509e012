// Moments of the past as people read them.
import { age, clock, clockMinutes } from './units.js';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const DAY_MS = 24 * 3_600_000;

/** "14:02:11"; of another day "Fri 27 14:02". Local time. */
export function momentClock(at: number, now: number): string {
  const date = new Date(at);
  if (now - at < DAY_MS && date.getDate() === new Date(now).getDate()) return clock(at);
  return `${DAYS[date.getDay()]!} ${date.getDate()} ${clockMinutes(at)}`;
}

/** "14:02:11, 3m ago" */
export const momentWords = (at: number, now: number): string => `${momentClock(at, now)}, ${age(now - at)} ago`;
