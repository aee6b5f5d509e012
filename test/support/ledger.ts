// Figures that are read again and again, and whether they grew: medians of equal stretches of time are compared, so that what a
// garbage collector has not come to yet is not taken for growth.

export type Figures = Readonly<Record<string, number>>;

/** The middle one; NaN where there is none. */
function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

export class Ledger {
  readonly #rows: { readonly at: number; readonly figures: Figures }[] = [];

  note(at: number, figures: Figures): void {
    this.#rows.push({ at, figures });
  }

  get last(): Figures {
    return this.#rows.at(-1)?.figures ?? {};
  }

  /** Every figure that was ever noted. */
  get names(): readonly string[] {
    return [...new Set(this.#rows.flatMap(({ figures }) => Object.keys(figures)))];
  }

  /** The median of a figure in each of `count` equal stretches from `from` to `until`; NaN where it was not read. */
  medians(name: string, from: number, until: number, count: number): readonly number[] {
    const stretch = (until - from) / count;
    return Array.from({ length: count }, (_, i) => {
      const begin = from + i * stretch;
      const inside = this.#rows.filter(({ at }) => at >= begin && at < begin + stretch);
      return median(inside.map(({ figures }) => figures[name] ?? NaN));
    });
  }
}

/** How much of itself a figure has grown by at most, from any stretch to a later one: 0.05 is a twentieth; 0 where it only fell. */
export function growthOf(medians: readonly number[]): number {
  if (medians.length === 0 || medians.some(Number.isNaN)) return NaN;
  let least = Infinity;
  let most = 0;
  for (const value of medians) {
    least = Math.min(least, value);
    most = Math.max(most, value / least - 1);
  }
  return most;
}
