// How far a pull, a push, a load or a save is, for bars and for lines. Bytes are compressed bytes.
import type { Digest } from './oci.js';

export type TransferPhase =
  /** it waits for its turn, or for another process that is at it */
  | 'waiting'
  /** what is to be sent is made: `current` of `total` that are to be read for it */
  | 'compressing'
  /** downloading, uploading, reading, writing: `current` of `total` */
  | 'moving'
  /** it failed for a reason that may pass: `retryInMs` */
  | 'retrying'
  | 'verifying'
  | 'unpacking'
  /** nothing was to be done */
  | 'there'
  | 'done';

export interface TransferEvent {
  /** of the blob that moves */
  readonly digest: Digest;
  /** what a person calls it: "layer", "configuration", "manifest" */
  readonly what: 'layer' | 'configuration' | 'manifest';
  readonly phase: TransferPhase;
  /** bytes */
  readonly current: number;
  /** bytes; undefined when it is not known */
  readonly total?: number;
  /** one clause, with retrying */
  readonly why?: string;
  readonly retryInMs?: number;
}

export type OnTransfer = (event: TransferEvent) => void;
