// One question over HTTP and its answer. How long a body takes is nobody's business; silence is: nothing of a request taken,
// no answer begun, hardly a byte of a body in so long a time means that the connection is given up.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { TscontainError } from '../errors.js';
import type { Connections } from './connections.js';
import { connectionFailure, silence, Temporary } from './failure.js';
import { LEAST_BYTES, type Patience } from './retry.js';

export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Body {
  /** bytes */
  readonly length: number;
  /** Its bytes from the beginning, again for each try. */
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface Answer {
  /** of who answered in the end */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they come, once. Who stops early closes the connection. */
  body(): AsyncGenerator<Buffer, void>;
  /** A small one as a whole. @throws TscontainError INVALID_VALUE beyond `maxBytes`, before it is read where it says its size */
  read(maxBytes: number, what: string): Promise<Buffer>;
  /** The beginning of what may be of any size. */
  readBeginning(maxBytes: number): Promise<Buffer>;
  /** It is not wanted. */
  discard(): void;
}

export interface Wire {
  readonly connections: Connections;
  readonly patience: Patience;
  readonly settingsFile: string;
  /** hosts that have answered: what fails there now may pass */
  readonly reached: Set<string>;
}

/** @throws Temporary, TscontainError, NoTls, the signal's reason */
export async function exchange(call: Call, wire: Wire): Promise<Answer> {
  const { url, signal } = call;
  const sent = { isReused: false };
  for (let round = 0; ; round++) {
    signal?.throwIfAborted();
    try {
      const response = await send(call, wire, sent);
      wire.reached.add(url.host);
      return new Received(response, call, wire);
    } catch (error) {
      signal?.throwIfAborted();
      // The other side closed a connection that was kept while we took it up again: that is nobody's fault.
      if (round === 0 && sent.isReused && isCut(error)) continue;
      throw explained(error, url, wire);
    }
  }
}

const isCut = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

function explained(error: unknown, url: URL, { reached, settingsFile }: Wire): Error {
  return connectionFailure(error, { host: url.host, wasReached: reached.has(url.host), settingsFile });
}

function send(call: Call, { connections, patience }: Wire, sent: { isReused: boolean }): Promise<IncomingMessage> {
  const { url, method, body, signal } = call;
  const request = connections.begin(url, {
    method,
    headers: {
      'user-agent': 'tscontain',
      // What is compressed on its way is not what its digest was made of.
      'accept-encoding': 'identity',
      ...(body === undefined
        ? method === 'POST' || method === 'PUT'
          ? { 'content-length': 0 }
          : {}
        : { 'content-length': body.length }),
      ...call.headers,
    },
  });
  let taken = 0;
  let since = Date.now();
  const watch = setInterval(
    () => {
      const now = request.socket?.bytesWritten ?? 0;
      const limit = request.writableFinished ? patience.answerMs : patience.silenceMs;
      if (now !== taken) {
        taken = now;
        since = Date.now();
      } else if (Date.now() - since >= limit) request.destroy(silence(url.host, limit));
    },
    Math.max(10, Math.min(patience.silenceMs, patience.answerMs) / 10),
  );
  const abort = (): void => void request.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  return new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', (response) => {
      // Who does not listen would be ended by it.
      response.on('error', () => undefined);
      resolve(response);
    });
    request.on('error', (error) => {
      sent.isReused = request.reusedSocket;
      reject(error);
    });
    request.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    if (body === undefined) request.end();
    else pipeline(Readable.from(body.open()), request, () => undefined);
  }).finally(() => {
    clearInterval(watch);
    signal?.removeEventListener('abort', abort);
  });
}

/** Bytes: a rest that is read so that the connection can be kept; more is not worth it. */
const WORTH_READING = 64 * 1024;

class Received implements Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;

  constructor(
    private readonly response: IncomingMessage,
    private readonly call: Call,
    private readonly wire: Wire,
  ) {
    this.url = call.url;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
  }

  async *body(): AsyncGenerator<Buffer, void> {
    const { response, wire } = this;
    const { signal } = this.call;
    const { silenceMs } = wire.patience;
    const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const abort = (): void => void response.destroy(new Error('aborted'));
    signal?.addEventListener('abort', abort, { once: true });
    let waitedMs = 0;
    let came = 0;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const began = performance.now();
        const late = setTimeout(() => response.destroy(silence(this.url.host, silenceMs)), silenceMs - waitedMs);
        // Only waiting for the other side is counted, not what is done with the bytes meanwhile.
        const next = await chunks.next().finally(() => clearTimeout(late));
        if (next.done === true) return;
        waitedMs += performance.now() - began;
        came += next.value.length;
        if (came >= LEAST_BYTES) waitedMs = came = 0;
        yield next.value;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw explained(error, this.url, wire);
    } finally {
      signal?.removeEventListener('abort', abort);
      if (!response.readableEnded) response.destroy();
    }
  }

  async read(maxBytes: number, what: string): Promise<Buffer> {
    const tooLarge = (): TscontainError =>
      new TscontainError(
        'INVALID_VALUE',
        `${what} from ${this.url.host} is larger than ${maxBytes / 1024 / 1024} MiB`,
        {
          hint: 'this is no image that anybody should take',
        },
      );
    if (Number(this.headers['content-length'] ?? 0) > maxBytes) {
      this.response.destroy();
      throw tooLarge();
    }
    const bytes = await this.readBeginning(maxBytes + 1);
    if (bytes.length > maxBytes) throw tooLarge();
    return bytes;
  }

  async readBeginning(maxBytes: number): Promise<Buffer> {
    const { documentMs } = this.wire.patience;
    const why = `it takes longer than ${Math.round(documentMs / 1000)} s for a small document`;
    const slow = new Temporary(new TscontainError('TIMEOUT', `${this.url.host}: ${why}`), why);
    const late = setTimeout(() => this.response.destroy(slow), documentMs);
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of this.body()) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= maxBytes) break;
      }
    } finally {
      clearTimeout(late);
    }
    return Buffer.concat(chunks).subarray(0, maxBytes);
  }

  discard(): void {
    const length = this.headers['content-length'];
    const isShort = length !== undefined && Number(length) <= WORTH_READING;
    if (this.call.method === 'HEAD' || isShort) this.response.resume();
    else this.response.destroy();
  }
}
