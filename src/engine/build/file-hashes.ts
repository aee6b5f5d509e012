// What is in the files of a context, remembered: a file of the same inode, size and times is not read again. What was written so
// lately that it could be written once more within the same tick of the clock is never believed. One file for each directory that
// was built from, below build/contexts/.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, type BigIntStats } from 'node:fs';
import { dirname } from 'node:path';
import { atomicWrite } from '../../native/index.js';
import { digestOf, hexOf } from '../image/digest.js';
import { layout } from '../state/layout.js';

/** dev:ino:size:mtime:ctime, then the digest of the content, hexadecimal. */
type Line = readonly [identity: string, digest: string];

/** The kernel's clock of files ticks every 4 ms or 10 ms; some file systems keep no more than whole seconds. */
const SETTLED_NS = 50_000_000n;
const WHOLE_SECOND_NS = 2_000_000_000n;

/** Files remembered for one directory. */
const MAX_FILES = 500_000;

export class FileHashes {
  readonly #path: string;
  readonly #known: Map<string, Line>;
  #isChanged = false;

  constructor(root: string, directory: string) {
    this.#path = layout.buildContext(root, hexOf(digestOf(directory)));
    this.#known = readLines(this.#path);
  }

  /** Of a file that is as it was when it was read. @param path relative, for the memory */
  known(path: string, stat: BigIntStats): string | undefined {
    const known = this.#known.get(path);
    return known?.[0] === identityOf(stat) ? known[1] : undefined;
  }

  /** @param stat of the file that is open */
  async read(path: string, stat: BigIntStats, open: () => AsyncIterable<Buffer>): Promise<string> {
    const begun = BigInt(Date.now()) * 1_000_000n;
    const hash = createHash('sha256');
    for await (const chunk of open()) hash.update(chunk);
    const digest = hash.digest('hex');
    const age = begun - stat.ctimeNs;
    const isSettled = age > (stat.ctimeNs % 1_000_000_000n === 0n ? WHOLE_SECOND_NS : SETTLED_NS);
    if (isSettled && this.#known.size < MAX_FILES) {
      this.#known.set(path, [identityOf(stat), digest]);
      this.#isChanged = true;
    } else this.#isChanged = this.#known.delete(path) || this.#isChanged;
    return digest;
  }

  /** Forgetting costs time and nothing else, so a failure is none. */
  async save(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      await atomicWrite(this.#path, JSON.stringify({ schema: 1, files: Object.fromEntries(this.#known) }));
    } catch {
      // The next build reads the files again.
    }
  }
}

const identityOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;

function readLines(path: string): Map<string, Line> {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as { schema?: unknown; files?: Record<string, Line> };
    return new Map(value.schema === 1 ? Object.entries(value.files ?? {}) : []);
  } catch {
    return new Map();
  }
}
