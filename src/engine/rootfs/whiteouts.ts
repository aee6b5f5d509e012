// How a layer says that something of the layers below is gone. In an archive by the names of files (".wh.NAME", and
// ".wh..wh..opq" for all that was in a directory: image-spec, layer.md), in a tree as overlay reads it (a device 0:0, an
// attribute: overlayfs.rst), and between the two as entries of the kinds "whiteout" and "opaque". Pure but for isOpaque.
// Tests: test/pure/engine/layer/whiteouts.test.ts.
import { getXattr } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import type { Entry } from './entry.js';

const PREFIX = '.wh.';
/** aufs kept its own bookkeeping under such names, and archives of that time have it still. */
const AUFS_PREFIX = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';

export const OPAQUE_XATTR = 'trusted.overlay.opaque';

/** Whether an open directory hides all that is below it. */
export const isOpaque = (directoryFd: number): boolean => getXattr(directoryFd, OPAQUE_XATTR)?.toString() === 'y';

/** overlayfs.rst: a device 0:0 says that the name below does not exist. */
export const isWhiteout = (stat: { isCharacterDevice(): boolean; readonly rdev: number | bigint }): boolean =>
  stat.isCharacterDevice() && Number(stat.rdev) === 0;

function refuse(path: string, why: string): never {
  const shown = path.length > 100 ? `${path.slice(0, 100)}…` : path;
  throw new TscontainError('INVALID_VALUE', `"${shown}" in the layer ${why}`, {
    hint: 'nothing of such an archive is to be trusted',
  });
}

/** What an entry of an archive is when the archive is a layer; undefined for what only aufs needed. @throws TscontainError */
export function fromArchive(entry: Entry): Entry | undefined {
  if (!entry.path.includes(PREFIX)) return entry;
  const parts = entry.path.split('/').filter((part) => part !== '' && part !== '.');
  const name = parts.pop();
  if (name === undefined) return entry;
  if (parts.some((part) => part.startsWith(AUFS_PREFIX))) return undefined;
  if (parts.some((part) => part.startsWith(PREFIX))) refuse(entry.path, 'is in something that says it is gone');
  if (!name.startsWith(PREFIX)) return entry;
  if (name === OPAQUE) return mark(entry, 'opaque', parts);
  if (name.startsWith(AUFS_PREFIX)) return undefined;
  const gone = name.slice(PREFIX.length);
  if (gone === '' || gone === '.' || gone === '..') refuse(entry.path, 'says of no name that it is gone');
  return mark(entry, 'whiteout', [...parts, gone]);
}

function mark(entry: Entry, type: 'whiteout' | 'opaque', parts: readonly string[]): Entry {
  const { mode, uid, gid, modifiedNs } = entry;
  const none = { size: 0, link: '', major: 0, minor: 0, xattrs: new Map<string, Buffer>() };
  return { path: parts.join('/'), type, mode, uid, gid, modifiedNs, ...none };
}

/** The way back. @throws TscontainError NOT_SUPPORTED for a file whose name would say that another one is gone */
export function toArchive(entry: Entry): Entry {
  const slash = entry.path.lastIndexOf('/') + 1;
  const name = entry.path.slice(slash);
  // When somebody said so is nothing of the layer.
  const mark = { ...entry, type: 'file', mode: 0, uid: 0, gid: 0, modifiedNs: 0n } as const;
  if (entry.type === 'opaque') return { ...mark, path: entry.path === '' ? OPAQUE : `${entry.path}/${OPAQUE}` };
  if (entry.type === 'whiteout') return { ...mark, path: `${entry.path.slice(0, slash)}${PREFIX}${name}` };
  if (!name.startsWith(PREFIX)) return entry;
  throw new TscontainError(
    'NOT_SUPPORTED',
    `"${entry.path}" cannot be kept in a layer, where such a name says that another is gone`,
    {
      hint: `rename or remove it: no name may begin with "${PREFIX}"`,
    },
  );
}
