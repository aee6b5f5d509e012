// What goes wrong between us and a registry, as one sentence; and whether it may pass by itself, which is asked before
// anything is tried again. Pure. Tests: test/pure/engine/registry/failure.test.ts.
import { TscontainError, type ErrorCode } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { DOCKER_HUB } from '../image/reference.js';
import { errnoOf } from '../state/file-errors.js';

/** It may pass: the same is tried again after a while, and `final` is what is said when patience is at its end. */
export class Temporary extends Error {
  override readonly name = 'Temporary';
  constructor(
    readonly final: TscontainError,
    /** one clause, for who watches */
    readonly why: string,
    /** what the other side asked for */
    readonly retryAfterMs?: number,
  ) {
    super(why);
  }
}

/** What answers there speaks no TLS. */
export class NoTls extends Error {
  override readonly name = 'NoTls';
}

const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it is signed by an authority that is not known here',
  UNABLE_TO_GET_ISSUER_CERT: 'it is signed by an authority that is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'it is signed by an authority that is not known here',
  SELF_SIGNED_CERT_IN_CHAIN: 'it is signed by an authority that is not known here',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by nobody but itself',
  CERT_UNTRUSTED: 'it is not trusted for this',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  CERT_REVOKED: 'it was revoked',
  HOSTNAME_MISMATCH: 'it is for another host',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
};

const NO_TLS = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_UNEXPECTED_MESSAGE',
  'ERR_SSL_HTTP_REQUEST',
]);

/** The connection was there and is gone, or is slow in coming: another may hold. */
const PASSING: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ECONNABORTED: 'the connection was cut',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was cut',
  ERR_STREAM_DESTROYED: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  EAI_AGAIN: 'its name cannot be looked up just now',
  EADDRNOTAVAIL: 'this host has no port left for a connection',
  ENETDOWN: 'the network is down',
};

const UNREACHED: Readonly<Record<string, { what: string; hint: string }>> = {
  ENOTFOUND: { what: 'there is no such host', hint: 'check its spelling, and the DNS of this host' },
  ECONNREFUSED: { what: 'nothing listens there', hint: 'check its port, and whether the registry runs' },
  EHOSTUNREACH: { what: 'there is no route to it', hint: 'check the network of this host' },
  ENETUNREACH: { what: 'there is no route to it', hint: 'check the network of this host' },
  EACCES: { what: 'this host lets nobody connect to it', hint: 'check its firewall' },
  EINVAL: { what: 'no connection can be made to it', hint: 'check its name and its port' },
};

export interface Circumstances {
  /** "registry.example.com:5000" */
  readonly host: string;
  /** it has answered before: what fails now may pass */
  readonly wasReached: boolean;
  /** where one can say whom to trust */
  readonly settingsFile: string;
}

/** What a failed exchange means. Our own errors pass unchanged. */
export function connectionFailure(error: unknown, { host, wasReached, settingsFile }: Circumstances): Error {
  if (error instanceof TscontainError || error instanceof Temporary) return error;
  const code = errnoOf(error) ?? '';
  const failure = (errorCode: ErrorCode, what: string, hint?: string): TscontainError =>
    new TscontainError(errorCode, `${host}: ${what}`, { cause: error, ...(hint === undefined ? {} : { hint }) });
  const fault = CERTIFICATE_FAULTS[code];
  if (fault !== undefined) {
    return failure(
      'NO_SUCH_REGISTRY',
      `its certificate is not trusted: ${fault}`,
      `if it is right, put its authority into /etc/docker/certs.d/${host}/ca.crt, or name it as "ca" in ${settingsFile}`,
    );
  }
  if (NO_TLS.has(code)) return new NoTls(host, { cause: error });
  const passing = PASSING[code];
  if (passing !== undefined) return new Temporary(failure(lostCode(code, wasReached), passing), passing);
  const unreached = UNREACHED[code];
  if (unreached !== undefined) {
    const final = failure('NO_SUCH_REGISTRY', unreached.what, unreached.hint);
    return wasReached ? new Temporary(final, unreached.what) : final;
  }
  if (code.startsWith('HPE_')) return failure('NO_SUCH_REGISTRY', 'it answers with what is no HTTP', 'check its port');
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return failure('NO_SUCH_REGISTRY', `no secure connection comes about (${code})`, 'check that it is the right host');
  }
  const said = error instanceof Error ? shown(error.message) : shown(String(error));
  return failure('IO_ERROR', `the connection failed: ${code === '' ? said : code}`);
}

const lostCode = (code: string, wasReached: boolean): ErrorCode =>
  code === 'ETIMEDOUT' ? 'TIMEOUT' : wasReached ? 'IO_ERROR' : 'NO_SUCH_REGISTRY';

/** A plain-text registry where https was to be spoken. */
export function noTlsFailure(host: string, settingsFile: string): TscontainError {
  return new TscontainError('NO_SUCH_REGISTRY', `${host}: it does not speak https`, {
    hint: `if it speaks plain http and you trust the network between, say so in ${settingsFile}: { "${host}": { "plainHttp": true } }`,
  });
}

/** Nothing came for so long. */
export function silence(host: string, ms: number): Temporary {
  const why = `nothing came for ${Math.round(ms / 1000)} s`;
  return new Temporary(new TscontainError('TIMEOUT', `${host}: ${why}`, { hint: 'try again later' }), why);
}

/** A status that means "not now". */
export const isTemporaryStatus = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505);

/** "120" or a date, as ms from now. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** What a registry says in the body of a refusal, made fit for a sentence: it may be anything. */
export function saidIn(body: Buffer): string | undefined {
  const text = body.toString('utf8').trim();
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // A page for a browser says nothing to a person here.
    return text.startsWith('<') ? undefined : shown(text.split('\n', 1)[0]!);
  }
  const { errors, details, message } = fieldsOf(value);
  const first = fieldsOf(Array.isArray(errors) ? errors[0] : undefined);
  const said = [first['message'], first['code'], details, message].find(
    (each) => typeof each === 'string' && each !== '',
  );
  return typeof said === 'string' ? shown(said) : undefined;
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

export interface Refusal {
  /** who answered */
  readonly host: string;
  /** as one logs in to it */
  readonly registry: string;
  readonly status: number;
  /** what was asked for: "give the manifest of debian:13", "take a blob for team/web" */
  readonly asked: string;
  readonly body: Buffer;
  readonly retryAfterMs?: number | undefined;
  /** what a 404 means here */
  readonly missing?: { readonly code: ErrorCode; readonly message: string; readonly hint?: string };
}

/** A status that is no success, as an error. */
export function statusFailure({ host, registry, status, asked, body, retryAfterMs, missing }: Refusal): Error {
  const said = saidIn(body);
  const because = said === undefined ? '' : `: ${said}`;
  if (isTemporaryStatus(status)) {
    const why = status === 429 ? 'it asks for patience (429)' : `it answers ${status}`;
    const final = new TscontainError('IO_ERROR', `${host} does not ${asked}, ${why}${because}`, {
      hint: 'try again later',
    });
    return new Temporary(final, why, retryAfterMs);
  }
  if (status === 401 || status === 403) {
    return new TscontainError('UNAUTHORIZED', `${host} does not ${asked} to who we are (${status})${because}`, {
      hint: `it may not exist, or need a login: ${loginWords(registry)}`,
    });
  }
  if (status === 404 && missing !== undefined) {
    return new TscontainError(missing.code, missing.message, missing.hint === undefined ? {} : { hint: missing.hint });
  }
  return new TscontainError('IO_ERROR', `${host} does not ${asked} (${status})${because}`);
}

/** What to type; Docker Hub is meant where no registry is named. */
export const loginWords = (registry: string): string =>
  registry === DOCKER_HUB ? 'tscontain login' : `tscontain login ${registry}`;
