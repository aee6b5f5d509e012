// The machine itself as it is written down.
import { busyCpus, fillHostRow, HostFiles, type HostCounters } from '../host.js';
import { spokenFor, type Instant } from '../meter.js';
import type { Moment } from '../rates.js';
import type { Reader } from '../reader.js';
import { hostColumns, putLoad } from './columns.js';
import type { AddRow, Metered } from './target-meter.js';

export class HostMeter implements Metered {
  readonly columns: readonly string[];
  private readonly files: HostFiles;
  private readonly row: Float64Array;
  private before: Moment<HostCounters> | undefined;

  constructor(reader: Reader) {
    this.files = new HostFiles(reader, '/sys');
    this.columns = hostColumns(this.files.read().eachCpu.length);
    this.row = new Float64Array(this.columns.length);
  }

  sample(now: Instant, intervalMs: number, _isTurn: boolean, add: AddRow): void {
    const counters = this.files.read();
    const moment = { ...now, counters };
    fillHostRow(this.row, this.before, moment);
    putLoad(this.row, counters.load, busyCpus(this.before?.counters, counters));
    add(now.at - spokenFor(this.before, now, intervalMs), now.at, this.row);
    this.before = moment;
  }

  /** Those of a whole machine are too many to look at. */
  processes(): undefined {
    this.files.lookAgain();
  }

  leave(): void {
    this.files.close();
  }
}
