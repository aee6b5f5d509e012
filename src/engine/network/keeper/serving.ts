// Port 53 of the gateways of the networks that somebody is on: opened, closed, and tried again where somebody else has it.
import type { NetworkConfig } from '../model.js';
import type { Resolver } from '../names/resolver.js';
import { serveNames, type NameServer } from '../names/serve.js';
import { FREE_NAME_PORT, nameServerAt } from '../who-has-names.js';
import { errnoOf } from '../../state/file-errors.js';

const DNS_PORT = 53;

interface Wanted {
  readonly address: string;
  readonly network: NetworkConfig;
}

export class Serving {
  readonly #servers = new Map<string, NameServer>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly resolver: Resolver) {}

  /** One follow after the other. @returns a sentence for each address that cannot be served */
  follow(networks: readonly NetworkConfig[]): Promise<readonly string[]> {
    const following = this.#turn.then(() => this.#follow(networks));
    this.#turn = following;
    return following;
  }

  async #follow(networks: readonly NetworkConfig[]): Promise<readonly string[]> {
    const wanted = networks.flatMap((network) =>
      network.subnets.map(({ gateway }): Wanted => ({ address: gateway, network })),
    );
    for (const [key, server] of this.#servers) {
      if (wanted.some((each) => keyOf(each) === key)) continue;
      server.close();
      this.#servers.delete(key);
    }
    const notes: string[] = [];
    for (const each of wanted) {
      if (this.#servers.has(keyOf(each))) continue;
      try {
        this.#servers.set(keyOf(each), await this.#open(each));
      } catch (error) {
        notes.push(await whyNot(each, error));
      }
    }
    return notes;
  }

  /** Its bridge was taken away: what was bound to its addresses hears nothing any more, though they may come back. */
  forget({ id }: NetworkConfig): void {
    for (const [key, server] of this.#servers) {
      if (!key.startsWith(id)) continue;
      server.close();
      this.#servers.delete(key);
    }
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
    this.#servers.clear();
  }

  #open({ address, network }: Wanted): Promise<NameServer> {
    return serveNames({
      address,
      port: DNS_PORT,
      respond: (message, from, transport) =>
        this.resolver.respond(message, { network: network.id, address: from }, transport),
    });
  }
}

const keyOf = ({ address, network }: Wanted): string => `${network.id} ${address}`;

/** One that has it at every address has it at the gateways as well. */
async function whyNot({ address, network }: Wanted, error: unknown): Promise<string> {
  const errno = errnoOf(error);
  const what = `names are not answered on network ${network.name}`;
  if (errno !== 'EADDRINUSE') return `${what}: port ${DNS_PORT} of ${address}: ${errno ?? String(error)}`;
  const holder = await nameServerAt(address);
  return `${what}: ${holder ?? 'another program'} has port ${DNS_PORT} of ${address}; ${FREE_NAME_PORT}, and they are a moment later`;
}
