// Tells who watches how one blob is getting on, not more often than eyes can follow.
import type { Digest } from '../image/oci.js';
import type { OnTransfer, TransferEvent, TransferPhase } from '../image/transfer.js';

/** ms between two events that say nothing but more bytes */
const INTERVAL_MS = 50;

export class Reporter {
  readonly #tell: OnTransfer | undefined;
  readonly #digest: Digest;
  #size: number;
  readonly #what: TransferEvent['what'];
  #phase: TransferPhase = 'waiting';
  #current = 0;
  #toldAt = 0;
  #later: NodeJS.Timeout | undefined;

  constructor(
    tell: OnTransfer | undefined,
    blob: { readonly digest: Digest; readonly size: number },
    what: TransferEvent['what'],
  ) {
    this.#tell = tell;
    this.#digest = blob.digest;
    this.#size = blob.size;
    this.#what = what;
  }

  phase(phase: TransferPhase): void {
    this.#phase = phase;
    // Of unpacking it is told how much was read.
    if (phase === 'unpacking') this.#current = 0;
    if (phase === 'done' || phase === 'there') this.#current = this.#size;
    this.#say();
  }

  /** @param bytes in all */
  moved(bytes: number): void {
    this.#isAt('moving', bytes);
  }

  /** @param bytes of the plain ones that were read */
  compressed(bytes: number): void {
    this.#isAt('compressing', bytes);
  }

  /** It goes on in another form, for those who watch as the same one. */
  becomes({ size }: { readonly size: number }): void {
    this.#size = size;
  }

  /** @param bytes of the compressed ones that were read; told once they have all come */
  unpacked(bytes: number): void {
    if (this.#phase !== 'unpacking') return;
    this.#current = bytes;
    this.#sayNowAndThen();
  }

  retrying(why: string, retryInMs: number): void {
    this.#phase = 'retrying';
    this.#say({ why, retryInMs });
  }

  #isAt(phase: TransferPhase, bytes: number): void {
    this.#current = bytes;
    if (this.#phase !== phase) {
      this.#phase = phase;
      this.#say();
    } else this.#sayNowAndThen();
  }

  /** The last of several is told too, when nothing comes after it. */
  #sayNowAndThen(): void {
    if (performance.now() - this.#toldAt >= INTERVAL_MS) this.#say();
    else this.#later ??= setTimeout(() => this.#say(), INTERVAL_MS).unref();
  }

  #say(more: Pick<TransferEvent, 'why' | 'retryInMs'> = {}): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#toldAt = performance.now();
    const [digest, total] = [this.#digest, this.#size];
    this.#tell?.({ digest, what: this.#what, phase: this.#phase, current: this.#current, total, ...more });
  }
}
