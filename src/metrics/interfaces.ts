// The network interfaces of one target, each with its rates and the last minutes of them: of those who are looked at while they
// run, beside the history of the target itself. Bounded in their number and their length.
import type { InterfaceSample } from './model.js';
import { NETWORK_COUNTERS, noNetwork, type NetworkCounters, type SeeInterface } from './net-dev.js';
import type { Text } from './proc.js';
import { growth } from './rates.js';

/** A container that makes itself interfaces without end is shown this many of them. */
const MAX_INTERFACES = 16;
/** Samples of each that are kept: five minutes at 1 Hz. */
const KEPT = 300;

interface Followed {
  readonly name: string;
  /** its name as the kernel writes it, so that no string is made to find it again */
  readonly bytes: Uint8Array;
  readonly counted: NetworkCounters;
  /** a second */
  readonly rates: NetworkCounters;
  /** rings of bytes a second; the newest is before `next` of all */
  readonly received: Float64Array;
  readonly sent: Float64Array;
  seenAt: number;
}

export class Interfaces {
  private followed: Followed[] = [];
  private next = 0;
  private readAt = NaN;
  private readingAt = NaN;
  private text: Text = { bytes: new Uint8Array(), length: 0 };

  /** Before the lines of one reading. */
  begin(text: Text, monotonicMs: number): void {
    this.text = text;
    this.readingAt = monotonicMs;
  }

  /** One line of it; the interface itself is found by the bytes of its name. */
  readonly see: SeeInterface = (counters, from, to) => {
    const known = this.find(from, to) ?? this.follow(from, to);
    if (known === undefined) return;
    // What came anew has counted from before anybody looked.
    const isNew = known.seenAt !== this.readAt;
    const seconds = (this.readingAt - this.readAt) / 1000;
    for (const name of NETWORK_COUNTERS) {
      known.rates[name] = isNew ? NaN : growth(known.counted[name], counters[name]) / seconds;
      known.counted[name] = counters[name];
    }
    known.received[this.next] = known.rates.rxBytes;
    known.sent[this.next] = known.rates.txBytes;
    known.seenAt = this.readingAt;
  };

  /** After them: who has no line any more is gone. */
  end(): void {
    if (this.followed.some(({ seenAt }) => seenAt !== this.readingAt))
      this.followed = this.followed.filter(({ seenAt }) => seenAt === this.readingAt);
    this.next = (this.next + 1) % KEPT;
    this.readAt = this.readingAt;
  }

  /** Another network namespace. */
  forget(): void {
    this.followed = [];
    this.readAt = NaN;
  }

  get list(): readonly InterfaceSample[] {
    return this.followed.map(({ name, counted, rates, received, sent }) => ({
      name,
      rates: { ...rates },
      totals: { ...counted },
      received: this.inOrder(received),
      sent: this.inOrder(sent),
    }));
  }

  /** Oldest first. */
  private inOrder(ring: Float64Array): Float64Array {
    const values = new Float64Array(KEPT);
    values.set(ring.subarray(this.next));
    values.set(ring.subarray(0, this.next), KEPT - this.next);
    return values;
  }

  private find(from: number, to: number): Followed | undefined {
    const { bytes } = this.text;
    return this.followed.find((one) => {
      if (one.bytes.length !== to - from) return false;
      for (let i = 0; i < one.bytes.length; i++) if (one.bytes[i] !== bytes[from + i]) return false;
      return true;
    });
  }

  private follow(from: number, to: number): Followed | undefined {
    if (this.followed.length >= MAX_INTERFACES) return undefined;
    const bytes = this.text.bytes.slice(from, to);
    const nothing = (): Float64Array => new Float64Array(KEPT).fill(NaN);
    const fresh: Followed = {
      name: new TextDecoder().decode(bytes),
      bytes,
      counted: noNetwork(),
      rates: noNetwork(),
      received: nothing(),
      sent: nothing(),
      seenAt: NaN,
    };
    this.followed.push(fresh);
    return fresh;
  }
}
