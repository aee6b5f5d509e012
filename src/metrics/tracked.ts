// One target over time: what is measured of it, and its history.
import { History } from './history.js';
import { Interfaces } from './interfaces.js';
import { Meter, type Instant } from './meter.js';
import type { InterfaceSample, Sample, Target } from './model.js';
import type { Reader } from './reader.js';

export class Tracked {
  readonly history: History;
  private readonly interfaces = new Interfaces();
  private readonly meter: Meter;

  constructor(
    private aimedAt: Target,
    reader: Reader,
    intervalMs: number,
  ) {
    this.history = new History(intervalMs);
    this.meter = new Meter(aimedAt, reader, this.interfaces);
  }

  get target(): Target {
    return this.aimedAt;
  }

  get latest(): Sample | undefined {
    return this.meter.latest;
  }

  get interfaceSamples(): readonly InterfaceSample[] {
    return this.meter.latest === undefined ? [] : this.interfaces.list;
  }

  aim(target: Target): void {
    this.aimedAt = target;
    this.meter.aim(target);
  }

  sample(now: Instant, intervalMs: number): void {
    const { meter } = this;
    if (meter.sample(now, intervalMs)) this.history.add(meter.from, meter.to, meter.row);
  }

  lookAgain(): void {
    this.meter.lookAgain();
  }

  /** Lets everything go but the history. */
  leave(): void {
    this.meter.leave();
  }
}
