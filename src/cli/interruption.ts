// ctrl-C in a command that can be gone on with: what is under way is told to stop, and is waited for.
import type { Context } from './context.js';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Does something that can be interrupted.
 * @param left what is said then: what is kept, and how to go on
 * @returns what it gives, or the exit code: 128 and the number of the signal that ended it
 */
export async function untilInterrupted<T>(
  context: Context,
  left: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value: T } | { readonly exitCode: number }> {
  const controller = new AbortController();
  const codes: number[] = [];
  const undo = Object.entries(SIGNALS).map(([name, code]) => {
    const stop = (): void => {
      codes.push(code);
      controller.abort(new Error('interrupted'));
    };
    process.on(name, stop);
    return () => process.off(name, stop);
  });
  try {
    return { value: await work(controller.signal) };
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    context.warn(`interrupted: ${left}`);
    return { exitCode: codes[0] ?? SIGNALS.SIGINT };
  } finally {
    for (const step of undo) step();
  }
}

/** The same for the whole of a command, whose own exit code is what it gives. */
export async function interruptible(
  context: Context,
  left: string,
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const end = await untilInterrupted(context, left, work);
  return 'value' in end ? end.value : end.exitCode;
}
