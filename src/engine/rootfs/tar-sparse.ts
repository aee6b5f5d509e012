// Files with holes in a tar archive: GNU tar has told of them in four ways, each a list of the stretches that are there.
// https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html. Pure. Tests: test/pure/engine/rootfs-tar.test.ts.
import type { Extent } from './entry.js';
import { BLOCK, number, TarError, type Header } from './tar-header.js';
import { paxInteger, SPARSE_MAP, type Records } from './tar-pax.js';

/** More stretches than a file of a terabyte has on a disk that is as scattered as can be; each takes memory. */
const MAX_EXTENTS = 200_000;
/** two numbers of at most 20 digits, each with the sign after it */
const MAX_MAP_BYTES = MAX_EXTENTS * 42;

const MAX_DIGITS = 16;

const PREFIX = 'GNU.sparse.';

export interface Sparse {
  /** bytes of the file with its holes */
  readonly size: number;
  readonly extents: readonly Extent[];
}

const damaged = (): TarError => new TarError('it tells of a file with holes what cannot be');

/** @param numbers beginning and length of each stretch @param stored bytes that the archive has of it */
function checked(numbers: readonly number[], size: number, stored: number): Sparse {
  const extents: Extent[] = [];
  let end = 0;
  let sum = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const [at, length] = [numbers[i]!, numbers[i + 1]];
    if (length === undefined || !Number.isSafeInteger(at + length) || at < end || length < 0) throw damaged();
    end = at + length;
    sum += length;
    // The last one says with length 0 how long the file is.
    if (length > 0) extents.push({ at, length });
  }
  if (end > size || sum !== stored) throw damaged();
  return { size, extents };
}

/** The oldest form begins in the header itself: four stretches, and whether blocks with more of them follow. */
export class OldSparse {
  readonly #numbers: number[] = [];
  readonly #size: number;

  constructor(block: Buffer, at: number) {
    this.#take(block, at + 386, 4);
    this.#size = number(block, at + 483, 12);
  }

  static continues(block: Buffer, at: number): boolean {
    return block[at + 482] !== 0 && block[at + 482] !== 0x30;
  }

  /** @returns whether another block follows */
  add(block: Buffer, at: number): boolean {
    this.#take(block, at, 21);
    return block[at + 504] !== 0 && block[at + 504] !== 0x30;
  }

  #take(block: Buffer, at: number, count: number): void {
    for (let i = 0; i < count && block[at + i * 24] !== 0; i++)
      this.#numbers.push(number(block, at + i * 24, 12), number(block, at + i * 24 + 12, 12));
    if (this.#numbers.length > 2 * MAX_EXTENTS) throw damaged();
  }

  whole({ size }: Header): Sparse {
    return checked(this.#numbers, this.#size, size);
  }
}

export const isSparse = (records: Records): boolean => {
  for (const key of records.keys()) if (key.startsWith(PREFIX)) return true;
  return false;
};

/** Whether the list stands before the content (form 1.0). @throws TarError for a form that nobody knows */
export function hasMapInContent(records: Records): boolean {
  const major = paxInteger(records, `${PREFIX}major`);
  if (major === undefined) return false;
  if (major !== 1 || paxInteger(records, `${PREFIX}minor`) !== 0)
    throw new TarError('it holds a file with holes in a form that is not known');
  return true;
}

/** The forms 0.0 and 0.1 have the list in the records. */
export function sparseOf(records: Records, stored: number): Sparse {
  const size = paxInteger(records, `${PREFIX}size`) ?? paxInteger(records, `${PREFIX}realsize`);
  const map = records.get(SPARSE_MAP)?.toString('latin1') ?? '';
  if (size === undefined || !/^(\d{1,16}(,\d{1,16})*)?$/.test(map)) throw damaged();
  return checked(map === '' ? [] : map.split(',').map(Number), size, stored);
}

/** The list of form 1.0: decimal numbers, a line each, first how many stretches there are; in whole blocks. */
export class SparseMap {
  readonly #numbers: number[] = [];
  #rest = '';
  #bytes = 0;

  /** @returns whether it is whole */
  add(block: Buffer, at: number): boolean {
    if ((this.#bytes += BLOCK) > MAX_MAP_BYTES) throw damaged();
    const lines = (this.#rest + block.toString('latin1', at, at + BLOCK)).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      if (this.#isWhole()) break;
      if (!/^\d{1,16}$/.test(line)) throw damaged();
      this.#numbers.push(Number(line));
      if (this.#numbers[0]! > MAX_EXTENTS) throw damaged();
    }
    if (!this.#isWhole() && this.#rest.length > MAX_DIGITS) throw damaged();
    return this.#isWhole();
  }

  #isWhole(): boolean {
    return this.#numbers.length > 0 && this.#numbers.length === 1 + 2 * this.#numbers[0]!;
  }

  /** @param stored bytes that the header tells of, with the list */
  whole(records: Records, stored: number): Sparse {
    const size = paxInteger(records, `${PREFIX}realsize`) ?? paxInteger(records, `${PREFIX}size`);
    if (size === undefined) throw damaged();
    return checked(this.#numbers.slice(1), size, stored - this.#bytes);
  }
}
