// A blob that is being downloaded, as who unpacks it at the same time sees it.
import type { GrowingFile } from '../image/content/model.js';

export class Growth implements GrowingFile {
  readonly path: string;
  #available: number;
  #isWhole = false;
  #isRead = false;
  #failure: Error | undefined;
  readonly #waiting = new Set<{ resolve: () => void; reject: (error: Error) => void }>();

  /** @param available bytes that are there from an earlier try */
  constructor(path: string, available: number) {
    this.path = path;
    this.#available = available;
  }

  available(): number {
    this.#isRead = true;
    return this.#available;
  }

  isWhole(): boolean {
    return this.#isWhole;
  }

  /** Whether anybody looked: a layer that somebody else has unpacked meanwhile is not read again. */
  get isRead(): boolean {
    return this.#isRead;
  }

  grown(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isWhole) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.add({ resolve, reject }));
  }

  add(bytes: number): void {
    this.#available += bytes;
    this.#wake(({ resolve }) => resolve());
  }

  finish(): void {
    this.#isWhole = true;
    this.#wake(({ resolve }) => resolve());
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake(({ reject }) => reject(error));
  }

  #wake(tell: (waiter: { resolve: () => void; reject: (error: Error) => void }) => void): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of waiting) tell(waiter);
  }
}
