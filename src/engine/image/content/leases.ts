// Leases: what somebody is about to need, though no reference leads to it yet (drawn in model.ts). They grow and are read under
// the store's lock, so that a prune either sees what was added or has been over before it was.
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import type { Lock } from '../../../native/index.js';
import { errnoOf, fileError } from '../../state/file-errors.js';
import { isDigest } from '../digest.js';
import type { Digest } from '../oci.js';
import { lockIfLeft, lockPassing, makeParent, releaseAndForget, withStoreLock } from './locks.js';
import type { Lease } from './model.js';
import { places } from './places.js';

export class Leases {
  /** Those of this process: whatever it puts into the store is theirs. */
  readonly #open = new Set<FileLease>();

  constructor(readonly images: string) {}

  async open(): Promise<Lease> {
    const lease = await withStoreLock(this.images, async () => {
      makeParent(places.leases(this.images));
      const path = places.newLease(this.images);
      return new FileLease(this.images, path, await lockPassing(path), (closed) => this.#open.delete(closed));
    }).catch((error: unknown) => {
      throw fileError(error, 'take a lease in the image store');
    });
    this.#open.add(lease);
    return lease;
  }

  /** Before something new appears: from then on no prune takes it away. */
  async hold(...digests: readonly Digest[]): Promise<void> {
    for (const lease of this.#open) await lease.add(...digests);
  }

  /** Everything that is held by whomever, and what was left behind cleared away. The caller holds the store's lock. */
  async held(): Promise<Set<Digest>> {
    const held = new Set<Digest>();
    for (const name of namesIn(places.leases(this.images))) {
      const path = `${places.leases(this.images)}/${name}`;
      const left = await lockIfLeft(path);
      if (left !== undefined) releaseAndForget(left, path);
      else for (const line of readIfThere(path).split('\n')) if (isDigest(line)) held.add(line);
    }
    return held;
  }
}

class FileLease implements Lease {
  readonly #added = new Set<Digest>();
  #isClosed = false;

  constructor(
    private readonly images: string,
    private readonly path: string,
    private readonly lock: Lock,
    private readonly closed: (lease: FileLease) => void,
  ) {}

  async add(...digests: readonly Digest[]): Promise<void> {
    const more = digests.filter((digest) => !this.#added.has(digest));
    if (more.length === 0) return;
    await withStoreLock(this.images, () => {
      if (!this.#isClosed) appendFileSync(this.path, more.map((digest) => `${digest}\n`).join(''));
    }).catch((error: unknown) => {
      throw fileError(error, 'add to a lease in the image store');
    });
    for (const digest of more) this.#added.add(digest);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.closed(this);
    releaseAndForget(this.lock, this.path);
    return Promise.resolve();
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fileError(error, 'list the leases of the image store');
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
