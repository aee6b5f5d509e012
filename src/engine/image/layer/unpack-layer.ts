// Unpacking a layer, as those see it who want one: two at a time, each in a thread of its own that is kept for a while. The caller's
// event loop only hears how far it is. Tests: test/container/layer/unpack-layer.test.ts.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { TscontainError } from '../../errors.js';
import type { GrowingFile } from '../content/model.js';
import { LIMITS_VARIABLE, parseLimits } from './limits.js';
import type { LayerFacts, LayerWanted } from './model.js';
import type { FromThread, Growth, ToThread, UnpackJob } from './protocol.js';

/** As many as there are processors in the machine that this is made for; each decompresses and writes at the same time. */
const MAX_THREADS = 2;
/** How long a thread without work is kept, ms: starting one takes thirty. */
const IDLE_MS = 2000;
/** How long one may go on after it was told to stop, ms. It looks after each piece. */
const STOP_MS = 10_000;
const OPTIONS = {
  /** What a thread may take for what is no buffer. A layer of two million entries needs a tenth. */
  resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 },
  /** Node knows not of descriptors that were opened by system call, and would warn when it is to close one. */
  trackUnmanagedFds: false,
  execArgv: [],
};

const PROGRAM = 'layer-worker.cjs';
/** build/test/container/hostile is as far from the top of the checkout as anything is. */
const MAX_CLIMB = 6;

/** The bundled thread stands in dist/; programs and tests that are bundled elsewhere in the checkout find it there. */
function programPath(): string {
  let folder = __dirname;
  for (let climbed = 0; climbed < MAX_CLIMB; climbed++, folder = dirname(folder)) {
    const found = [join(folder, PROGRAM), join(folder, 'dist', PROGRAM)].find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  throw new Error(`${PROGRAM} is nowhere near ${__dirname}: npm run build`);
}

/** One layer on its way through a thread. */
interface Errand {
  readonly wanted: LayerWanted;
  resolve(facts: LayerFacts): void;
  reject(error: unknown): void;
  /** why it was told to stop; that it has stopped is not the news then */
  reason?: unknown;
}

class Thread {
  readonly #worker: Worker;
  #errand: Errand | undefined;
  #idle: NodeJS.Timeout | undefined;
  #stopping: NodeJS.Timeout | undefined;
  isGone = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: FromThread) => this.#hear(message));
    worker.on('error', (error) => this.#gone(error));
    worker.on('exit', (code) => this.#gone(new Error(`its thread has ended (${code})`)));
  }

  /** @throws TscontainError, what the growing file throws, the reason of the signal */
  async run(wanted: LayerWanted): Promise<LayerFacts> {
    const { signal } = wanted;
    clearTimeout(this.#idle);
    this.#worker.ref();
    const stop = () => this.#stop(signal!.reason);
    try {
      return await new Promise<LayerFacts>((resolve, reject) => {
        this.#errand = { wanted, resolve, reject };
        this.#say({ kind: 'unpack', job: jobOf(wanted) });
        signal?.addEventListener('abort', stop);
      });
    } finally {
      signal?.removeEventListener('abort', stop);
      clearTimeout(this.#stopping);
      this.#stopping = undefined;
      this.#errand = undefined;
      this.#worker.unref();
      this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
    }
  }

  #say(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromThread): void {
    const errand = this.#errand;
    if (errand === undefined) return;
    if (message.kind === 'done') errand.resolve(message.facts);
    else if (message.kind === 'progress') errand.wanted.onProgress?.(message.bytes);
    else if (message.kind === 'failed') {
      const { code, message: sentence, ...more } = message.error;
      errand.reject(errand.reason ?? new TscontainError(code, sentence, more));
    } else {
      void grownBeyond(errand.wanted.file, message.from).then(
        // Unless the thread is at another layer by now.
        (growth) => (this.#errand === errand ? this.#say({ kind: 'grown', growth }) : undefined),
        (error: unknown) => (this.#errand === errand ? this.#stop(error) : undefined),
      );
    }
  }

  /** Its errand fails with the reason as soon as the thread has let go of the tree. */
  #stop(reason: unknown): void {
    if (this.#errand === undefined) return;
    this.#errand.reason ??= reason;
    this.#say({ kind: 'abort' });
    this.#stopping ??= setTimeout(() => void this.#end(), STOP_MS);
  }

  #gone(error: Error): void {
    this.isGone = true;
    const failure = new TscontainError('IO_ERROR', `a layer could not be unpacked: ${error.message}`, { cause: error });
    this.#errand?.reject(this.#errand.reason ?? failure);
  }

  async #end(): Promise<void> {
    this.isGone = true;
    await this.#worker.terminate();
  }
}

const growthOf = (file: GrowingFile): Growth => {
  // In this order: what is whole grows no more.
  const isWhole = file.isWhole();
  return { available: file.available(), isWhole };
};

async function grownBeyond(file: GrowingFile, from: number): Promise<Growth> {
  for (;;) {
    const growth = growthOf(file);
    if (growth.isWhole || growth.available > from) return growth;
    await file.grown();
  }
}

function jobOf({ file, digest, size, mediaType, diffId, tree, limits }: LayerWanted): UnpackJob {
  return {
    path: file.path,
    growth: growthOf(file),
    tree,
    limits: { ...parseLimits(process.env[LIMITS_VARIABLE]), ...limits },
    ...(digest === undefined ? {} : { digest }),
    ...(size === undefined ? {} : { size }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(diffId === undefined ? {} : { diffId }),
  };
}

/** Threads that have nothing to do, how many there are, and who waits for one. */
const idle: Thread[] = [];
let busy = 0;
const queue: (() => void)[] = [];

async function takeThread(signal: AbortSignal | undefined): Promise<Thread> {
  while (busy >= MAX_THREADS) await turn(signal);
  busy += 1;
  try {
    for (let thread = idle.pop(); thread !== undefined; thread = idle.pop()) if (!thread.isGone) return thread;
    const { Worker: Started } = await import('node:worker_threads');
    return new Thread(new Started(programPath(), OPTIONS));
  } catch (error) {
    giveBack(undefined);
    throw error;
  }
}

function turn(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      queue.splice(queue.indexOf(begin), 1);
      reject(signal!.reason as Error);
    };
    const begin = () => {
      signal?.removeEventListener('abort', leave);
      resolve();
    };
    queue.push(begin);
    signal?.addEventListener('abort', leave, { once: true });
  });
}

function giveBack(thread: Thread | undefined): void {
  busy -= 1;
  if (thread?.isGone === false) idle.push(thread);
  queue.shift()?.();
}

/**
 * Unpacks a layer into an empty directory, while its file is still growing if that is so. Nothing of it is ever put outside of that
 * directory, whatever the layer holds. It is not made durable here.
 * @throws TscontainError DIGEST_MISMATCH, INVALID_VALUE for what is damaged, hostile or too much, NOT_SUPPORTED, NO_SPACE,
 *   IO_ERROR; what `file.grown` throws; the reason of the signal
 */
export async function unpackLayer(wanted: LayerWanted): Promise<LayerFacts> {
  wanted.signal?.throwIfAborted();
  const thread = await takeThread(wanted.signal);
  try {
    return await thread.run(wanted);
  } finally {
    giveBack(thread);
  }
}
