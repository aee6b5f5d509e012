// Questions that are for the name servers of the host, or for those of --dns: asked in order, with patience that ends before that
// of the C library does, and no more of them at once than a stranger may make us keep.
import { randomInt } from 'node:crypto';
import { exchange } from './exchange.js';
import { isReplyTo, RCODE, rcodeOf, underId, type Query, type Transport } from './message.js';

/** A server that is silent for so long may be asked once more, or the next one is. The C library gives up after 5 s. */
const ATTEMPT_MS = 1_500;
/** Questions or their answers get lost: with one server alone it is asked again. */
const MIN_ATTEMPTS = 2;
const MAX_ATTEMPTS = 3;
/** One that was silent or not there is asked after the others for so long. */
const DISTRUST_MS = 30_000;
/** Of all who ask, and of one of them: a container that floods us takes nothing from the others. */
const MAX_WAITING = 1024;
const MAX_WAITING_EACH = 128;

export interface Forwarder {
  /** @returns the answer as it came; undefined when there is none to be had, or too much is asked already */
  ask(query: Query, servers: readonly string[], transport: Transport, asker: string): Promise<Buffer | undefined>;
  /** Nobody is waited for any more. */
  close(): void;
}

export interface ForwarderOptions {
  readonly attemptMs?: number;
  readonly port?: number;
  readonly now?: () => number;
}

export function createForwarder({ attemptMs = ATTEMPT_MS, port, now = Date.now }: ForwarderOptions = {}): Forwarder {
  const waiting = new Map<string, number>();
  const distrusted = new Map<string, number>();
  const asked = new Set<Asked>();
  let total = 0;

  /** In the order in which they stand, those that have failed of late at the end. */
  function inOrder(servers: readonly string[]): readonly string[] {
    const isDistrusted = (server: string) => now() - (distrusted.get(server) ?? -Infinity) < DISTRUST_MS;
    const trusted = servers.filter((server) => !isDistrusted(server));
    return [...trusted, ...servers.filter(isDistrusted)];
  }

  function attempts(servers: readonly string[]): readonly string[] {
    const order = inOrder(servers);
    const times = Math.min(Math.max(order.length, MIN_ATTEMPTS), MAX_ATTEMPTS);
    return [...order, ...order].slice(0, order.length === 0 ? 0 : times);
  }

  return {
    async ask(query, servers, transport, asker) {
      const already = waiting.get(asker) ?? 0;
      if (total >= MAX_WAITING || already >= MAX_WAITING_EACH) return undefined;
      total += 1;
      waiting.set(asker, already + 1);
      const one = new Asked(query, attempts(servers), {
        attemptMs,
        transport,
        ...(port === undefined ? {} : { port }),
        suspect: (server) => void distrusted.set(server, now()),
        trust: (server) => void distrusted.delete(server),
      });
      asked.add(one);
      const answer = await one.answer;
      asked.delete(one);
      total -= 1;
      const left = waiting.get(asker)! - 1;
      if (left === 0) waiting.delete(asker);
      else waiting.set(asker, left);
      return answer;
    },
    close() {
      for (const one of asked) one.giveUp();
    },
  };
}

interface AskedOptions {
  readonly attemptMs: number;
  readonly transport: Transport;
  readonly port?: number;
  readonly suspect: (server: string) => void;
  readonly trust: (server: string) => void;
}

/** One question on its way. Whoever was asked first may still answer while the next is asked. */
class Asked {
  readonly answer: Promise<Buffer | undefined>;
  readonly #sentId = randomInt(0x1_0000);
  readonly #open = new Set<() => void>();
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #resolve!: (answer: Buffer | undefined) => void;
  /** what a server said that could not say anything: told when no other can say more */
  #lastResort: Buffer | undefined;

  constructor(
    private readonly query: Query,
    private readonly servers: readonly string[],
    private readonly options: AskedOptions,
  ) {
    this.answer = new Promise((resolve) => (this.#resolve = resolve));
    this.#askNext();
  }

  giveUp(): void {
    this.#finish(this.#lastResort);
  }

  #askNext(): void {
    clearTimeout(this.#timer);
    const server = this.servers[this.#next];
    if (server === undefined) {
      // Nobody is left who could still answer, or whoever could gets the time of one attempt for it.
      if (this.#open.size === 0) this.giveUp();
      else this.#timer = setTimeout(() => this.giveUp(), this.options.attemptMs);
      return;
    }
    this.#next += 1;
    this.#timer = setTimeout(() => {
      this.options.suspect(server);
      this.#askNext();
    }, this.options.attemptMs);
    this.#ask(server);
  }

  #ask(server: string): void {
    const { transport, port, suspect, trust } = this.options;
    const close = exchange({
      server,
      transport,
      message: underId(this.query.bytes, this.#sentId),
      isReply: (bytes) => isReplyTo(this.query, this.#sentId, bytes),
      onReply: (bytes) => {
        this.#open.delete(close);
        trust(server);
        if (saysSomething(bytes)) {
          this.#finish(bytes);
          return;
        }
        this.#lastResort = bytes;
        this.#askNext();
      },
      onFailure: () => {
        this.#open.delete(close);
        suspect(server);
        this.#askNext();
      },
      ...(port === undefined ? {} : { port }),
    });
    this.#open.add(close);
  }

  #finish(answer: Buffer | undefined): void {
    clearTimeout(this.#timer);
    for (const close of this.#open) close();
    this.#open.clear();
    this.#resolve(answer);
  }
}

/** Another server may know more than one that failed, refused, or does not do this. */
function saysSomething(reply: Buffer): boolean {
  const rcode = rcodeOf(reply);
  return rcode !== RCODE.serverFailure && rcode !== RCODE.refused && rcode !== RCODE.notImplemented;
}
