// Processes of one container that the kernel killed for memory: said at once, and for a while after the last.
import type { Sample } from '../model.js';
import type { Finding } from './model.js';

/** A kill is over in an instant; a person must still be able to read of it. */
const SAID_MS = 30_000;

export class Kills {
  private count = NaN;
  private since: number | undefined;
  private lastAt = 0;
  private byOwnLimit = false;
  private percent = 0;

  see({ oomKills, pressure }: Sample, at: number, byOwnLimit: boolean): void {
    if (this.since !== undefined && at - this.lastAt > SAID_MS) this.since = undefined;
    if (oomKills === undefined || !Number.isFinite(oomKills)) return;
    if (oomKills > this.count) {
      this.since ??= at;
      this.lastAt = at;
      this.byOwnLimit = byOwnLimit;
      this.percent = pressure.memory.some || 0;
    }
    this.count = oomKills;
  }

  forget(): void {
    this.since = undefined;
    this.count = NaN;
  }

  /** @param short that it is short of memory, and because of whom, where that is said too */
  finding(victim: string, at: number, short?: Finding): Finding | undefined {
    const { since, byOwnLimit } = this;
    const suspects = byOwnLimit || short === undefined ? [] : short.suspects;
    if (since === undefined || at - this.lastAt > SAID_MS) return undefined;
    return {
      key: `${victim}/memory`,
      victim,
      resource: 'memory',
      symptom: 'killed',
      percent: Math.min(100, Math.max(0, this.percent)),
      usualPercent: 0,
      since,
      byOwnLimit,
      suspects,
      confidence: byOwnLimit ? 0.95 : 0.6,
      evidence: [
        { target: victim, series: 'memory.used' },
        ...suspects.map(({ id }) => ({ target: id, series: 'memory.used' as const })),
      ],
    };
  }
}
