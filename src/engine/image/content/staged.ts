// A tree that is being made: a directory of its own that appears among the layers by one rename. What a crash left behind is found
// by its lock, which nobody holds any more.
import { mkdirSync } from 'node:fs';
import type { Lock } from '../../../native/index.js';
import { deleteTree } from '../../state/delete-tree.js';
import { lockPassing, makeParent, releaseAndForget, withStoreLock } from './locks.js';
import type { StagedTree } from './model.js';
import { LOCK, places } from './places.js';

export class Staged implements StagedTree {
  private constructor(
    /** holds the tree, and gets its layer.json */
    readonly directory: string,
    private readonly lock: Lock,
  ) {}

  get tree(): string {
    return `${this.directory}/diff`;
  }

  static async open(images: string): Promise<Staged> {
    const directory = places.newLayer(images);
    return withStoreLock(images, async () => {
      makeParent(places.layers(images));
      // The lock first: a directory of this kind without one is nobody's.
      const lock = await lockPassing(directory + LOCK);
      mkdirSync(directory, { mode: 0o700 });
      const staged = new Staged(directory, lock);
      mkdirSync(staged.tree, { mode: 0o755 });
      return staged;
    });
  }

  /** Deletes what is still here. */
  async close(): Promise<void> {
    await deleteTree(this.directory);
    releaseAndForget(this.lock, this.directory + LOCK);
  }
}
