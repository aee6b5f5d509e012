// Long work that is made of short synchronous steps, and gives the event loop its turn between them: keys are answered meanwhile.
import { setImmediate } from 'node:timers/promises';

/** How long the event loop may wait, ms. */
const SLICE_MS = 4;
/** So many are sorted in one step: a millisecond or two. */
const RUN_LENGTH = 4096;

export class Turns {
  #sliceEnd = performance.now() + SLICE_MS;

  /** Asked before each step, so that only those that have to wait cost a promise. */
  get isDue(): boolean {
    return performance.now() >= this.#sliceEnd;
  }

  async give(): Promise<void> {
    await setImmediate();
    this.#sliceEnd = performance.now() + SLICE_MS;
  }

  /** A merge sort, in steps. */
  async sort<T>(items: readonly T[], compare: (a: T, b: T) => number): Promise<T[]> {
    let runs: T[][] = [];
    for (let at = 0; at < items.length; at += RUN_LENGTH) {
      runs.push(items.slice(at, at + RUN_LENGTH).sort(compare));
      if (this.isDue) await this.give();
    }
    while (runs.length > 1) {
      const merged: T[][] = [];
      for (let i = 0; i < runs.length; i += 2) merged.push(await this.#merge(runs[i]!, runs[i + 1] ?? [], compare));
      runs = merged;
    }
    return runs[0] ?? [];
  }

  async #merge<T>(left: readonly T[], right: readonly T[], compare: (a: T, b: T) => number): Promise<T[]> {
    const merged: T[] = [];
    for (let l = 0, r = 0; l < left.length || r < right.length;) {
      const takesLeft = r >= right.length || (l < left.length && compare(left[l]!, right[r]!) <= 0);
      merged.push(takesLeft ? left[l++]! : right[r++]!);
      if (merged.length % RUN_LENGTH === 0 && this.isDue) await this.give();
    }
    return merged;
  }
}
