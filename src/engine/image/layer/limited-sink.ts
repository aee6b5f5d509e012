// Stands between a layer's archive and its tree: what is too much goes no further, and names that are marks become marks.
import type { Entry, EntrySink } from '../../rootfs/entry.js';
import { storedBytes } from '../../rootfs/entry.js';
import { fromArchive } from '../../rootfs/whiteouts.js';
import { FREE_BYTES, tooMuch, type LayerLimits } from './limits.js';

export class LimitedSink implements EntrySink {
  readonly #next: EntrySink;
  readonly #limits: LayerLimits;
  /** bytes as they came that there are at most; undefined when that is not known yet */
  readonly #comingBytes: () => number | undefined;
  #sizeBytes = 0;
  #isLeftOut = false;

  constructor(next: EntrySink, limits: LayerLimits, comingBytes: () => number | undefined) {
    this.#next = next;
    this.#limits = limits;
    this.#comingBytes = comingBytes;
  }

  /** @throws TscontainError */
  begin(told: Entry): void {
    const entry = fromArchive(told);
    this.#isLeftOut = entry === undefined;
    if (entry === undefined) return;
    this.#sizeBytes += entry.size;
    if (this.#sizeBytes > this.#limits.size)
      throw tooMuch(`has ${this.#sizeBytes} bytes of files`, 'size', this.#sizeBytes);
    // Refused because it is announced, before anything of it is written.
    const coming = this.#comingBytes();
    const announced = storedBytes(entry);
    if (coming !== undefined && announced > FREE_BYTES && announced > coming * this.#limits.ratio)
      throw tooMuch(`of ${coming} bytes has a file of ${announced} bytes`, 'ratio', Math.ceil(announced / coming));
    this.#next.begin(entry);
  }

  write(piece: Buffer): void {
    if (!this.#isLeftOut) this.#next.write(piece);
  }

  end(): void {
    if (!this.#isLeftOut) this.#next.end();
  }
}

/** @throws TscontainError when what has come so far has become too much */
export function checkGrowth(limits: LayerLimits, cameBytes: number, plainBytes: number): void {
  if (plainBytes > limits.size) throw tooMuch(`unpacks to more than ${limits.size} bytes`, 'size', limits.size * 2);
  if (plainBytes <= FREE_BYTES || plainBytes <= cameBytes * limits.ratio) return;
  throw tooMuch(`becomes ${Math.floor(plainBytes / cameBytes)} times as large`, 'ratio', limits.ratio * 4);
}
