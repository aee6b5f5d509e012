// One ring file as it is read, while somebody may be writing it: where in it which time lies, and the records of a stretch.
// The index has every sixteenth record, so a ring of thousands costs some kilobytes; a file that is known is looked at again
// only where something new must be.
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { decodeHeader, HEADER_BYTES, placeOf, readHead, recordBytes, type RecordHead, type Shape } from './format.js';
import { scanRing } from './scan.js';

const SPARSE = 16;
const PIECE_RECORDS = 256;

export interface FoundRecord {
  readonly head: RecordHead;
  readonly bytes: Buffer;
  readonly at: number;
}

interface Known {
  readonly inode: number;
  readonly shape: Shape;
  readonly bytes: number;
  readonly changed: number;
  /** every sixteenth, by number */
  readonly heads: RecordHead[];
  newest: RecordHead | undefined;
}

export class RingReader {
  private known: Known | undefined;

  constructor(private readonly path: string) {}

  get stepMs(): number {
    return this.known?.shape.stepMs ?? NaN;
  }

  /** Beginning of what it remembers and end of it; undefined as long as there is nothing (that could be understood). */
  get extent(): { readonly from: number; readonly to: number } | undefined {
    const { newest, heads, shape } = this.known ?? {};
    if (newest === undefined || shape === undefined) return undefined;
    const oldest = newest.number - shape.records;
    const first = heads?.find(({ number }) => number > oldest) ?? newest;
    return { from: Math.min(first.from, newest.from), to: newest.to };
  }

  /**
   * Looks at what is new, and hands on the records that touch a stretch, oldest first.
   * @param stretch asked when it is known what there is; undefined is nothing
   */
  async read(
    stretch: (extent: {
      readonly from: number;
      readonly to: number;
    }) => readonly [from: number, until: number] | undefined,
    found: (record: FoundRecord, shape: Shape) => void,
  ): Promise<void> {
    const file = await openFile(this.path);
    if (file === undefined) {
      this.known = undefined;
      return;
    }
    try {
      await this.look(file);
      const { extent, known } = this;
      const wanted = extent === undefined ? undefined : stretch(extent);
      if (known?.newest === undefined || wanted === undefined) return;
      const [first, last] = numbersOf(known.heads, known.newest, known.shape, wanted);
      await readNumbers(file, known.shape, first, last, (record) => {
        if (record.head.to > wanted[0] && record.head.from < wanted[1]) found(record, known.shape);
      });
    } finally {
      await file.close();
    }
  }

  private async look(file: FileHandle): Promise<void> {
    const { ino, size, mtimeMs } = await file.stat();
    const before = this.known;
    if (before?.inode === ino && before.changed === mtimeMs && before.bytes === size) return;
    if (before?.inode === ino && before.bytes <= size && before.newest !== undefined) {
      const { newest } = before;
      const heads = before.heads.filter(({ number }) => number > newest.number - before.shape.records);
      const known: Known = { ...before, bytes: size, changed: mtimeMs, heads };
      await readNumbers(file, known.shape, newest.number + 1, newest.number + known.shape.records - 1, (record) =>
        learn(known, record.head),
      );
      this.known = known;
      if (known.newest !== newest) return;
    }
    this.known = await readAll(file, ino, size, mtimeMs);
  }
}

/** Not through a link, and never waiting for whatever stands there instead of a file. */
async function openFile(path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: FileHandle | undefined;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
  } catch {
    // There is none, or none that can be read.
  }
  await file?.close();
  return undefined;
}

async function readAll(file: FileHandle, inode: number, bytes: number, changed: number): Promise<Known | undefined> {
  const header = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
  const shape = decodeHeader(header.subarray(0, bytesRead));
  if (shape === undefined) return undefined;
  const known: Known = { inode, shape, bytes, changed, heads: [], newest: undefined };
  await scanRing(file.fd, shape, (head) => learn(known, head));
  known.heads.sort((a, b) => a.number - b.number);
  return known;
}

function learn(known: Known, head: RecordHead): void {
  if (head.number % SPARSE === 1) known.heads.push(head);
  if (head.number > (known.newest?.number ?? 0)) known.newest = head;
}

/**
 * Between which numbers the records of a stretch lie. Where the clock was set back, times come twice: the later record is
 * the true one, so the search begins at the last that is early enough.
 */
function numbersOf(
  heads: readonly RecordHead[],
  newest: RecordHead,
  shape: Shape,
  [from, until]: readonly [number, number],
): [first: number, last: number] {
  const oldest = Math.max(1, newest.number - shape.records + 1);
  const first = heads.findLast(({ to }) => to <= from)?.number ?? oldest;
  const after = heads.findLastIndex((head) => head.from < until) + 1;
  const last = heads[after]?.number ?? newest.number;
  return [Math.max(first, oldest), newest.from < until ? newest.number : last];
}

/** Records by number, up to the first place that was never written. */
async function readNumbers(
  file: FileHandle,
  shape: Shape,
  first: number,
  last: number,
  found: (record: FoundRecord) => void,
): Promise<void> {
  const size = recordBytes(shape);
  for (let next = first; next <= last;) {
    const place = (next - 1) % shape.records;
    const count = Math.min(PIECE_RECORDS, last - next + 1, shape.records - place);
    const bytes = Buffer.allocUnsafe(count * size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, placeOf(shape, next));
    let isNew = false;
    for (let i = 0, at = 0; at + size <= bytesRead; i++, at += size) {
      const head = readHead(bytes.subarray(0, bytesRead), at, shape, place + i);
      if (head?.number !== next + i) continue;
      isNew = true;
      found({ head, bytes, at });
    }
    if (!isNew) return;
    next += count;
  }
}
