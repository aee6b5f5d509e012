// An engine session in the shape that a terminal pane takes. What comes before the pane listens is kept; a session can be
// replaced by another one to the same process, without the pane noticing.
import type { Session } from '../../engine/index.js';
import type { Pty, PtyExit } from '../terminal/index.js';

export class SessionPty implements Pty {
  private session: Session;
  private early: Uint8Array[] = [];
  private listener: ((bytes: Uint8Array) => void) | undefined;
  private readonly enders: ((exitCode: number | undefined) => void)[] = [];
  private size: { columns: number; rows: number } | undefined;
  private ended: { readonly exitCode: number | undefined } | undefined;

  constructor(session: Session) {
    this.session = session;
    this.listen(session);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.listener = listener;
    for (const bytes of this.early) listener(bytes);
    this.early = [];
  }

  onExit(listener: (exit: PtyExit) => void): void {
    this.onEnd((exitCode) => listener(exitCode === undefined ? {} : { code: exitCode }));
  }

  onEnd(listener: (exitCode: number | undefined) => void): void {
    if (this.ended) listener(this.ended.exitCode);
    else this.enders.push(listener);
  }

  write(bytes: Uint8Array): void {
    // The session queues what the other side does not take; a person cannot type faster than that.
    this.session.write(Buffer.from(bytes));
  }

  resize(columns: number, rows: number): void {
    this.size = { columns, rows };
    this.session.resize(this.size);
  }

  pause(): void {
    this.session.pause();
  }

  resume(): void {
    this.session.resume();
  }

  close(): void {
    this.session.close();
  }

  /** Goes on with another session. */
  replace(session: Session): void {
    const before = this.session;
    this.session = session;
    this.listen(session);
    if (this.size) session.resize(this.size);
    before.close();
  }

  private listen(session: Session): void {
    session.onOutput((_stream, data) => {
      if (session === this.session) this.emit(session.tty ? data : withCarriageReturns(data));
    });
    void session.exited.then(
      ({ exitCode }) => this.end(session, exitCode),
      () => this.end(session, undefined),
    );
  }

  private emit(bytes: Uint8Array): void {
    if (this.listener) this.listener(bytes);
    else this.early.push(bytes);
  }

  private end(session: Session, exitCode: number | undefined): void {
    if (session !== this.session || this.ended) return;
    this.ended = { exitCode };
    for (const listener of this.enders) listener(exitCode);
  }
}

/** A pipe has bare newlines; a terminal would step down and stay in its column. */
function withCarriageReturns(data: Buffer): Buffer {
  return data.includes(0x0a) ? Buffer.from(data.toString('latin1').replaceAll('\n', '\r\n'), 'latin1') : data;
}
