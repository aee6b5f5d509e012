// What is usual for one container: a level and how far it strays, learnt slowly, and not at all while it suffers.

/** Within the first seconds it learns as fast as there is time to learn from; later a minute changes it by two thirds. */
const FIRST_MS = 10_000;
const SLOW_MS = 60_000;
/** What is out of the ordinary is believed late: it may be suffering that is not called so yet. */
const UNUSUAL_SLOWDOWN = 3;
/** Above the level by so many times what it strays, or by so much of itself, it is out of the ordinary. */
const STRAYS = 4;
const OF_LEVEL = 0.5;

export class Baseline {
  private level = 0;
  private strays = 0;
  private learntMs = 0;

  /**
   * @param floor below it nothing is out of the ordinary, whatever the usual level
   * @param points above the level by less than this is not out of the ordinary
   */
  constructor(
    private readonly floor: number,
    private readonly points: number,
  ) {}

  get usual(): number {
    return this.level;
  }

  /** From here on a value is out of the ordinary. */
  get threshold(): number {
    return Math.max(this.floor, this.level + Math.max(this.points, STRAYS * this.strays, OF_LEVEL * this.level));
  }

  learn(value: number, forMs: number): void {
    if (!Number.isFinite(value)) return;
    const tauMs = Math.min(SLOW_MS, FIRST_MS + this.learntMs) * (value > this.threshold ? UNUSUAL_SLOWDOWN : 1);
    const weight = 1 - Math.exp(-forMs / tauMs);
    const strayed = Math.abs(value - this.level);
    this.level += (value - this.level) * weight;
    this.strays += (Math.min(strayed, this.threshold) - this.strays) * weight;
    this.learntMs += forMs;
  }
}
