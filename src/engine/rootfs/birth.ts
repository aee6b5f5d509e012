// What a file that this process makes has from the beginning: most files of most archives are to have just that, and need not be told
// twice. Holds where nobody else is at the tree and its directory neither gives its group away nor has an ACL for what is made in it.
import { readFileSync } from 'node:fs';

const PERMISSIONS = 0o777;

/** The bits that are taken from every mode (umask(2)); read from /proc, for asking the kernel is to change it for a moment. */
function umask(): number | undefined {
  try {
    const octal = /^Umask:\s+([0-7]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return octal === undefined ? undefined : parseInt(octal, 8);
  } catch {
    return undefined;
  }
}

export class Birth {
  readonly #uid = process.geteuid!();
  readonly #gid = process.getegid!();
  readonly #umask = umask();

  hasOwner(uid: number, gid: number): boolean {
    return uid === this.#uid && gid === this.#gid;
  }

  /** Whether a file that is opened with this mode has it. */
  hasMode(mode: number): boolean {
    return this.#umask !== undefined && (mode & ~PERMISSIONS) === 0 && (mode & this.#umask) === 0;
  }
}
