// Sizes, CPUs, durations, times and rates as people write them, in Docker's grammar. Pure.
import type { DeviceRate } from '../cgroup/limits.js';
import { shown, wrong } from './wrong.js';

const UNITS = ['', 'k', 'm', 'g', 't', 'p'];
const SIZE = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i;

/**
 * "64m", "1.5g", "512", "64MiB" as bytes; every unit is a power of 1024.
 * @param options.unlimited -1 is allowed and means "no limit"
 */
export function parseBytes(text: string, what: string, options: { unlimited?: boolean } = {}): number {
  const right = options.unlimited
    ? 'give a size such as 64m or 1.5g, or -1 for no limit'
    : 'give a size such as 64m or 1.5g';
  if (options.unlimited && text === '-1') return -1;
  const match = SIZE.exec(text);
  if (!match) throw wrong(what, text, right);
  const bytes = Math.floor(Number(match[1]) * 1024 ** UNITS.indexOf(match[2]!.toLowerCase()));
  if (!Number.isSafeInteger(bytes)) throw wrong(what, text, 'that is more than any machine has');
  return bytes;
}

/** "0.5" cores as nano-CPUs, 1e9 each; 0 is no limit. */
export function parseCpus(text: string, what = 'the number of CPUs'): number {
  const match = /^(\d+)?(?:\.(\d+))?$/.exec(text);
  if (!match || text === '' || text === '.') throw wrong(what, text, 'give a number such as 0.5 or 2');
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > 9) throw wrong(what, text, 'give at most nine digits after the point');
  const nanoCpus = Number(match[1] ?? 0) * 1e9 + Number(fraction.padEnd(9, '0'));
  if (!Number.isSafeInteger(nanoCpus)) throw wrong(what, text, 'no machine has that many');
  return nanoCpus;
}

/** A whole number in a range, both ends included. */
export function parseInteger(text: string, what: string, range: { min?: number; max?: number } = {}): number {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = range;
  const value = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  const bounds =
    range.max === undefined ? (range.min === undefined ? '' : `, ${min} or more`) : ` from ${min} to ${max}`;
  throw wrong(what, text, `give a whole number${bounds}`);
}

const DURATION_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** µ is two letters: the sign of micro, and the Greek one. */
const DURATION_PART = /(\d+(?:\.\d+)?|\.\d+)(ns|us|[\u00b5\u03bc]s|ms|s|m|h)/y;

/** Go's durations, "1h30m", "10s", "500ms", in ms. A bare "0" needs no unit. */
export function parseDuration(text: string, what: string): number {
  if (text === '0') return 0;
  let total = 0;
  let at = 0;
  while (at < text.length) {
    DURATION_PART.lastIndex = at;
    const match = DURATION_PART.exec(text);
    if (!match) throw wrong(what, text, 'give a duration such as 10s, 1m30s or 500ms');
    total += Number(match[1]) * DURATION_MS[match[2]!]!;
    at = DURATION_PART.lastIndex;
  }
  if (at === 0) throw wrong(what, text, 'give a duration such as 10s, 1m30s or 500ms');
  return total;
}

/** "10", "1.5" or "1m30s" as seconds. */
export function parseSeconds(text: string, what: string): number {
  return /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : parseDuration(text, what) / 1000;
}

/**
 * A moment for --since and --until: a date ("2026-01-02", "2026-01-02T15:04:05Z"), seconds since the epoch
 * ("1136073600.000000001"), or a duration before `now` ("10m"). @returns ms since the epoch
 */
export function parseTime(text: string, what: string, now: number): number {
  if (/^\d{5,11}(\.\d{1,9})?$/.test(text)) return Number(text) * 1000;
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    const time = Date.parse(text);
    if (!Number.isNaN(time)) return time;
  } else if (/^[\d.]+(ns|us|[\u00b5\u03bc]s|ms|s|m|h)/.test(text)) {
    return now - parseDuration(text, what);
  } else if (/^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text)) {
    return lastTimeOfDay(text, now);
  }
  const right =
    'give a date such as 2026-01-02T15:04:05Z, a time such as 02:30, seconds since 1970, or a duration such as 10m';
  throw wrong(what, text, right);
}

/** A time of day is the last such one there was, where this machine stands. */
function lastTimeOfDay(text: string, now: number): number {
  const [hours, minutes, seconds = 0] = text.split(':').map(Number);
  const time = new Date(now);
  time.setHours(hours!, minutes, seconds, 0);
  if (time.getTime() > now) time.setDate(time.getDate() - 1);
  return time.getTime();
}

/** "/dev/sda:1mb": bytes a second, or with `unit: 'operations'` "/dev/sda:100". */
export function parseDeviceRate(text: string, what: string, unit: 'bytes' | 'operations'): DeviceRate {
  const colon = text.lastIndexOf(':');
  const path = text.slice(0, Math.max(colon, 0));
  const example = unit === 'bytes' ? '/dev/sda:1mb' : '/dev/sda:100';
  if (!path.startsWith('/dev/') || colon < 0) throw wrong(what, text, `give a disk and a rate such as ${example}`);
  const number = text.slice(colon + 1);
  const rate =
    unit === 'bytes'
      ? parseBytes(number, `${what} of ${shown(path)}`)
      : parseInteger(number, `${what} of ${shown(path)}`, { min: 0 });
  if (rate === 0) throw wrong(what, text, 'a rate is above 0; leave the disk out for no limit');
  return { path, rate };
}
