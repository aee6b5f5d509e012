// What a bench says: one JSON line a figure, gathered by scripts/bench.mjs into docs/performance.md.

export interface Measurement {
  /** what was measured, as a person says it */
  readonly what: string;
  readonly unit: string;
  /** median */
  readonly ours: number;
  /** the same work by others, medians of the same run */
  readonly peers?: Readonly<Record<string, number>>;
  /** the most we allow ourselves: `times` a peer, or an absolute figure in the unit */
  readonly goal?: { readonly peer: string; readonly times: number } | { readonly most: number };
  readonly note?: string;
}

export function report(measurement: Measurement): void {
  console.log(JSON.stringify(measurement));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
  if (value === undefined) throw new RangeError('nothing was measured');
  return value;
}

/**
 * Runs each contender `rounds` times in turn, so that a slow moment of the machine falls on all of them.
 * @returns median ms of each, by name
 */
export async function interleaved(
  contenders: Readonly<Record<string, () => Promise<number>>>,
  rounds: number,
): Promise<Record<string, number>> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const ms = await run();
      times.set(name, [...(times.get(name) ?? []), ms]);
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, median(values)]));
}

/** ms that something takes */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begun) / 1e6;
}
