// What effects work with: handed in by the app, so that tests hand in something else.
import type { Engine } from '../../engine/index.js';
import type { Sampler } from '../../metrics/index.js';
import type { Action } from '../actions.js';
import type { Settings } from '../config/index.js';
import type { ImagesPort } from '../images/port.js';
import type { NetworksPort } from '../networks/port.js';
import type { State } from '../state.js';
import type { VolumesPort } from '../volumes/port.js';
import type { PastPort } from './past.js';

export interface Ports {
  readonly engine: Engine;
  readonly sampler: Sampler;
  /** What is asked about images; absent: the engine's own verbs. */
  readonly images?: ImagesPort;
  /** The same of networks and of volumes. */
  readonly networks?: NetworksPort;
  readonly volumes?: VolumesPort;
  /** What was written down before; absent where nothing is. */
  readonly past?: PastPort;
  /** The config file; absent where there is none to write to. */
  readonly config?: { save(settings: Settings): Promise<void> };
  readonly clock: { now(): number };
  readonly dispatch: (action: Action) => void;
  readonly state: () => State;
  /** Something that is painted changed without the state changing: log lines came, a shell wrote. */
  readonly invalidate: () => void;
}
