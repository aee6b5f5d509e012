// Findings as people read them: the sentence with names, and what stands beside a container in the table.
import { describeFinding, HOST_ID, type Finding, type SentenceForm, type ShareOf } from '../../metrics/index.js';
import { nameOfTarget } from '../reducers/neighbours.js';
import type { State } from '../state.js';
import { cores, percent, rate } from './units.js';

export const findingSentence = (state: State, finding: Finding, form: SentenceForm): string =>
  describeFinding(finding, (id) => nameOfTarget(state, id), form);

/** What a suspect is called where it stands by itself. */
export const suspectName = (state: State, id: string): string =>
  id === HOST_ID ? 'outside of containers' : nameOfTarget(state, id);

/** "57M/s", "1.20 cores": how much of it a suspect has, with its unit. */
export function suspectRate(of: ShareOf, value: number): string {
  if (of === 'cpu time') return `${cores(value)} cores`;
  return of === 'operations' ? `${Math.round(value)}/s` : `${rate(value)}/s`;
}

const SHORT: Readonly<Record<ShareOf, string>> = {
  'cpu time': 'cpu',
  reads: 'reads',
  writes: 'writes',
  operations: 'ops',
  'memory growth': 'grows',
  'page cache': 'cache',
};

/** "writes 91%": what a container has most of while another suffers from it; undefined where it is no suspect. */
export function suspicion(findings: readonly Finding[], id: string): string | undefined {
  for (const { suspects } of findings) {
    const [first] = suspects;
    if (first?.id === id) return `${SHORT[first.of]} ${percent(first.share * 100)}`;
  }
  return undefined;
}
