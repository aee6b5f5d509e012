// Manifests and indexes as a registry has them, by tag or by digest: as bytes, and what their digest is by our own counting.
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { digestOf, isDigest } from '../image/digest.js';
import { familiarName, fullName, type Reference } from '../image/reference.js';
import { MAX_DOCUMENT_BYTES, MEDIA, type Digest } from '../image/oci.js';
import type { RegistryClient } from './client.js';
import type { Answer } from './exchange.js';

/** Everything that can be read, so that the registry need not convert anything, and in that order. */
const ACCEPT = [MEDIA.index, MEDIA.manifest, MEDIA.dockerList, MEDIA.dockerManifest].join(', ');

export interface Document {
  readonly bytes: Buffer;
  /** as the registry calls it */
  readonly mediaType: string;
  /** of the bytes */
  readonly digest: Digest;
}

export const pullScope = (repository: string): string => `repository:${repository}:pull`;
export const pushScope = (repository: string): string => `repository:${repository}:pull,push`;

/** @param reference by digest where it has one; else by tag @throws Temporary, NO_SUCH_IMAGE, DIGEST_MISMATCH, UNAUTHORIZED */
export async function fetchManifest(
  client: RegistryClient,
  reference: Reference,
  signal: AbortSignal | undefined,
): Promise<Document> {
  const answer = await askFor(client, 'GET', reference, signal);
  const name = familiarName(fullName(reference));
  if (answer.status !== 200)
    throw await client.refusal(answer, `give the manifest of ${name}`, missing(client, reference));
  const bytes = await answer.read(MAX_DOCUMENT_BYTES, `the manifest of ${name}`);
  const digest = digestOf(bytes);
  if (reference.digest !== undefined && digest !== reference.digest) {
    throw mismatch(`the manifest of ${name} that ${answer.url.host} gives is ${digest}`);
  }
  requireHonesty(answer, digest, `the manifest of ${name}`);
  return { bytes, digest, mediaType: mediaTypeOf(answer) };
}

/** What a tag stands for at the moment; undefined where the registry does not say. */
export async function currentDigest(
  client: RegistryClient,
  reference: Reference,
  signal: AbortSignal | undefined,
): Promise<Digest | undefined> {
  const answer = await askFor(client, 'HEAD', reference, signal);
  answer.discard();
  const said = answer.headers['docker-content-digest'];
  return answer.status === 200 && typeof said === 'string' && isDigest(said) ? said : undefined;
}

/** Whether it has this very one. */
export async function hasManifest(
  client: RegistryClient,
  repository: string,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return (await currentDigest(client, { registry: client.registry, repository, digest }, signal)) === digest;
}

export async function putManifest(
  client: RegistryClient,
  reference: Reference,
  { bytes, mediaType, digest }: Document,
  signal: AbortSignal | undefined,
): Promise<void> {
  const answer = await client.ask({
    method: 'PUT',
    to: pathOf(reference),
    scope: pushScope(reference.repository),
    headers: { 'content-type': mediaType },
    body: { length: bytes.length, open: () => [bytes] },
    signal,
  });
  if (answer.status !== 201 && answer.status !== 200 && answer.status !== 202) {
    throw await client.refusal(answer, `take the manifest of ${familiarName(fullName(reference))}`);
  }
  requireHonesty(answer, digest, 'the manifest that was given');
  answer.discard();
}

/**
 * What a registry says the digest of something is must be what it is: one that says another thing is broken or wants two of us
 * to believe different things.
 */
export function requireHonesty(answer: Answer, digest: Digest, what: string): void {
  const said = answer.headers['docker-content-digest'];
  // Other algorithms are nothing that can be compared.
  if (said === undefined || said === digest || !String(said).startsWith('sha256:')) return;
  answer.discard();
  throw mismatch(`${answer.url.host} says that ${what} is ${shown(String(said))}, and it is ${digest}`);
}

export function mismatch(message: string): TscontainError {
  return new TscontainError('DIGEST_MISMATCH', message, {
    hint: 'it was damaged or changed on its way, and nothing of it is kept',
  });
}

function askFor(
  client: RegistryClient,
  method: 'GET' | 'HEAD',
  reference: Reference,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return client.ask({
    method,
    to: pathOf(reference),
    scope: pullScope(reference.repository),
    headers: { accept: ACCEPT },
    signal,
  });
}

const pathOf = ({ repository, tag, digest }: Reference): string =>
  `/v2/${repository}/manifests/${digest ?? tag ?? 'latest'}`;

function missing(
  client: RegistryClient,
  reference: Reference,
): { code: 'NO_SUCH_IMAGE'; message: string; hint: string } {
  return {
    code: 'NO_SUCH_IMAGE',
    message: `${client.registry} has no image ${shown(familiarName(fullName(reference)))}`,
    hint: 'check the name and the tag; a private one is not there for who has not logged in',
  };
}

/** Without parameters such as a charset. */
const mediaTypeOf = ({ headers }: Answer): string => (headers['content-type'] ?? '').split(';', 1)[0]!.trim();
