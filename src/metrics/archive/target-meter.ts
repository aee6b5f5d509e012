// A container as it is written down: a row a second, and every ten seconds its processes, if it does anything.
import { uptime } from 'node:os';
import { Meter, type Instant } from '../meter.js';
import type { Sample, Target } from '../model.js';
import type { Reader } from '../target-files.js';
import { COLUMNS, putSample } from './columns.js';
import { ProcessWatch } from './process-watch.js';
import type { PastProcesses } from './processes.js';

/** What a recorder asks, of a container and of the machine. */
export interface Metered {
  readonly columns: readonly string[];
  /** @returns the ms that the row speaks for, 0 where nothing was measured */
  sample(now: Instant, intervalMs: number, row: Float64Array): number;
  /** Asked every ten seconds: what is looked at seldom. @returns undefined where there is nothing to tell */
  processes(): Omit<PastProcesses, 'at'> | undefined;
  leave(): void;
}

/** From here on a container is doing something: a hundredth of a core, a page a second, waiting a hundredth of its time. */
const BUSY_CORES = 0.01;
const BUSY_BYTES = 4096;
const BUSY_PERCENT = 1;
/** One that does nothing is looked at again after so many times of being asked. */
const QUIET_ROUNDS = 30;

export class TargetMeter implements Metered {
  readonly columns = COLUMNS;
  private readonly meter: Meter;
  private readonly watch: ProcessWatch;
  private isBusy = true;
  private quietRounds = 0;

  constructor(target: Target, reader: Reader) {
    this.meter = new Meter(target, reader);
    this.watch = new ProcessWatch(target.cgroup);
  }

  aim(target: Target): void {
    this.meter.aim(target);
    this.watch.aim(target.cgroup);
  }

  sample(now: Instant, intervalMs: number, row: Float64Array): number {
    const sample = this.meter.sample(now, intervalMs);
    if (sample === undefined) return 0;
    putSample(sample, row);
    this.isBusy ||= isBusy(sample);
    return this.meter.spanMs;
  }

  processes(): Omit<PastProcesses, 'at'> | undefined {
    this.meter.lookAgain();
    if (!this.isBusy && this.quietRounds++ < QUIET_ROUNDS) return undefined;
    this.isBusy = false;
    this.quietRounds = 0;
    return this.watch.look(uptime() * 1000);
  }

  leave(): void {
    this.meter.leave();
  }
}

function isBusy({ cpu, io, pressure }: Sample): boolean {
  return (
    (cpu.cores ?? 0) >= BUSY_CORES ||
    (io.readBytes ?? 0) + (io.writeBytes ?? 0) >= BUSY_BYTES ||
    Math.max(pressure.cpu.some ?? 0, pressure.memory.some ?? 0, pressure.io.some ?? 0) >= BUSY_PERCENT
  );
}
