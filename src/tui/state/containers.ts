// What there is: the machine, its containers, what is being done to them and what can be taken back, who acts by itself.
import type { Container, Limits } from '../../engine/index.js';
import type { HostFacts } from '../../metrics/index.js';
import type { JoinRequest } from '../networks/port.js';

export interface HostSlice {
  readonly facts: HostFacts | undefined;
  /** the engine's state directory */
  readonly root: string;
  /** the whole disk below the state directory, as limits name it (/dev/vda); absent where it lies on none */
  readonly disk: string | undefined;
  /** whether weights of that disk do anything */
  readonly ioWeights: boolean;
  /** when the first sample was taken: there is no history before; ms since the epoch */
  readonly sampledSince: number | undefined;
}

export interface ContainersSlice {
  /** `failed` holds the sentence: without an engine there is nothing to show. */
  readonly engine: 'opening' | 'open' | { readonly failed: string };
  readonly list: readonly Container[];
  readonly byId: ReadonlyMap<string, Container>;
  /** What is being done to a container, from the key until the engine answered. */
  readonly pending: ReadonlyMap<string, Pending>;
  /** What can be taken back, newest last. */
  readonly undo: readonly UndoEntry[];
}

export type Verb = 'start' | 'stop' | 'kill' | 'restart' | 'pause' | 'unpause' | 'remove' | 'rename' | 'update';

export interface Pending {
  readonly verb: Verb;
  readonly since: number;
  /** when the grace of a stop ends, ms since the epoch */
  readonly deadline?: number;
}

/** One thing to do so that one container is again as it was; `name` is what it is called now. */
export type UndoStep = { readonly id: string; readonly name: string } & (
  | { readonly do: 'pause' | 'unpause' | 'start' }
  /** what the fields that were changed said before */
  | { readonly do: 'limits'; readonly limits: Partial<Limits> }
  | { readonly do: 'rename'; readonly to: string }
  /** `start`: it ran when it was removed */
  | { readonly do: 'restore'; readonly start: boolean }
  /** the image of this id is given the name, or has it no more */
  | { readonly do: 'tag' | 'untag' }
  /** it is on the network of that id as it was before, or on it no more */
  | { readonly do: 'connect'; readonly network: string; readonly request: JoinRequest }
  | { readonly do: 'disconnect'; readonly network: string }
);

/** What was done at once to one container or to many, taken back at once. */
export interface UndoEntry {
  /** what was done, as a clause: "web was paused" */
  readonly what: string;
  readonly steps: readonly UndoStep[];
}

export interface GuardSlice {
  readonly path: string;
  /** as they were written */
  readonly rules: readonly string[];
  /** otherwise it only says what it would do */
  readonly isArmed: boolean;
  /** containers that it holds now */
  readonly acting: number;
}
