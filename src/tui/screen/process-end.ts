// The ways a process can end or pause, and what must happen first: the terminal is given back.

export interface ProcessEnd {
  /** Gives the terminal back; called once or more. */
  readonly restore: () => void;
  /** Somebody else asked us to stop (SIGTSTP): give the terminal back and stop. */
  readonly stop: () => void;
  /** We run again (SIGCONT). */
  readonly resume: () => void;
}

/**
 * Every signal that ends a program unless it listens. Not those of a fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS):
 * after one no JavaScript can be run. Not SIGPROF, by which V8 takes its profiles.
 */
export const FATAL_SIGNALS = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGABRT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
] as const;

/** Listens until the returned function is called. */
export function onProcessEnd({ restore, stop, resume }: ProcessEnd): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    restore();
    // restore() has taken our handlers away, so the signal now does what it does to any program, wait status included;
    // where the app has a handler of its own, that one decides.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const onError = (error: unknown): void => {
    restore();
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  };
  const signals: readonly (readonly [NodeJS.Signals, NodeJS.SignalsListener])[] = [
    ...FATAL_SIGNALS.map((signal) => [signal, onSignal] as const),
    ['SIGTSTP', stop],
    ['SIGCONT', resume],
  ];
  for (const [signal, listener] of signals) process.on(signal, listener);
  process.on('uncaughtException', onError).on('unhandledRejection', onError).on('exit', restore);
  return () => {
    for (const [signal, listener] of signals) process.off(signal, listener);
    process.off('uncaughtException', onError).off('unhandledRejection', onError).off('exit', restore);
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : `thrown: ${String(error)}`;
}
