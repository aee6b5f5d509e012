// The entries of a tar archive, one after another, for who waits for each.
import { nothing, storedBytes, type Entry, type Item } from './entry.js';
import { TarParser, type TarLimits } from './tar-parse.js';

/** An entry, a piece of its content, or its end. */
type Told = Entry | Buffer | 'end';

/** What the parser has told and nobody has taken yet. */
class Telling {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #parser: TarParser;
  #told: Told[] = [];
  #taken = 0;
  #failure: Error | undefined;

  constructor(source: AsyncIterable<Uint8Array>, limits: TarLimits) {
    this.#source = source[Symbol.asyncIterator]();
    this.#parser = new TarParser(
      {
        begin: (entry) => this.#told.push(entry),
        write: (piece) => this.#told.push(piece),
        end: () => this.#told.push('end'),
      },
      limits,
    );
  }

  /** @returns undefined at the end of the archive. @throws TarError */
  async next(): Promise<Told | undefined> {
    while (this.#taken === this.#told.length) {
      // What stands before the damage is told of first.
      if (this.#failure !== undefined) throw this.#failure;
      this.#told = [];
      this.#taken = 0;
      if (this.#parser.ended || !(await this.#more())) return undefined;
    }
    return this.#told[this.#taken++];
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    try {
      if (next.done === true) this.#parser.finish();
      else this.#parser.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
    } catch (error) {
      this.#failure = error as Error;
      return true;
    }
    return next.done !== true;
  }

  /** Lets go of the source before its end. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }
}

/** The content of one entry; what its reader leaves is skipped. */
class Body implements AsyncIterable<Buffer> {
  #isOver = false;

  constructor(readonly telling: Telling) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let piece = await this.#piece(); piece !== undefined; piece = await this.#piece()) yield piece;
  }

  async finish(): Promise<void> {
    while ((await this.#piece()) !== undefined);
  }

  async #piece(): Promise<Buffer | undefined> {
    if (this.#isOver) return undefined;
    const told = await this.telling.next();
    if (Buffer.isBuffer(told)) return told;
    this.#isOver = true;
    return undefined;
  }
}

/**
 * The entries of an archive. Paths are as they stand in it: who unpacks them judges them.
 * @throws TarError
 */
export async function* readTar(source: AsyncIterable<Uint8Array>, limits: TarLimits = {}): AsyncGenerator<Item> {
  const telling = new Telling(source, limits);
  try {
    for (let told = await telling.next(); told !== undefined; told = await telling.next()) {
      if (told === 'end' || Buffer.isBuffer(told)) continue;
      const body = new Body(telling);
      yield { entry: told, body: storedBytes(told) > 0 ? body : nothing() };
      await body.finish();
    }
  } finally {
    await telling.close();
  }
}
