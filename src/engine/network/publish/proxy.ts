// What stands at a port of the host that is held: it leads whoever comes there into the container.

/** Where a container is on a network. */
export interface Target {
  readonly ipv4Address: string;
  readonly ipv6Address?: string | undefined;
}

export interface Proxy {
  /** Until it is told where to, it keeps who comes waiting. */
  leadTo(target: Target): void;
  /** Gives the port back and ends what goes through it. */
  close(): void;
}

/** The addresses to try: first that of the family in which somebody came. What listens need not listen on both. */
export function addressesFor({ ipv4Address, ipv6Address }: Target, from: string | undefined): readonly string[] {
  if (ipv6Address === undefined) return [ipv4Address];
  const isIpv6 = from?.includes(':') === true && !from.startsWith('::ffff:');
  return isIpv6 ? [ipv6Address, ipv4Address] : [ipv4Address, ipv6Address];
}
