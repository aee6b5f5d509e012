// One registry (or one mirror) as who asks it things sees it: where it is, who we are to it, whom it sends us to.
// Tests: test/container/registry.
import { TscontainError, type ErrorCode } from '../errors.js';
import { Authorization } from './authorization.js';
import type { Credentials } from './credentials.js';
import type { Endpoint } from './endpoints.js';
import { exchange, type Answer, type Body, type Call, type Wire } from './exchange.js';
import { noTlsFailure, NoTls, parseRetryAfter, statusFailure } from './failure.js';
import { isRedirect, isSameOrigin, MAX_REDIRECTS, redirectTarget } from './redirect.js';

/** Bytes of what a refusal may say. */
const MAX_REFUSAL_BYTES = 64 * 1024;
/** 401s in a row: without a token, with one that has ended, with a new one. */
const MAX_DENIALS = 2;

export interface Question {
  readonly method: Call['method'];
  /** below the registry: "/v2/library/debian/tags/list"; or an address that it gave us */
  readonly to: string | URL;
  /** what a token must allow: "repository:library/debian:pull" */
  readonly scope: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly signal?: AbortSignal | undefined;
}

export class RegistryClient {
  /** as it stands in names */
  readonly registry: string;
  readonly isMirror: boolean;
  readonly #endpoint: Endpoint;
  readonly #wire: Wire;
  readonly #authorization: Authorization;
  #base: Promise<URL> | undefined;

  constructor(endpoint: Endpoint, wire: Wire, credentials: () => Promise<Credentials | undefined>) {
    this.registry = endpoint.registry;
    this.isMirror = endpoint.isMirror;
    this.#endpoint = endpoint;
    this.#wire = wire;
    this.#authorization = new Authorization({
      registry: endpoint.registry,
      ask: (call) => this.#exchange(call),
      credentials,
    });
  }

  /** Where it is spoken to, found out by its first answer. @throws Temporary, TscontainError NO_SUCH_REGISTRY */
  base(signal?: AbortSignal): Promise<URL> {
    this.#base ??= this.#findBase(signal).catch((error: unknown) => {
      this.#base = undefined;
      throw error;
    });
    return this.#base;
  }

  /** @returns any answer, a refusal too, but for a redirect of GET and HEAD, which is followed */
  async ask(question: Question): Promise<Answer> {
    const { to, scope, signal } = question;
    const base = await this.base(signal);
    const url = typeof to === 'string' ? new URL(to, base) : to;
    for (let denials = 0; ; denials++) {
      // What the registry names on another host is asked without saying who we are.
      const authorization = isSameOrigin(url, base) ? await this.#authorization.headerFor(scope, signal) : undefined;
      const answer = await this.#follow(question, url, authorization);
      const isOurs = answer.status === 401 && isSameOrigin(answer.url, base);
      if (!isOurs || denials === MAX_DENIALS || !this.#authorization.learn(answer, base, scope, authorization))
        return answer;
      answer.discard();
    }
  }

  /** What a status means that is no success. */
  async refusal(
    answer: Answer,
    asked: string,
    missing?: { readonly code: ErrorCode; readonly message: string; readonly hint?: string },
  ): Promise<Error> {
    return statusFailure({
      host: answer.url.host,
      registry: this.registry,
      status: answer.status,
      asked,
      body: await answer.readBeginning(MAX_REFUSAL_BYTES),
      retryAfterMs: parseRetryAfter(answer.headers['retry-after'], Date.now()),
      ...(missing === undefined ? {} : { missing }),
    });
  }

  async #follow(question: Question, from: URL, authorization: string | undefined): Promise<Answer> {
    const { method, headers, body, signal } = question;
    const mayFollow = method === 'GET' || method === 'HEAD';
    let url = from;
    let credentials = authorization;
    for (let count = 0; ; count++) {
      const answer = await this.#exchange({
        method,
        url,
        headers: { ...headers, ...(credentials === undefined ? {} : { authorization: credentials }) },
        body,
        signal,
      });
      if (!mayFollow || !isRedirect(answer.status)) return answer;
      answer.discard();
      if (count === MAX_REDIRECTS) {
        throw new TscontainError(
          'IO_ERROR',
          `${from.host} sends us from one place to the next, ${MAX_REDIRECTS} times`,
        );
      }
      const next = redirectTarget(answer.headers.location, url);
      if (!isSameOrigin(next, url)) credentials = undefined;
      url = next;
    }
  }

  async #exchange(call: Call): Promise<Answer> {
    try {
      return await exchange(call, this.#wire);
    } catch (error) {
      throw error instanceof NoTls ? noTlsFailure(call.url.host, this.#wire.settingsFile) : error;
    }
  }

  /** The first of its addresses at which somebody speaks the scheme; learns on the way who we must be. */
  async #findBase(signal: AbortSignal | undefined): Promise<URL> {
    const { bases } = this.#endpoint;
    for (const [index, base] of bases.entries()) {
      try {
        const answer = await exchange({ method: 'GET', url: new URL('/v2/', base), signal }, this.#wire);
        if (answer.status === 401) this.#authorization.learn(answer, base, '', undefined);
        else if (answer.status !== 200) throw await this.#noRegistry(answer);
        answer.discard();
        return base;
      } catch (error) {
        if (!(error instanceof NoTls)) throw error;
        if (index === bases.length - 1) throw noTlsFailure(base.host, this.#wire.settingsFile);
      }
    }
    throw new TscontainError('NO_SUCH_REGISTRY', `${this.registry} has no address`);
  }

  async #noRegistry(answer: Answer): Promise<Error> {
    const message = `${answer.url.host} answers, and is no registry (${answer.status} for /v2/)`;
    if (answer.status === 404 || isRedirect(answer.status)) {
      answer.discard();
      return new TscontainError('NO_SUCH_REGISTRY', message, { hint: 'check its name and its port' });
    }
    return statusFailure({
      host: answer.url.host,
      registry: this.registry,
      status: answer.status,
      asked: 'say that it is a registry',
      body: await answer.readBeginning(MAX_REFUSAL_BYTES),
      retryAfterMs: parseRetryAfter(answer.headers['retry-after'], Date.now()),
    });
  }
}
