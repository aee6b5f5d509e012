// What managers and a supervisor say to each other over the supervisor's socket, a unix stream socket of mode 0600.
//
// A frame:
//
//   byte   0      1 2 3 4             5 …
//        +------+-------------------+---------------------------+
//        | type | length, u32 BE    | payload, `length` bytes   |
//        +------+-------------------+---------------------------+
//
//   type 0 stdin, 1 stdout, 2 stderr: raw bytes        (numbers as in Docker's stdcopy)
//   type 3 control: one JSON object, UTF-8
//
// A conversation. Every request carries a number `n` and gets one answer with the same number, in any order:
//
//   manager                                supervisor
//   { n: 1, ask: "claim", project }  ───▶
//                                    ◀───  { n: 1, ok: { containers: 4 } }    it will take containers of that project
//   { n: 2, ask: "start", id }       ───▶
//   { n: 3, ask: "wait", id, until } ───▶
//                                    ◀───  { n: 2, ok: { pid, containers: 5 } }
//                                    ◀───  { n: 3, ok: { exitCode, oomKilled } }      hours later
//   { n: 4, ask: "start", id }       ───▶
//                                    ◀───  { n: 4, error: { code, message, hint?, cause? } }
//
// `attach` turns the connection into one for that container's stdio, and nothing else may be asked on it any more:
//
//   { n: 1, ask: "attach", id, stdin, replay, size? } ───▶
//                                    ◀───  { n: 1, ok: { tty } }
//   stdin …, { end: true }, { resize: { columns, rows } } ───▶
//                                    ◀───  stdout …, stderr …
//                                    ◀───  { gap: bytes }      so many bytes were left out here: this client was too far behind
//                                    ◀───  { exit: { exitCode, oomKilled } }, and the connection ends
//
// Either side that hears nonsense closes the connection; nothing but the connection is lost by that.
import type { ExitStatus, TerminalSize } from '../model.js';
import type { PublishedPort } from '../network/model.js';

export const FRAME = { stdin: 0, stdout: 1, stderr: 2, control: 3 } as const;
export type FrameType = (typeof FRAME)[keyof typeof FRAME];

export const HEADER_BYTES = 5;

/** A longer frame is a broken or hostile peer. Senders cut data at 64 KiB; control messages are far shorter. */
export const MAX_FRAME_BYTES = 256 * 1024;

/** So many containers share a supervisor: what one of them can lose with it stays bounded. Starts at one moment may exceed it. */
export const MAX_CONTAINERS = 32;

export type WaitUntil = 'not-running' | 'next-exit';

export type Request =
  | { readonly ask: 'hello' }
  | { readonly ask: 'claim'; readonly project: string }
  | { readonly ask: 'start'; readonly id: string }
  | {
      readonly ask: 'wait';
      readonly id: string;
      readonly until: WaitUntil;
      /** with next-exit: the finishedAt that the asker has seen, null for none; another one on record is the end waited for */
      readonly knownEnd?: string | null;
    }
  | { readonly ask: 'resize'; readonly id: string; readonly size: TerminalSize }
  | { readonly ask: 'reload'; readonly id: string }
  | { readonly ask: 'publish'; readonly id: string }
  | { readonly ask: 'adopt'; readonly ids: readonly string[] }
  | {
      readonly ask: 'attach';
      readonly id: string;
      readonly stdin: boolean;
      readonly replay: boolean;
      readonly size?: TerminalSize;
    };

/** What each request is answered with. */
export interface Answers {
  hello: { readonly id: string; readonly pid: number; readonly project: string | null; readonly containers: number };
  /** how many containers it has; null: it belongs to another project, or is full */
  claim: { readonly containers: number } | null;
  start: { readonly pid: number; readonly containers: number };
  wait: { readonly exitCode: number | null; readonly oomKilled: boolean };
  resize: true;
  reload: true;
  /** the ports of the host that are held for it; none where it does not run */
  publish: readonly PublishedPort[];
  /** the ids it looks after now; the others had ended meanwhile and their end was recorded */
  adopt: readonly string[];
  attach: { readonly tty: boolean };
}

export type Numbered = Request & { readonly n: number };

/** An error as it crosses the socket: TscontainError.toJSON(). */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly cause?: string;
}

/** Attach connections only: what follows the answer. */
export interface AttachNotice {
  readonly gap?: number;
  readonly exit?: Answers['wait'];
}
export interface AttachCommand {
  readonly end?: true;
  readonly resize?: TerminalSize;
}

/** undefined does not survive JSON: not known is null on the wire. */
export function exitToWire(status: ExitStatus): Answers['wait'] {
  return { exitCode: status.exitCode ?? null, oomKilled: status.oomKilled ?? false };
}

export function exitFromWire(status: Answers['wait']): ExitStatus {
  return { exitCode: status.exitCode ?? undefined, oomKilled: status.oomKilled };
}

export function frameHeader(type: FrameType, length: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(length, 1);
  return header;
}

export function controlFrame(message: object): Buffer {
  const text = JSON.stringify(message);
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt8(FRAME.control, 0);
  frame.writeUInt32BE(length, 1);
  frame.write(text, HEADER_BYTES);
  return frame;
}

/** Header and a copy of `data` in one buffer: the buffer that was read into is used again at once. */
export function dataFrame(type: FrameType, data: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + data.length);
  frame.writeUInt8(type, 0);
  frame.writeUInt32BE(data.length, 1);
  frame.set(data, HEADER_BYTES);
  return frame;
}

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Cuts a byte stream into frames. A payload is a view of what was pushed wherever the frame came in one piece. */
export class FrameReader {
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** bytes needed before the next step can be made: a header, or a header and its payload */
  #needed = HEADER_BYTES;

  /** @throws ProtocolError for a type that does not exist or a frame that is too long */
  push(chunk: Buffer, onFrame: (type: FrameType, payload: Buffer) => void): void {
    let rest = chunk;
    if (this.#pendingBytes > 0) {
      this.#pending.push(chunk);
      this.#pendingBytes += chunk.length;
      if (this.#pendingBytes < this.#needed) return;
      rest = Buffer.concat(this.#pending);
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    while (rest.length >= HEADER_BYTES) {
      const type = checkedType(rest.readUInt8(0));
      const length = rest.readUInt32BE(1);
      if (length > MAX_FRAME_BYTES)
        throw new ProtocolError(`a frame of ${length} bytes, ${MAX_FRAME_BYTES} are allowed`);
      this.#needed = HEADER_BYTES + length;
      if (rest.length < this.#needed) break;
      const payload = rest.subarray(HEADER_BYTES, this.#needed);
      rest = rest.subarray(this.#needed);
      this.#needed = HEADER_BYTES;
      onFrame(type, payload);
    }
    if (rest.length > 0) {
      this.#pending.push(rest);
      this.#pendingBytes = rest.length;
    }
  }
}

function checkedType(value: number): FrameType {
  switch (value) {
    case FRAME.stdin:
    case FRAME.stdout:
    case FRAME.stderr:
    case FRAME.control:
      return value;
    default:
      throw new ProtocolError(`there is no frame type ${value}`);
  }
}

/** @throws ProtocolError when it is not one JSON object */
export function parseControl(payload: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    throw new ProtocolError('a control message that is not JSON');
  }
  if (!isRecord(value)) throw new ProtocolError('a control message that is not an object');
  return value;
}

const ID = /^[0-9a-f]{64}$/;

/** A request in the shape it must have: ids become paths, so nothing else gets through. @throws ProtocolError */
export function parseRequest(message: Record<string, unknown>): Numbered {
  const n = message['n'];
  if (!Number.isSafeInteger(n)) throw new ProtocolError('a request without a number');
  const request = requestOf(message);
  if (request === undefined)
    throw new ProtocolError(`a request that is not understood: ${JSON.stringify(message).slice(0, 200)}`);
  return { ...request, n: n as number };
}

function requestOf(message: Record<string, unknown>): Request | undefined {
  const { ask, id, project, ids, until, size } = message;
  switch (ask) {
    case 'hello':
      return { ask };
    case 'claim':
      return typeof project === 'string' && project.length <= 255 ? { ask, project } : undefined;
    case 'start':
    case 'reload':
    case 'publish':
      return isId(id) ? { ask, id } : undefined;
    case 'wait': {
      if (!isId(id) || (until !== 'not-running' && until !== 'next-exit')) return undefined;
      const { knownEnd } = message;
      return typeof knownEnd === 'string' || knownEnd === null ? { ask, id, until, knownEnd } : { ask, id, until };
    }
    case 'resize':
      return isId(id) && isSize(size) ? { ask, id, size } : undefined;
    case 'adopt':
      return Array.isArray(ids) && ids.every(isId) ? { ask, ids } : undefined;
    case 'attach': {
      if (!isId(id) || (size !== undefined && !isSize(size))) return undefined;
      const wishes = { stdin: message['stdin'] === true, replay: message['replay'] === true };
      return { ask, id, ...wishes, ...(size === undefined ? {} : { size }) };
    }
    default:
      return undefined;
  }
}

export function parseAttachCommand(message: Record<string, unknown>): AttachCommand {
  const { end, resize } = message;
  if (end === true) return { end };
  if (isSize(resize)) return { resize };
  throw new ProtocolError('a message that an attached client cannot send');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** struct winsize holds 16 bits each. */
function isSize(value: unknown): value is TerminalSize {
  if (!isRecord(value)) return false;
  return [value['columns'], value['rows']].every(
    (side) => typeof side === 'number' && Number.isInteger(side) && side >= 0 && side <= 0xffff,
  );
}
