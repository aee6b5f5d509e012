// stop: the stop signal, then, after the grace, SIGKILL for everything inside.
import { signalNumber } from '../../native/index.js';
import type { Container, ExitStatus } from '../model.js';
import { requireMove } from '../states.js';
import { parseSignal } from '../grammar/process.js';
import { callOffRestart, endByForce, ended, goingOn, signalInit, thaw } from './ending.js';
import { tell, type Parts } from './parts.js';

export interface StopOptions {
  /** before SIGKILL; 0 is at once, -1 never; absent is the container's own */
  readonly timeoutSeconds?: number;
  /** absent is the container's own */
  readonly signal?: string;
}

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE, INVALID_VALUE, TIMEOUT */
export async function stop(parts: Parts, ref: string, options: StopOptions = {}): Promise<ExitStatus> {
  const { store } = parts;
  const id = store.resolve(ref);
  const before = store.load(id);
  const { config, state } = before;
  const { exitCode, oomKilled } = state;
  if (requireMove('stop', { name: config.name, status: state.status }) === 'already') return { exitCode, oomKilled };

  const signal = parseSignal(options.signal ?? config.stopSignal);
  const seconds = options.timeoutSeconds ?? config.stopTimeoutSeconds;
  // Asked for before the signal: with --rm there is soon nobody left to ask.
  const end = ended(parts, id, seconds < 0 ? Infinity : seconds * 1000);
  await Promise.all([end.catch(() => undefined), requestEnd(parts, id, signalNumber(signal)!)]);
  const status = (await end) ?? (await endByForce(parts, id));
  tell(parts, before, 'stop');
  return status;
}

async function requestEnd(parts: Parts, id: string, signal: number): Promise<void> {
  const { store, driver } = parts;
  const container = await store.withLock(id, async (): Promise<Container> => {
    const now = store.load(id);
    if (requireMove('stop', { name: now.config.name, status: now.state.status }) === 'already') return now;
    store.writeState(id, { ...now.state, stopRequested: true, ...goingOn(now) });
    signalInit(now, signal);
    await thaw(driver, now);
    return now;
  });
  if (container.state.status === 'restarting') await callOffRestart(parts, id);
  else if (container.state.init !== undefined) tell(parts, container, 'kill', { signal: String(signal) });
}
