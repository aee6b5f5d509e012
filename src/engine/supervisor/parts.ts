// What every container under one supervisor shares: who the supervisor is, and the rest of the engine as it uses it.
import type { CgroupDriver } from '../cgroup/index.js';
import type { Images } from '../engine.js';
import type { KeeperLine } from '../network/keeper/line.js';
import type { PortDesk } from '../network/publish/desk.js';
import type { NetworkStore } from '../network/store.js';
import type { Store } from '../state/store.js';
import type { BlockPool } from './log-writer.js';
import type { Recorder } from './recorder.js';

export interface Parts {
  readonly supervisorId: string;
  readonly root: string;
  /** /proc/sys/kernel/random/boot_id */
  readonly bootId: string;
  readonly store: Store;
  readonly driver: CgroupDriver;
  readonly images: Pick<Images, 'get' | 'inspect'>;
  readonly networks: NetworkStore;
  /** to whoever answers names on them */
  readonly keeper: KeeperLine;
  /** the ports of the host that they publish */
  readonly ports: PortDesk;
  /** blocks of the logs being written */
  readonly pool: BlockPool;
  /** writes down what they use */
  readonly recorder: Recorder;
  /** Removes an ended container with everything that is its. */
  readonly destroy: (id: string) => Promise<void>;
  /** Writes a line into the supervisor's own log. */
  readonly say: (message: string) => void;
}
