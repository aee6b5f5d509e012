// Who is in the way of names, for doctor: whoever has the port of name servers at every address has it at the gateways of networks.
import { closeSync } from 'node:fs';
import { holdPort } from '../../native/index.js';
import { errnoOf } from '../state/file-errors.js';
import { listenerWords, whoListens } from './publish/who-listens.js';

/** Of this host, and where nobody listens by himself: whoever has the port there has it everywhere. */
const NOBODYS_ADDRESS = '127.83.83.83';
const DNS_PORT = 53;

/** Tried, as the keeper would do it. @returns undefined when it is free */
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
