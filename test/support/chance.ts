// Chance that can be repeated: a seeded generator (mulberry32), its seed from TEST_SEED or the clock, said when a test fails.

export interface Chance {
  readonly seed: number;
  /** 0 ≤ x < 1 */
  next(): number;
  /** a whole number, 0 ≤ x < end */
  below(end: number): number;
  pick<T>(choices: readonly T[]): T;
}

export function chance(seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000)): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    seed,
    next,
    below,
    pick: (choices) => {
      const choice = choices[below(choices.length)];
      if (choice === undefined) throw new RangeError('nothing to choose from');
      return choice;
    },
  };
}

/** Rounds of a long test: a sample in `npm test`, all of them with SOAK=1 (`npm run soak`). */
export function rounds(sample: number, full: number): number {
  return process.env['SOAK'] === undefined ? sample : full;
}
