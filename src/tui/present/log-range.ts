// The stretch of time that somebody types for the logs: "5m" or "since 5m" is what was written since then, "14:00-14:30" a
// stretch of today (or of yesterday, where that is still to come), "@14:02" a moment to go to, nothing is no bound at all.

export type LogRange =
  | { readonly kind: 'all' }
  /** ms since the epoch */
  | { readonly kind: 'range'; readonly from?: number; readonly until?: number }
  | { readonly kind: 'jump'; readonly at: number }
  | { readonly kind: 'wrong'; readonly problem: string };

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY_MS = 86_400_000;

/** "90s", "5m", "1h30m", "2d" in ms. */
function durationOf(text: string): number | undefined {
  if (!/^(\d{1,6}[smhd])+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhd])/g)) sum += Number(count) * UNITS_MS[unit!]!;
  return sum;
}

/** "14:02", "14:02:11", "2026-11-21 14:02", RFC 3339, "5m" (so long ago), "now". */
export function momentOf(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  const ago = durationOf(text);
  if (ago !== undefined) return now - ago;
  const clock = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
  if (clock) {
    const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
    if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
    const at = new Date(now).setHours(hours, minutes, seconds, 0);
    return at > now ? at - DAY_MS : at;
  }
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : at;
}

const wrong = (text: string): LogRange => ({
  kind: 'wrong',
  problem: `“${text}” is no time: give 5m, 14:02, 14:00-14:30, @14:02 or 2026-11-21 14:02`,
});

export function parseLogRange(typed: string, now: number): LogRange {
  const text = typed.trim();
  if (text === '') return { kind: 'all' };
  if (text.startsWith('@')) {
    const at = momentOf(text.slice(1).trim(), now);
    return at === undefined ? wrong(text) : { kind: 'jump', at };
  }
  const both = /^(?:from\s+)?(.+?)\s*(?:\s-\s|\s+to\s+|\.\.|(?<=:\d\d)-(?=\d))\s*(.+)$/.exec(text);
  if (both) {
    const from = momentOf(both[1]!, now);
    const until = momentOf(both[2]!, now);
    if (from === undefined) return wrong(both[1]!);
    if (until === undefined) return wrong(both[2]!);
    if (until < from) return { kind: 'wrong', problem: `“${text}” ends before it begins` };
    return { kind: 'range', from, until };
  }
  const [, word, rest] = /^(since|from|until|to)\s+(.+)$/.exec(text) ?? [undefined, 'since', text];
  const at = momentOf(rest, now);
  if (at === undefined) return wrong(text);
  return word === 'until' || word === 'to' ? { kind: 'range', until: at } : { kind: 'range', from: at };
}
