// Who is in the way of names: whoever has the port of name servers at the gateways of networks, or at every address.
import { closeSync } from 'node:fs';
import { holdPort } from '../../native/index.js';
import { errnoOf } from '../state/file-errors.js';
import { listenerWords, whoListens } from './publish/who-listens.js';

/** Of this host, and where nobody listens by himself: whoever has the port there has it everywhere. */
const NOBODYS_ADDRESS = '127.83.83.83';
const DNS_PORT = 53;

/** What to do about it. */
export const FREE_NAME_PORT = 'stop it or have it listen at addresses of its own (dnsmasq: bind-interfaces)';

/** Who has the port of name servers at that address; undefined where nobody is to be seen. */
export async function nameServerAt(address: string): Promise<string | undefined> {
  for (const protocol of ['udp', 'tcp'] as const) {
    const words = listenerWords(await whoListens(protocol, DNS_PORT, address));
    if (words !== undefined) return words;
  }
  return undefined;
}

/** For doctor. Tried, as the keeper would do it. @returns undefined when it is free */
export async function whoHasNames(): Promise<string | undefined> {
  for (const [kind, protocol] of [
    ['datagram', 'udp'],
    ['stream', 'tcp'],
  ] as const) {
    try {
      closeSync(holdPort(kind, { address: NOBODYS_ADDRESS, port: DNS_PORT, shared: true }).fd);
    } catch (error) {
      // Without lo, or without the right to, there is no saying.
      if (errnoOf(error) === 'EADDRINUSE')
        return listenerWords(await whoListens(protocol, DNS_PORT, NOBODYS_ADDRESS)) ?? 'another program';
    }
  }
  return undefined;
}
