// GET of an address that a Dockerfile names: followed to where it leads, through the proxies of the environment as everything else.
import type { IncomingMessage } from 'node:http';
import { createSecureContext } from 'node:tls';
import { createConnections } from '../registry/connections.js';

/** curl's. */
const MAX_REDIRECTS = 50;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** ms without a byte */
const SILENCE_MS = 60_000;

export interface GetWishes {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal | undefined;
}

/** The answer that is none to go elsewhere; its body is the caller's, to read or to destroy. @throws errors of node:http */
export async function get(address: string, { headers, signal }: GetWishes): Promise<IncomingMessage> {
  const connections = createConnections({
    environment: process.env,
    secureContextFor: () => createSecureContext(),
    settingsFile: '',
    tunnelMs: SILENCE_MS,
  });
  try {
    let url = new URL(address);
    for (let count = 0; count <= MAX_REDIRECTS; count++) {
      const request = connections.begin(url, { method: 'GET', headers: { 'user-agent': 'tscontain', ...headers } });
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const stop = () => void request.destroy(new Error('stopped'));
        signal?.addEventListener('abort', stop, { once: true });
        request.once('close', () => signal?.removeEventListener('abort', stop));
        request.setTimeout(SILENCE_MS, () => request.destroy(new Error(`nothing came for ${SILENCE_MS / 1000} s`)));
        request.once('response', resolve);
        request.on('error', reject);
        if (signal?.aborted === true) stop();
        request.end();
      });
      const { location } = response.headers;
      if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) {
        response.once('close', () => connections.close());
        return response;
      }
      response.destroy();
      url = elsewhere(location, url);
    }
    throw new Error(`it leads on more than ${MAX_REDIRECTS} times`);
  } catch (error) {
    connections.close();
    throw error;
  }
}

function elsewhere(location: string, from: URL): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new Error('it leads to what is no web address');
}
