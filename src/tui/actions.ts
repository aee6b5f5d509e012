// What can happen (actions: a person did something, or an answer came), and what is to be done about it (effects, as data).
// reduce() turns the one into a new state and the other; effects.ts carries effects out and sends what comes of it as actions.
import type {
  Container,
  ContainerProcess,
  CreateSpec,
  EngineEvent,
  Image,
  LaunchReport,
  Limits,
  TerminalSize,
} from '../engine/index.js';
import type { HostFacts } from '../metrics/index.js';
import type { CommandName } from './keymap.js';
import type { Load, LogAnchor, Notice, State, Verb } from './state.js';

/** Something on the screen that can be clicked, as panels name it (Target of screen/canvas.ts). */
export interface Spot {
  readonly kind: string;
  readonly id?: string;
  readonly index?: number;
}

/** A failure as it is told: what happened, what to do. `fields` where a form can say it beside its fields. */
export interface Failure {
  readonly message: string;
  readonly hint?: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
}

export type Action =
  // A person.
  | { readonly type: 'key'; readonly key: string; readonly text?: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'click'; readonly spot: Spot; readonly x: number; readonly double: boolean }
  | { readonly type: 'wheel'; readonly spot: Spot | undefined; readonly lines: number }
  | { readonly type: 'command'; readonly command: CommandName; readonly argument?: string }
  | { readonly type: 'resized'; readonly size: TerminalSize }
  // Time.
  | { readonly type: 'tick'; readonly now: number }
  | { readonly type: 'sampled'; readonly at: number; readonly loads: ReadonlyMap<string, Load> }
  // The engine's answers.
  | { readonly type: 'engine-open'; readonly disk: string | undefined; readonly notes: readonly string[] }
  | { readonly type: 'engine-failed'; readonly failure: Failure }
  | { readonly type: 'facts'; readonly facts: HostFacts }
  | { readonly type: 'containers'; readonly list: readonly Container[] }
  | { readonly type: 'events'; readonly events: readonly EngineEvent[] }
  | { readonly type: 'began'; readonly id: string; readonly verb: Verb; readonly deadline?: number }
  | { readonly type: 'ended'; readonly id: string; readonly verb: Verb; readonly failure?: Failure }
  | { readonly type: 'created'; readonly id: string; readonly name: string }
  | { readonly type: 'create-refused'; readonly failure: Failure }
  | { readonly type: 'updated'; readonly undo?: { readonly id: string; readonly name: string; readonly limits: Partial<Limits> } }
  | { readonly type: 'update-refused'; readonly failure: Failure }
  | { readonly type: 'renamed'; readonly name: string }
  | { readonly type: 'rename-refused'; readonly failure: Failure }
  | { readonly type: 'processes'; readonly id: string; readonly at: number; readonly list: readonly ContainerProcess[] | Failure }
  | { readonly type: 'launch'; readonly id: string; readonly startedAt: string | undefined; readonly report: LaunchReport | Failure | undefined }
  | { readonly type: 'images'; readonly list: readonly Image[] | Failure }
  | { readonly type: 'image-done'; readonly text: string; readonly failure?: Failure }
  // Logs: the lines are in sources.ts, what is to be shown of them is in the state.
  | { readonly type: 'logs-at'; readonly bottom: LogAnchor | undefined; readonly match?: number }
  // Shells.
  | { readonly type: 'shell-open'; readonly number: number; readonly input: boolean; readonly title: string }
  | { readonly type: 'shell-title'; readonly number: number; readonly title: string }
  | { readonly type: 'shell-bell'; readonly number: number }
  | { readonly type: 'shell-ended'; readonly number: number; readonly message: string }
  | { readonly type: 'notice'; readonly kind: Notice['kind']; readonly text: string };

export type Effect =
  | { readonly type: 'verb'; readonly verb: 'start' | 'stop' | 'kill' | 'restart' | 'pause' | 'unpause'; readonly ids: readonly string[] }
  | { readonly type: 'remove'; readonly ids: readonly string[]; readonly force: boolean }
  | { readonly type: 'prune' }
  | { readonly type: 'create'; readonly spec: CreateSpec; readonly openTerminal: boolean }
  | { readonly type: 'demo' }
  | { readonly type: 'update'; readonly id: string; readonly limits: Partial<Limits>; readonly undoing: boolean }
  | { readonly type: 'rename'; readonly id: string; readonly name: string }
  | { readonly type: 'open-shell'; readonly number: number; readonly id: string; readonly kind: 'shell' | 'attach' }
  | { readonly type: 'attach-input'; readonly number: number; readonly id: string }
  | { readonly type: 'close-shell'; readonly number: number }
  | { readonly type: 'shell-key'; readonly number: number; readonly bytes: string }
  | { readonly type: 'scroll-logs'; readonly rows: number | 'page-up' | 'page-down' | 'first' | 'last' }
  | { readonly type: 'search-logs'; readonly direction: 'next' | 'previous' | 'nearest' }
  | { readonly type: 'list-images' }
  | { readonly type: 'import-image'; readonly source: string; readonly name: string }
  | { readonly type: 'remove-image'; readonly name: string }
  /** to the clipboard, through the terminal (OSC 52) */
  | { readonly type: 'copy'; readonly what: 'text'; readonly text: string }
  | { readonly type: 'copy'; readonly what: 'logs' }
  | { readonly type: 'redraw' }
  | { readonly type: 'quit' };

/** What a reducer answers. */
export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const step = (state: State, ...effects: Effect[]): Step => ({ state, effects });

/** The state with a sentence in the notice line. */
export const noticed = (state: State, kind: Notice['kind'], text: string): State => ({
  ...state,
  notice: { kind, text, at: state.now },
});

/** Nothing else happens than that somebody is told why. */
export const refuse = (state: State, text: string): Step => step(noticed(state, 'warning', text));
