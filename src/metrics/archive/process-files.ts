// What /proc says of one process, in bytes (pure). Source: proc_pid_stat(5), proc_pid_io(5).
import { readFileSync } from 'node:fs';

export interface ProcessStat {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly threads: number;
  readonly rssBytes: number;
  readonly cpuMs: number;
  /** ms after the machine began */
  readonly startedMs: number;
}

/** USER_HZ is 100 on every architecture that Node runs on. */
const TICK_MS = 10;

/** "42 (name) S 1 …": the name may have anything in it, parentheses and spaces too, so the last one ends it. */
export function parseStat(bytes: Buffer): ProcessStat | undefined {
  const open = bytes.indexOf('(');
  const close = bytes.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const fields = bytes.toString('latin1', close + 2).split(' ');
  // fields[0] is the third of the page.
  const field = (number: number): number => Number(fields[number - 3]);
  const stat: ProcessStat = {
    pid: parseInt(bytes.toString('latin1', 0, open), 10),
    name: bytes.toString('utf8', open + 1, close),
    state: fields[0]?.[0] ?? '?',
    threads: field(20),
    rssBytes: field(24) * pageBytes(),
    cpuMs: (field(14) + field(15)) * TICK_MS,
    startedMs: field(22) * TICK_MS,
  };
  return Number.isNaN(stat.pid + stat.threads + stat.rssBytes + stat.cpuMs + stat.startedMs) ? undefined : stat;
}

/** What went to and came from disks: not what caches gave or took. */
export function parseIo(bytes: Buffer): { readBytes: number; writeBytes: number } | undefined {
  const text = bytes.toString('latin1');
  const readBytes = /^read_bytes: (\d+)$/m.exec(text)?.[1];
  const writeBytes = /^write_bytes: (\d+)$/m.exec(text)?.[1];
  if (readBytes === undefined || writeBytes === undefined) return undefined;
  return { readBytes: Number(readBytes), writeBytes: Number(writeBytes) };
}

const AT_PAGESZ = 6n;
let page: number | undefined;

/** getauxval(3): pairs of a type and a value. */
function pageBytes(): number {
  if (page !== undefined) return page;
  page = 4096;
  const vector = readFileSync('/proc/self/auxv');
  for (let at = 0; at + 16 <= vector.length; at += 16)
    if (vector.readBigUInt64LE(at) === AT_PAGESZ) page = Number(vector.readBigUInt64LE(at + 8));
  return page;
}
