// A terminal that does not read (ctrl-s, a slow line, a stopped multiplexer) must stop neither the dashboard nor its end.
import { writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';

/** What Node keeps behind a tty stream, and its types do not tell. */
interface TtyInternals {
  readonly fd?: number;
  readonly _handle?: { readonly fd: number; setBlocking?: (on: boolean) => void };
}

/** For so long a terminal that does not read is waited for at the end, ms. */
const PATIENCE_MS = 500;
const RETRY_MS = 5;

/**
 * Node makes writes to a terminal block; here that is taken back. libuv has opened the terminal anew for itself, so no other
 * program sees it; where it could not, the descriptor is shared with the shell, and is left as it is.
 */
export function unblock(output: WriteStream): void {
  const { fd, _handle: handle } = output as unknown as TtyInternals;
  if (handle && handle.fd !== fd) handle.setBlocking?.(false);
}

/**
 * Writes at once, without the event loop: this may be the last thing the process does.
 *
 * @throws where the terminal is gone; one that does not read in time is given up without an error
 */
export function writeBeforeTheEnd(output: WriteStream, text: string): void {
  const { fd = 1, _handle: handle } = output as unknown as TtyInternals;
  const bytes = Buffer.from(text);
  const end = performance.now() + PATIENCE_MS;
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(handle?.fd ?? fd, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      if (performance.now() > end) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
