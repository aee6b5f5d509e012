// What can happen (actions: a person did something, or an answer came), and what is to be done about it (effects, as data).
// reduce() turns the one into a new state and the other; effects.ts carries effects out and sends what comes of it as actions.
import type {
  Container,
  ContainerProcess,
  CreateSpec,
  EngineEvent,
  LaunchReport,
  Limits,
  OpenConnections,
  PortBinding,
  TerminalSize,
} from '../engine/index.js';
import type { Finding, FindingSpan, HostFacts } from '../metrics/index.js';
import type { Settings } from './config/schema.js';
import type { JobProgress, JobRequest } from './images/jobs.js';
import type { ImageOrigin, ImageRow, Prunable } from './images/port.js';
import type { CommandName } from './keymap.js';
import type { Talk } from './networks/talks.js';
import type { JoinRequest, NetworkRequest, NetworkRow } from './networks/port.js';
import type { KeyEvent, PasteEvent } from './screen/index.js';
import type { GuardSlice, Load, Notice, State, UndoEntry, Verb } from './state.js';
import type { PrunableVolumes, VolumeDirectory, VolumeRequest, VolumeRow } from './volumes/port.js';
import type { Viewer } from './widgets/index.js';

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

/** One of several that refused what was done to all. */
export interface Refused {
  readonly id: string;
  readonly name: string;
  readonly message: string;
}

/** A name that an image has no more; `last` of it, so that the image is gone. */
export interface RemovedName {
  readonly id: string;
  readonly name: string;
  readonly last: boolean;
}

/** A container or a network as it is told of. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** How a job ended: what it brought, or why not. */
export type JobEnd =
  | { readonly is: 'done'; readonly names: readonly string[] }
  | { readonly is: 'cancelled' }
  | { readonly is: 'failed'; readonly failure: Failure };

export type Action =
  // A person.
  | { readonly type: 'input'; readonly event: KeyEvent | PasteEvent }
  | { readonly type: 'click'; readonly spot: Spot; readonly double: boolean }
  | { readonly type: 'wheel'; readonly spot: Spot | undefined; readonly lines: number }
  | { readonly type: 'command'; readonly command: CommandName; readonly argument?: string }
  | { readonly type: 'resized'; readonly size: TerminalSize }
  // Time.
  | { readonly type: 'tick'; readonly now: number }
  | {
      readonly type: 'sampled';
      readonly at: number;
      readonly loads: ReadonlyMap<string, Load>;
      readonly findings: readonly Finding[];
    }
  | { readonly type: 'night'; readonly spans: readonly FindingSpan[] }
  // The engine's answers.
  | {
      readonly type: 'engine-open';
      readonly root: string;
      readonly disk: string | undefined;
      readonly ioWeights: boolean;
      readonly notes: readonly string[];
    }
  | { readonly type: 'engine-failed'; readonly failure: Failure }
  | { readonly type: 'facts'; readonly facts: HostFacts }
  | { readonly type: 'containers'; readonly list: readonly Container[] }
  | { readonly type: 'events'; readonly events: readonly EngineEvent[] }
  | { readonly type: 'ended'; readonly id: string; readonly verb: Verb; readonly failure?: Failure }
  /** `terminal`: its own terminal is to be opened in a tab */
  | { readonly type: 'created'; readonly id: string; readonly name: string; readonly terminal: boolean }
  /** to whom something was done that was asked for at once, as they were before; `keptBytes` of the removed, on the disk */
  | {
      readonly type: 'done';
      readonly verb: Verb;
      readonly containers: readonly Container[];
      readonly keptBytes?: number;
    }
  | { readonly type: 'undone'; readonly entry: UndoEntry; readonly failed: readonly Refused[] }
  /** `before`: what the same fields said */
  | {
      readonly type: 'updated';
      readonly changed: readonly { readonly id: string; readonly name: string; readonly before: Partial<Limits> }[];
      readonly refused: readonly Refused[];
    }
  | { readonly type: 'guard'; readonly guard: GuardSlice }
  | { readonly type: 'limits-in-force'; readonly id: string; readonly limits: Limits }
  | { readonly type: 'renamed'; readonly id: string; readonly name: string; readonly before: string }
  /** what a form or the limits asked for cannot be */
  | { readonly type: 'refused'; readonly failure: Failure }
  | {
      readonly type: 'processes';
      readonly id: string;
      readonly at: number;
      readonly list: readonly ContainerProcess[] | Failure;
    }
  | {
      readonly type: 'launch';
      readonly id: string;
      readonly startedAt: string | undefined;
      readonly report: LaunchReport | Failure | undefined;
    }
  | { readonly type: 'images'; readonly list: readonly ImageRow[] | Failure }
  | { readonly type: 'image-details'; readonly id: string; readonly details: ImageOrigin | Failure }
  | { readonly type: 'tagged'; readonly image: { readonly id: string; readonly name: string }; readonly name: string }
  | {
      readonly type: 'image-removed';
      readonly names: readonly RemovedName[];
      readonly freedBytes: number;
      readonly refused: readonly Refused[];
    }
  | { readonly type: 'images-pruned'; readonly removed: number; readonly freedBytes: number }
  // Networks, and who is on them.
  | { readonly type: 'networks'; readonly list: readonly NetworkRow[] | Failure }
  | {
      readonly type: 'networks-changed';
      readonly what: 'made' | 'removed';
      readonly names: readonly string[];
      readonly refused: readonly Refused[];
    }
  /** `request` is how it is on the network now; without one it is on it no more, and was as `before` says */
  | {
      readonly type: 'connected';
      readonly container: Named;
      readonly network: Named;
      readonly request?: JoinRequest;
      readonly before?: JoinRequest;
    }
  | { readonly type: 'republished'; readonly id: string; readonly name: string; readonly ports: string }
  | { readonly type: 'talks'; readonly talks: readonly Talk[] }
  | { readonly type: 'connections'; readonly id: string; readonly found: OpenConnections | Failure | undefined }
  // Volumes.
  | { readonly type: 'volumes'; readonly list: readonly VolumeRow[] | Failure }
  | { readonly type: 'volume-size'; readonly name: string; readonly size: number | 'measuring' | 'unknown' }
  | {
      readonly type: 'volume-directory';
      readonly volume: string;
      readonly path: string;
      readonly found: VolumeDirectory | Failure;
    }
  | {
      readonly type: 'volumes-changed';
      readonly what: 'made' | 'removed';
      readonly names: readonly string[];
      readonly freedBytes?: number;
      readonly refused: readonly Refused[];
    }
  | { readonly type: 'volumes-pruned'; readonly removed: number; readonly freedBytes: number }
  // What goes on with images.
  | { readonly type: 'jobs-progressed'; readonly jobs: ReadonlyMap<number, JobProgress> }
  | { readonly type: 'job-ended'; readonly number: number; readonly end: JobEnd; readonly progress: JobProgress }
  | { readonly type: 'build-viewer'; readonly viewer: Viewer; readonly base: number }
  | { readonly type: 'imported'; readonly name: string }
  // Logs: the lines are in sources.ts, what is to be shown of them is in the state.
  | { readonly type: 'logs-viewer'; readonly viewer: Viewer; readonly base: number }
  /** the lines from a moment on are to be read, and the first of them shown */
  | { readonly type: 'logs-from'; readonly at: number }
  | { readonly type: 'show-text'; readonly title: string; readonly lines: readonly string[]; readonly copy: string }
  /** what the log lines were to be written to is there already */
  | { readonly type: 'exported'; readonly path: string; readonly lines: number; readonly bytes: number }
  | { readonly type: 'export-exists'; readonly path: string; readonly what: string }
  // Shells.
  | { readonly type: 'shell-open'; readonly number: number; readonly input: boolean; readonly title: string }
  /** what is typed goes to all of these from now on */
  | { readonly type: 'broadcasting'; readonly numbers: readonly number[] }
  /** a border was dragged to a place on the screen: the table's, or the one after a pane of the split */
  | { readonly type: 'drag'; readonly border: 'table' | number; readonly x: number; readonly y: number }
  | { readonly type: 'shell-title'; readonly number: number; readonly title: string }
  | { readonly type: 'shell-bell'; readonly number: number }
  /** `clean`: it ended as asked, so that there is nothing left to read in the tab */
  | { readonly type: 'shell-ended'; readonly number: number; readonly message: string; readonly clean: boolean }
  /** the config file was read again */
  | { readonly type: 'configured'; readonly settings: Settings; readonly problems: readonly string[] }
  | { readonly type: 'settings-saved'; readonly settings: Settings; readonly path: string }
  | { readonly type: 'notice'; readonly kind: Notice['kind']; readonly text: string };

export type Effect =
  | {
      readonly type: 'verb';
      readonly verb: 'start' | 'stop' | 'kill' | 'restart' | 'pause' | 'unpause';
      readonly ids: readonly string[];
    }
  | { readonly type: 'remove'; readonly ids: readonly string[]; readonly force: boolean }
  | { readonly type: 'prune' }
  | { readonly type: 'create'; readonly spec: CreateSpec; readonly openTerminal: boolean }
  | { readonly type: 'demo' }
  | { readonly type: 'wake-noisy' }
  | {
      readonly type: 'update';
      /** `before`: what the same fields said */
      readonly changes: readonly {
        readonly id: string;
        readonly limits: Partial<Limits>;
        readonly before: Partial<Limits>;
      }[];
    }
  | { readonly type: 'look-up-limits'; readonly ids: readonly string[] }
  | { readonly type: 'undo'; readonly entry: UndoEntry }
  | { readonly type: 'arm-guard'; readonly armed: boolean }
  | { readonly type: 'rename'; readonly id: string; readonly name: string }
  | { readonly type: 'open-shell'; readonly number: number; readonly id: string; readonly kind: 'shell' | 'attach' }
  | { readonly type: 'attach-input'; readonly number: number; readonly id: string }
  | { readonly type: 'close-shell'; readonly number: number }
  | { readonly type: 'broadcast'; readonly numbers: readonly number[] }
  | { readonly type: 'shell-key'; readonly number: number; readonly bytes: string }
  /** what was typed or done with the mouse inside a shell, to be passed on as it came */
  | { readonly type: 'shell-input'; readonly number: number; readonly event: KeyEvent | PasteEvent }
  /** a key of the viewer widget, or rows by the wheel: only who has the lines knows where that leads */
  | { readonly type: 'scroll-logs'; readonly by: string | number }
  /** to the first line from a moment on, ms since the epoch */
  | { readonly type: 'jump-logs'; readonly at: number }
  /** a line in full: the one at a place (counted with `base`), else the one in sight */
  | { readonly type: 'open-log-line'; readonly place?: number }
  | { readonly type: 'export-logs'; readonly path: string; readonly replace: boolean }
  | { readonly type: 'list-images' }
  | { readonly type: 'import-image'; readonly source: string; readonly name: string }
  | { readonly type: 'remove-images'; readonly names: readonly RemovedName[] }
  | { readonly type: 'prune-images'; readonly which: Prunable }
  | {
      readonly type: 'tag-image';
      readonly image: { readonly id: string; readonly name: string };
      readonly name: string;
    }
  | { readonly type: 'list-networks' }
  | { readonly type: 'create-network'; readonly request: NetworkRequest }
  | { readonly type: 'remove-networks'; readonly networks: readonly Named[] }
  | { readonly type: 'prune-networks' }
  | {
      readonly type: 'connect';
      readonly network: string;
      readonly container: string;
      readonly request: JoinRequest;
    }
  | { readonly type: 'disconnect'; readonly network: string; readonly container: string }
  /** the container is made anew with these ports */
  | { readonly type: 'republish'; readonly container: string; readonly ports: readonly PortBinding[] }
  | { readonly type: 'list-volumes' }
  | { readonly type: 'create-volume'; readonly request: VolumeRequest }
  | { readonly type: 'remove-volumes'; readonly names: readonly string[] }
  | { readonly type: 'prune-volumes'; readonly which: PrunableVolumes }
  | { readonly type: 'open-volume-file'; readonly volume: string; readonly path: string }
  | { readonly type: 'begin-job'; readonly number: number; readonly request: JobRequest }
  | { readonly type: 'cancel-job'; readonly number: number }
  /** a key of the viewer widget, rows by the wheel, or n and N for the finds of the search */
  | { readonly type: 'scroll-build'; readonly by: string | number }
  /** to the clipboard, through the terminal (OSC 52) */
  | { readonly type: 'copy'; readonly what: 'text'; readonly text: string }
  | { readonly type: 'copy'; readonly what: 'logs' }
  | { readonly type: 'save-settings'; readonly settings: Settings }
  | { readonly type: 'redraw' }
  | { readonly type: 'quit' };

/** What a reducer answers. */
export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export const step = (state: State, ...effects: Effect[]): Step => ({ state, effects });

/** A sentence in the notice line is left to be read for so long, ms, whatever else there is to say. */
export const READ_MS = 3000;

/** The state with an answer in the notice line. News that nobody can have read yet come after it, older ones not again. */
export const noticed = (state: State, kind: Notice['kind'], text: string): State => ({
  ...state,
  notice: { kind, text, at: state.now },
  news: state.news !== undefined && state.now - state.news.at < READ_MS ? state.news : undefined,
});

/** The state with something to tell that nobody asked for. */
export const withNews = (state: State, kind: Notice['kind'], text: string): State => ({
  ...state,
  news: { kind, text, at: state.now },
});

/** Nothing else happens than that somebody is told why. */
export const refuse = (state: State, text: string): Step => step(noticed(state, 'warning', text));
