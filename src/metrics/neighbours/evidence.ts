// Whether something has gone on long enough to be said, and for how long it is still said: seconds of evidence, gathered while
// a value is out of the ordinary and spent while it is not. What is strong is said after some seconds, what is weak later, a
// burst never; and what is said does not flicker.

/** Seconds of evidence after which it is said: more than a burst of two seconds can give that falls into three samples. */
const ENOUGH_S = 3.05;
/** Seconds of evidence kept at most: so long it stays said when it is over. */
const MOST_S = 6;
/** Out of the ordinary by so many times the threshold is evidence in full. */
const FULL_AT = 0.6;
/** Before it is said, evidence fades at half the speed, so that what comes and goes by the second is seen too. */
const FADES = 0.5;
/** Once said, it is over below that part of the threshold. */
const OVER_AT = 0.7;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

export class Evidence {
  private seconds = 0;
  private began: number | undefined;
  isEnough = false;

  /** ms since the epoch when it began; undefined while nothing is out of the ordinary */
  get since(): number | undefined {
    return this.began;
  }

  /** How many times what is needed there is. */
  get times(): number {
    return this.seconds / ENOUGH_S;
  }

  /**
   * @param value of the interval that ended at `at` and took `forMs`
   * @param allowed whether it may be called enough
   */
  add(value: number, threshold: number, at: number, forMs: number, allowed: () => boolean): void {
    const line = this.isEnough ? threshold * OVER_AT : threshold;
    const excess = (value - line) / (line * FULL_AT);
    const strength = clamp(excess, this.isEnough ? -1 : -FADES, 1);
    // What was not measured is neither for nor against it.
    if (!Number.isFinite(strength)) return;
    if (strength > 0) this.began ??= at - forMs;
    this.seconds = clamp(this.seconds + (strength * forMs) / 1000, 0, this.isEnough ? MOST_S : 2 * ENOUGH_S);
    if (this.seconds <= 0) this.drop();
    else if (!this.isEnough && strength > 0 && this.seconds >= ENOUGH_S && allowed()) this.isEnough = true;
    if (this.isEnough) this.seconds = Math.min(this.seconds, MOST_S);
  }

  drop(): void {
    this.seconds = 0;
    this.began = undefined;
    this.isEnough = false;
  }
}
