// resolv.conf(5): the name servers of the host, and what a container on a network is told. Pure.
import { isIP } from 'node:net';

export interface ResolvConf {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

/** The C library asks no more than these. */
const MAX_SERVERS = 3;
/** Where it names none, the C library asks this one. */
const LOCAL_SERVER = '127.0.0.1';

/** Takes what it understands, as the C library does, and leaves out the rest. */
export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let search: readonly string[] = [];
  const options: string[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*[#;]/.test(line)) continue;
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0] !== undefined && isIP(rest[0]) !== 0) servers.push(rest[0]);
    // The last of them holds.
    else if (word === 'search') search = rest;
    else if (word === 'domain') search = rest.slice(0, 1);
    else if (word === 'options') options.push(...rest);
  }
  return { servers: servers.slice(0, MAX_SERVERS), search, options };
}

/** Who is asked for what is no name of ours. @param own gateways of networks: were they asked, the question would go round */
export function serversToAsk(servers: readonly string[], own: ReadonlySet<string>): readonly string[] {
  const others = servers.filter((server) => !own.has(server));
  return servers.length === 0 ? [LOCAL_SERVER] : others;
}

export interface ResolvWishes {
  /** --dns-search; "." alone is none */
  readonly search?: readonly string[];
  /** --dns-option */
  readonly options?: readonly string[];
}

/**
 * For a container whose names are answered by `server`. A name without a dot is asked for as it is before anything is put behind
 * it (ndots:0), or the name of a neighbour would first be looked for in the domain of the host.
 */
export function resolvConfFor(server: string, host: ResolvConf, wishes: ResolvWishes): string {
  const search = wishes.search ?? host.search;
  const options = wishes.options ?? host.options.filter((option) => !option.startsWith('ndots:'));
  return resolvConf({
    servers: [server],
    search: search.filter((domain) => domain !== '.'),
    options: options.some((option) => option.startsWith('ndots:')) ? options : [...options, 'ndots:0'],
  });
}

/** For a container that asks for itself, with the network of the host or none: what was asked for stands in the host's place. */
export function resolvConfOf(host: string, wishes: ResolvWishes & { readonly servers?: readonly string[] }): string {
  const { servers, search, options } = wishes;
  if (servers === undefined && search === undefined && options === undefined) return host;
  const known = parseResolvConf(host);
  return resolvConf({
    servers: servers ?? known.servers,
    search: (search ?? known.search).filter((domain) => domain !== '.'),
    options: options ?? known.options,
  });
}

function resolvConf({ servers, search, options }: ResolvConf): string {
  return [
    ...servers.map((server) => `nameserver ${server}`),
    ...(search.length === 0 ? [] : [`search ${search.join(' ')}`]),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}
