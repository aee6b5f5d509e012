// kill: one signal to the container's init.
import { constants } from 'node:os';
import { signalNumber } from '../../native/index.js';
import { parseSignal } from '../grammar/process.js';
import { requireMove } from '../states.js';
import { callOffRestart, goingOn, signalInit, thaw } from './ending.js';
import { tell, type Parts } from './parts.js';

const { SIGKILL } = constants.signals;

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE, INVALID_VALUE */
export async function kill(parts: Parts, ref: string, name = 'SIGKILL'): Promise<void> {
  const { store, driver } = parts;
  const signal = signalNumber(parseSignal(name))!;
  const id = store.resolve(ref);
  const container = await store.withLock(id, async () => {
    const now = store.load(id);
    const { config, state } = now;
    requireMove('kill', { name: config.name, status: state.status });
    // Any other signal may mean anything to the program, such as reading its configuration again.
    const meansEnd = signal === SIGKILL || signal === signalNumber(config.stopSignal);
    const change = signal === SIGKILL ? goingOn(now) : {};
    if (meansEnd) store.writeState(id, { ...state, stopRequested: true, ...change });
    signalInit(now, signal);
    if (signal === SIGKILL) await thaw(driver, now);
    return now;
  });
  if (container.state.status === 'restarting') await callOffRestart(parts, id);
  tell(parts, container, 'kill', { signal: String(signal) });
}
