// A timer that keeps to a grid of equal intervals and drops what it is late for: after a blocked event loop or a sleep there
// is one tick, never a burst, and the grid does not drift.

export class Ticker {
  private timer: NodeJS.Timeout | undefined;
  private next = 0;

  /**
   * @param monotonicMs a clock that is never set
   * @param tick called once an interval
   */
  constructor(
    private intervalMs: number,
    private readonly monotonicMs: () => number,
    private readonly tick: () => void,
  ) {}

  start(): void {
    this.startIn(this.intervalMs);
  }

  /** At whole intervals of the clock: who else keeps to them in this process is awake at the same moment. */
  startWithOthers(): void {
    this.startIn(this.intervalMs - (this.monotonicMs() % this.intervalMs));
  }

  private startIn(ms: number): void {
    if (this.timer !== undefined) return;
    this.next = this.monotonicMs() + ms;
    this.wait();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  setInterval(intervalMs: number): void {
    this.intervalMs = intervalMs;
    if (this.timer === undefined) return;
    this.stop();
    this.start();
  }

  private wait(): void {
    this.timer = setTimeout(() => {
      const now = this.monotonicMs();
      // The next point of the grid that is at least half an interval away: a shorter stretch would say little.
      const late = Math.max(0, now - this.next);
      this.next += this.intervalMs * (1 + Math.floor(late / this.intervalMs + 0.5));
      this.wait();
      this.tick();
    }, this.next - this.monotonicMs());
  }
}
