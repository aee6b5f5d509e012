// What the keeper does, and when it leaves: a look at the files whenever it is asked and now and then, and what follows from it.
//
//   files say that somebody is on a network ──▶ its names are answered
//   nobody has been on one for a while      ──▶ its bridge goes
//   nobody has been on any for a while      ──▶ rules and settings go, and so does the keeper
import { existsSync } from 'node:fs';
import { isTscontainError } from '../../errors.js';
import { layout } from '../../state/layout.js';
import type { NetworkConfig } from '../model.js';
import type { NetworkStore } from '../store.js';

/** What of the host it has to do with. What could not be done is told as sentences. */
export interface Doors {
  readonly networks: Pick<NetworkStore, 'root' | 'all' | 'endpoints' | 'withLock'>;
  /** Names of these networks are answered, of others not any more. */
  serve(networks: readonly NetworkConfig[]): Promise<readonly string[]>;
  /** Its names are not answered any more, also where it comes back at once: its address has gone with its bridge. */
  forget(network: NetworkConfig): void;
  /** Rules and settings of the host become what the files say. */
  putUp(): Promise<readonly string[]>;
  /** They go. */
  takeDown(): Promise<void>;
  /** The network's lock is held, and nobody is on it. */
  removeBridge(network: NetworkConfig): Promise<void>;
  /** Takes containers off their networks that have ended while nobody looked after them. @returns whether there was one */
  sweep(): Promise<boolean>;
  readonly say: (sentence: string) => void;
  /** ms */
  readonly now: () => number;
}

export interface KeeperOptions {
  /** how long nobody is on a network before what was made for it goes */
  readonly idleMs: number;
  /** called once, when there is nothing left to keep */
  readonly onIdle: () => void;
}

interface Empty {
  readonly network: NetworkConfig;
  /** ms: nobody has been on it since then */
  readonly since: number;
}

export class Keeper {
  /** The networks that somebody is on. */
  #inUse: readonly NetworkConfig[] = [];
  /** Those that nobody is on and that may have a bridge. */
  readonly #empty = new Map<string, Empty>();
  readonly #told = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();
  #idleSince: number;
  #missed = 0;
  #isOver = false;

  constructor(
    private readonly doors: Doors,
    private readonly options: KeeperOptions,
  ) {
    this.#idleSince = doors.now();
  }

  get inUse(): readonly NetworkConfig[] {
    return this.#inUse;
  }

  /** One that was killed may have left a bridge of any network, and somebody may have come while there was none of us. */
  async begin(): Promise<void> {
    const since = this.doors.now();
    for (const network of this.doors.networks.all()) this.#empty.set(network.id, { network, since });
    await this.#inTurn(async () => {
      await this.doors.sweep();
      this.#read();
      if (this.#inUse.length > 0) await this.#putUp();
      await this.#serve();
    });
  }

  /** Takes up what the files say now. @returns what somebody who has just come on a network has to know */
  look(): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const before = this.#inUse;
      this.#read();
      // Whoever comes on one that has its bridge still takes it that rules and settings stand. So they mostly do.
      const isMore = this.#inUse.some((network) => !before.includes(network));
      const missing = isMore ? await this.#putUp() : [];
      return [...missing, ...(await this.#serve())];
    });
  }

  /** To be called now and then. */
  tick(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isOver) return;
      if (this.#isHomeless()) {
        this.#finish();
        return;
      }
      const isSwept = await this.doors.sweep();
      this.#read();
      await this.#serve();
      const isLess = await this.#removeOldBridges();
      if (this.#inUse.length === 0 && this.#isOld(this.#idleSince)) this.#finish();
      else if ((isSwept || isLess) && this.#inUse.length > 0) await this.#putUp();
    });
  }

  /** Asked to go, it does when nobody is on any network. */
  leaveIfIdle(): Promise<void> {
    return this.#inTurn(() => {
      this.#read();
      if (this.#inUse.length === 0) this.#finish();
    });
  }

  /** Everything that the host was given goes, but for what belongs to somebody who has come meanwhile. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#inTurn(async () => {
      for (const { network } of [...this.#empty.values()]) await this.#removeBridge(network);
      this.#read();
      // Whoever has come has begun another keeper, which waits for us to be gone and sees to the rest.
      if (this.#inUse.length === 0) await this.doors.takeDown();
    });
  }

  #inTurn<T>(action: () => T | Promise<T>): Promise<T> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #read(): void {
    const { networks, now } = this.doors;
    const before = this.#inUse;
    this.#inUse = networks.all().filter(({ id }) => networks.endpoints(id).length > 0);
    const used = new Set(this.#inUse.map(({ id }) => id));
    for (const id of used) this.#empty.delete(id);
    // Also one whose files are gone.
    for (const network of before) if (!used.has(network.id)) this.#empty.set(network.id, { network, since: now() });
    if (used.size > 0) this.#idleSince = now();
  }

  async #serve(): Promise<readonly string[]> {
    const notes = await this.doors.serve(this.#inUse);
    this.#tell(notes);
    return notes;
  }

  async #putUp(): Promise<readonly string[]> {
    const notes = await this.doors.putUp();
    this.#tell(notes);
    return notes;
  }

  /** Each sentence once: the log is not to grow by the hour. */
  #tell(notes: readonly string[]): void {
    for (const note of notes.filter((each) => !this.#told.has(each))) this.doors.say(note);
    for (const note of notes) this.#told.add(note);
  }

  #isOld(since: number): boolean {
    return this.doors.now() - since >= this.options.idleMs;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.options.onIdle();
  }

  /** Its directory was deleted, and nobody will say any more who is on a network. Twice missing, it is gone for good. */
  #isHomeless(): boolean {
    this.#missed = existsSync(layout.keeper(this.doors.networks.root)) ? 0 : this.#missed + 1;
    if (this.#missed < 2) return false;
    this.#read();
    return true;
  }

  /** @returns whether there was one */
  async #removeOldBridges(): Promise<boolean> {
    let isLess = false;
    for (const { network, since } of [...this.#empty.values()])
      if (this.#isOld(since)) isLess = (await this.#removeBridge(network)) || isLess;
    return isLess;
  }

  async #removeBridge(network: NetworkConfig): Promise<boolean> {
    const { networks, say } = this.doors;
    this.#empty.delete(network.id);
    const remove = async (): Promise<boolean> => {
      this.doors.forget(network);
      await this.doors.removeBridge(network);
      return true;
    };
    try {
      return await networks.withLock(network.id, () => (networks.endpoints(network.id).length > 0 ? false : remove()));
    } catch (error) {
      // Removed itself, and perhaps made anew: another network may have the name of its bridge by now.
      const isGone = isTscontainError(error, 'NO_SUCH_NETWORK');
      const isAnothers = networks.all().some(({ interfaceName }) => interfaceName === network.interfaceName);
      if (isGone && isAnothers) return false;
      if (isGone) return remove();
      say(`the bridge of network ${network.name} stays: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }
}
