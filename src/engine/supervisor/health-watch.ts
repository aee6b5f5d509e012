// Looks after the health of one run of a container: when a probe is due, and what follows from it. It knows no kernel and no
// files: a test puts its own clock and its own probes below it.
//
//            due            over
//   waiting ─────▶ probing ─────▶ waiting …
//      │              │
//      │ paused       │ paused: called off
//      ▼              ▼
//   standing still ── goes on ──▶ waiting, from the beginning of an interval
import { healthAfter, healthUnwatched, pauseBeforeProbe, type HealthTimes } from '../health/course.js';
import type { Health } from '../model.js';
import type { Probe } from './probe.js';

export interface HealthPorts {
  /** ms since the epoch */
  now(): number;
  /** @returns a function that calls it off */
  after(ms: number, action: () => void): () => void;
  probe(): Probe;
  /** A probe is over. */
  changed(health: Health, before: Health): void;
}

export interface WatchedRun {
  readonly times: HealthTimes;
  /** ms since the epoch */
  readonly startedAt: number;
  /** as it is when the watch begins */
  readonly health: Health;
}

export class HealthWatch {
  #health: Health;
  #isPaused = false;
  #isOver = false;
  #probe: Probe | undefined;
  /** goes up with each thing that makes what was to come next void */
  #turn = 0;
  #cancel: (() => void) | undefined;

  constructor(
    private readonly run: WatchedRun,
    private readonly ports: HealthPorts,
  ) {
    this.#health = run.health;
  }

  get health(): Health {
    return this.#health;
  }

  /** @param since ms since the epoch: when the last probe was over, of a watch that others had begun */
  begin(since = this.ports.now()): void {
    this.#wait(Math.max(0, since + this.#pause() - this.ports.now()));
  }

  /** It was paused, or goes on. */
  follow(isPaused: boolean): void {
    if (this.#isOver || isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#halt();
    if (isPaused) this.#health = healthUnwatched(this.#health);
    else this.#wait(this.#pause());
  }

  close(): void {
    this.#isOver = true;
    this.#halt();
  }

  #halt(): void {
    this.#turn += 1;
    this.#cancel?.();
    this.#probe?.callOff();
  }

  #pause(): number {
    return pauseBeforeProbe(this.run.times, this.#health.status, this.ports.now() - this.run.startedAt);
  }

  #wait(ms: number): void {
    const turn = ++this.#turn;
    this.#cancel = this.ports.after(ms, () => void this.#probeOnce(turn));
  }

  async #probeOnce(turn: number): Promise<void> {
    // One that was called off may take a while to be gone: they must not pile up.
    await this.#probe?.over;
    if (turn !== this.#turn) return;
    const probe = this.ports.probe();
    this.#probe = probe;
    const result = await probe.over;
    if (this.#probe === probe) this.#probe = undefined;
    if (turn !== this.#turn) return;
    const before = this.#health;
    if (result === undefined) {
      // It was paused, or is being stopped, and whoever did that could not say so.
      this.#health = healthUnwatched(before);
    } else {
      this.#health = healthAfter(before, result, this.run.times, this.run.startedAt);
      this.ports.changed(this.#health, before);
    }
    this.#wait(this.#pause());
  }
}
