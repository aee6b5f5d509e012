// Children and how they end: waitpid without blocking, and a call when one has died.
import { SyscallError } from './errno.js';
import { WNOHANG } from './flags.js';
import { rawSyscall } from './kernel.js';
import { signalName, type SignalName } from './signals.js';

/** How a process ended: of itself with a code (0-255), or by a signal. */
export type ExitStatus = { readonly code: number } | { readonly signal: SignalName };

/** Reads the status word of wait(2). */
export function decodeWaitStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  return signal === 0 ? { code: (status >> 8) & 0xff } : { signal: signalName(signal) };
}

/**
 * Reaps a child (wait4(2)). With `nohang`, undefined when it has not ended; without, blocks the whole process until it has.
 * Throws SyscallError: ECHILD when `pid` is no child of this process or was reaped before.
 */
export function waitpid(pid: number, { nohang = false }: { readonly nohang?: boolean } = {}): ExitStatus | undefined {
  const status = Buffer.alloc(4);
  for (;;) {
    const result = Number(rawSyscall('wait4', pid, status, nohang ? WNOHANG : 0, null));
    if (result > 0) return decodeWaitStatus(status.readInt32LE());
    if (result === 0) return undefined;
    if (result !== -EINTR) throw new SyscallError('wait4', -result, String(pid));
  }
}

const EINTR = 4;
type Listener = (status: ExitStatus | undefined) => void;
const listeners = new Map<number, Listener>();
/** Keeps the event loop alive while somebody waits; libuv's signal watchers do not. */
let keepAlive: NodeJS.Timeout | undefined;

function reap(pid: number): void {
  const listener = listeners.get(pid);
  if (listener === undefined) return;
  let status: ExitStatus | undefined;
  try {
    status = waitpid(pid, { nohang: true });
    if (status === undefined) return;
  } catch (error) {
    // Somebody else reaped it: it is dead, how is not to be known here.
    if (!(error instanceof SyscallError && error.code === 'ECHILD')) throw error;
  }
  forget(pid);
  listener(status);
}

function reapAll(): void {
  for (const pid of [...listeners.keys()]) reap(pid);
}

function forget(pid: number): void {
  listeners.delete(pid);
  if (listeners.size > 0) return;
  clearInterval(keepAlive);
  keepAlive = undefined;
  process.off('SIGCHLD', reapAll);
}

/**
 * Reaps a child of this process when it ends and calls back, once, with its status; with undefined when somebody else
 * reaped it. Never blocks, never calls back before it has returned. libuv's own children are left to libuv.
 * @returns a function that takes the request back
 */
export function onChildExit(pid: number, callback: Listener): () => void {
  if (listeners.has(pid)) throw new Error(`somebody waits for process ${pid} already: ask once and share the answer`);
  if (listeners.size === 0) {
    process.on('SIGCHLD', reapAll);
    keepAlive = setInterval(() => undefined, 0x7fffffff);
  }
  listeners.set(pid, callback);
  // It may have ended before the handler stood.
  setImmediate(reap, pid);
  return () => {
    if (listeners.get(pid) === callback) forget(pid);
  };
}
