// What a blob on its way does, in words: the same on the command line and in the dashboard.
import type { TransferPhase } from './transfer.js';
import type { TransferProgress, TransferRow } from './transfer-progress.js';

/** Which way bytes go, and how a person says so. */
export type TransferVerb = 'pull' | 'push' | 'load' | 'save';

export const MOVING: Readonly<Record<TransferVerb, string>> = {
  pull: 'downloading',
  push: 'uploading',
  load: 'reading',
  save: 'writing',
};

const OVER: ReadonlySet<TransferPhase> = new Set(['done', 'there']);
export const isOver = ({ phase }: Pick<TransferRow, 'phase'>): boolean => OVER.has(phase);

/** 0..1; NaN while it is not known. */
export const shareOf = ({ current, total }: Pick<TransferProgress, 'current' | 'total'>): number =>
  total === undefined ? NaN : total === 0 ? 1 : current / total;

/** "downloading", "retrying in 3 s: connection reset" */
export function phaseWords({ phase, why, retryAt }: TransferRow, verb: TransferVerb, now: number): string {
  switch (phase) {
    case 'moving':
      return MOVING[verb];
    case 'retrying': {
      const wait = retryAt === undefined ? '' : ` in ${Math.max(0, Math.ceil((retryAt - now) / 1000))} s`;
      return `retrying${wait}${why === undefined ? '' : `: ${why}`}`;
    }
    case 'there':
      return 'already there';
    case 'waiting':
    case 'compressing':
    case 'verifying':
    case 'unpacking':
    case 'done':
      return phase;
  }
}
