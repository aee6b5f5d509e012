// One thing in a tree of files, however it is told of: by a walk through a directory, or by an archive.

export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';

export interface Entry {
  /** relative, components joined by "/"; "" is the top itself */
  readonly path: string;
  readonly type: EntryType;
  /** permission bits with set-user-id, set-group-id and sticky: 0o7777 */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** bytes that `body` gives; 0 for what is no file */
  readonly size: number;
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

/** The attributes that mean the same in another tree. Those of overlay, for one, would change what a layer shows. */
export const isPortableXattr = (name: string): boolean =>
  name === 'security.capability' || name.startsWith('user.') || name.startsWith('system.posix_acl_');

export async function* nothing(): AsyncGenerator<Buffer> {
  // No content.
}
