// Who we are, as the registry asked to be told: not at all, by name and password, or by a token that somebody else gives out
// for them. Tests: test/pure/engine/registry/authorization.test.ts, test/container/registry.
//
//   us ── GET /v2/ ─────────────────────────────► registry
//      ◄─ 401 WWW-Authenticate: Bearer realm=R ──
//   us ── GET R?service=…&scope=… (Basic …) ────► whoever R is
//      ◄─ { "token": … } ───────────────────────
//   us ── GET /v2/… Authorization: Bearer … ────► registry
//
// https://distribution.github.io/distribution/spec/auth/token/
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { parseChallenges, type Challenge } from './challenge.js';
import type { Credentials } from './credentials.js';
import type { Answer, Call } from './exchange.js';
import { loginWords, parseRetryAfter, statusFailure } from './failure.js';
import { isSameOrigin } from './redirect.js';

/** Answers of a token endpoint: a signed token of some kilobytes. */
const MAX_TOKEN_ANSWER_BYTES = 1024 * 1024;
/** Less is not worth asking for; Docker takes a minute too where a shorter time or none is said. */
const SHORTEST_LIFE_MS = 60_000;
/** Taken off, so that a token does not end on its way. */
const MARGIN_MS = 5000;

interface Token {
  readonly value: string;
  /** ms since the epoch */
  readonly until: number;
}

/** One that is on its way has no value yet, and no end. */
interface KeptToken {
  readonly token: Promise<Token>;
  value?: string;
  until: number;
}

export interface AuthorizationOptions {
  /** as in a name, for sentences: "docker.io" */
  readonly registry: string;
  /** One exchange; no redirect is followed, because it carries a password. */
  readonly ask: (call: Call) => Promise<Answer>;
  /** looked up when they are needed, once */
  readonly credentials: () => Promise<Credentials | undefined>;
}

export class Authorization {
  readonly #options: AuthorizationOptions;
  #challenge: Challenge | undefined;
  #base: URL | undefined;
  #credentials: Promise<Credentials | undefined> | undefined;
  /** by scope; layers that are fetched at the same time wait for one request */
  readonly #tokens = new Map<string, KeptToken>();

  constructor(options: AuthorizationOptions) {
    this.#options = options;
  }

  /** The header to send, as far as it is known what is wanted. */
  async headerFor(scope: string, signal?: AbortSignal): Promise<string | undefined> {
    switch (this.#challenge?.scheme) {
      case 'bearer':
        return `Bearer ${(await this.#token(scope, signal)).value}`;
      case 'basic': {
        const credentials = await this.#known();
        return credentials === undefined || 'identityToken' in credentials ? undefined : basic(credentials);
      }
      default:
        return undefined;
    }
  }

  /**
   * Learns from a 401 of the registry itself.
   * @param base of the registry, that gave the answer
   * @param sent the header that was refused
   * @returns whether asking again can come to anything else
   */
  learn(answer: Answer, base: URL, scope: string, sent: string | undefined): boolean {
    const challenges = parseChallenges(answer.headers['www-authenticate'] ?? '');
    const found =
      challenges.find(({ scheme }) => scheme === 'bearer') ?? challenges.find(({ scheme }) => scheme === 'basic');
    if (found === undefined) return false;
    this.#challenge = found;
    this.#base = base;
    // A token may have ended, or been for less than is asked now; a password that is wrong stays wrong.
    if (sent?.startsWith('Bearer ') === true) this.#forget(scope, sent.slice('Bearer '.length));
    return sent === undefined || found.scheme === 'bearer';
  }

  #known(): Promise<Credentials | undefined> {
    return (this.#credentials ??= this.#options.credentials());
  }

  #token(scope: string, signal: AbortSignal | undefined): Promise<Token> {
    const kept = this.#tokens.get(scope);
    if (kept !== undefined && kept.until > Date.now()) return kept.token;
    const entry: KeptToken = { token: this.#ask(scope, signal), until: Infinity };
    this.#tokens.set(scope, entry);
    entry.token.then(
      ({ value, until }) => Object.assign(entry, { value, until }),
      () => this.#forget(scope, undefined),
    );
    return entry.token;
  }

  /** @param value of the token that is to be forgotten: somebody else may have got another meanwhile */
  #forget(scope: string, value: string | undefined): void {
    if (this.#tokens.get(scope)?.value === value) this.#tokens.delete(scope);
  }

  async #ask(scope: string, signal: AbortSignal | undefined): Promise<Token> {
    const { registry, ask } = this.#options;
    const parameters = this.#challenge?.parameters;
    const realm = parameters?.get('realm') ?? '';
    if (!URL.canParse(realm)) {
      throw new TscontainError('UNAUTHORIZED', `${registry} wants a token from ${shown(realm)}, which is no address`);
    }
    const url = new URL(realm);
    const credentials = await this.#known();
    requireRealm(registry, url, this.#base!, credentials !== undefined);
    const service = parameters?.get('service') ?? '';
    const answer = await ask(
      credentials !== undefined && 'identityToken' in credentials
        ? refreshCall(url, { service, scope, token: credentials.identityToken, signal })
        : tokenCall(url, { service, scope, credentials, signal }),
    );
    if (answer.status !== 200) throw await this.#refused(answer, url, scope);
    const body = await answer.read(MAX_TOKEN_ANSWER_BYTES, 'the token');
    return parseToken(body, url.host, Date.now());
  }

  async #refused(answer: Answer, url: URL, scope: string): Promise<Error> {
    const body = await answer.readBeginning(64 * 1024);
    const failure = statusFailure({
      host: url.host,
      registry: this.#options.registry,
      status: answer.status,
      asked: 'give a token',
      body,
      retryAfterMs: parseRetryAfter(answer.headers['retry-after'], Date.now()),
    });
    if (answer.status !== 401) return failure;
    const { registry } = this.#options;
    const hasLogin = (await this.#known()) !== undefined;
    return new TscontainError(
      'UNAUTHORIZED',
      hasLogin
        ? `${registry} does not take the user name and the password that are kept for it`
        : `${registry} gives nobody without a login ${scope === '' ? 'a token' : 'what was asked for'}`,
      { cause: failure, hint: `log in: ${loginWords(registry)}` },
    );
  }
}

/**
 * The address that gives out tokens is named by the registry, and may be on another host: for Docker Hub it is. Docker sends
 * the credentials wherever the registry says, and so do we, because over https it is the registry itself that says so, to
 * which the credentials belong and which could hand them on anyway. What we do not do is
 *
 * - send them in plain text, nor take a token that came in plain text, from a registry that is spoken to over https;
 * - believe a registry that is spoken to over plain http where to send them: anybody on the way could have written that. Its own
 *   address gets them, as it would by Basic, and https on the same host name.
 *
 * A 401 of somebody whom the registry sent us to is never asked what it wants (CVE-2020-15157).
 */
function requireRealm(registry: string, realm: URL, base: URL, hasCredentials: boolean): void {
  const refuse = (why: string): TscontainError =>
    new TscontainError('UNAUTHORIZED', `${registry} wants a token from ${shown(realm.origin)}, ${why}`, {
      hint: 'nothing was sent there; ask who runs the registry',
    });
  if (realm.protocol !== 'https:' && realm.protocol !== 'http:') throw refuse('which is no web address');
  if (realm.username !== '' || realm.password !== '') throw refuse('with a user name of its own in it');
  if (base.protocol === 'https:') {
    if (realm.protocol !== 'https:') throw refuse('in plain text');
    return;
  }
  const isItself = isSameOrigin(realm, base) || (realm.protocol === 'https:' && realm.hostname === base.hostname);
  if (hasCredentials && !isItself) throw refuse('another host, over a line on which anybody could have written that');
}

interface TokenWish {
  readonly service: string;
  readonly scope: string;
  readonly signal: AbortSignal | undefined;
}

function tokenCall(
  realm: URL,
  { service, scope, credentials, signal }: TokenWish & { credentials: Credentials | undefined },
): Call {
  const url = new URL(realm);
  if (service !== '') url.searchParams.set('service', service);
  for (const each of scope.split(' ')) if (each !== '') url.searchParams.append('scope', each);
  if (credentials === undefined || 'identityToken' in credentials) return { method: 'GET', url, signal };
  url.searchParams.set('account', credentials.username);
  return { method: 'GET', url, signal, headers: { authorization: basic(credentials) } };
}

function refreshCall(url: URL, { service, scope, token, signal }: TokenWish & { token: string }): Call {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: token,
    client_id: 'tscontain',
    ...(service === '' ? {} : { service }),
    ...(scope === '' ? {} : { scope }),
  });
  const bytes = Buffer.from(form.toString());
  return {
    method: 'POST',
    url,
    signal,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: { length: bytes.length, open: () => [bytes] },
  };
}

/** Checked before it stands in a header. */
export function parseToken(body: Buffer, host: string, now: number): Token {
  const { token, access_token: access, expires_in: seconds } = parseObject(body);
  const value = typeof token === 'string' && token !== '' ? token : access;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new TscontainError('UNAUTHORIZED', `${host} gives a token that is none`, { hint: 'try again later' });
  }
  const life = typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : 0;
  return { value, until: now + Math.max(life, SHORTEST_LIFE_MS) - MARGIN_MS };
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
