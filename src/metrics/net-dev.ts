// What network interfaces have counted, out of /proc/PID/net/dev (proc(5)): two lines of heading, then a line an interface. Over
// bytes, as all of the kernel's files are read that are read every second.
import { keys, nextLine, nextWord, numberAt, skipSpaces, startsWith, type Key, type Text } from './proc.js';

/** Since the network namespace began: bytes and packets, and those that were dropped or found damaged. */
export interface NetworkCounters {
  rxBytes: number;
  txBytes: number;
  rxPackets: number;
  txPackets: number;
  rxDrops: number;
  txDrops: number;
  rxErrors: number;
  txErrors: number;
}

export const NETWORK_COUNTERS = [
  'rxBytes',
  'txBytes',
  'rxPackets',
  'txPackets',
  'rxDrops',
  'txDrops',
  'rxErrors',
  'txErrors',
] as const satisfies readonly (keyof NetworkCounters)[];

/** The columns of a line behind its name: "rx bytes packets errs drop fifo frame compressed multicast", then the same of tx. */
const COLUMNS: readonly (keyof NetworkCounters | undefined)[] = [
  'rxBytes',
  'rxPackets',
  'rxErrors',
  'rxDrops',
  ...Array.from({ length: 4 }, () => undefined),
  'txBytes',
  'txPackets',
  'txErrors',
  'txDrops',
];

export const noNetwork = (): NetworkCounters => ({
  rxBytes: NaN,
  txBytes: NaN,
  rxPackets: NaN,
  txPackets: NaN,
  rxDrops: NaN,
  txDrops: NaN,
  rxErrors: NaN,
  txErrors: NaN,
});

/** Another network namespace counts from its own beginning: what was read before is no part of it. */
export function forgetNetwork(counters: NetworkCounters): void {
  for (const name of NETWORK_COUNTERS) counters[name] = NaN;
}

/** Which network interfaces count, told from the bytes of the name. */
export type InterfaceFilter = (text: Text, from: number, to: number) => boolean;

const [LOOPBACK] = keys('lo') as [Key];
export const isNotLoopback: InterfaceFilter = (text, from, to) =>
  to - from !== LOOPBACK.length || !startsWith(text, from, LOOPBACK);

/** What one interface has counted: the same object for each. Its name in the text lies between `from` and `to`. */
export type SeeInterface = (counters: Readonly<NetworkCounters>, from: number, to: number) => void;

const COLON = 58;
const NEWLINE = 10;

const one = noNetwork();

/** Every interface that counts, in the order of the file. */
export function eachInterface(text: Text, counts: InterfaceFilter, see: SeeInterface): void {
  const { bytes, length } = text;
  for (let line = nextLine(text, nextLine(text, 0)); line < length; line = nextLine(text, line)) {
    const from = skipSpaces(text, line);
    let to = from;
    while (to < length && bytes[to] !== COLON && bytes[to] !== NEWLINE) to++;
    if (to >= length || bytes[to] !== COLON || !counts(text, from, to)) continue;
    let at = skipSpaces(text, to + 1);
    for (const name of COLUMNS) {
      if (name !== undefined) one[name] = numberAt(text, at);
      at = nextWord(text, at);
    }
    see(one, from, to);
  }
}

/** All that count together; NaN where there is none. */
export function networkCounters(text: Text, counts: InterfaceFilter, into: NetworkCounters, see?: SeeInterface): void {
  forgetNetwork(into);
  let isFirst = true;
  eachInterface(text, counts, (counters, from, to) => {
    for (const name of NETWORK_COUNTERS) into[name] = isFirst ? counters[name] : into[name] + counters[name];
    isFirst = false;
    see?.(counters, from, to);
  });
}
