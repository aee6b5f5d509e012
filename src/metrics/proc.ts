// Parsers of the kernel's text files, over bytes and a length: no strings are made, so a hundred containers a second cost
// no garbage. Every parser answers NaN for what it does not find: not measured is never 0.

/** Text as the kernel wrote it: the first `length` bytes of a buffer that is used again for the next file. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly length: number;
}

const NEWLINE = 10;
const SPACE = 32;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const EQUALS = 61;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** Where the number that begins at `at` ends; `at` itself where none begins. */
function numberEnd({ bytes, length }: Text, at: number): number {
  let end = at;
  while (end < length && isDigit(bytes[end])) end++;
  return end;
}

/** The unsigned whole number at `at`, NaN where there is none. Exact below 2^53, near enough for a rate above. */
export function numberAt({ bytes, length }: Text, at: number): number {
  if (at >= length || !isDigit(bytes[at])) return NaN;
  let value = 0;
  for (let i = at; i < length && isDigit(bytes[i]); i++) value = value * 10 + (bytes[i]! - ZERO);
  return value;
}

/** A file that is one number, as cpuacct.usage or memory.current. */
export const wholeNumber = (text: Text): number => numberAt(text, 0);

/** The kernel's "no limit" where a file has no word for it: PAGE_COUNTER_MAX pages, just below 2^63 bytes. */
const UNLIMITED_BYTES = 2 ** 62;

/** NaN for v1's largest number, which means that there is no limit. */
export const orNoLimit = (bytes: number): number => (bytes >= UNLIMITED_BYTES ? NaN : bytes);

/** A number that is a limit: NaN for "max", -1 and v1's largest number, which all mean that there is none. */
export const limitAt = (text: Text, at: number): number => orNoLimit(numberAt(text, at));

/** A number with a fraction, as in /proc/loadavg. */
function decimalAt(text: Text, at: number): number {
  const dot = numberEnd(text, at);
  const whole = numberAt(text, at);
  if (dot >= text.length || text.bytes[dot] !== DOT) return whole;
  const digits = numberEnd(text, dot + 1) - dot - 1;
  return digits === 0 ? whole : whole + numberAt(text, dot + 1) / 10 ** digits;
}

/** The first byte of the line after the one that `at` is in. */
export function nextLine({ bytes, length }: Text, at: number): number {
  let i = at;
  while (i < length && bytes[i] !== NEWLINE) i++;
  return i + 1;
}

/** The first byte of the word after the one that `at` is in; the end of the line where there is none. */
export function nextWord({ bytes, length }: Text, at: number): number {
  let i = at;
  while (i < length && bytes[i] !== SPACE && bytes[i] !== NEWLINE) i++;
  while (i < length && bytes[i] === SPACE) i++;
  return i;
}

export function skipSpaces({ bytes, length }: Text, at: number): number {
  let i = at;
  while (i < length && bytes[i] === SPACE) i++;
  return i;
}

/** A word to look for, as bytes. */
export type Key = Uint8Array;
export const keys = (...words: string[]): readonly Key[] => words.map((word) => new TextEncoder().encode(word));

export function startsWith({ bytes, length }: Text, at: number, key: Key): boolean {
  if (at + key.length > length) return false;
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key[i]) return false;
  return true;
}

/**
 * A file of lines "key value" (memory.stat, cpu.stat, memory.events) or "key:   value kB" (/proc/meminfo; the colon belongs
 * to the key): answers the values of the wanted keys in their order, NaN for a key that no line has.
 */
export function keyed(text: Text, wanted: readonly Key[]): number[] {
  const values = wanted.map(() => NaN);
  for (let line = 0, missing = wanted.length; line < text.length && missing > 0; line = nextLine(text, line)) {
    for (let k = 0; k < wanted.length; k++) {
      const key = wanted[k]!;
      const end = line + key.length;
      if (text.bytes[end] !== SPACE || !startsWith(text, line, key)) continue;
      values[k] = numberAt(text, skipSpaces(text, end));
      missing--;
      break;
    }
  }
  return values;
}

/** The value of "key=value" in the line that begins at `line`. */
export function assigned(text: Text, line: number, key: Key): number {
  for (let at = line; at < text.length && text.bytes[at] !== NEWLINE; at = nextWord(text, at)) {
    const end = at + key.length;
    if (text.bytes[end] === EQUALS && startsWith(text, at, key)) return numberAt(text, end + 1);
  }
  return NaN;
}

/** The device number "major:minor" at `at`, NaN in both where there is none. */
export function deviceAt(text: Text, at: number): { major: number; minor: number } {
  const colon = numberEnd(text, at);
  if (colon === at || colon >= text.length || text.bytes[colon] !== COLON) return { major: NaN, minor: NaN };
  return { major: numberAt(text, at), minor: numberAt(text, colon + 1) };
}

const [SOME, FULL, TOTAL] = keys('some', 'full', 'total') as [Key, Key, Key];

/** µs that tasks have waited, since the cgroup or the machine began. Source: Documentation/accounting/psi.rst. */
export function pressure(text: Text): { someUs: number; fullUs: number } {
  let someUs = NaN;
  let fullUs = NaN;
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    if (startsWith(text, line, SOME)) someUs = assigned(text, line, TOTAL);
    else if (startsWith(text, line, FULL)) fullUs = assigned(text, line, TOTAL);
  }
  return { someUs, fullUs };
}

/** Which block devices count: a disk, but not its partitions nor what is stacked upon it. */
export type DeviceFilter = (major: number, minor: number) => boolean;

/** Bytes and operations that the devices which count have done; 0 where no device has done any. */
export interface DiskTotals {
  readBytes: number;
  writeBytes: number;
  readOps: number;
  writeOps: number;
}

/** The unit of a "sector" in /proc/diskstats, whatever the disk's own sectors are (Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;

/** What one device has done; its name in the text lies between `from` and `to`. */
export type SeeDisk = (major: number, minor: number, totals: DiskTotals, from: number, to: number) => void;

/** Source: /proc/diskstats: "major minor name reads merged sectors ms writes merged sectors …". */
export function eachDiskstat(text: Text, counts: DeviceFilter, see: SeeDisk): void {
  for (let line = 0; line < text.length; line = nextLine(text, line)) {
    const columns = [skipSpaces(text, line)];
    for (let c = 1; c < 10; c++) columns.push(nextWord(text, columns[c - 1]!));
    const column = (index: number): number => numberAt(text, columns[index]!);
    if (Number.isNaN(column(9)) || !counts(column(0), column(1))) continue;
    const totals = {
      readBytes: column(5) * SECTOR_BYTES,
      writeBytes: column(9) * SECTOR_BYTES,
      readOps: column(3),
      writeOps: column(7),
    };
    see(column(0), column(1), totals, columns[2]!, columns[3]! - 1);
  }
}

export const noTotals = (): DiskTotals => ({ readBytes: 0, writeBytes: 0, readOps: 0, writeOps: 0 });

export function addTotals(to: DiskTotals, { readBytes, writeBytes, readOps, writeOps }: DiskTotals): void {
  to.readBytes += readBytes;
  to.writeBytes += writeBytes;
  to.readOps += readOps;
  to.writeOps += writeOps;
}

/** All that count together. */
export function diskstats(text: Text, counts: DeviceFilter): DiskTotals {
  const totals = noTotals();
  eachDiskstat(text, counts, (_major, _minor, one) => addTotals(totals, one));
  return totals;
}

/** What a CPU, or all of them, has done since the machine began, in ticks of 10 ms. */
export interface CpuTicks {
  user: number;
  system: number;
  /** user, system, idle, waiting for a disk and stolen by the hypervisor */
  all: number;
}

function cpuTicks(text: Text, at: number): CpuTicks {
  const columns: number[] = [];
  for (let i = at; columns.length < 8; i = nextWord(text, i)) {
    const value = numberAt(text, i);
    // Old kernels have fewer columns; a line without its first four is none.
    columns.push(Number.isNaN(value) && columns.length >= 4 ? 0 : value);
  }
  const [user, nice, system, idle, iowait, irq, softirq, steal] = columns as [number, ...number[]] & number[];
  const busyUser = user + nice!;
  const busySystem = system! + irq! + softirq!;
  return { user: busyUser, system: busySystem, all: busyUser + busySystem + idle! + iowait! + steal! };
}

const [CPU] = keys('cpu') as [Key];

/**
 * Source: /proc/stat (proc(5)). `each` holds a CPU at the index that is its number; a CPU that is offline has no line, so its
 * place is empty.
 */
export function cpuTimes(text: Text): { total: CpuTicks | undefined; each: (CpuTicks | undefined)[] } {
  let total: CpuTicks | undefined;
  const each: (CpuTicks | undefined)[] = [];
  for (let line = 0; line < text.length && startsWith(text, line, CPU); line = nextLine(text, line)) {
    const ticks = cpuTicks(text, nextWord(text, line));
    const cpu = numberAt(text, line + CPU.length);
    if (Number.isNaN(cpu)) total = ticks;
    else each[cpu] = ticks;
  }
  return { total, each };
}

/** Source: /proc/loadavg: "0.20 0.18 0.12 1/80 11206", the fourth is runnable and existing threads. */
export function loadAverages(text: Text): { load: [number, number, number]; threads: number } {
  const five = nextWord(text, 0);
  const fifteen = nextWord(text, five);
  const runnable = nextWord(text, fifteen);
  const threads = numberAt(text, numberEnd(text, runnable) + 1);
  return { load: [decimalAt(text, 0), decimalAt(text, five), decimalAt(text, fifteen)], threads };
}
