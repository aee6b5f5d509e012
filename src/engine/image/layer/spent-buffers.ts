// Gives back buffers that have been used. Who reads, decompresses and writes a layer uses hundreds of megabytes of them, each once;
// V8 sees only the few bytes that point to them and lets 32 MB lie about in every thread before it looks. Looking at what is young, which
// is next to nothing in these threads, takes less than a millisecond.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' }) => void;

/** What may lie about, bytes. */
const SPENT_BYTES = 8 * 1024 * 1024;

let collect: Collect | undefined;

/** It is a function that new contexts have and old ones lack. The flag is not left: code that is kept is kept for the flags in force. */
function collector(): Collect {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
    setFlagsFromString('--no-expose-gc');
  }
  return collect;
}

export class SpentBuffers {
  #bytes = 0;

  /** So many bytes of buffers were used, and nobody will need them again. */
  add(bytes: number): void {
    if ((this.#bytes += bytes) < SPENT_BYTES) return;
    this.#bytes = 0;
    collector()({ type: 'minor' });
  }
}
