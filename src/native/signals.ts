// Signals by name and number (signal(7); the numbers are the same on x86-64 and arm64).
import { constants } from 'node:os';

export type SignalName = NodeJS.Signals | `SIGRTMIN+${number}` | `SIG${number}`;

const byName = new Map<string, number>(Object.entries(constants.signals));
const byNumber = new Map<number, SignalName>();
// SIGABRT before SIGIOT, SIGIO before SIGPOLL: the first name of a number is the one that people use.
for (const [name, number] of byName) if (!byNumber.has(number)) byNumber.set(number, name as NodeJS.Signals);

/** The first real-time signal as programs see it: the C library keeps 32 and 33 for itself. */
const SIGRTMIN = 34;
const SIGRTMAX = 64;

/** The name of a signal: 15 → 'SIGTERM', 35 → 'SIGRTMIN+1'. */
export function signalName(number: number): SignalName {
  const known = byNumber.get(number);
  if (known !== undefined) return known;
  return number >= SIGRTMIN && number <= SIGRTMAX ? `SIGRTMIN+${number - SIGRTMIN}` : `SIG${number}`;
}

/**
 * The number of a signal that a person wrote: 'SIGTERM', 'term', 15, '15', 'RTMIN+3', 'SIGRTMAX-1'.
 * undefined when there is no such signal.
 */
export function signalNumber(signal: string | number): number | undefined {
  if (typeof signal === 'number' || /^[0-9]+$/.test(signal)) {
    const number = Number(signal);
    return Number.isInteger(number) && number >= 1 && number <= SIGRTMAX ? number : undefined;
  }
  const name = signal.toUpperCase().replace(/^SIG/, '');
  const realTime = /^RT(MIN|MAX)(?:([+-])([0-9]{1,2}))?$/.exec(name);
  if (realTime === null) return byName.get(`SIG${name}`);
  const [, end, sign, distance = '0'] = realTime;
  if (sign === (end === 'MIN' ? '-' : '+')) return undefined;
  const number = end === 'MIN' ? SIGRTMIN + Number(distance) : SIGRTMAX - Number(distance);
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined;
}
