// What unpacking a layer takes and what it tells. `unpackLayer` (unpack-layer.ts) and `packLayer` (pack-layer.ts) are all that
// others need of this folder. Tests: test/pure/engine/layer, test/container/layer.
import { closeSync, fstatSync, openSync } from 'node:fs';
import { O_CLOEXEC, O_RDONLY } from '../../../native/index.js';
import type { GrowingFile } from '../content/model.js';
import type { Digest } from '../oci.js';
import type { LayerLimits } from './limits.js';

export interface LayerWanted {
  /** the bytes as they came, compressed or not; they may still be growing */
  readonly file: GrowingFile;
  /** what these bytes must be; what is not known is found out */
  readonly digest?: Digest;
  /** bytes */
  readonly size?: number;
  /** what they are said to be; a type that is no layer's is refused, what it is compressed with is seen in the bytes */
  readonly mediaType?: string;
  /** what the plain tar must be */
  readonly diffId?: Digest;
  /** an empty directory, absolute, that becomes the layer's tree; when unpacking fails, whatever is in it by then stays */
  readonly tree: string;
  readonly limits?: Partial<LayerLimits>;
  readonly signal?: AbortSignal;
  /** compressed bytes that were read so far; at most ten times a second */
  readonly onProgress?: (bytes: number) => void;
}

export interface LayerFacts {
  /** of the bytes as they came, all of them */
  readonly digest: Digest;
  /** bytes as they came */
  readonly size: number;
  /** of the plain tar */
  readonly diffId: Digest;
  /** of the files in it, holes counted in full */
  readonly sizeBytes: number;
  readonly entries: number;
  /**
   * Directories that had to be made because the layer has something in them and does not tell of them itself. As long as the
   * layers below have them, theirs are the owner, mode and time that count: `settleImplied`.
   */
  readonly implied: readonly string[];
}

/** A file that is there as a whole. @throws node:fs errors */
export function wholeFile(path: string): GrowingFile {
  const fd = openSync(path, O_RDONLY | O_CLOEXEC);
  let size: number;
  try {
    ({ size } = fstatSync(fd));
  } finally {
    closeSync(fd);
  }
  return { path, available: () => size, grown: () => Promise.resolve(), isWhole: () => true };
}
