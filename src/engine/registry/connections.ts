// Connections to registries and to whom they send us, kept from one request to the next; straight or through a proxy, which
// for https is asked for a tunnel and sees nothing of what passes.
import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions as TlsOptions, type SecureContext } from 'node:tls';
import { TscontainError } from '../errors.js';
import { connectionFailure } from './failure.js';
import { proxyFor } from './proxy.js';

export interface Connections {
  /** Begins a request; its body and its end are the caller's. */
  begin(url: URL, options: { readonly method: string; readonly headers: OutgoingHttpHeaders }): ClientRequest;
  /** Ends what is kept. What is under way ends when its caller ends it. */
  close(): void;
}

export interface ConnectionOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** whom to trust for a host (with its port where it is not the usual one) */
  readonly secureContextFor: (host: string) => SecureContext;
  readonly settingsFile: string;
  /** ms that a proxy has to open a tunnel */
  readonly tunnelMs: number;
}

/** More than are ever used at once, so that none waits for another: 5 blobs, a token, a manifest. */
const AGENT = { keepAlive: true, maxSockets: 16, maxFreeSockets: 8, scheduling: 'lifo' } as const;

export function createConnections(options: ConnectionOptions): Connections {
  const { environment } = options;
  const agents = new Map<string, HttpAgent>();
  const agentFor = (key: string, make: () => HttpAgent): HttpAgent => {
    const agent = agents.get(key) ?? make();
    agents.set(key, agent);
    return agent;
  };
  const plain = (): HttpAgent => agentFor('http:', () => new HttpAgent(AGENT));
  const secure = (url: URL, proxy: URL | undefined): HttpAgent =>
    agentFor(`${url.origin} ${proxy?.href ?? ''}`, () => {
      const agent = new HttpsAgent({ ...AGENT, secureContext: options.secureContextFor(url.host) });
      if (proxy === undefined) return agent;
      agent.createConnection = (wanted, callback) => {
        openTunnel(proxy, url, options).then(
          (socket) => callback?.(null, connectTls({ ...(wanted as TlsOptions), socket })),
          (error: unknown) => callback?.(error as Error, undefined as unknown as Duplex),
        );
        return undefined;
      };
      return agent;
    });

  return {
    begin(url, { method, headers }) {
      const proxy = proxyFor(url, environment);
      if (url.protocol === 'https:') return requestHttps(url, { method, headers, agent: secure(url, proxy) });
      if (proxy === undefined) return requestHttp(url, { method, headers, agent: plain() });
      // A proxy is told the whole address and asks for us.
      return toProxy(proxy, {
        method,
        path: url.href,
        headers: { ...headers, host: url.host, ...proxyAuthorization(proxy) },
        agent: proxy.protocol === 'https:' ? secure(proxy, undefined) : plain(),
      });
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

function toProxy(
  proxy: URL,
  options: { method: string; path: string; headers: OutgoingHttpHeaders; agent?: HttpAgent },
): ClientRequest {
  const isSecure = proxy.protocol === 'https:';
  const place = {
    hostname: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? (isSecure ? 443 : 80) : proxy.port,
  };
  return (isSecure ? requestHttps : requestHttp)({ ...place, ...options });
}

function openTunnel(proxy: URL, url: URL, options: ConnectionOptions): Promise<Duplex> {
  const target = `${url.hostname}:${url.port === '' ? '443' : url.port}`;
  const host = `the proxy ${proxy.host}`;
  return new Promise((resolve, reject) => {
    const agent =
      proxy.protocol === 'https:' ? new HttpsAgent({ secureContext: options.secureContextFor(proxy.host) }) : undefined;
    const request = toProxy(proxy, {
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
      ...(agent === undefined ? {} : { agent }),
    });
    const late = setTimeout(() => {
      request.destroy(Object.assign(new Error('the proxy does not answer'), { code: 'ETIMEDOUT' }));
    }, options.tunnelMs);
    request.once('connect', ({ statusCode = 0 }, socket, head) => {
      clearTimeout(late);
      if (statusCode === 200 && head.length === 0) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refusedTunnel(host, target, statusCode));
    });
    // Some refuse with an ordinary answer.
    request.once('response', (response) => {
      clearTimeout(late);
      response.destroy();
      reject(refusedTunnel(host, target, response.statusCode ?? 0));
    });
    request.on('error', (error) => {
      clearTimeout(late);
      reject(connectionFailure(error, { host, wasReached: false, settingsFile: options.settingsFile }));
    });
    request.end();
  });
}

function refusedTunnel(host: string, target: string, status: number): TscontainError {
  return new TscontainError('NO_SUCH_REGISTRY', `${host} opens no way to ${target} (${status})`, {
    hint:
      status === 407
        ? 'it wants to know who asks: HTTPS_PROXY=http://user:password@host:port'
        : 'check HTTPS_PROXY, or name hosts that need no proxy in NO_PROXY',
  });
}

function proxyAuthorization({ username, password }: URL): OutgoingHttpHeaders {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
