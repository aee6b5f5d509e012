// What is asked of a build, what it tells on its way, and what comes out of it.
import type { Digest } from '../image/oci.js';
import type { TransferEvent } from '../image/transfer.js';
import type { Warning } from './dockerfile/position.js';

export type { BuildError, Position, Warning } from './dockerfile/position.js';

/** Where the files of COPY and ADD come from. */
export type ContextSource =
  /** a directory of the host, and whether its .dockerignore counts */
  | { readonly kind: 'directory'; readonly path: string }
  /** a tar archive, plain or compressed */
  | { readonly kind: 'archive'; readonly bytes: AsyncIterable<Uint8Array> }
  | { readonly kind: 'none' };

/** Where a secret comes from: read when it is asked for, kept nowhere. */
export type SecretSource = { readonly file: string } | { readonly value: string };

export interface BuildWishes {
  readonly context: ContextSource;
  /** a path in the context, or on the host where it begins with /; or its text. Absent: "Dockerfile" of the context. */
  readonly dockerfile?: string | { readonly name: string; readonly text: string };
  /** further directories, by the names that `--from` calls them */
  readonly contexts?: ReadonlyMap<string, string>;
  readonly target?: string;
  readonly args?: ReadonlyMap<string, string>;
  readonly secrets?: ReadonlyMap<string, SecretSource>;
  readonly labels?: ReadonlyMap<string, string>;
  /** names that the image gets */
  readonly tags?: readonly string[];
  /** nothing is taken from the cache */
  readonly noCache?: boolean;
  /** images are fetched anew although they are there */
  readonly pull?: boolean;
  /** "linux/arm64" */
  readonly platform?: string;
  /** of RUN, where it says nothing itself; absent is the host's */
  readonly network?: 'none' | 'host';
  /** "name:address", for RUN */
  readonly extraHosts?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: BuildEvent) => void;
}

export type BuildEvent =
  /** `step` counts from 1 through the whole build; steps of several stages are under way at once */
  | { readonly kind: 'begin'; readonly step: number; readonly title: string }
  /** of RUN, as it comes: any bytes */
  | { readonly kind: 'output'; readonly step: number; readonly stream: 'stdout' | 'stderr'; readonly data: Buffer }
  /** one line of our own about it, "12.3MiB of files" */
  | { readonly kind: 'note'; readonly step: number; readonly text: string }
  /** an image that is being fetched for it */
  | { readonly kind: 'transfer'; readonly step: number; readonly event: TransferEvent }
  | {
      readonly kind: 'end';
      readonly step: number;
      readonly how: 'done' | 'cached' | 'failed' | 'stopped';
      readonly ms: number;
      /** with failed, one sentence */
      readonly why?: string;
    }
  | { readonly kind: 'warning'; readonly warning: Warning; readonly place: string };

export interface BuildResult {
  readonly id: Digest;
  /** as they are kept */
  readonly names: readonly string[];
  /** steps that have made or could have made a layer, and those of them that were in the cache */
  readonly steps: number;
  readonly cached: number;
  readonly warnings: readonly Warning[];
}
