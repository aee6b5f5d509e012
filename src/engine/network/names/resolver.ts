// The resolver of all networks: a message from somebody on one of them becomes an answer, out of the tables or from another server.
import { answer, askerOf, type Answer, type Who } from './answer.js';
import type { Forwarder } from './forward.js';
import { failureReply, passedOn, RCODE, receive, recordsReply, type Query, type Transport } from './message.js';
import type { NameTable } from './tables.js';

export interface ResolverParts {
  /** as they are at this moment: names are given and taken by others, in files */
  readonly tables: () => readonly NameTable[];
  /** who is asked for what is no name of ours @param asker id of the container; undefined for the host */
  readonly serversFor: (asker: string | undefined) => readonly string[];
  readonly forwarder: Forwarder;
}

export interface Resolver {
  /** Never rejects. @returns undefined where nothing is to be said */
  respond(message: Buffer, who: Who, transport: Transport): Promise<Buffer> | Buffer | undefined;
}

export function createResolver({ tables, serversFor, forwarder }: ResolverParts): Resolver {
  const turns = new Turns();

  function respond(message: Buffer, who: Who, transport: Transport): Promise<Buffer> | Buffer | undefined {
    const known = tables();
    // Whoever is not on the network, though the packet found a way here, is told nothing.
    const asked = known.find(({ network }) => network.id === who.network);
    if (asked?.isWithin(who.address) !== true) return undefined;
    const received = receive(message);
    if (received.kind === 'ignored') return undefined;
    if (received.kind === 'refused') return received.reply;
    const { query } = received;
    const said = lookUp(query, who, known);
    if (said.kind === 'records') return recordsReply(query, said.records, transport);
    if (said.kind === 'no-such-name') return failureReply(query, RCODE.noSuchName);
    return forward(query, who, known, transport);
  }

  function lookUp({ name, type }: Query, who: Who, known: readonly NameTable[]): Answer {
    // The root and names that cannot be ours: others are asked for them as they stand.
    const question = { name: name ?? '', type };
    const said = answer(question, who, known);
    if (said.kind !== 'records' || said.records.length < 2) return said;
    return answer(question, who, known, turns.next(`${type} ${question.name}`));
  }

  async function forward(query: Query, who: Who, known: readonly NameTable[], transport: Transport): Promise<Buffer> {
    try {
      const servers = serversFor(askerOf(who, known));
      const reply = await forwarder.ask(query, servers, transport, who.address);
      return reply === undefined ? failureReply(query, RCODE.serverFailure) : passedOn(query, reply, transport);
    } catch {
      return failureReply(query, RCODE.serverFailure);
    }
  }

  return {
    respond(message, who, transport) {
      try {
        return respond(message, who, transport);
      } catch {
        // One message that we cannot make anything of, or files that cannot be read now, must not be the end of all names.
        return undefined;
      }
    },
  };
}

/** Of so many names at most it is remembered whose turn it is; only those that have several addresses are here at all. */
const MAX_TURNS = 1024;

/** Whose turn it is: a count a name and type, because who asks for both kinds of address asks in turns as well. */
class Turns {
  readonly #counts = new Map<string, number>();

  next(key: string): number {
    const count = this.#counts.get(key) ?? 0;
    if (this.#counts.size >= MAX_TURNS) this.#counts.clear();
    this.#counts.set(key, count + 1);
    return count;
  }
}
