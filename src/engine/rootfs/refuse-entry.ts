// What is wrong with an entry of an archive, as a sentence; and its path in components, when nothing is.
// Tests: test/container/rootfs-unpack.test.ts.
import { TscontainError } from '../errors.js';
import { SyscallError } from '../../native/index.js';
import type { Entry } from './entry.js';

const MAX_PATH_BYTES = 4095;
/** As deep as a walk goes. */
const MAX_DEPTH = 512;

export function refuse(entry: Entry, why: string): never {
  throw refusal(entry, why);
}

function refusal(entry: Entry, why: string, cause?: unknown): TscontainError {
  const shown = entry.path.length > 100 ? `${entry.path.slice(0, 100)}…` : entry.path;
  return new TscontainError('INVALID_VALUE', `"${shown}" in the archive ${why}`, {
    cause,
    hint: 'nothing of such an archive is to be trusted',
  });
}

/** What the kernel answers to names and places that cannot be. */
const CANNOT_BE: Readonly<Record<string, string>> = {
  ELOOP: 'leads through links without end',
  ENOTDIR: 'is in something that is no directory',
  EEXIST: 'is in something that is no directory',
  ENAMETOOLONG: 'has a name that is too long',
  EINVAL: 'has a name or a link that cannot be',
  EMLINK: 'is one link too many',
};

/** The error to throw when putting an entry failed: what the kernel says of its name or its place is said of the entry. */
export function refusalOf(entry: Entry, error: unknown): Error {
  const why = error instanceof SyscallError ? CANNOT_BE[error.code] : undefined;
  return why === undefined ? (error as Error) : refusal(entry, why, error);
}

/** The components of a path in an archive. Absolute ones begin at the top like all others. */
export function components(entry: Entry, path: string): string[] {
  if (path.length > MAX_PATH_BYTES || Buffer.byteLength(path) > MAX_PATH_BYTES)
    refuse(entry, 'has a name that is too long');
  if (path.includes('\0')) refuse(entry, 'has a NUL in its name');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) refuse(entry, 'leads out of it by ".."');
  if (parts.length > MAX_DEPTH) refuse(entry, `is nested more than ${MAX_DEPTH} deep`);
  return parts;
}
