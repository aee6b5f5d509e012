// What the dashboard asks about networks and what it is answered. The engine's verbs are on the other side
// (effects/network-verbs.ts); tests and pictures have those of the made-up machine there.
import type { Container, Endpoint, NetworkConfig, OpenConnections, PortBinding } from '../../engine/index.js';

/** A network, and who is on it now. */
export interface NetworkRow {
  readonly network: NetworkConfig;
  readonly endpoints: readonly Endpoint[];
}

/** What is asked for of a network that is to be made; what is empty is chosen. */
export interface NetworkRequest {
  readonly name: string;
  /** "10.5.0.0/24", "fd00:5::/64": at most one of a family */
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  /** IPv6 too, where no subnet of it is given */
  readonly ipv6: boolean;
  /** no way out of it and none in */
  readonly internal: boolean;
}

/** How a container is to be on a network; what is absent is chosen. */
export interface JoinRequest {
  readonly aliases: readonly string[];
  readonly ipv4Address?: string;
}

export interface NetworksPort {
  list(): Promise<readonly NetworkRow[]>;
  create(request: NetworkRequest): Promise<void>;
  /** One that somebody is on stays. */
  remove(id: string): Promise<void>;
  /** All that nobody is on and that no container asks for, but for the default one. @returns their names */
  prune(): Promise<readonly string[]>;
  connect(network: string, container: string, request: JoinRequest): Promise<void>;
  disconnect(network: string, container: string): Promise<void>;
  /** What it listens on and whom it talks to; undefined where nothing of it runs. */
  connections(container: Container): Promise<OpenConnections | undefined>;
  /**
   * A container's ports are part of what it is made with: it is made anew with these, of the same name and settings. The one before
   * is stopped and kept for ten minutes, as whatever it wrote in its own layer stays with it; where the new one does not start, the one before is as it was.
   * @returns the id of the new one
   */
  republish(container: Container, ports: readonly PortBinding[]): Promise<string>;
}
