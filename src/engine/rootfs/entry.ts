// One thing in a tree of files, however it is told of: by a walk through a directory, or by an archive.

export type EntryType =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'hardlink'
  | 'char'
  | 'block'
  | 'fifo'
  /** of a layer alone: what has this name in the layers below is gone */
  | 'whiteout'
  /** of a layer alone: nothing that the layers below have in this directory is to be seen */
  | 'opaque';

/** A stretch of a file with holes. */
export interface Extent {
  /** bytes from the beginning of the file */
  readonly at: number;
  readonly length: number;
}

/** Names and links are text as native/names.ts has it: whatever their bytes are, they stay. */
export interface Entry {
  /** relative, components joined by "/"; "" is the top itself */
  readonly path: string;
  readonly type: EntryType;
  /** permission bits with set-user-id, set-group-id and sticky: 0o7777 */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** bytes of the file; 0 for what is no file */
  readonly size: number;
  /** Of a file with holes: where what `body` gives belongs, in order; all else is zeros. Absent: it is all there. */
  readonly extents?: readonly Extent[];
  /** ns since the epoch */
  readonly modifiedNs: bigint;
  /** where a symlink leads, as it stands; for a hardlink the path of an earlier entry */
  readonly link: string;
  /** of a device */
  readonly major: number;
  readonly minor: number;
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

/** An entry and its content, which must be read, if at all, before the next one is asked for. */
export interface Item {
  readonly entry: Entry;
  readonly body: AsyncIterable<Buffer>;
}

export type Items = AsyncIterable<Item>;

/** Who takes entries as they come, without being waited for: each is begun, a file's content follows, and ended. */
export interface EntrySink {
  begin(entry: Entry): void;
  write(piece: Buffer): void;
  end(): void;
}

/** Bytes that an entry's content has, holes left out. */
export const storedBytes = ({ size, extents }: Entry): number =>
  extents === undefined ? size : extents.reduce((sum, { length }) => sum + length, 0);

/** The attributes that mean the same in another tree. Those of overlay, for one, would change what a layer shows. */
export const isPortableXattr = (name: string): boolean =>
  name === 'security.capability' ||
  (name.startsWith('user.') && !name.startsWith('user.overlay.')) ||
  name.startsWith('system.posix_acl_');

export async function* nothing(): AsyncGenerator<Buffer> {
  // No content.
}
