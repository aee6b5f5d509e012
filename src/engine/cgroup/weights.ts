// Shares and weights: how v1's relative numbers read in v2. Pure; both ways, because inspect reads back what is in force.

/**
 * cpu.shares (2..262144) as cpu.weight (1..10000). A quadratic in log2(shares) through the three points that matter:
 * the least to the least, the default (1024) to the default (100), the most to the most.
 */
export function sharesToWeight(shares: number): number {
  const exponent = Math.log2(Math.min(Math.max(shares, 2), 262_144));
  const power = (exponent * exponent + 125 * exponent) / 612 - 7 / 34;
  // A hair is taken off before rounding up, or the floating point makes 101 of 100.
  return Math.min(Math.max(Math.ceil(10 ** power - 1e-9), 1), 10_000);
}

/** The largest cpu.shares that stand for this cpu.weight. */
export function weightToShares(weight: number): number {
  const power = Math.log10(Math.min(Math.max(weight, 1), 10_000)) + 7 / 34;
  const exponent = (-125 + Math.sqrt(125 * 125 + 4 * 612 * power)) / 2;
  return Math.min(Math.max(Math.floor(2 ** exponent + 1e-6), 2), 262_144);
}

/** blkio weight (10..1000) as io.weight (1..10000), in a straight line. */
export function blkioToIoWeight(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990);
}

export function ioToBlkioWeight(weight: number): number {
  return 10 + Math.ceil(((weight - 1) * 990) / 9999);
}
