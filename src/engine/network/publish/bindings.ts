// Which ports a container publishes, and which of two that are published are in each other's way. Pure.
import { parseExpose } from '../../grammar/ports.js';
import type { ContainerConfig } from '../../model.js';
import type { PortBinding, Protocol, PublishedPort } from '../model.js';
import type { NetworkStore } from '../store.js';

/** What was asked for, and with -P whatever else it exposes, each at a port that is free. */
export function bindingsOf({
  ports = [],
  publishAll = false,
  exposedPorts = [],
}: Pick<ContainerConfig, 'ports' | 'publishAll' | 'exposedPorts'>): PortBinding[] {
  if (!publishAll) return [...ports];
  const bound = new Set(ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`));
  const others = exposedPorts.flatMap(parseExpose).filter((exposed) => !bound.has(exposed));
  return [
    ...ports,
    ...[...new Set(others)].map((exposed) => {
      const [containerPort = '', protocol] = exposed.split('/');
      return { containerPort: Number(containerPort), protocol: protocol as Protocol, hostIp: '', hostPort: 0 };
    }),
  ];
}

/** "8080/tcp", "127.0.0.1:8080/udp", "[::1]:53/udp" */
export function hostPortText({ hostIp, hostPort, protocol }: Omit<PublishedPort, 'containerPort'>): string {
  const address = hostIp === '' ? '' : `${hostIp.includes(':') ? `[${hostIp}]` : hostIp}:`;
  return `${address}${hostPort}/${protocol}`;
}

/** What comes to these is led by the proxies alone. */
export function isLoopback(hostIp: string): boolean {
  return hostIp === '::1' || hostIp.startsWith('127.');
}

/** A port that a container has on the host. */
export interface Taken {
  /** of the container */
  readonly name: string;
  readonly port: PublishedPort;
}

/** What every other container has published. */
export function publishedByOthers(networks: Pick<NetworkStore, 'all' | 'endpoints'>, container: string): Taken[] {
  return networks
    .all()
    .flatMap(({ id }) => networks.endpoints(id))
    .filter((endpoint) => endpoint.container !== container)
    .flatMap(({ name, ports }) => ports.map((port) => ({ name, port })));
}

/** Finds out who of many has a port, in the time that it takes for one. */
export class TakenPorts {
  readonly #byPort = new Map<string, Taken[]>();

  constructor(taken: Iterable<Taken>) {
    for (const one of taken) this.add(one);
  }

  add(taken: Taken): void {
    const key = `${taken.port.hostPort}/${taken.port.protocol}`;
    const others = this.#byPort.get(key);
    if (others === undefined) this.#byPort.set(key, [taken]);
    else others.push(taken);
  }

  /** Who is in the way of that port. */
  holder(port: Omit<PublishedPort, 'containerPort'>): string | undefined {
    const others = this.#byPort.get(`${port.hostPort}/${port.protocol}`) ?? [];
    return others.find((other) => overlaps(other.port.hostIp, port.hostIp))?.name;
  }
}

const WILDCARDS: Readonly<Record<string, 4 | 6>> = { '0.0.0.0': 4, '::': 6 };

/** Two addresses are in each other's way when they are the same, or one stands for all of the other's family. */
function overlaps(one: string, other: string): boolean {
  return one === other || covers(one, other) || covers(other, one);
}

function covers(wide: string, narrow: string): boolean {
  if (wide === '') return true;
  return WILDCARDS[wide] === (narrow.includes(':') ? 6 : 4) && narrow !== '';
}
