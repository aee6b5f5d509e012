// A blob from the store to a registry: what it has is not sent, what it has in another repository is taken over there, a small
// one goes in one piece, and a large one in pieces, so that a cut costs a piece.
//
//   POST /v2/NAME/blobs/uploads/[?mount=DIGEST&from=OTHER] ──► 201 taken over │ 202 Location: where to
//   PUT  WHERE?digest=DIGEST  all of it                    ──► 201                 up to a piece
//   PATCH WHERE piece ──► 202 Location: where to next …  then PUT WHERE?digest=DIGEST with nothing
import { createReadStream } from 'node:fs';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { RegistryClient } from './client.js';
import type { BlobName } from './download.js';
import type { Answer, Body } from './exchange.js';
import { Temporary } from './failure.js';
import { pullScope, pushScope, requireHonesty } from './manifests.js';
import { redirectTarget } from './redirect.js';

/** Bytes: what is sent again as a whole when the connection is cut. */
export const PIECE_BYTES = 32 * 1024 * 1024;

/** What a registry answers to a piece that is none of its ways. */
const NO_PIECES: ReadonlySet<number> = new Set([400, 405, 411, 415, 501]);

export interface UploadWishes {
  readonly signal: AbortSignal | undefined;
  /** bytes that were sent so far, fewer again after a cut */
  readonly onProgress: (bytes: number) => void;
}

/** @throws Temporary, TscontainError */
export async function hasBlob(
  client: RegistryClient,
  repository: string,
  { digest }: BlobName,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const answer = await client.ask({
    method: 'HEAD',
    to: `/v2/${repository}/blobs/${digest}`,
    scope: pushScope(repository),
    signal,
  });
  answer.discard();
  return answer.status === 200;
}

export class Upload {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #blob: BlobName;
  readonly #path: string;
  /** grows to what the registry takes at least, and to all of it where it takes no pieces */
  #pieceBytes: number;
  #where: URL | undefined;
  /** bytes that the registry has said it has */
  #taken = 0;

  constructor(client: RegistryClient, repository: string, blob: BlobName, path: string, pieceBytes: number) {
    this.#client = client;
    this.#repository = repository;
    this.#blob = blob;
    this.#path = path;
    this.#pieceBytes = pieceBytes;
  }

  /** bytes that need not be sent again */
  get taken(): number {
    return this.#taken;
  }

  /**
   * One try; a further one goes on where this one was cut.
   * @param from another repository of the same registry that has it
   * @returns whether it was taken over from there
   */
  async run(from: string | undefined, wishes: UploadWishes): Promise<'mounted' | 'sent'> {
    const { size } = this.#blob;
    if (this.#where !== undefined) await this.#findOut(wishes.signal);
    if (this.#where === undefined && (await this.#begin(from, wishes.signal)) === 'mounted') return 'mounted';
    if (this.#isOnePiece) {
      // What was sent of it is taken by the registry as a whole or not at all.
      await this.#finish(this.#piece(0, size, wishes), wishes.signal);
      return 'sent';
    }
    while (this.#taken < size) await this.#sendPiece(wishes);
    await this.#finish(undefined, wishes.signal);
    return 'sent';
  }

  async #begin(from: string | undefined, signal: AbortSignal | undefined): Promise<'mounted' | 'begun'> {
    const mount =
      from === undefined ? '' : `?mount=${encodeURIComponent(this.#blob.digest)}&from=${encodeURIComponent(from)}`;
    const scope = pushScope(this.#repository);
    const answer = await this.#client.ask({
      method: 'POST',
      to: `/v2/${this.#repository}/blobs/uploads/${mount}`,
      scope: from === undefined ? scope : `${scope} ${pullScope(from)}`,
      signal,
    });
    if (answer.status === 201) {
      requireHonesty(answer, this.#blob.digest, 'what it took over');
      answer.discard();
      return 'mounted';
    }
    if (answer.status !== 202) throw await this.#client.refusal(answer, `take anything for ${this.#repository}`);
    const least = Number(answer.headers['oci-chunk-min-length'] ?? 0);
    if (least > this.#pieceBytes) this.#pieceBytes = least;
    this.#goOnAt(answer);
    this.#taken = 0;
    return 'begun';
  }

  /** After a cut: how much the registry has of it. Where it does not say, it is begun anew. */
  async #findOut(signal: AbortSignal | undefined): Promise<void> {
    const answer = this.#isOnePiece ? undefined : await this.#ask({ method: 'GET', to: this.#where!, signal });
    const last = /^(?:bytes=)?0-(\d+)$/.exec(answer?.headers['range'] ?? '')?.[1];
    if (answer?.status !== 204 || last === undefined) {
      answer?.discard();
      this.#where = undefined;
      return;
    }
    this.#goOnAt(answer);
    this.#taken = Math.min(Number(last) + 1, this.#blob.size);
  }

  async #sendPiece(wishes: UploadWishes): Promise<void> {
    const { size } = this.#blob;
    const end = Math.min(this.#taken + this.#pieceBytes, size);
    const answer = await this.#ask({
      method: 'PATCH',
      to: this.#where!,
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `${this.#taken}-${end - 1}`,
      },
      body: this.#piece(this.#taken, end, wishes),
      signal: wishes.signal,
    });
    if (answer.status !== 202 && answer.status !== 204) {
      const failure = await this.#failed(answer);
      // Not every registry takes pieces, though it should; all take the whole.
      throw NO_PIECES.has(answer.status) ? this.#inOnePiece(failure) : failure;
    }
    this.#goOnAt(answer);
    this.#taken = end;
  }

  async #finish(body: Body | undefined, signal: AbortSignal | undefined): Promise<void> {
    const to = new URL(this.#where!);
    to.searchParams.set('digest', this.#blob.digest);
    const answer = await this.#ask({
      method: 'PUT',
      to,
      headers: { 'content-type': 'application/octet-stream' },
      ...(body === undefined ? {} : { body }),
      signal,
    });
    if (answer.status !== 201 && answer.status !== 204) throw await this.#failed(answer);
    requireHonesty(answer, this.#blob.digest, 'what it took');
    answer.discard();
  }

  #ask(question: Omit<Parameters<RegistryClient['ask']>[0], 'scope'>): Promise<Answer> {
    return this.#client.ask({ ...question, scope: pushScope(this.#repository) });
  }

  get #isOnePiece(): boolean {
    return this.#blob.size <= this.#pieceBytes;
  }

  #inOnePiece(failure: Error): Error {
    this.#where = undefined;
    this.#taken = 0;
    this.#pieceBytes = Infinity;
    return failure instanceof TscontainError ? new Temporary(failure, 'it takes no pieces', 0) : failure;
  }

  /** An upload that the registry has forgotten or finds out of step is begun anew. */
  async #failed(answer: Answer): Promise<Error> {
    const failure = await this.#client.refusal(answer, `take ${this.#blob.digest} for ${this.#repository}`);
    if (answer.status !== 404 && answer.status !== 416) return failure;
    this.#where = undefined;
    this.#taken = 0;
    return failure instanceof TscontainError ? new Temporary(failure, 'the upload has to begin anew') : failure;
  }

  /** It says where to go on. On another host it is asked without credentials, and never over plain http from https. */
  #goOnAt(answer: Answer): void {
    answer.discard();
    const { location } = answer.headers;
    if (location === undefined) {
      throw new TscontainError('IO_ERROR', `${answer.url.host} does not say where to send ${shown(this.#blob.digest)}`);
    }
    this.#where = redirectTarget(location, answer.url);
  }

  #piece(from: number, to: number, { onProgress }: UploadWishes): Body {
    const path = this.#path;
    return {
      length: to - from,
      async *open() {
        if (to === from) return;
        let sent = from;
        for await (const chunk of createReadStream(path, { start: from, end: to - 1, highWaterMark: 256 * 1024 })) {
          yield chunk as Buffer;
          sent += (chunk as Buffer).length;
          onProgress(sent);
        }
      },
    };
  }
}
