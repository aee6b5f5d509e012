// A line to the keeper (main.ts): begun where there is none, and begun again when it dies while somebody here is on a network.
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFile } from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { layout } from '../../state/layout.js';
import { makeDirectory } from '../../state/make-directory.js';
import { connectIn } from '../../state/socket-in.js';
import { isReady, lastWords, startDetached } from '../../supervisor/detached.js';

/** One that does not answer for so long may have been stopped: who starts a container does not wait for it any longer. */
const ANSWER_MS = 3_000;
/** When it dies several notice, and the first that asks for the lock begins another: not all at the same moment. */
const AGAIN_MS = 100;
const TRIES = 3;

export interface KeeperOptions {
  readonly root: string;
  /** the bundled program, dist/keeper.cjs */
  readonly entry: string;
}

/** It stands beside that of the supervisors. */
export function keeperEntry(supervisorEntry: string): string {
  return join(dirname(supervisorEntry), 'keeper.cjs');
}

/** A connection to the one there is, or to a new one. @throws TscontainError SUPERVISOR_FAILED with what it said */
export async function ensureKeeper({ root, entry }: KeeperOptions): Promise<Socket> {
  const directory = layout.keeper(root);
  const found = await connectIn(directory);
  if (found !== undefined) return found;
  makeDirectory(directory);
  const lock = await lockFile(layout.keeperBeginLock(root));
  try {
    // Somebody was quicker.
    const meanwhile = await connectIn(directory);
    if (meanwhile !== undefined) return meanwhile;
    const log = join(directory, 'log');
    const child = startDetached([entry, '--root', root], log);
    const begun = (await isReady(child)) ? await connectIn(directory) : undefined;
    if (begun !== undefined) return begun;
    child.kill('SIGKILL');
    throw new TscontainError('SUPERVISOR_FAILED', `the keeper of networks did not start: ${lastWords(log)}`);
  } finally {
    lock.release();
  }
}

/** A connection, and who waits for an answer on it: answers come in the order of the questions. */
interface Connected {
  readonly socket: Socket;
  readonly asked: ((notes: readonly string[] | undefined) => void)[];
}

export class KeeperLine {
  /** who is on a network: as long as there is one of them here, there is to be a keeper */
  readonly #users = new Set<string>();
  #connection: Promise<Connected> | undefined;

  constructor(
    private readonly options: KeeperOptions,
    private readonly say: (sentence: string) => void,
  ) {}

  /**
   * From now on, until release(), there is a keeper. Resolves when it has seen what the files say, so that names are answered.
   * @returns what could not be had, a sentence each; never rejects: a container without names is better than none
   */
  hold(user: string): Promise<readonly string[]> {
    this.#users.add(user);
    return this.look();
  }

  /** Connects to the keeper there is, so that whoever comes on a network later finds that done. */
  async warm(): Promise<void> {
    const socket = await connectIn(layout.keeper(this.options.root));
    if (socket === undefined) return;
    if (this.#connection === undefined) this.#connection = this.#connect(() => Promise.resolve(socket));
    else socket.destroy();
  }

  /** It may leave, which the connection keeps it from as little as us. */
  release(user: string): void {
    this.#users.delete(user);
  }

  /** The same, and nobody here begins another. */
  close(): void {
    this.#users.clear();
    const connection = this.#connection;
    this.#connection = undefined;
    void connection?.then(({ socket }) => socket.destroy()).catch(() => undefined);
  }

  /** The same without staying. */
  async look(): Promise<readonly string[]> {
    let reason = 'it went away before it had answered';
    for (let left = TRIES; left > 0; left -= 1) {
      try {
        const notes = await this.#ask();
        if (notes !== undefined) return notes;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    return [`names are not answered: the keeper of networks does not answer (${reason})`];
  }

  /** @returns undefined when it has gone meanwhile */
  async #ask(): Promise<readonly string[] | undefined> {
    const { socket, asked } = await (this.#connection ??= this.#connect(() => ensureKeeper(this.options)));
    if (socket.destroyed) return undefined;
    const answered = new Promise<readonly string[] | undefined>((resolve) => asked.push(resolve));
    socket.write('look\n');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`nothing came for ${ANSWER_MS / 1000} s`));
      }, ANSWER_MS);
    });
    try {
      return await Promise.race([answered, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #connect(dial: () => Promise<Socket>): Promise<Connected> {
    const connection: Promise<Connected> = this.#converse(dial, () => {
      // By itself, not because it was hung up on.
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      void this.#again();
    });
    connection.catch(() => {
      if (this.#connection === connection) this.#connection = undefined;
    });
    return connection;
  }

  async #converse(dial: () => Promise<Socket>, onLost: () => void): Promise<Connected> {
    const socket = await dial();
    const asked: Connected['asked'] = [];
    // A connection that only waits keeps no program from ending.
    socket.unref();
    socket.on('error', () => undefined);
    createInterface({ input: socket }).on('line', (line) => asked.shift()?.(notesOf(line)));
    socket.on('close', () => {
      for (const resolve of asked.splice(0)) resolve(undefined);
      onLost();
    });
    return { socket, asked };
  }

  async #again(): Promise<void> {
    await sleep(Math.random() * AGAIN_MS, undefined, { ref: false });
    if (this.#users.size === 0) return;
    for (const note of await this.look()) this.say(note);
  }
}

function notesOf(line: string): readonly string[] {
  try {
    const { notes } = JSON.parse(line) as { notes?: unknown };
    return Array.isArray(notes) ? notes.filter((note) => typeof note === 'string') : [];
  } catch {
    return [];
  }
}
