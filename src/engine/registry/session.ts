// All that one pull, push or login has to do with registries: settings, connections, credentials, patience.
import { TscontainError } from '../errors.js';
import { DOCKER_HUB } from '../image/reference.js';
import { RegistryClient } from './client.js';
import { createConnections } from './connections.js';
import { findCredentials, type Credentials } from './credentials.js';
import { endpointsOf, HUB_API } from './endpoints.js';
import type { Wire } from './exchange.js';
import { PATIENCE, retrying, type Patience, type RetryOptions } from './retry.js';
import { readSettings } from './settings.js';
import { CERTIFICATES, secureContextFor } from './trust.js';
import { PIECE_BYTES } from './upload.js';

export interface RegistryOptions {
  /** proxies, and where settings and credentials are; that of this process when absent */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly patience?: Partial<Patience>;
  /** Docker's directory of certificates by host */
  readonly certificates?: string;
  /** instead of those that are kept */
  readonly credentials?: Credentials;
  /** bytes that are sent at once of what is larger */
  readonly pieceBytes?: number;
}

export interface Session {
  readonly pieceBytes: number;
  /** mirrors first */
  readonly clients: readonly RegistryClient[];
  /** Tries again what may pass. */
  retry<T>(client: RegistryClient, attempt: () => Promise<T>, options: Omit<RetryOptions, 'patience'>): Promise<T>;
  /** Asks one after the other, beginning with `from`: a mirror that fails is passed over. @throws what the last one says */
  first<T>(
    work: (client: RegistryClient) => Promise<T>,
    options: Omit<RetryOptions, 'patience'> & { readonly from?: RegistryClient },
  ): Promise<T>;
  close(): void;
}

export function openSession(registry: string, use: 'pull' | 'push', options: RegistryOptions = {}): Session {
  const environment = options.environment ?? process.env;
  const patience = { ...PATIENCE, ...options.patience };
  const certificates = options.certificates ?? CERTIFICATES;
  const settings = readSettings(environment);
  const connections = createConnections({
    environment,
    settingsFile: settings.file,
    tunnelMs: patience.silenceMs,
    secureContextFor(host) {
      const ca = settings.registries.get(host === HUB_API ? DOCKER_HUB : host)?.ca;
      return secureContextFor(host, { environment, certificates, ...(ca === undefined ? {} : { ca }) });
    },
  });
  const wire: Wire = { connections, patience, settingsFile: settings.file, reached: new Set() };
  const clients = endpointsOf(registry, settings, use).map((endpoint) => {
    const given = endpoint.isMirror ? undefined : options.credentials;
    return new RegistryClient(endpoint, wire, () =>
      given === undefined ? findCredentials(endpoint.registry, environment) : Promise.resolve(given),
    );
  });

  const session: Session = {
    clients,
    pieceBytes: options.pieceBytes ?? PIECE_BYTES,
    // The registry itself is there where a mirror is not.
    retry: (client, attempt, wishes) =>
      retrying(attempt, { ...wishes, patience: client.isMirror ? { ...patience, tries: 1 } : patience }),
    async first(work, { from, ...wishes }) {
      const begin = from === undefined ? 0 : clients.indexOf(from);
      for (const client of clients.slice(begin, -1)) {
        try {
          return await session.retry(client, () => work(client), wishes);
        } catch (error) {
          wishes.signal?.throwIfAborted();
          // What this host cannot do (no space, no permission) no other registry cures.
          if (!(error instanceof TscontainError) || OWN_FAULTS.has(error.code)) throw error;
        }
      }
      const last = clients.at(-1)!;
      return session.retry(last, () => work(last), wishes);
    },
    close: () => connections.close(),
  };
  return session;
}

const OWN_FAULTS: ReadonlySet<string> = new Set(['NO_SPACE', 'READ_ONLY', 'PERMISSION_DENIED']);
