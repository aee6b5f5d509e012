// The machine itself as it is written down.
import { HostFiles, hostSampleOf, type HostCounters } from '../host.js';
import { spokenFor, type Instant } from '../meter.js';
import type { Moment } from '../rates.js';
import type { Reader } from '../target-files.js';
import { hostColumns, putHostSample } from './columns.js';
import type { Metered } from './target-meter.js';

export class HostMeter implements Metered {
  readonly columns: readonly string[];
  private readonly files: HostFiles;
  private before: Moment<HostCounters> | undefined;

  constructor(reader: Reader) {
    this.files = new HostFiles(reader, '/sys');
    this.columns = hostColumns(this.files.read().eachCpu.length);
  }

  /** @returns the ms that the row speaks for */
  sample(now: Instant, intervalMs: number, row: Float64Array): number {
    const moment = { ...now, counters: this.files.read() };
    putHostSample(hostSampleOf(this.before, moment), row);
    const spanMs = spokenFor(this.before, now, intervalMs);
    this.before = moment;
    return spanMs;
  }

  /** Those of a whole machine are too many to look at. */
  processes(): undefined {
    this.files.lookAgain();
  }

  leave(): void {
    this.files.close();
  }
}
