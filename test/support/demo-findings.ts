// What is judged of the made-up machine: web waits for the disk that backup writes to, and ci-runner has too little of a CPU.
import type { Finding } from '../../src/metrics/index.js';
import { DEMO_NOW, idOf } from './demo-people.js';

const MiB = 1024 ** 2;
const since = DEMO_NOW - 3 * 60_000;

const DISK: Finding = {
  key: `${idOf('web')} io`,
  victim: idOf('web'),
  resource: 'io',
  symptom: 'waits',
  percent: 23,
  usualPercent: 2,
  since,
  byOwnLimit: false,
  suspects: [
    { id: idOf('backup'), share: 0.91, of: 'writes', rate: 57 * MiB, rose: true },
    { id: idOf('db'), share: 0.07, of: 'writes', rate: 4.2 * MiB, rose: false },
  ],
  confidence: 0.92,
  evidence: [
    { target: idOf('web'), series: 'pressure.io.some' },
    { target: idOf('backup'), series: 'io.writeBytes' },
  ],
};

const OWN_LIMIT: Finding = {
  key: `${idOf('ci-runner')} cpu`,
  victim: idOf('ci-runner'),
  resource: 'cpu',
  symptom: 'throttled',
  percent: 37,
  usualPercent: 31,
  since: since - 60_000,
  byOwnLimit: true,
  suspects: [],
  confidence: 0.99,
  evidence: [{ target: idOf('ci-runner'), series: 'cpu.throttledPercent' }],
};

/** @param measured ids of everybody who is measured now */
export function demoFindings(measured: readonly string[]): readonly Finding[] {
  const isThere = (id: string): boolean => measured.includes(id);
  return [DISK, OWN_LIMIT].filter(
    ({ victim, suspects }) => isThere(victim) && suspects.slice(0, 1).every(({ id }) => isThere(id)),
  );
}
