// One supervisor: the containers that it looks after, what it is asked about them, and whether it may leave.
import { isTscontainError, TscontainError } from '../errors.js';
import type { ExitStatus } from '../model.js';
import { adopt } from './adopt.js';
import type { Parts } from './parts.js';
import { exitToWire, MAX_CONTAINERS, type Answers, type Request } from './protocol.js';
import { Ward } from './ward.js';

/** Ends of containers that are gone, for those who ask late. */
const REMEMBERED_ENDS = 256;

export type AskedOnce = Exclude<Request, { ask: 'attach' }>;

export interface SupervisorOptions {
  readonly parts: Parts;
  readonly isSupervisorAlive: (id: string) => boolean;
  /** called whenever `isNeeded` may have changed */
  readonly onChange: () => void;
  /** a container was launched, or failed to be */
  readonly onLaunch: () => void;
  /** the project was decided */
  readonly onClaimed: (project: string) => void;
}

export class Supervisor {
  readonly #wards = new Map<string, Ward>();
  readonly #pastEnds = new Map<string, ExitStatus>();
  /** take-overs that are under way: two managers may find the same container alone */
  readonly #takeOvers = new Map<string, Promise<void>>();
  #project: string | undefined;

  constructor(private readonly options: SupervisorOptions) {}

  /** Containers that run, or wait to run again. */
  get containers(): number {
    let count = 0;
    for (const ward of this.#wards.values()) if (ward.isAlive) count += 1;
    return count;
  }

  get isNeeded(): boolean {
    return this.#wards.size > 0;
  }

  /** @param gone aborts when whoever asked has left, so that nothing is kept for them */
  async answer(request: AskedOnce, gone: AbortSignal): Promise<Answers[AskedOnce['ask']]> {
    switch (request.ask) {
      case 'hello':
        return this.#introduce();
      case 'claim':
        return this.#claim(request.project);
      case 'start':
        return { pid: await this.#start(request.id), containers: this.containers };
      case 'wait':
        return exitToWire(await this.#wait(request, gone));
      case 'resize':
        this.#wards.get(request.id)?.resize(request.size);
        return true;
      case 'reload':
        await this.#wards.get(request.id)?.reload();
        return true;
      case 'publish':
        return (await this.#wards.get(request.id)?.publish()) ?? [];
      case 'adopt':
        return this.#adopt(request.ids);
    }
  }

  /** The ward of that id, made when there is none: clients may come before the start. */
  ward(id: string): Ward {
    let ward = this.#wards.get(id);
    if (ward === undefined) {
      const made = new Ward(this.options.parts, id, () => this.#settle(made));
      ward = made;
      this.#wards.set(id, ward);
    }
    return ward;
  }

  /** Ends every container: nobody will be able to reach them any more. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#wards.values()].map((ward) => ward.destroyProcesses()));
  }

  /** Lets go of a ward that nobody needs any more. */
  #settle(ward: Ward): void {
    if (ward.isAlive || ward.isWanted) return;
    if (this.#wards.get(ward.id) === ward) this.#wards.delete(ward.id);
    this.#pastEnds.delete(ward.id);
    this.#pastEnds.set(ward.id, ward.lastEnd);
    if (this.#pastEnds.size > REMEMBERED_ENDS) this.#pastEnds.delete(this.#pastEnds.keys().next().value!);
    this.options.onChange();
  }

  #introduce(): Answers['hello'] {
    const { supervisorId } = this.options.parts;
    return { id: supervisorId, pid: process.pid, project: this.#project ?? null, containers: this.containers };
  }

  #claim(project: string): Answers['claim'] {
    const { containers } = this;
    if (containers >= MAX_CONTAINERS) return null;
    if (this.#project === undefined) {
      this.#project = project;
      this.options.onClaimed(project);
    }
    return this.#project === project ? { containers } : null;
  }

  async #start(id: string): Promise<number> {
    const ward = this.ward(id);
    try {
      const pid = await ward.start();
      // It ran already, and whoever looked after it may be no more.
      if (!ward.isAlive) await this.#takeOver(id);
      return pid;
    } finally {
      this.#settle(ward);
      this.options.onLaunch();
    }
  }

  #wait({ id, until, knownEnd }: Extract<Request, { ask: 'wait' }>, gone: AbortSignal): Promise<ExitStatus> {
    // What is not there any more has had its last end.
    if (!this.#wards.has(id) && !this.#isThere(id)) {
      return Promise.resolve(this.#pastEnds.get(id) ?? { exitCode: undefined });
    }
    const ward = this.ward(id);
    const { ended, cancel } = ward.wait(until, knownEnd);
    gone.addEventListener('abort', cancel, { once: true });
    return ended.finally(() => this.#settle(ward));
  }

  #isThere(id: string): boolean {
    try {
      this.options.parts.store.readState(id);
      return true;
    } catch {
      return false;
    }
  }

  /** One that cannot be taken over is told of in the log, and the others are all the same. */
  async #adopt(ids: readonly string[]): Promise<string[]> {
    for (const id of ids) {
      try {
        await this.#takeOver(id);
      } catch (error) {
        this.options.parts.say(`adopting ${id}: ${String(error)}`);
      }
    }
    return ids.filter((id) => this.#wards.get(id)?.isAlive === true);
  }

  #takeOver(id: string): Promise<void> {
    const underWay = this.#takeOvers.get(id);
    if (underWay !== undefined) return underWay;
    const takeOver = this.#adoptOne(id).finally(() => this.#takeOvers.delete(id));
    this.#takeOvers.set(id, takeOver);
    return takeOver;
  }

  async #adoptOne(id: string): Promise<void> {
    const ward = this.ward(id);
    try {
      if (ward.isAlive) return;
      const { parts, isSupervisorAlive } = this.options;
      const found = await adopt(parts, id, { isTaken: () => ward.isAlive, isSupervisorAlive });
      if (found === 'restarting') ward.takeOverRestart();
      if (typeof found !== 'object') return;
      const { ended } = ward.wait('next-exit');
      ward.takeOver(found.run);
      // What is over is answered when it is written down.
      if (!found.isAlive) await ended;
    } finally {
      this.#settle(ward);
    }
  }
}

/** What crosses the socket for an error: a TscontainError as it is, anything else as a fault of the supervisor. */
export function wireError(error: unknown): ReturnType<TscontainError['toJSON']> {
  if (isTscontainError(error)) return error.toJSON();
  const reason = error instanceof Error ? error.message : String(error);
  return new TscontainError('SUPERVISOR_FAILED', `the supervisor failed: ${reason}`, { cause: error }).toJSON();
}
