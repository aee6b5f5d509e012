// A terminal that is gone for good (its window was closed, the line dropped).
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Which of 0-2 were a terminal when the process began: that is what Node goes by. */
const wasTerminal = [0, 1, 2].filter((fd) => isatty(fd));

/**
 * Puts /dev/null in the place of the descriptors that were the terminal. Node restores the terminal's settings when it exits
 * and aborts, with a core dump, where that fails for another reason than it knows of; it leaves alone what is another file.
 */
export function abandonTerminal(): void {
  for (const fd of wasTerminal) {
    try {
      closeSync(fd);
      // The lowest free number, so the one that was closed.
      openSync('/dev/null', 'r+');
    } catch {
      // Closed already: then Node has nothing to restore either.
    }
  }
}
