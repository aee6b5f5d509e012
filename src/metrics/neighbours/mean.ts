// A mean of what was lately, by time: a value that came a while ago counts less, whatever the number of samples since.

/** How much of an exponential mean with time constant `tauMs` a new value of `forMs` makes. */
const weightOf = (forMs: number, tauMs: number): number => 1 - Math.exp(-forMs / tauMs);

export class RecentMean {
  private sum = 0;
  private weight = 0;

  constructor(private readonly tauMs: number) {}

  /** @param value nothing is learnt from one that was not measured */
  add(value: number | undefined, forMs: number): void {
    if (value === undefined || !Number.isFinite(value)) return;
    const weight = weightOf(forMs, this.tauMs);
    this.sum += (value - this.sum) * weight;
    this.weight += (1 - this.weight) * weight;
  }

  /** NaN before anything was added. */
  get value(): number {
    return this.weight > 0 ? this.sum / this.weight : NaN;
  }

  reset(): void {
    this.sum = this.weight = 0;
  }
}
