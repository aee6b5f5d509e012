// What goes on with images while one looks at something else: pulls, pushes, builds, archives. As data.
import type { TransferProgress } from '../../engine/index.js';
import type { BuildRequest, BuildStep } from './port.js';

export type JobRequest =
  | { readonly kind: 'pull' | 'push'; readonly name: string }
  | { readonly kind: 'save'; readonly names: readonly string[]; readonly path: string }
  | { readonly kind: 'load'; readonly path: string }
  | { readonly kind: 'build'; readonly build: BuildRequest };
export type JobKind = JobRequest['kind'];

/** A step of a build with when it began and how long it took, as far as it got. */
export interface TimedStep extends BuildStep {
  /** ms since the epoch */
  readonly startedAt?: number;
  readonly durationMs?: number;
}

/** Where it stands, as of the last time that it was told: a few times a second at most. */
export interface JobProgress {
  readonly transfer: TransferProgress;
  readonly steps: readonly TimedStep[];
}

export interface Job {
  readonly number: number;
  readonly request: JobRequest;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly status: 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled';
  /** how it failed */
  readonly failure: string | undefined;
  readonly progress: JobProgress;
}

export const isAtWork = ({ status }: Pick<Job, 'status'>): boolean => status === 'running' || status === 'cancelling';

export const isBuild = ({ request }: Pick<Job, 'request'>): boolean => request.kind === 'build';

/** What it is about, in few words. */
export function subjectOf(request: JobRequest): string {
  switch (request.kind) {
    case 'pull':
    case 'push':
      return request.name;
    case 'save':
      return request.names.length === 1 ? request.names[0]! : `${request.names.length} images`;
    case 'load':
      return request.path;
    case 'build':
      return request.build.tag ?? request.build.directory;
  }
}

/** So many that are over are remembered. */
export const MAX_ENDED_JOBS = 20;
/** …and of so many builds the output. */
export const MAX_ENDED_BUILDS = 3;
