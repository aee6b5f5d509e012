// Numbers as people read them, each in the fewest cells that keep its unit: "61M", "0.71", "23%", "2d".
// What was not measured is a dash, never 0.

export const NOT_MEASURED = '–';

const SIZES = ['B', 'K', 'M', 'G', 'T', 'P'] as const;

/** Bytes in at most four cells, binary units: "0", "812B", "1.0M", "61M", "412M". */
export function bytes(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value) || value < 0) return NOT_MEASURED;
  let size = value;
  let unit = 0;
  // From 999.5 on the next unit is shorter: "1.0G" instead of "1000M".
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1024;
    unit += 1;
  }
  if (unit === 0) return size < 0.5 ? '0' : `${size.toFixed(0)}B`;
  return `${size < 9.95 ? size.toFixed(1) : size.toFixed(0)}${SIZES[unit]!}`;
}

/** Bytes a second; what is under a byte a second is 0. */
export const rate = bytes;

/** "5.2/23.4G": both in the unit of the second. */
export function bytesOf(used: number | undefined, total: number | undefined): string {
  if (total === undefined) return bytes(used);
  let unit = 0;
  let size = total;
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const share = used === undefined ? NOT_MEASURED : (used / 1024 ** unit).toFixed(1);
  return `${share}/${size.toFixed(1)}${SIZES[unit]!}`;
}

/** Cores in use: "0.21", "1.31", "12.4". */
export function cores(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NOT_MEASURED;
  return value < 9.995 ? value.toFixed(2) : value.toFixed(1);
}

/** A limit in cores, without zeros that say nothing: "2", "1.5", "0.25"; a dash where there is none. */
export function coreLimit(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NOT_MEASURED;
  return String(Math.round(value * 100) / 100);
}

/** "23%": whole, and under half a percent 0. */
export function percent(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NOT_MEASURED;
  return `${Math.round(value).toFixed(0)}%`;
}

export function count(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NOT_MEASURED;
  return value < 10_000 ? String(Math.round(value)) : `${(value / 1000).toFixed(0)}k`;
}

/** How often something happens in a second: "0", "0.3", "370", "12k". */
export function perSecond(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NOT_MEASURED;
  return value < 0.05 ? '0' : value < 9.95 ? value.toFixed(1) : count(value);
}

/** A stretch of time in one unit: "7s", "41m", "12h", "2d", "3y". */
export function age(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return NOT_MEASURED;
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 730 ? `${days}d` : `${Math.floor(days / 365)}y`;
}

/** Microseconds as milliseconds with two decimals: "0.38", "2.40". */
export const milliseconds = (us: number): string => (us / 1000).toFixed(2);

/** CPU time of a process: "0.42s", "12s", "3m07s", "2h14m". */
export function cpuTime(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)}s`;
  if (seconds < 60) return `${seconds.toFixed(0)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${String(Math.floor(seconds % 60)).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

/** Local wall clock: "14:02:11". */
export function clock(at: number): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Local wall clock without seconds: "14:02". */
export const clockMinutes = (at: number): string => clock(at).slice(0, 5);

/** "-5m", "-90s": how far back a point of a graph lies. */
export function ago(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120 && seconds % 60 !== 0) return `-${seconds}s`;
  if (seconds < 7200) return `-${Math.round(seconds / 60)}m`;
  return `-${Math.round(seconds / 3600)}h`;
}

/** "1 container", "3 containers". */
export const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
