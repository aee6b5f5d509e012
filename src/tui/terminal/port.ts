// What a shell tab needs of a pseudo-terminal. The caller brings one; nothing here knows how it is made.

export interface PtyExit {
  /** Exit code, or 128 + signal; absent where it is not known. */
  readonly code?: number;
}

export interface Pty {
  /** Output of the program, in whatever pieces it comes. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** The program is gone, or the terminal is; called once. */
  onExit(listener: (exit: PtyExit) => void): void;
  /** Input for the program; queued where it does not read, never blocking. */
  write(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
  /** No more onData until `resume`; the program stops by itself once the kernel's buffer is full. */
  pause(): void;
  resume(): void;
  /** Hangs up. */
  close(): void;
}
