// Where each part of an archive stands: of a file that can be read anywhere, only the headers are read.
// Tests: test/container/image/archive-load.test.ts, archive-hostile.test.ts.
import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { Entry } from '../../rootfs/entry.js';
import { BLOCK, TarError } from '../../rootfs/tar-header.js';
import { TarParser } from '../../rootfs/tar-parse.js';
import { linkedName, partName } from './part-name.js';

/** Where the bytes of a part stand in the file. */
export interface Place {
  readonly at: number;
  /** bytes */
  readonly size: number;
}

export interface TarIndex {
  readonly parts: ReadonlyMap<string, Place>;
  /** parts that stand for others */
  readonly links: ReadonlyMap<string, string>;
}

/** An image has some hundred parts at most. */
export const MAX_PARTS = 100_000;

const readAsync = promisify(read);

/** @throws TarError, TscontainError INVALID_VALUE for a name that leads out */
export async function indexTar(fd: number, size: number): Promise<TarIndex> {
  const parts = new Map<string, Place>();
  const links = new Map<string, string>();
  let at = 0;
  const begin = (entry: Entry): void => {
    requirePlain(entry);
    const name = partName(entry.path);
    // Of two under one name the last counts, as it would be the one that is unpacked.
    parts.delete(name);
    links.delete(name);
    if (entry.type === 'file') parts.set(name, { at: at + BLOCK, size: entry.size });
    else if (entry.type === 'hardlink' || entry.type === 'symlink')
      links.set(name, linkedName(name, entry.link, entry.type));
  };
  const parser = new TarParser({ begin, write: () => undefined, end: () => undefined }, { entries: MAX_PARTS });
  // One block at a time: what begins in it has its content behind it.
  const block = Buffer.alloc(BLOCK);
  while (at < size && !parser.ended) {
    const { bytesRead } = await readAsync(fd, block, 0, BLOCK, at);
    if (bytesRead < BLOCK) throw new TarError('the archive ends in the middle');
    parser.push(block);
    at += BLOCK + parser.ahead;
    parser.passAhead();
  }
  parser.finish();
  // What fills the last block may be missing at the end of a file, and nothing else.
  if ([...parts.values()].some((place) => place.at + place.size > size))
    throw new TarError('the archive ends in the middle');
  return { parts, links };
}

/** @throws TarError for a file with holes, of which an archive of images has none */
export function requirePlain({ extents }: Entry): void {
  if (extents !== undefined) throw new TarError('it holds sparse files; make it without --sparse');
}
