// What a network is, as plain data. Field names follow Docker's API in camelCase; files on disk hold exactly these shapes.

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** One pool of addresses of a network; the first of a family is the one that addresses are given from. */
export interface Subnet {
  /** "172.18.0.0/16", "fd12:3456:789a::/64": in its shortest form, host bits zero */
  readonly subnet: string;
  /** the host's own address on the bridge; of an internal network too, where nothing is routed over it */
  readonly gateway: string;
  /** addresses are given out of this part of the subnet only; absent is all of it */
  readonly ipRange?: string;
}

/** What was asked for: networks/<id>/network.json. Never changes; "bridge" is made on first use, others by `network create`. */
export interface NetworkConfig {
  readonly schema: 1;
  /** 64 hexadecimal digits */
  readonly id: string;
  readonly name: string;
  /** ISO 8601 */
  readonly created: string;
  readonly driver: 'bridge';
  /** of the bridge on the host: at most 15 bytes, unique on it */
  readonly interfaceName: string;
  /** one of IPv4, and perhaps one of IPv6 */
  readonly subnets: readonly Subnet[];
  /** no way out of it and none in: containers and the host only */
  readonly internal: boolean;
  /** containers on it reach each other; Docker's com.docker.network.bridge.enable_icc */
  readonly interContainer: boolean;
  /** what leaves it has the host's address; com.docker.network.bridge.enable_ip_masquerade */
  readonly masquerade: boolean;
  /** bytes; absent is the kernel's 1500 */
  readonly mtu?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}

/** What is asked for of a network that is to be made; everything but its name has a default. */
export interface NetworkSpec {
  readonly name: string;
  /** only "bridge" */
  readonly driver?: string;
  /** "10.5.0.0/24", "fd00:5::/64": at most one of a family; absent, a free one is found */
  readonly subnets?: readonly string[];
  /** each within one of the subnets; absent is the first address */
  readonly gateways?: readonly string[];
  readonly ipRanges?: readonly string[];
  /** IPv6 too, where no subnet of it is given */
  readonly ipv6?: boolean;
  readonly internal?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** "com.docker.network.bridge.enable_icc": "false", … */
  readonly options?: Readonly<Record<string, string>>;
}

/** How a container is to be on a network: part of its configuration. */
export interface EndpointConfig {
  /** id of the network; in a spec its name too */
  readonly network: string;
  /** further names that it answers to on this network; its name, its short id and its project's service name always do */
  readonly aliases: readonly string[];
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
  /** "02:42:ac:12:00:02"; absent, it follows from the address */
  readonly macAddress?: string;
}

/** A container on a network now. */
export interface Endpoint {
  /** id of the container */
  readonly container: string;
  /** the container's name when it came on; a rename writes the new one */
  readonly name: string;
  /** everything that it answers to, lower case, its name included */
  readonly names: readonly string[];
  readonly ipv4Address: string;
  readonly ipv6Address?: string;
  readonly macAddress: string;
  /** eth0, eth1, … in the container */
  readonly interfaceName: string;
  /** the other end, on the host */
  readonly hostInterface: string;
  /** as they are in force: no host port is 0; only on the network that they are published through */
  readonly ports: readonly PublishedPort[];
}

/** A network and how a container is on it: all that it takes to make the link. */
export interface Attachment {
  readonly network: NetworkConfig;
  readonly endpoint: Endpoint;
}

/** networks/<id>/endpoints.json: who is on it. Of another boot, it says nothing. */
export interface Endpoints {
  readonly schema: 1;
  readonly bootId: string;
  readonly endpoints: readonly Endpoint[];
}

/** What -p asks for, one port each: ranges are taken apart. */
export interface PortBinding {
  readonly containerPort: number;
  readonly protocol: Protocol;
  /** an address of the host; empty is all of IPv4 and of IPv6 */
  readonly hostIp: string;
  /** 0: any that is free. With hostPortEnd, the first free from hostPort to it */
  readonly hostPort: number;
  readonly hostPortEnd?: number;
}

export interface PublishedPort {
  readonly containerPort: number;
  readonly protocol: Protocol;
  readonly hostIp: string;
  readonly hostPort: number;
}

/**
 * Where a container's network is: none of its own (host), one with nothing but lo (none), that of another container, or one with an
 * interface for each of its endpoints.
 */
export type NetworkMode = 'none' | 'host' | 'bridge' | `container:${string}`;
