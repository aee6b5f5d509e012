// Which proxy a URL is reached by: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, read as curl and Go's programs (docker, skopeo) read
// them. Pure. Tests: test/pure/engine/registry/proxy.test.ts.
import { BlockList, isIP } from 'node:net';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws TscontainError INVALID_VALUE, NOT_SUPPORTED for what the environment says and is no HTTP proxy */
export function proxyFor(url: URL, environment: Environment): URL | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const said = variable(environment, name);
  if (said === undefined || isExempt(url, variable(environment, 'NO_PROXY') ?? '')) return undefined;
  const proxy = parse(said.includes('://') ? said : `http://${said}`);
  if (proxy === undefined || proxy.hostname === '') {
    throw new TscontainError('INVALID_VALUE', `${name} is ${shown(withoutPassword(said))}, which is no proxy`, {
      hint: 'write it as http://host:port, with user:password@ before the host where it asks for them',
    });
  }
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new TscontainError(
      'NOT_SUPPORTED',
      `${name} names a proxy of the kind ${shown(proxy.protocol.slice(0, -1))}`,
      {
        hint: 'use a proxy that speaks http or https',
      },
    );
  }
  return proxy;
}

/** Both spellings are usual; curl and Go take the capitals last and first, and nobody sets both to different values. */
function variable(environment: Environment, name: string): string | undefined {
  const value = environment[name] ?? environment[name.toLowerCase()];
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  // What is on this very machine is never asked of another.
  if (isLoopback(host)) return true;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === '*' || (entry !== '' && matches(entry, host, port)));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry.includes('/')) return isInNetwork(host, entry);
  if (isIP(entry) !== 0) return entry === host;
  const [, before = entry, entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  const wanted = before.replace(/^\[|\]$/g, '');
  if (isIP(wanted) !== 0 || isIP(host) !== 0) return wanted === host;
  // ".example.com" is what is below it, "example.com" that and itself.
  const name = wanted.replace(/^\*?\./, '');
  return host.endsWith(`.${name}`) || (wanted === name && host === name);
}

function isInNetwork(host: string, network: string): boolean {
  const family = isIP(host);
  const [address = '', bits = ''] = network.split('/');
  if (family === 0 || isIP(address) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    return false;
  }
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, Number(bits), kind);
  return list.check(host, kind);
}

/** Of a host as it stands in a name: "localhost", "127.0.0.1", "::1". */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

const withoutPassword = (text: string): string => text.replace(/:[^:@/]*@/, ':…@');
