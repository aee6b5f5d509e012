// A finding as one sentence for a person: who suffers, how much, since when, and who has most of what it waits for.
import { HOST_ID } from '../model.js';
import type { Finding, Resource, ShareOf, Suspect } from './model.js';

/** long: where there is a whole line for it. short: where every word counts. */
export type SentenceForm = 'long' | 'short';

const WAITS_FOR: Readonly<Record<Resource, string>> = { cpu: 'a CPU', memory: 'memory', io: 'the disk' };

const on = (disk: string | undefined): string => (disk === undefined ? '' : ` on ${disk}`);

/** "makes 91 % of the writes", or of those on one disk */
const HAS_MOST: Readonly<Record<ShareOf, (share: string, disk: string | undefined) => string>> = {
  'cpu time': (share) => `takes ${share} of the CPU time`,
  reads: (share, disk) => `makes ${share} of the reads${on(disk)}`,
  writes: (share, disk) => `makes ${share} of the writes${on(disk)}`,
  operations: (share, disk) =>
    disk === undefined ? `makes ${share} of the disk's operations` : `makes ${share} of the operations${on(disk)}`,
  'memory growth': (share) => `makes ${share} of the growth of memory`,
  'page cache': (share) => `fills ${share} of the page cache`,
};

const SHORTLY: Readonly<Record<ShareOf, string>> = {
  'cpu time': 'takes',
  reads: 'reads',
  writes: 'writes',
  operations: 'operations',
  'memory growth': 'grows',
  'page cache': 'cache',
};

const percent = (value: number): string => `${Math.round(value)} %`;

const two = (value: number): string => String(value).padStart(2, '0');

/** 14:02, on the clock of this machine. */
function clock(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function victimWords(finding: Finding, name: string, form: SentenceForm): string {
  const share = percent(finding.percent);
  const since = form === 'long' ? ` since ${clock(finding.since)}` : '';
  const ofItsTime = form === 'long' ? ' of its time' : '';
  switch (finding.symptom) {
    case 'waits':
      return `${name} waits ${share}${ofItsTime} for ${WAITS_FOR[finding.resource]}${since}`;
    case 'throttled':
      return `${name} is held by its own CPU limit ${share}${ofItsTime}${since}`;
    case 'reclaims':
      return finding.byOwnLimit
        ? `${name} is short of memory within its own limit and waits ${share}${ofItsTime}${since}`
        : `${name} reads again what was pushed out of the page cache and waits ${share}${ofItsTime}${since}`;
    case 'killed':
      return finding.byOwnLimit
        ? `${name} reached its own memory limit and the kernel killed a process of it`
        : `${name} lost a process: the kernel killed it for memory`;
  }
}

function suspectWords({ id, share, of, disk }: Suspect, nameOf: (id: string) => string, form: SentenceForm): string {
  const name = id === HOST_ID ? 'what runs outside of containers' : nameOf(id);
  return form === 'long'
    ? `${name} ${HAS_MOST[of](percent(share * 100), disk)}`
    : `${name} ${SHORTLY[of]} ${percent(share * 100)}`;
}

/** Without a full stop. Who draws it makes hostile names harmless. */
export function describeFinding(finding: Finding, nameOf: (id: string) => string, form: SentenceForm = 'long'): string {
  const victim = victimWords(finding, nameOf(finding.victim), form);
  const suspect = finding.suspects[0];
  if (finding.byOwnLimit) return victim;
  if (suspect === undefined) return form === 'long' ? `${victim}; nobody stands out` : victim;
  return `${victim}; ${suspectWords(suspect, nameOf, form)}`;
}
