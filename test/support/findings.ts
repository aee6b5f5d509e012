// A finding in which all that matters is whose it is and since when.
import type { Finding } from '../../src/metrics/index.js';

export const findingOf = (key: string, since: number): Finding => ({
  key,
  victim: key,
  resource: 'cpu',
  symptom: 'waits',
  percent: 50,
  usualPercent: 0,
  since,
  byOwnLimit: false,
  suspects: [],
  confidence: 1,
  evidence: [],
});
