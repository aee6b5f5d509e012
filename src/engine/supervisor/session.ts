// A manager's end of an attachment: the container's output as it comes, its input, its end.
import type { ExitStatus, Session, TerminalSize } from '../model.js';
import type { Connection } from './connection.js';
import {
  exitFromWire,
  FRAME,
  isRecord,
  parseControl,
  ProtocolError,
  type AttachNotice,
  type FrameType,
} from './protocol.js';

type OutputListener = (stream: 'stdout' | 'stderr', data: Buffer) => void;

export class AttachSession implements Session {
  readonly exited: Promise<ExitStatus>;
  #end: (status: ExitStatus) => void = () => undefined;
  #listener: OutputListener | undefined;
  #onGap: ((bytes: number) => void) | undefined;
  /** what came before anybody listened */
  readonly #early: { stream: 'stdout' | 'stderr'; data: Buffer }[] = [];

  constructor(
    private readonly connection: Connection,
    readonly tty: boolean,
  ) {
    this.exited = new Promise((resolve) => (this.#end = resolve));
  }

  onOutput(listener: OutputListener): void {
    this.#listener = listener;
    for (const { stream, data } of this.#early.splice(0)) listener(stream, data);
  }

  /** So many bytes of output were left out here: this client was further behind than its supervisor could keep for it. */
  onGap(listener: (bytes: number) => void): void {
    this.#onGap = listener;
  }

  write(data: Buffer | string): boolean {
    return this.connection.sendData(FRAME.stdin, typeof data === 'string' ? Buffer.from(data) : data);
  }

  onDrain(listener: () => void): void {
    this.connection.socket.on('drain', listener);
  }

  end(): void {
    this.connection.send({ end: true });
  }

  resize(size: TerminalSize): void {
    this.connection.send({ resize: { columns: size.columns, rows: size.rows } });
  }

  pause(): void {
    this.connection.socket.pause();
  }

  resume(): void {
    this.connection.socket.resume();
  }

  close(): void {
    this.connection.close();
  }

  /** What the supervisor sent. @throws ProtocolError */
  receive(type: FrameType, payload: Buffer): void {
    if (type === FRAME.stdout) this.#output('stdout', payload);
    else if (type === FRAME.stderr) this.#output('stderr', payload);
    else if (type === FRAME.control) this.#notice(parseNotice(parseControl(payload)));
    else throw new ProtocolError('a supervisor has no input to send');
  }

  lost(): void {
    this.#end({ exitCode: undefined });
  }

  #output(stream: 'stdout' | 'stderr', data: Buffer): void {
    if (this.#listener === undefined) this.#early.push({ stream, data });
    else this.#listener(stream, data);
  }

  #notice({ gap, exit }: AttachNotice): void {
    if (gap !== undefined) this.#onGap?.(gap);
    if (exit !== undefined) this.#end(exitFromWire(exit));
  }
}

function parseNotice({ gap, exit }: Record<string, unknown>): AttachNotice {
  if (typeof gap === 'number') return { gap };
  if (!isRecord(exit)) throw new ProtocolError('a notice that is not understood');
  const { exitCode, oomKilled } = exit;
  return { exit: { exitCode: typeof exitCode === 'number' ? exitCode : null, oomKilled: oomKilled === true } };
}
