// A file that one side writes and the other reads meanwhile. Tests: test/pure/engine/image/growth.test.ts.
import type { GrowingFile } from './model.js';

export class Growth implements GrowingFile {
  #available: number;
  #isRead = false;
  #end: { readonly failure?: unknown } | undefined;
  #waiting: (() => void)[] = [];

  /** @param available bytes that are there from an earlier try */
  constructor(
    readonly path: string,
    available = 0,
  ) {
    this.#available = available;
  }

  /** So many more bytes can be read. */
  add(bytes: number): void {
    this.#available += bytes;
    this.#wake();
  }

  /** That was all. */
  finish(): void {
    this.#end ??= {};
    this.#wake();
  }

  /** There will be no more, and why; nothing after `finish`. */
  fail(failure: unknown): void {
    this.#end ??= { failure };
    this.#wake();
  }

  available(): number {
    this.#isRead = true;
    return this.#available;
  }

  /** Whether anybody looked: a layer that somebody else has unpacked meanwhile is not read again. */
  get isRead(): boolean {
    return this.#isRead;
  }

  isWhole(): boolean {
    return this.#end !== undefined && !('failure' in this.#end);
  }

  async grown(): Promise<void> {
    if (this.#end === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#end !== undefined && 'failure' in this.#end) throw this.#end.failure;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
