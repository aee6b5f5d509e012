// The terminal as blessed's Screen wants it. blessed's own Program is where its faults live: terminfo compiled on every start
// (and complaints about it on stderr), line drawing by ACS, a mouse reader that takes one report a read, no bracketed paste,
// half characters, `tmux -V` run on start. None of that is asked of this one: it knows the size, and that a clear is due.
import { EventEmitter } from 'node:events';

const nothing = (): void => undefined;

/** The capabilities that Screen asks about while it is made; all drawing is done by draw.ts. */
const capabilities = { unicode: true, numbers: { U8: 1 }, strings: {}, bools: {} };

export class BlessedProgram extends EventEmitter {
  readonly options = {};
  readonly tput = capabilities;
  readonly put = { keypad_xmit: nothing, keypad_local: nothing };
  isAlt = false;
  useBuffer = false;
  zero = true;
  /** Whether the screen was allocated anew, so that the next frame has to begin with an empty terminal. */
  needsClear = false;

  constructor(
    public cols: number,
    public rows: number,
  ) {
    super();
    this.setMaxListeners(0);
  }

  clear(): void {
    this.needsClear = true;
  }

  alternateBuffer(): void {
    this.isAlt = true;
  }

  normalBuffer(): void {
    this.isAlt = false;
  }

  readonly setupTput = nothing;
  readonly csr = nothing;
  readonly cup = nothing;
  readonly hideCursor = nothing;
  readonly showCursor = nothing;
  readonly disableMouse = nothing;
  readonly flush = nothing;
  readonly destroy = nothing;
}
