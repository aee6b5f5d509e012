// Chance that can be repeated: the seed is told when a test fails, and TEST_SEED gives it back.
export interface Random {
  /** a whole number from 0 to below `below` */
  (below: number): number;
  readonly seed: number;
}

/** mulberry32: small, and the same on every machine. */
export function seededRandom(seed = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000)): Random {
  let state = seed >>> 0;
  const next = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
  return Object.assign(next, { seed });
}
