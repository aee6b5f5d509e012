// What the parts of a saved image are called, and how the names in an archive of others are read. Nothing is ever written
// under such a name: it is only looked up, so it can lead nowhere, and one that tries is refused all the same. Pure.
// Tests: test/pure/engine/image/archive-plan.test.ts.
import { posix } from 'node:path';
import { TscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';
import type { Digest } from '../oci.js';

export const OCI_LAYOUT = 'oci-layout';
export const INDEX_JSON = 'index.json';
/** Docker's, from 1.10 on */
export const MANIFEST_JSON = 'manifest.json';
/** Docker's, before that; the later ones write it too */
export const REPOSITORIES = 'repositories';

const BLOBS = 'blobs/sha256/';

export const blobName = (digest: Digest): string => BLOBS + digest.slice('sha256:'.length);

/** The digest that a name promises; undefined for what promises none. */
export function digestOfName(name: string): Digest | undefined {
  const hex = name.startsWith(BLOBS) ? name.slice(BLOBS.length) : '';
  return /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : undefined;
}

/** A name as it is looked up: "./a//b" is "a/b". @throws TscontainError INVALID_VALUE for one that leads out */
export function partName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (path.startsWith('/') || path.includes('\0') || parts.includes('..')) throw leadsOut(path);
  return parts.join('/');
}

/**
 * The part that a link of the archive stands for: Docker had one in place of a layer that an archive holds already. A hard
 * link names it from the top, a symbolic one from where it stands itself.
 */
export function linkedName(name: string, link: string, type: 'symlink' | 'hardlink'): string {
  const path = posix.normalize(type === 'hardlink' ? link : posix.join(posix.dirname(name), link));
  if (link.startsWith('/') || link.includes('\0') || path === '..' || path.startsWith('../')) throw leadsOut(link);
  return partName(path);
}

function leadsOut(path: string): TscontainError {
  return new TscontainError('INVALID_VALUE', `the name ${shown(path)} in the archive leads out of it`, {
    hint: 'nothing of such an archive is to be trusted',
  });
}
