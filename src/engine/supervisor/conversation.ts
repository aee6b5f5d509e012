// A manager's end of a connection to a supervisor: requests out, answers back in any order.
import type { Socket } from 'node:net';
import { ERROR_CODES, TscontainError, type ErrorCode } from '../errors.js';
import { Connection } from './connection.js';
import {
  FRAME,
  isRecord,
  parseControl,
  ProtocolError,
  type Answers,
  type FrameType,
  type Request,
} from './protocol.js';

interface Asked {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

export class Conversation {
  readonly connection: Connection;
  readonly #asked = new Map<number, Asked>();
  #next = 1;
  #closed = false;
  /** Frames that are no answers: those of an attachment. */
  onFrame: ((type: FrameType, payload: Buffer) => void) | undefined;
  onClosed: (() => void) | undefined;

  constructor(socket: Socket) {
    // A connection that only waits for the next request keeps no program from ending.
    socket.unref();
    this.connection = new Connection(socket, {
      frame: (type, payload) => this.#receive(type, payload),
      closed: (error) => this.#close(error),
    });
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * @param atOnce called with the answer before anything that came after it is looked at
   * @throws TscontainError: the supervisor's own, or SUPERVISOR_FAILED when it is gone before it has answered
   */
  ask<R extends Request>(request: R, atOnce?: (answer: Answers[R['ask']]) => void): Promise<Answers[R['ask']]> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(supervisorGone());
        return;
      }
      const n = this.#next++;
      const accept = (answer: unknown) => {
        atOnce?.(answer as Answers[R['ask']]);
        resolve(answer as Answers[R['ask']]);
      };
      this.#asked.set(n, { resolve: accept, reject });
      this.connection.socket.ref();
      this.connection.send({ n, ...request });
    });
  }

  #receive(type: FrameType, payload: Buffer): void {
    if (this.onFrame !== undefined) {
      this.onFrame(type, payload);
      return;
    }
    if (type !== FRAME.control) throw new ProtocolError('output where nothing is attached');
    const { n, ok, error } = parseControl(payload);
    const asked = typeof n === 'number' ? this.#asked.get(n) : undefined;
    if (asked === undefined) throw new ProtocolError('an answer to no question');
    this.#asked.delete(n as number);
    if (this.#asked.size === 0) this.connection.socket.unref();
    if (error === undefined) asked.resolve(ok);
    else asked.reject(errorFromWire(error));
  }

  #close(error: Error | undefined): void {
    this.#closed = true;
    for (const asked of this.#asked.values()) asked.reject(supervisorGone(error));
    this.#asked.clear();
    this.onClosed?.();
  }
}

export function supervisorGone(cause?: Error): TscontainError {
  return new TscontainError('SUPERVISOR_FAILED', 'the supervisor went away before it had answered', {
    hint: 'ask again: another one takes over',
    ...(cause === undefined ? {} : { cause }),
  });
}

function errorFromWire(error: unknown): TscontainError {
  const { code, message, hint, cause } = isRecord(error) ? error : {};
  const known: ErrorCode = ERROR_CODES.find((each) => each === code) ?? 'SUPERVISOR_FAILED';
  return new TscontainError(known, typeof message === 'string' ? message : 'the supervisor failed', {
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(typeof cause === 'string' ? { cause: new Error(cause) } : {}),
  });
}
