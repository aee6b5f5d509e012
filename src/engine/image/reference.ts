// Names of images in Docker's reference grammar: registry, repository, tag, digest; the full form that is kept and the
// familiar one that people write and read. Pure. Tests: test/pure/engine/image/reference.test.ts.
//
//   reference  = [registry "/"] repository [":" tag] ["@" digest]
//   registry   = host [":" port]     told from a first part of the repository by a ".", a ":", a capital, or being localhost
//   repository = part *("/" part)    of small letters and digits with . _ __ or dashes between them
//
// https://github.com/distribution/reference
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Digest } from './oci.js';

export interface Reference {
  /** "docker.io", "localhost:5000", "[::1]:5000" */
  readonly registry: string;
  /** "library/debian" */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** The image that is made from the host's own programs on first use. It comes from no registry and has no tag. */
export const BASE = 'base';

export const DOCKER_HUB = 'docker.io';
/** What Docker Hub was called in the beginning; old names and credentials still have it. */
export const DOCKER_HUB_OF_OLD = 'index.docker.io';
/** Where Docker Hub keeps the images that have no owner in their name. */
const OFFICIAL = 'library/';
const DEFAULT_TAG = 'latest';

const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${PART}(?:/${PART})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const REGISTRY = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9A-Fa-f:]+\\])(?::([0-9]+))?$`);

/** Characters, of a repository: what registries take. */
const MAX_REPOSITORY = 255;
/** Characters, of a registry: a host name of the DNS and a port. */
const MAX_REGISTRY = 253 + ':65535'.length;
const MAX_PORT = 65_535;

/** @throws TscontainError INVALID_VALUE */
export function parseReference(text: string): Reference {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(text)?.[0];
  if (scheme !== undefined) throw noName(text, `leave out "${scheme}"`);
  if (isId(text)) throw noName(text, 'that is the id of an image: give the name of one');
  const [rest, digest] = cut(text, '@');
  if (digest !== undefined && !DIGEST.test(digest)) {
    throw noName(text, 'a digest is "sha256:" and 64 hexadecimal digits in small letters');
  }
  const { registry, path } = splitRegistry(rest);
  const [name, tag] = cut(path, ':');
  if (tag !== undefined && !TAG.test(tag)) {
    throw noName(text, 'a tag has up to 128 letters, digits, "_", "." and "-", and begins with neither "." nor "-"');
  }
  const repository = registry === DOCKER_HUB && !name.includes('/') ? OFFICIAL + name : name;
  requireRegistry(text, registry);
  requireRepository(text, name, repository);
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest as Digest }),
  };
}

/** The same with the tag that is meant when neither a tag nor a digest is given. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: DEFAULT_TAG } : reference;
}

/** "docker.io/library/debian:latest": all that the reference has, nothing left to be guessed. */
export function fullName({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/**
 * The name under which an image is kept: full and with a tag or a digest, but for `base`.
 * @throws TscontainError INVALID_VALUE
 */
export function imageName(text: string): string {
  if (text === BASE) return BASE;
  const reference = withDefaultTag(parseReference(text));
  // By digest it is the same image whatever the tag said when it was written down.
  return fullName(reference.digest === undefined ? reference : withoutTag(reference));
}

/** How a person writes a name that is kept: "docker.io/library/debian:12" is "debian:12". Others pass unchanged. */
export function familiarName(name: string): string {
  for (const left of [`${DOCKER_HUB}/${OFFICIAL}`, `${DOCKER_HUB}/`]) {
    if (!name.startsWith(left)) continue;
    const short = name.slice(left.length);
    if (means(short, name)) return short;
  }
  return name;
}

/** Whether the text is an image's whole id, without "sha256:". */
export const isId = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** Whether the text can be an image's id or the beginning of one. */
export const isIdPrefix = (text: string): boolean => /^(sha256:)?[0-9a-f]{4,64}$/.test(text);

/** "docker.io/a.b/c" must not lose its registry: "a.b" would be taken for one. */
function means(short: string, name: string): boolean {
  if (short === BASE) return false;
  try {
    return fullName(parseReference(short)) === name;
  } catch {
    return false;
  }
}

function withoutTag({ registry, repository, digest }: Reference): Reference {
  return { registry, repository, ...(digest === undefined ? {} : { digest }) };
}

/** At the first one. */
function cut(text: string, separator: string): [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function splitRegistry(text: string): { registry: string; path: string } {
  const [first, rest] = cut(text, '/');
  const isRegistry = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (rest === undefined || !isRegistry) return { registry: DOCKER_HUB, path: text };
  return { registry: first === DOCKER_HUB_OF_OLD ? DOCKER_HUB : first, path: rest };
}

function requireRegistry(text: string, registry: string): void {
  const match = REGISTRY.exec(registry);
  if (match === null || registry.length > MAX_REGISTRY) {
    throw noName(text, 'a registry is a host name or address, with a port after ":" where it has one');
  }
  if (Number(match[1] ?? 1) > MAX_PORT || Number(match[1] ?? 1) < 1) {
    throw noName(text, `its port is not from 1 to ${MAX_PORT}`);
  }
}

function requireRepository(text: string, given: string, repository: string): void {
  if (repository.length > MAX_REPOSITORY) throw noName(text, `it is longer than ${MAX_REPOSITORY} characters`);
  if (REPOSITORY.test(given)) return;
  if (given !== given.toLowerCase() && REPOSITORY.test(given.toLowerCase())) {
    throw noName(text, `use small letters: ${given.toLowerCase()}`);
  }
  throw noName(
    text,
    'use small letters, digits and . _ - between them, "/" between parts, and a tag after ":", such as tools/web:1.2',
  );
}

function noName(text: string, hint: string): TscontainError {
  return new TscontainError('INVALID_VALUE', `${shown(text)} is no name for an image`, { hint });
}
