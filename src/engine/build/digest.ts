// What identifies the files that a COPY takes along: their names, kinds, modes and content, and of a stage their owners. Not their
// times: a checkout that was made anew is the same.
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, lstatSync, openSync, readlinkSync, type BigIntStats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_PATH, O_RDONLY } from '../../native/index.js';
import { namesIn, openEntry } from '../rootfs/walk.js';
import { Turns } from '../turns.js';
import { bytesOf } from './bytes-of.js';
import type { FileHashes } from './file-hashes.js';
import { realPathOf, Wanted, type Gathered } from './gather.js';
import type { Tree } from './tree.js';

export interface DigestWishes {
  readonly excludes: readonly string[];
  /** of a context; what it remembers need not be read */
  readonly hashes?: FileHashes;
}

class Digester {
  readonly #hash: Hash = createHash('sha256');
  readonly #turns = new Turns();

  constructor(
    private readonly wanted: Wanted,
    private readonly real: string,
    private readonly hashes: FileHashes | undefined,
  ) {}

  digest(): string {
    return this.#hash.digest('hex');
  }

  async directory(fd: number, relative: string): Promise<void> {
    for (const name of namesIn(fd).sort()) {
      if (this.#turns.isDue) await this.#turns.give();
      await this.entry(fd, name, relative === '' ? name : `${relative}/${name}`);
    }
  }

  async entry(directoryFd: number, name: string, relative: string): Promise<void> {
    const path = `/proc/self/fd/${directoryFd}/${name}`;
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined || stat.isSocket()) return;
    const verdict = this.wanted.judge(relative, stat.isDirectory());
    if (verdict === 'no') return;
    if (verdict === 'yes') this.line(relative, stat, await this.#what(path, relative, stat));
    if (!stat.isDirectory()) return;
    const fd = openEntry(directoryFd, name, O_RDONLY | O_DIRECTORY);
    if (fd === undefined) return;
    try {
      await this.directory(fd, relative);
    } finally {
      closeSync(fd);
    }
  }

  line(relative: string, { mode, uid, gid }: BigIntStats, what: string): void {
    // Whose a file of the context is does not matter: in the image it is root's.
    const owner = this.hashes === undefined ? `${uid}:${gid}` : '';
    this.#hash.update(JSON.stringify([relative, mode.toString(8), owner, what]));
  }

  async #what(path: string, relative: string, stat: BigIntStats): Promise<string> {
    if (stat.isSymbolicLink()) return readlinkSync(path);
    if (!stat.isFile()) return String(stat.rdev);
    const whole = `${this.real}/${relative}`;
    const known = this.hashes?.known(whole, stat);
    if (known !== undefined) return known;
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    try {
      const open = () => bytesOf(fd);
      // As it is now that it is open: another may have taken its place.
      const opened = fstatSync(fd, { bigint: true });
      if (this.hashes !== undefined) return await this.hashes.read(whole, opened, open);
      const hash = createHash('sha256');
      for await (const chunk of open()) hash.update(chunk);
      return hash.digest('hex');
    } finally {
      closeSync(fd);
    }
  }
}

/** Hexadecimal. The name of a source counts where it will be the name of the file. */
export async function digestOf(tree: Tree, gathered: Gathered, { excludes, hashes }: DigestWishes): Promise<string> {
  const { path, isDirectory } = gathered;
  const real = realPathOf(tree, path);
  const digester = new Digester(new Wanted(tree, gathered, excludes), real, hashes);
  if (isDirectory) {
    const fd = tree.open(path, O_RDONLY | O_DIRECTORY);
    if (fd === undefined) return digester.digest();
    try {
      digester.line('', fstatSync(fd, { bigint: true }), 'top');
      await digester.directory(fd, '');
    } finally {
      closeSync(fd);
    }
  } else {
    const parentFd = tree.open(dirname(`/${real}`).slice(1), O_PATH | O_DIRECTORY);
    if (parentFd === undefined) return digester.digest();
    try {
      await digester.entry(parentFd, basename(real), '');
    } finally {
      closeSync(parentFd);
    }
  }
  return `${isDirectory ? 'd' : 'f'} ${path} ${digester.digest()}`;
}
