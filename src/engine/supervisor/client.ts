// How managers reach supervisors: the one of a project, a named one, or a new one where there is none.
import { rmSync } from 'node:fs';
import { lockFile } from '../../native/index.js';
import { openCgroupDriver } from '../cgroup/index.js';
import type { ExitStatus, Session, TerminalSize } from '../model.js';
import type { PublishedPort } from '../network/model.js';
import { layout } from '../state/layout.js';
import { makeDirectory } from '../state/make-directory.js';
import { connectIn } from '../state/socket-in.js';
import { Conversation, supervisorGone } from './conversation.js';
import { removeEmptyCgroup } from './own-cgroup.js';
import { exitFromWire, MAX_CONTAINERS, type Answers, type WaitUntil } from './protocol.js';
import { ageOfDirectory, isSupervisorAlive, readEntry, registered } from './registry.js';
import { AttachSession } from './session.js';
import { spawnSupervisor, type SpawnOptions } from './spawn.js';

export { isSupervisorAlive } from './registry.js';

/** A directory in which nobody has said who it is by now belongs to nobody. */
const BIRTH_MS = 10_000;
const DEFAULT_PROJECT = 'default';
/** One that does not answer for so long is passed over: it may have been stopped. */
const ANSWER_MS = 3_000;

export type SupervisorInfo = Answers['hello'];

export interface AttachOptions {
  /** this client gives input; before a start, the end of its input will be the container's end of file */
  readonly stdin?: boolean;
  /** characters, with a terminal */
  readonly size?: TerminalSize;
  /** first the last of what the terminal has shown */
  readonly replay?: boolean;
}

/** One supervisor, over one connection; attachments have connections of their own. */
export interface SupervisorClient {
  readonly id: string;
  readonly pid: number;
  /** Starts it, or finds it running. @throws TscontainError */
  start(id: string): Promise<{ readonly pid: number }>;
  /**
   * Resolves when it does not run and no restart policy will start it ('not-running', at once where that is so), or when
   * it ends the next time ('next-exit'), with autoRemove only after the removal. Whoever has seen the state gives its
   * finishedAt (null for none), so that an end which came meanwhile is not missed.
   */
  wait(id: string, until?: WaitUntil, knownEnd?: string | null): Promise<ExitStatus>;
  attach(id: string, options?: AttachOptions): Promise<Session>;
  resize(id: string, size: TerminalSize): Promise<void>;
  /** Its state was changed by a manager: a restart that is no longer wanted is called off. */
  reload(id: string): Promise<void>;
  /** Holds what it publishes, if that is not held yet, and leads it to the network that it is on; returns that. @throws TscontainError */
  publish(id: string): Promise<readonly PublishedPort[]>;
  /** Takes over containers of supervisors that are no more; returns those that run, or will again. */
  adopt(ids: readonly string[]): Promise<string[]>;
  close(): void;
}

export interface Supervisors {
  /** The supervisor that takes containers of this project: one that does already, a waiting one, or a new one. */
  acquire(project?: string): Promise<SupervisorClient>;
  /** undefined when it is no more. */
  connectTo(supervisorId: string): Promise<SupervisorClient | undefined>;
  /** Makes sure that one waits, and keeps it waiting until close(). */
  warm(): Promise<void>;
  /** Those that are alive. */
  list(): Promise<SupervisorInfo[]>;
  close(): void;
}

export function createSupervisors(options: SpawnOptions): Supervisors {
  const { root } = options;
  /** Which accepted which project: it will again, so it need not be asked again. */
  const ours = new Map<string, Client>();
  /** Kept for as long as they last: the next start finds its connection made. */
  const clients = new Map<string, Promise<Client | undefined>>();

  async function connectTo(id: string): Promise<Client | undefined> {
    const known = await clients.get(id);
    if (known?.isClosed === false) return known;
    const connecting = connectAnew(root, id);
    clients.set(id, connecting);
    const client = await connecting;
    if (client === undefined) clients.delete(id);
    return client;
  }

  /** The first supervisor that accepts: of that project, else one that has none yet. */
  async function find(accepts: (client: Client) => Promise<boolean>, project?: string): Promise<Client | undefined> {
    const entries = registered(root).flatMap((id) => readEntry(root, id) ?? []);
    const candidates = [
      ...entries.filter((entry) => entry.project !== undefined && entry.project === project),
      ...entries.filter((entry) => entry.project === undefined),
    ];
    for (const { id } of candidates) {
      const client = await connectTo(id);
      if (client !== undefined && (await inTime(accepts(client)))) return client;
    }
    return undefined;
  }

  async function acquire(project: string): Promise<Client> {
    const settled = ours.get(project);
    if (settled?.hasRoom === true) return settled;
    const client = await findOrSpawn((candidate) => candidate.claim(project), project);
    ours.set(project, client);
    return client;
  }

  /** Of managers that find none at the same time, one starts one and the others find that. */
  async function findOrSpawn(accepts: (client: Client) => Promise<boolean>, project?: string): Promise<Client> {
    const found = await find(accepts, project);
    if (found !== undefined) return found;
    makeDirectory(layout.supervisors(root));
    const lock = await lockFile(layout.supervisorsLock(root));
    try {
      await removeDead(root);
      for (;;) {
        const meanwhile = await find(accepts, project);
        if (meanwhile !== undefined) return meanwhile;
        await spawnSupervisor(options);
      }
    } finally {
      lock.release();
    }
  }

  return {
    acquire: (project = DEFAULT_PROJECT) => acquire(project),
    connectTo,
    async warm() {
      await findOrSpawn(() => Promise.resolve(true));
    },
    async list() {
      const alive = await Promise.all(registered(root).map(connectTo));
      const answers = await Promise.allSettled(alive.flatMap((client) => client?.hello() ?? []));
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    },
    close() {
      for (const connecting of clients.values()) void connecting.then((client) => client?.close());
      clients.clear();
    },
  };
}

/** No answer, a failed one or a late one is no. */
async function inTime(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ANSWER_MS)));
  try {
    return await Promise.race([answer.catch(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function connectAnew(root: string, id: string): Promise<Client | undefined> {
  const entry = readEntry(root, id);
  if (entry === undefined || !isSupervisorAlive(root, id)) return undefined;
  const socket = await connectIn(layout.supervisor(root, id));
  return socket && new Client(root, id, entry.pid, new Conversation(socket));
}

/** What supervisors that were killed have left: a directory and a cgroup each. The caller holds the lock. */
async function removeDead(root: string): Promise<void> {
  const dead = registered(root).filter(
    (id) => !isSupervisorAlive(root, id) && (readEntry(root, id) !== undefined || ageOfDirectory(root, id) > BIRTH_MS),
  );
  if (dead.length === 0) return;
  const driver = openCgroupDriver();
  for (const id of dead) {
    // While its cgroup cannot go, its directory is what says that there is one.
    if (await removeEmptyCgroup(driver, id)) rmSync(layout.supervisor(root, id), { recursive: true, force: true });
  }
}

class Client implements SupervisorClient {
  /** as far as was heard; other managers start some too */
  #containers = 0;

  constructor(
    private readonly root: string,
    readonly id: string,
    readonly pid: number,
    private readonly conversation: Conversation,
  ) {}

  get isClosed(): boolean {
    return this.conversation.isClosed;
  }

  hello(): Promise<SupervisorInfo> {
    return this.conversation.ask({ ask: 'hello' });
  }

  get hasRoom(): boolean {
    return !this.isClosed && this.#containers < MAX_CONTAINERS;
  }

  /** @returns whether it takes containers of this project */
  async claim(project: string): Promise<boolean> {
    const accepted = await this.conversation.ask({ ask: 'claim', project });
    this.#containers = accepted?.containers ?? MAX_CONTAINERS;
    return accepted !== null;
  }

  async start(id: string): Promise<{ readonly pid: number }> {
    this.#containers += 1;
    const started = await this.conversation.ask({ ask: 'start', id });
    this.#containers = started.containers;
    return started;
  }

  async wait(id: string, until: WaitUntil = 'not-running', knownEnd?: string | null): Promise<ExitStatus> {
    const seen = knownEnd === undefined ? {} : { knownEnd };
    return exitFromWire(await this.conversation.ask({ ask: 'wait', id, until, ...seen }));
  }

  async attach(id: string, { stdin = false, replay = false, size }: AttachOptions = {}): Promise<Session> {
    const socket = await connectIn(layout.supervisor(this.root, this.id));
    if (socket === undefined) throw supervisorGone();
    const conversation = new Conversation(socket);
    let session: AttachSession | undefined;
    const wishes = { stdin, replay, ...(size === undefined ? {} : { size }) };
    await conversation.ask({ ask: 'attach', id, ...wishes }, ({ tty }) => {
      const attached = new AttachSession(conversation.connection, tty);
      conversation.onFrame = (type, payload) => attached.receive(type, payload);
      conversation.onClosed = () => attached.lost();
      session = attached;
    });
    socket.ref();
    return session!;
  }

  async resize(id: string, size: TerminalSize): Promise<void> {
    await this.conversation.ask({ ask: 'resize', id, size });
  }

  async reload(id: string): Promise<void> {
    await this.conversation.ask({ ask: 'reload', id });
  }

  publish(id: string): Promise<readonly PublishedPort[]> {
    return this.conversation.ask({ ask: 'publish', id });
  }

  async adopt(ids: readonly string[]): Promise<string[]> {
    return [...(await this.conversation.ask({ ask: 'adopt', ids }))];
  }

  close(): void {
    this.conversation.connection.close();
  }
}
