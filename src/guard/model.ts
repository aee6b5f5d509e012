// A rule of the guard as data: while something is so, something is done to somebody, and taken back when it is over.
import type { Resource } from '../metrics/index.js';

export type Measure = 'cpu pressure' | 'memory pressure' | 'io pressure' | 'throttling' | 'cpu' | 'memory';

/** Whose measure it is. `any` makes a rule of its own of every container. */
export type Subject =
  | { readonly kind: 'any' }
  | { readonly kind: 'container'; readonly name: string }
  | { readonly kind: 'project'; readonly name: string };

export type Condition = { readonly subject: Subject } & (
  | {
      readonly kind: 'measure';
      readonly measure: Measure;
      readonly compare: 'over' | 'under';
      /** %, or cores for `cpu` */
      readonly threshold: number;
      readonly forMs: number;
    }
  /** what the judgement about neighbours says */
  | { readonly kind: 'suffers'; readonly resource: Resource; readonly forMs: number }
);

export type Heaviest = 'cpu user' | 'memory user' | 'writer' | 'reader';

export type Whom =
  | { readonly kind: 'itself' }
  | { readonly kind: 'container'; readonly name: string }
  | { readonly kind: 'heaviest'; readonly of: Heaviest }
  /** the first suspect of the finding */
  | { readonly kind: 'suspect' };

export type LimitName = 'cpu' | 'memory' | 'memory high' | 'reads' | 'writes' | 'cpu weight' | 'io weight' | 'pids';

export type Act = { readonly whom: Whom } & (
  | { readonly kind: 'quiet down' | 'halve' | 'pause' }
  /** cores, bytes, bytes a second, or a plain number, as the limit is */
  | { readonly kind: 'limit'; readonly limit: LimitName; readonly value: number }
);

export interface Rule {
  /** in its file, from 1 */
  readonly line: number;
  /** as it was written, for people */
  readonly text: string;
  readonly condition: Condition;
  readonly act: Act;
}

export interface RuleSet {
  readonly rules: readonly Rule[];
  /** never acted upon, besides those with the label `PROTECTED_LABEL` */
  readonly protectedNames: ReadonlySet<string>;
  readonly protectedProjects: ReadonlySet<string>;
}

/** A container with this label set to "true" is never acted upon. */
export const PROTECTED_LABEL = 'tscontain.protected';

/** What is wrong with a rule file, and where. */
export interface RuleProblem {
  readonly line: number;
  /** from 1 */
  readonly column: number;
  readonly message: string;
}
