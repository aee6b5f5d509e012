// Who gives input to a container, and when they may: clients come before the start, several at once, and leave at any time.
import type { Streams } from './stdio.js';

/** A client that gives input. */
export interface Giver {
  /** The container takes input again. */
  goOn(): void;
}

type InputSide = Pick<Streams, 'write' | 'onInputDrain' | 'endInput'>;

export class InputDesk {
  readonly #givers = new Set<Giver>();
  #streams: InputSide | undefined;
  /** the end of a client's input is the container's end of file */
  #ends = false;
  readonly #early: Buffer[] = [];
  #earlyEnd = false;

  /** Somebody gives input, or has given all of it already. */
  get isGiven(): boolean {
    return this.#givers.size > 0 || this.#earlyEnd;
  }

  join(giver: Giver): void {
    this.#givers.add(giver);
  }

  /** @returns false when the giver should wait for goOn */
  give(data: Buffer): boolean {
    if (this.#streams !== undefined) return this.#streams.write(data);
    this.#early.push(data);
    return false;
  }

  /** A client says that its input is over. */
  end(): void {
    if (this.#streams === undefined) this.#earlyEnd = true;
    else if (this.#ends) this.#streams.endInput();
  }

  /** A client is gone. The last one that gave input to a container which depends on that takes the input with it. */
  leave(giver: Giver): void {
    if (this.#givers.delete(giver) && this.#givers.size === 0 && this.#ends) this.#streams?.endInput();
  }

  /** The container runs. */
  open(streams: InputSide, { ends }: { ends: boolean }): void {
    this.#streams = streams;
    this.#ends = ends;
    streams.onInputDrain(() => this.#callAll());
    for (const data of this.#early.splice(0)) streams.write(data);
    if (this.#earlyEnd && ends) streams.endInput();
    this.#earlyEnd = false;
    this.#callAll();
  }

  close(): void {
    this.#streams = undefined;
    this.#ends = false;
  }

  #callAll(): void {
    for (const giver of this.#givers) giver.goOn();
  }
}
