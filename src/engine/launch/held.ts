// Descriptors that belong to one launch, so that whatever is opened is closed, launched or not.
import { closeSync } from 'node:fs';

export class Held {
  readonly #closers: (() => void)[] = [];

  fd(fd: number): number {
    this.#closers.push(() => closeSync(fd));
    return fd;
  }

  also(close: () => void): void {
    this.#closers.push(close);
  }

  /** Closes everything, last opened first; again does nothing. */
  release(): void {
    for (const close of this.#closers.splice(0).reverse()) close();
  }
}
