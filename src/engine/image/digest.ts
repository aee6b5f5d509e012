// Names of content: the sha256 of its bytes, and of a stack of layers the chain of theirs. Pure.
import { createHash } from 'node:crypto';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Digest } from './oci.js';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** @throws TscontainError INVALID_VALUE */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new TscontainError('INVALID_VALUE', `${shown(text)} is no digest`, {
    hint: 'a digest is "sha256:" and 64 hexadecimal digits in small letters',
  });
}

/** The 64 digits, as they are a file's name. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md#layer-chainid: of the lowest layer it is the diff id. */
export function chainIdOf(parent: Digest | undefined, diffId: Digest): Digest {
  return parent === undefined ? diffId : digestOf(`${parent} ${diffId}`);
}

/** The chain id of each layer of a stack, lowest first. */
export function chainIdsOf(diffIds: readonly Digest[]): Digest[] {
  const chain: Digest[] = [];
  for (const diffId of diffIds) chain.push(chainIdOf(chain.at(-1), diffId));
  return chain;
}
