// Networks: listed whenever containers changed or they themselves did; made, removed, pruned; who is on them.
import type { Named, Refused } from '../actions.js';
import { membershipsOf } from '../networks/members.js';
import type { JoinRequest, NetworksPort } from '../networks/port.js';
import { merged, talksOf, type Talk } from '../networks/talks.js';
import { bindingWords } from '../present/network.js';
import type { State } from '../state.js';
import type { Doers, EffectOf } from './doers.js';
import { failureOf, sentenceOf } from './failure.js';
import type { Listing } from './listing.js';
import type { Ports } from './ports.js';
import { Relisting } from './relisting.js';

/** How often it is looked who talks to whom, while somebody looks at the map, ms. */
const TALKS_EVERY_MS = 2000;
/** More containers than this have no room on a map. */
const MOST_LISTENED_TO = 100;

type NetworkType =
  'list-networks' | 'create-network' | 'remove-networks' | 'prune-networks' | 'connect' | 'disconnect' | 'republish';

export class Networks {
  readonly doers: Doers<NetworkType> = {
    'list-networks': () => this.listed.changed(),
    'create-network': ({ request }) =>
      this.listing.ask(async () => {
        await this.networks.create(request);
        this.ports.dispatch({ type: 'networks-changed', what: 'made', names: [request.name], refused: [] });
      }),
    'remove-networks': (effect) => void this.remove(effect),
    'prune-networks': () =>
      this.listing.ask(async () => {
        const names = await this.networks.prune();
        this.ports.dispatch({ type: 'networks-changed', what: 'removed', names, refused: [] });
      }),
    connect: (effect) => this.listing.ask(() => this.connect(effect)),
    disconnect: (effect) => this.listing.ask(() => this.disconnect(effect)),
    republish: (effect) => this.listing.ask(() => this.republish(effect)),
  };

  private readonly listed: Relisting;
  private containers: State['containers']['list'] = [];
  private wasShown = false;
  private isListening = false;
  private talksAt = -Infinity;

  constructor(
    private readonly ports: Ports,
    private readonly listing: Listing,
    private readonly networks: NetworksPort,
  ) {
    this.listed = new Relisting(async () => {
      const list = await this.networks.list().catch(failureOf);
      this.ports.dispatch({ type: 'networks', list });
    });
  }

  /** Who starts comes onto networks, who ends goes: the table shows ports whatever page is in front. */
  follow(state: State): void {
    const { view, containers } = state;
    const isShown = view.page === 'networks';
    if (containers.list !== this.containers || (isShown && !this.wasShown)) this.listed.changed();
    this.containers = containers.list;
    this.wasShown = isShown;
    if (isShown && state.networks.tab === 'map') this.wantTalks(state.now);
  }

  /** One container after the other, and no round before the last one is through: of very many there is much to read. */
  private wantTalks(now: number): void {
    if (this.isListening || now - this.talksAt < TALKS_EVERY_MS) return;
    this.talksAt = now;
    this.isListening = true;
    void this.talks()
      .then((talks) => this.ports.dispatch({ type: 'talks', talks }))
      .finally(() => (this.isListening = false));
  }

  private async talks(): Promise<readonly Talk[]> {
    const { networks, containers } = this.ports.state();
    const list = networks.list ?? [];
    const members = containers.list.filter(({ id }) => membershipsOf(list, id).length > 0);
    const talks: Talk[] = [];
    for (const container of members.slice(0, MOST_LISTENED_TO)) {
      const found = await this.networks.connections(container).catch(() => undefined);
      if (found !== undefined) talks.push(...talksOf(list, container, found));
    }
    return merged(talks);
  }

  private async remove({ networks }: EffectOf<'remove-networks'>): Promise<void> {
    const names: string[] = [];
    const refused: Refused[] = [];
    for (const { id, name } of networks) {
      try {
        await this.networks.remove(id);
        names.push(name);
      } catch (error) {
        refused.push({ id, name, message: sentenceOf(error) });
      }
    }
    this.ports.dispatch({ type: 'networks-changed', what: 'removed', names, refused });
  }

  private async connect({ network, container, request }: EffectOf<'connect'>): Promise<void> {
    await this.networks.connect(network, container, request);
    this.ports.dispatch({ type: 'connected', ...this.named(network, container), request });
  }

  private async disconnect({ network, container }: EffectOf<'disconnect'>): Promise<void> {
    const named = this.named(network, container);
    const before = this.wayOf(network, container);
    await this.networks.disconnect(network, container);
    this.ports.dispatch({ type: 'connected', ...named, ...(before === undefined ? {} : { before }) });
  }

  /** How it was asked for, so that it can come back as it was. */
  private wayOf(network: string, container: string): JoinRequest | undefined {
    const { byId } = this.ports.state().containers;
    const asked = byId.get(container)?.config.endpoints?.find((endpoint) => endpoint.network === network);
    return asked === undefined
      ? undefined
      : { aliases: asked.aliases, ...(asked.ipv4Address === undefined ? {} : { ipv4Address: asked.ipv4Address }) };
  }

  private async republish({ container, ports }: EffectOf<'republish'>): Promise<void> {
    const { dispatch, state } = this.ports;
    const before = state().containers.byId.get(container);
    if (before === undefined) return;
    dispatch({ type: 'notice', kind: 'info', text: `Making ${before.config.name} anew …` });
    const id = await this.networks.republish(before, ports);
    await this.listing.now();
    dispatch({ type: 'republished', id, name: before.config.name, ports: ports.map(bindingWords).join(' ') });
  }

  private named(network: string, container: string): { readonly container: Named; readonly network: Named } {
    const { networks, containers } = this.ports.state();
    const row = networks.list?.find((one) => one.network.id === network);
    return {
      container: { id: container, name: containers.byId.get(container)?.config.name ?? container.slice(0, 12) },
      network: { id: network, name: row?.network.name ?? network.slice(0, 12) },
    };
  }
}
