// What passes between whoever wants a layer unpacked (unpack-layer.ts) and the thread that does it (thread.ts):
//
//   owner                                            thread
//     unpack {file, tree, what it must be} ────────────►   reads what is there
//     ◄──────────────────────────────── more {from}        it has read all that there was
//     grown {available, isWhole} ──────────────────────►   when there is more
//     ◄──────────────────────────── progress {bytes}       at most ten times a second
//     abort {} ────────────────────────────────────────►   at any time
//     ◄────────── done {facts}, or failed {code, …}        and it is ready for the next one
import type { ErrorCode } from '../../errors.js';
import type { LayerLimits } from './limits.js';
import type { LayerFacts, LayerWanted } from './model.js';

export interface UnpackJob extends Pick<LayerWanted, 'digest' | 'size' | 'mediaType' | 'diffId' | 'tree'> {
  readonly path: string;
  readonly growth: Growth;
  readonly limits: LayerLimits;
}

export interface Growth {
  /** bytes that may be read */
  readonly available: number;
  readonly isWhole: boolean;
}

export type ToThread =
  | { readonly kind: 'unpack'; readonly job: UnpackJob }
  | { readonly kind: 'grown'; readonly growth: Growth }
  | { readonly kind: 'abort' };

export type FromThread =
  | { readonly kind: 'more'; readonly from: number }
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'done'; readonly facts: LayerFacts }
  | { readonly kind: 'failed'; readonly error: Failure };

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly cause?: string;
}
