// Ports: which of the host's lead into a container (-p), and which a container listens on (--expose), in Docker's grammar. Pure.
import type { PortBinding, Protocol } from '../network/model.js';
import { addressOf, formatAddress } from '../network/subnet.js';
import { shown, wrong } from './wrong.js';

const PROTOCOLS: readonly string[] = ['tcp', 'udp', 'sctp'] satisfies Protocol[];
const HIGHEST = 65_535;
const PUBLISH_RIGHT = 'give it as 8080:80, 127.0.0.1:8080:80, [::1]:8080:80/udp or 8000-8009:80-89';
const EXPOSE_RIGHT = 'give it as 80, 53/udp or 8000-8009/tcp';

interface Range {
  readonly first: number;
  readonly last: number;
}

/** What -p says, still as text. */
interface Wish {
  readonly address: string;
  readonly host: string;
  readonly container: string;
  readonly protocol: string;
}

/**
 * "80", "8080:80", "127.0.0.1:8080:80/udp", "[::1]::80", "8000-8009:80-89", "8000-8009:80" (the first of them that is free),
 * or by name "target=80,published=8080,protocol=udp". @returns one binding a port of the container
 */
export function parsePublish(text: string): PortBinding[] {
  const wish = text.includes('=') ? wishOfFields(text) : wishOf(text);
  const protocol = parseProtocol(wish.protocol, 'the port', text);
  const hostIp = parseHostAddress(wish.address, text);
  const inside = parseRange(wish.container, text);
  const host = wish.host === '' || wish.host === '0' ? undefined : parseRange(wish.host, text);
  const ports = Array.from({ length: inside.last - inside.first + 1 }, (_, index) => inside.first + index);
  const common = { protocol, hostIp };
  if (host === undefined) return ports.map((containerPort) => ({ containerPort, ...common, hostPort: 0 }));
  const isSingle = ports.length === 1 && host.last > host.first;
  if (isSingle) return [{ containerPort: inside.first, ...common, hostPort: host.first, hostPortEnd: host.last }];
  if (host.last - host.first + 1 !== ports.length)
    throw wrong('the port', text, "the range of the host's ports and that of the container's have to be equally long");
  return ports.map((containerPort, index) => ({ containerPort, ...common, hostPort: host.first + index }));
}

/** "80", "53/udp", "8000-8009/tcp": each port as images name it, "80/tcp". */
export function parseExpose(text: string): string[] {
  const { container, protocol: wanted } = splitProtocol(text);
  const protocol = parseProtocol(wanted, 'the exposed port', text);
  const { first, last } = parseRange(container, text, 'the exposed port', EXPOSE_RIGHT);
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
}

function splitProtocol(text: string): Pick<Wish, 'container' | 'protocol'> {
  const slash = text.indexOf('/');
  return slash < 0
    ? { container: text, protocol: '' }
    : { container: text.slice(0, slash), protocol: text.slice(slash + 1) };
}

/** The last two colons part the ports; what is before them is an address, which has colons of its own in IPv6. */
function wishOf(text: string): Wish {
  const parts = text.split(':');
  const last = splitProtocol(parts.pop()!);
  const host = parts.pop() ?? '';
  return { address: parts.join(':'), host, ...last };
}

function wishOfFields(text: string): Wish {
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0));
    if (!['target', 'published', 'protocol'].includes(name))
      throw wrong('the port', text, `${shown(part)} is none of target=, published= and protocol=`);
    fields.set(name, part.slice(equals + 1));
  }
  const container = fields.get('target') ?? '';
  if (container === '') throw wrong('the port', text, 'it has no target=, the port of the container');
  return { address: '', host: fields.get('published') ?? '', container, protocol: fields.get('protocol') ?? '' };
}

function parseProtocol(protocol: string, what: string, text: string): Protocol {
  const lower = protocol.toLowerCase();
  if (lower === '') return 'tcp';
  if (PROTOCOLS.includes(lower)) return lower as Protocol;
  throw wrong(what, text, `a protocol is one of ${PROTOCOLS.join(', ')}`);
}

function parseRange(range: string, text: string, what = 'the port', right = PUBLISH_RIGHT): Range {
  const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range);
  if (!match) throw wrong(what, text, right);
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last < 1 || first > HIGHEST || last > HIGHEST)
    throw wrong(what, text, `ports go from 1 to ${HIGHEST}`);
  if (last < first) throw wrong(what, text, `the range ${range} has its end before its beginning`);
  return { first, last };
}

/** In its shortest form, so that equal addresses are equal texts; an IPv4 address that is written as IPv6 is the IPv4 one. */
function parseHostAddress(written: string, text: string): string {
  if (written === '') return '';
  const inBrackets = /^\[(.*)\]$/.exec(written)?.[1];
  const address = addressOf(inBrackets ?? written);
  if (address === undefined || (inBrackets !== undefined && address.family === 4))
    throw wrong(
      'the port',
      text,
      `${shown(written)} is no address: give one of the host's, such as 127.0.0.1 or [::1]`,
    );
  const { value } = address;
  return formatAddress(value >> 32n === 0xffffn ? { family: 4, value: value & 0xffff_ffffn } : address);
}
