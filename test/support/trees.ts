// Trees of files for tests: archives made of a few words, and what is in a directory as lines.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Entry, Item } from '../../src/engine/rootfs/entry.js';
import { packTar } from '../../src/engine/rootfs/tar-write.js';

export interface Wanted extends Partial<Omit<Entry, 'size'>> {
  readonly path: string;
  readonly content?: string;
  /** instead of `content` */
  readonly bytes?: Buffer;
}

const ORDINARY: Omit<Entry, 'path'> = {
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  modifiedNs: 1_700_000_000_000_000_000n,
  link: '',
  major: 0,
  minor: 0,
  xattrs: new Map(),
};

export const file = (path: string, content = '', more: Partial<Wanted> = {}): Wanted => ({ path, content, ...more });
export const directory = (path: string, mode = 0o755): Wanted => ({ path, type: 'directory', mode });
export const symlink = (path: string, link: string): Wanted => ({ path, type: 'symlink', link, mode: 0o777 });
export const hardlink = (path: string, link: string): Wanted => ({ path, type: 'hardlink', link });

export async function* itemsOf(wanted: readonly Wanted[]): AsyncGenerator<Item> {
  for (const { content = '', bytes = Buffer.from(content), ...entry } of wanted) {
    yield await Promise.resolve({ entry: { ...ORDINARY, ...entry, size: bytes.length }, body: chunksOf(bytes) });
  }
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield await Promise.resolve(bytes);
}

export const tarOf = (...wanted: readonly Wanted[]): Readable => packTar(itemsOf(wanted));

export async function tarBytes(...wanted: readonly Wanted[]): Promise<Buffer> {
  return Buffer.concat((await tarOf(...wanted).toArray()) as Buffer[]);
}

/** "d dir/", "f dir/file content", "l dir/link -> target", and the first letter of anything else. */
export function linesOf(top: string): string[] {
  const lines: string[] = [];
  const visit = (path: string) => {
    for (const name of readdirSync(join(top, path)).sort()) {
      const at = join(path, name);
      const stat = lstatSync(join(top, at));
      if (stat.isDirectory()) {
        lines.push(`d ${at}/`);
        visit(at);
      } else if (stat.isSymbolicLink()) lines.push(`l ${at} -> ${readlinkSync(join(top, at))}`);
      else if (stat.isFile()) lines.push(`f ${at} ${readFileSync(join(top, at), 'utf8')}`.trimEnd());
      else lines.push(`${stat.isFIFO() ? 'p' : stat.isCharacterDevice() ? 'c' : 'b'} ${at}`);
    }
  };
  visit('');
  return lines;
}
