// RUN --mount=type=secret: a file that its step alone sees, kept in memory where this kernel can mount a part of that.
import { chmodSync, chownSync, closeSync, fstatSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import {
  createMount,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_PATH,
  O_WRONLY,
  openBeneath,
} from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Held } from '../launch/held.js';
import type { Mount } from '../model.js';
import { fileError } from '../state/file-errors.js';
import type { SecretSource } from './model.js';
import { bindOf, canCloneDetached } from './mount-source.js';
import type { ExpandedMount } from './step.js';
import { byDescriptor } from './tree.js';

/** More is no secret. */
const MAX_SECRET_BYTES = 512 * 1024;
/** Where a secret is without a target. */
const SECRETS = '/run/secrets';

/** undefined for one that was not given and is not required. @throws TscontainError */
export function readSecret(
  { id, target, required }: ExpandedMount,
  secrets: ReadonlyMap<string, SecretSource>,
): Buffer | undefined {
  const name = id ?? posix.basename(target ?? '');
  const source = secrets.get(name);
  if (source === undefined) {
    if (!required) return undefined;
    throw new TscontainError('INVALID_VALUE', `the secret ${shown(name)} is needed and was not given`, {
      hint: `give it: --secret id=${name},src=FILE`,
    });
  }
  if ('value' in source) return Buffer.from(source.value);
  try {
    const { size } = statSync(source.file);
    if (size <= MAX_SECRET_BYTES) return readFileSync(source.file);
  } catch (error) {
    throw fileError(error, `read the secret ${name}`);
  }
  throw new TscontainError('INVALID_VALUE', `the secret ${shown(name)} has more than ${MAX_SECRET_BYTES} bytes`, {
    hint: 'large files that are no secrets are mounted: RUN --mount=type=bind',
  });
}

/** In memory where this kernel can mount a part of that, else in a directory of root's that is deleted after the step. */
export function secretMount(
  { id, target, mode = 0o400, uid, gid }: ExpandedMount,
  value: Buffer,
  directory: string,
  held: Held,
): Mount {
  const name = id ?? posix.basename(target ?? '');
  const to = target ?? `${SECRETS}/${name}`;
  const memoryFd = held.fd(
    createMount('tmpfs', [
      ['source', 'secret'],
      ['mode', '0700'],
      ['size', '1m'],
    ]),
  );
  const place = canCloneDetached(memoryFd) ? memoryFd : held.fd(openSync(directory, O_PATH | O_DIRECTORY | O_CLOEXEC));
  const fd = openBeneath(place, 'secret', O_WRONLY | O_CREAT | O_EXCL, 0o600);
  try {
    writeFileSync(fd, value);
    const path = byDescriptor(fd);
    chownSync(path, uid, gid);
    chmodSync(path, mode);
  } finally {
    closeSync(fd);
  }
  const opened = held.fd(openBeneath(place, 'secret', O_PATH));
  if (!fstatSync(opened).isFile()) throw new TscontainError('IO_ERROR', `the secret ${shown(name)} could not be kept`);
  return bindOf(byDescriptor(opened), to, true);
}
