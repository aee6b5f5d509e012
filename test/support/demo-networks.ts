// The networks of the made-up machine: who is on them follows from its containers, addresses and all; what they have open is
// made up too.
import {
  TscontainError,
  type Container,
  type Endpoint,
  type NetworkConfig,
  type OpenConnections,
  type OpenSocket,
  type PortBinding,
  type PublishedPort,
} from '../../src/engine/index.js';
import { chooseAddresses } from '../../src/engine/network/addresses.js';
import { asksFor, DEFAULT_NETWORK, prunable } from '../../src/tui/networks/members.js';
import type { JoinRequest, NetworkRequest, NetworkRow, NetworksPort } from '../../src/tui/networks/port.js';
import { DEMO_NOW, networkId } from './demo-people.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Made {
  readonly name: string;
  readonly subnets: readonly (readonly [subnet: string, gateway: string])[];
  readonly age: number;
  readonly internal?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

const MADE: readonly Made[] = [
  { name: DEFAULT_NETWORK, subnets: [['172.17.0.0/16', '172.17.0.1']], age: 30 * DAY },
  {
    name: 'shop-front',
    subnets: [
      ['172.18.0.0/16', '172.18.0.1'],
      ['fd3c:91f2:7a10::/64', 'fd3c:91f2:7a10::1'],
    ],
    age: 9 * DAY,
    labels: { team: 'shop' },
  },
  { name: 'shop-back', subnets: [['172.19.0.0/16', '172.19.0.1']], age: 9 * DAY, internal: true },
  { name: 'old-metrics', subnets: [['10.5.0.0/24', '10.5.0.1']], age: 20 * DAY },
];

function networkOf({ name, subnets, internal = false, labels = {} }: Omit<Made, 'age'>, made: number): NetworkConfig {
  const id = networkId(name);
  return {
    schema: 1,
    id,
    name,
    created: new Date(made).toISOString(),
    driver: 'bridge',
    interfaceName: `br-${id.slice(0, 12)}`,
    subnets: subnets.map(([subnet, gateway]) => ({ subnet, gateway })),
    internal,
    interContainer: true,
    masquerade: true,
    labels,
    options: {},
  };
}

/** What of the machine they have to do with. */
export interface NetworkedMachine {
  /** what was asked of it */
  readonly calls: string[];
  readonly clock: { now(): number };
  readonly containers: Map<string, Container>;
  /** something of it is another now */
  changed(): void;
}

export class DemoNetworks implements NetworksPort {
  private networks: readonly NetworkConfig[];

  constructor(
    private readonly machine: NetworkedMachine,
    isEmpty: boolean,
  ) {
    this.networks = isEmpty ? [] : MADE.map((made) => networkOf(made, DEMO_NOW - made.age));
  }

  list(): Promise<readonly NetworkRow[]> {
    return Promise.resolve(this.networks.map((network) => this.rowOf(network)));
  }

  private rowOf(network: NetworkConfig): NetworkRow {
    const endpoints: Endpoint[] = [];
    for (const { id, config, state } of this.machine.containers.values()) {
      if (!asksFor(config, network) || !['running', 'paused'].includes(state.status)) continue;
      const at = config.endpoints?.findIndex((each) => each.network === network.id) ?? 0;
      const wanted = config.endpoints?.[at];
      const first = at <= 0;
      endpoints.push({
        container: id,
        name: config.name,
        names: [config.name, id.slice(0, 12), ...(wanted?.aliases ?? [])],
        ...chooseAddresses(network, wanted ?? {}, endpoints),
        interfaceName: `eth${at}`,
        hostInterface: `ve${id.slice(0, 10)}${at}`,
        ports: first ? (config.ports ?? []).map(inForce) : [],
      });
    }
    return { network, endpoints };
  }

  create({ name, subnets, gateways, internal }: NetworkRequest): Promise<void> {
    this.machine.calls.push(`create-network ${name}${internal ? ' internal' : ''}`);
    if (this.networks.some((one) => one.name === name))
      return Promise.reject(new TscontainError('NAME_IN_USE', `there is a network ${name} already`));
    const subnet = subnets[0] ?? `172.${17 + this.networks.length}.0.0/16`;
    const pools = [[subnet, gateways[0] ?? subnet.replace(/\d+\/\d+$/, '1')] as const];
    this.networks = [...this.networks, networkOf({ name, subnets: pools, internal }, this.machine.clock.now())];
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    const { name } = this.find(id);
    this.machine.calls.push(`remove-network ${name}`);
    this.networks = this.networks.filter((one) => one.id !== id);
    return Promise.resolve();
  }

  async prune(): Promise<readonly string[]> {
    this.machine.calls.push('prune-networks');
    const going = prunable(await this.list(), [...this.machine.containers.values()]).map(({ network }) => network);
    this.networks = this.networks.filter((network) => !going.includes(network));
    return going.map(({ name }) => name);
  }

  connect(network: string, container: string, { aliases, ipv4Address }: JoinRequest): Promise<void> {
    const { name, id } = this.find(network);
    if (ipv4Address !== undefined)
      chooseAddresses(this.find(network), { ipv4Address }, this.rowOf(this.find(network)).endpoints);
    const { config } = this.machine.containers.get(container)!;
    this.machine.calls.push(
      `connect ${name} ${config.name}${aliases.length === 0 ? '' : ` as ${aliases.join(' ')}`}${ipv4Address === undefined ? '' : ` at ${ipv4Address}`}`,
    );
    const asked = config.endpoints ?? [{ network: networkId(DEFAULT_NETWORK), aliases: [] }];
    const endpoint = { network: id, aliases, ...(ipv4Address === undefined ? {} : { ipv4Address }) };
    this.configure(container, { endpoints: [...asked, endpoint] });
    return Promise.resolve();
  }

  disconnect(network: string, container: string): Promise<void> {
    const { name, id } = this.find(network);
    const { config } = this.machine.containers.get(container)!;
    this.machine.calls.push(`disconnect ${name} ${config.name}`);
    const asked = config.endpoints ?? [{ network: networkId(DEFAULT_NETWORK), aliases: [] }];
    this.configure(container, { endpoints: asked.filter((endpoint) => endpoint.network !== id) });
    return Promise.resolve();
  }

  republish({ id, config }: Container, ports: readonly PortBinding[]): Promise<string> {
    this.machine.calls.push(`republish ${config.name} ${ports.map(({ containerPort }) => containerPort).join(' ')}`);
    this.configure(id, { ports });
    return Promise.resolve(id);
  }

  private configure(id: string, change: Partial<Container['config']>): void {
    const container = this.machine.containers.get(id)!;
    this.machine.containers.set(id, { ...container, config: { ...container.config, ...change } });
    this.machine.changed();
  }

  private find(id: string): NetworkConfig {
    const found = this.networks.find((one) => one.id === id);
    if (found === undefined) throw new TscontainError('NO_SUCH_NETWORK', `there is no network ${id.slice(0, 12)}`);
    return found;
  }

  connections({ config, state }: Container): Promise<OpenConnections | undefined> {
    if (state.status !== 'running') return Promise.resolve(undefined);
    const address = (name: string, network: string): string =>
      this.networks
        .map((one) => this.rowOf(one))
        .find((row) => row.network.name === network)
        ?.endpoints.find((endpoint) => endpoint.name === name)?.ipv4Address ?? '172.17.0.9';
    const web = address('web', 'shop-back');
    const db = address('db', 'shop-back');
    const backup = address('backup', 'shop-back');
    switch (config.name) {
      case 'web':
        return Promise.resolve({
          listening: [waiting(80), waiting(443)],
          connections: [
            open([web, 48_214], [db, 5432]),
            open([web, 48_230], [db, 5432], 4096),
            open([address('web', 'shop-front'), 443], ['172.18.0.1', 51_022]),
            open([address('web', 'shop-front'), 443], ['10.0.3.17', 60_114]),
            open([address('web', 'shop-front'), 80], ['10.0.3.44', 33_870], 0, 'time-wait'),
          ],
          isCut: false,
        });
      case 'db':
        return Promise.resolve({
          listening: [waiting(5432)],
          connections: [
            open([db, 5432], [web, 48_214]),
            open([db, 5432], [web, 48_230]),
            open([db, 5432], [backup, 39_002]),
          ],
          isCut: false,
        });
      case 'backup':
        return Promise.resolve({ listening: [], connections: [open([backup, 39_002], [db, 5432])], isCut: false });
      default:
        return Promise.resolve({ listening: [], connections: [], isCut: false });
    }
  }
}

const inForce = ({ containerPort, protocol, hostIp, hostPort }: PortBinding): PublishedPort => ({
  containerPort,
  protocol,
  hostIp,
  hostPort: hostPort === 0 ? 32_768 + (containerPort % 1000) : hostPort,
});

type End = readonly [address: string, port: number];

function open(local: End, remote: End, waits = 0, state: OpenSocket['state'] = 'established'): OpenSocket {
  return {
    protocol: 'tcp',
    local: { address: local[0], port: local[1] },
    remote: { address: remote[0], port: remote[1] },
    state,
    sendQueueBytes: waits,
    receiveQueueBytes: 0,
    uid: 101,
    inode: local[1],
  };
}

const waiting = (port: number): OpenSocket => open(['0.0.0.0', port], ['0.0.0.0', 0], 0, 'listen');
