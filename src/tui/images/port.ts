// What the dashboard asks about images and what it is answered. The engine's verbs are on the other side (effects/image-verbs.ts);
// tests and pictures have those of the made-up machine there.
import type { ImageDefaults, OnTransfer } from '../../engine/index.js';

/** One that is unpacked: two images with the same id have the same files there. */
export interface ImageLayer {
  readonly id: string;
  /** bytes of the files in it */
  readonly sizeBytes: number;
}

/** An image by one of its names; one with several names is there several times. */
export interface ImageRow {
  /** 64 hexadecimal digits */
  readonly id: string;
  /** as people write it: "debian:12"; undefined for one that no name leads to */
  readonly name: string | undefined;
  /** ISO 8601 */
  readonly created: string | undefined;
  /** bytes of the files of all its layers */
  readonly sizeBytes: number;
  /** lowest first */
  readonly layers: readonly ImageLayer[];
  /** "linux/amd64" */
  readonly platform: string;
  readonly config: Partial<ImageDefaults>;
  /** names of the containers that were made from it when it was listed, those that are removed and still kept too */
  readonly usedBy: readonly string[];
}

/** How one layer of it, or a setting, came to be. */
export interface HistoryLine {
  readonly created?: string;
  readonly createdBy: string;
  readonly comment?: string;
  /** absent where it changed no file */
  readonly layer?: ImageLayer;
}

/** What is asked about one image when somebody looks at it. */
export interface ImageOrigin {
  readonly id: string;
  /** of the manifest, as registries name it */
  readonly digest?: string;
  readonly author?: string;
  /** oldest first */
  readonly history: readonly HistoryLine[];
}

export interface Running {
  readonly signal: AbortSignal;
  readonly onEvent: OnTransfer;
}

export interface BuildRequest {
  readonly directory: string;
  /** absent: the Dockerfile in the directory */
  readonly dockerfile?: string;
  readonly tag?: string;
  readonly target?: string;
  /** NAME=value */
  readonly args: readonly string[];
  readonly noCache: boolean;
}

export type StepStatus = 'waiting' | 'running' | 'cached' | 'done' | 'failed' | 'stopped';

export interface BuildStep {
  /** from 1 on, in the order of the file */
  readonly number: number;
  /** the instruction, on one line */
  readonly text: string;
  /** of a file with several stages: its name, or its number */
  readonly stage?: string;
  readonly status: StepStatus;
  /** "Dockerfile:12" */
  readonly at?: string;
}

export type BuildNews =
  | { readonly type: 'step'; readonly step: BuildStep }
  /** as it comes: a line may go on in the next */
  | { readonly type: 'output'; readonly step: number; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  /** a base image is pulled */
  | { readonly type: 'transfer'; readonly event: Parameters<OnTransfer>[0] };

export type Prunable = 'dangling' | 'unused';

export interface ImagesPort {
  list(): Promise<readonly ImageRow[]>;
  details(id: string): Promise<ImageOrigin>;
  import(source: string, name: string): Promise<void>;
  tag(source: string, name: string): Promise<void>;
  /** The name goes; with the last one the image. */
  remove(name: string): Promise<{ readonly freedBytes: number }>;
  /** Those without a name, or all that no container uses. */
  prune(which: Prunable): Promise<{ readonly removed: number; readonly freedBytes: number }>;
  pull(name: string, running: Running): Promise<void>;
  push(name: string, running: Running): Promise<void>;
  save(names: readonly string[], path: string, running: Running): Promise<void>;
  /** @returns the names that it brought */
  load(path: string, running: Running): Promise<readonly string[]>;
  build(
    request: BuildRequest,
    running: { readonly signal: AbortSignal; readonly onNews: (news: BuildNews) => void },
  ): Promise<void>;
}
