// One probe of a health check: a program that is run in the container as `exec` runs one, without a terminal, with no process
// of ours beside it, and on a leash. Nobody is told of it as an event: there would be nothing else to be read.
import { closeSync } from 'node:fs';
import { launch, onChildExit, type Launched } from '../../native/index.js';
import { isTscontainError } from '../errors.js';
import { prepareExec } from '../launch/exec.js';
import type { CgroupPaths, ProbeResult } from '../model.js';
import { exitCodeOf } from './begin.js';
import { killTree } from './kill-tree.js';
import type { Parts } from './parts.js';
import { ProbeOutput } from './probe-output.js';

export interface ProbeWishes {
  readonly id: string;
  /** the init of the run that it is for */
  readonly init: number;
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

export interface Probe {
  /** How it went, when nothing of it is left. undefined: it was called off, or the container is not to be probed now. */
  readonly over: Promise<ProbeResult | undefined>;
  callOff(): void;
}

const KILLED = 137;
/** setTimeout takes no more. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** An AbortController in its smallest form: there may be fifty probes a second. */
class Recall {
  isCalledOff = false;
  #listener: (() => void) | undefined;

  /** Calls back when it is called off, at once where it was. */
  listen(listener: (() => void) | undefined): void {
    this.#listener = listener;
    if (this.isCalledOff) listener?.();
  }

  callOff(): void {
    this.isCalledOff = true;
    this.#listener?.();
  }
}

export function startProbe(parts: Pick<Parts, 'store' | 'driver'>, wishes: ProbeWishes): Probe {
  const recall = new Recall();
  return { over: run(parts, wishes, recall), callOff: () => recall.callOff() };
}

async function run(
  parts: Pick<Parts, 'store' | 'driver'>,
  wishes: ProbeWishes,
  recall: Recall,
): Promise<ProbeResult | undefined> {
  const start = new Date().toISOString();
  const result = (exitCode: number, output: string): ProbeResult | undefined =>
    recall.isCalledOff ? undefined : { start, end: new Date().toISOString(), exitCode, output };
  let output: ProbeOutput | undefined;
  try {
    output = new ProbeOutput();
    const begun = await begin(parts, wishes, output.fd);
    if (begun === undefined) return undefined;
    const launched = await begun.launching;
    output.read();
    const { exitCode, isLate } = await endOf(launched, {
      ...wishes,
      recall,
      kill: killerOf(parts, launched, begun.cgroup),
    });
    const text = output.text();
    if (!isLate) return result(exitCode ?? -1, text);
    const why = `killed after its timeout of ${wishes.timeoutMs / 1000} s`;
    return result(-1, text === '' ? why : `${why}: ${text}`);
  } catch (error) {
    // It ended, or was removed, a moment ago: that says nothing of its health.
    if (isTscontainError(error, 'ILLEGAL_STATE') || isTscontainError(error, 'NO_SUCH_CONTAINER')) return undefined;
    return result(-1, error instanceof Error ? error.message : String(error));
  } finally {
    output?.close();
  }
}

/**
 * Under the container's lock until the process is one of its own: who froze the container in between would have it stand still
 * in clone3, and this process with it, which looks after others too.
 */
function begin({ store, driver }: Pick<Parts, 'store' | 'driver'>, { id, init, argv }: ProbeWishes, outputFd: number) {
  return store.withLock(id, async () => {
    const container = store.load(id);
    const { state, cgroup } = container;
    const isOurs = state.status === 'running' && state.init?.pid === init;
    // What fails while it is being stopped says nothing of its health.
    if (!isOurs || state.stopRequested || driver.isFrozen(cgroup)) return undefined;
    const stdio = { tty: false, stdout: outputFd, stderr: outputFd } as const;
    const prepared = await prepareExec({ container, spec: { argv }, stdio, driver, onLeash: true });
    const launching = launch(prepared.program, prepared.launchOptions).then(
      (launched) => {
        prepared.release();
        return launched;
      },
      (error: unknown) => {
        const explained = prepared.explainFailure(error);
        prepared.release();
        throw explained;
      },
    );
    // It is waited for outside of the lock; a failure is not unhandled until then.
    launching.catch(() => undefined);
    return { launching, cgroup };
  });
}

function killerOf({ driver }: Pick<Parts, 'driver'>, launched: Launched, cgroup: CgroupPaths): () => void {
  return () => killTree(launched, () => driver.processes(cgroup));
}

interface Watching {
  readonly timeoutMs: number;
  readonly recall: Recall;
  readonly kill: () => void;
}

/** Resolves when it has died and was reaped. */
function endOf(
  { pid, pidfd }: Launched,
  { timeoutMs, recall, kill }: Watching,
): Promise<{ exitCode: number | undefined; isLate: boolean }> {
  return new Promise((resolve) => {
    let isOut = false;
    const timer = setTimeout(
      () => {
        isOut = true;
        kill();
      },
      Math.min(timeoutMs, LONGEST_TIMEOUT_MS),
    );
    recall.listen(kill);
    onChildExit(pid, (status) => {
      clearTimeout(timer);
      recall.listen(undefined);
      closeSync(pidfd);
      const exitCode = exitCodeOf(status);
      // One that ended of itself at that very moment was in time.
      resolve({ exitCode, isLate: isOut && exitCode === KILLED });
    });
  });
}
