// What is known of every network, as files: what was asked for, and who is on it. Reading takes no lock and is synchronous.
import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { atomicWrite, lockFile } from '../../native/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { bootId } from '../state/boot.js';
import { deleteTree } from '../state/delete-tree.js';
import { FileCache } from '../state/file-cache.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { lockOfDirectory } from '../state/lock-of-directory.js';
import { makeDirectory } from '../state/make-directory.js';
import { replaceFile } from '../state/replace-file.js';
import { parseEndpoints, parseNetwork } from '../state/schema.js';
import { hostRoutes } from './host-routes.js';
import type { Attachment, Endpoint, Endpoints, NetworkConfig } from './model.js';
import { ulaPrefix } from './pools.js';
import { DEFAULT_NETWORK, defaultNetwork, type NetworkFacts } from './specify.js';
import { cidrOf, formatCidr, type Cidr } from './subnet.js';

export interface NetworkStore {
  readonly root: string;
  /** Every one, the oldest first. One that cannot be read keeps nobody else from being listed. */
  all(): readonly NetworkConfig[];
  /** @throws TscontainError NO_SUCH_NETWORK, STATE_CORRUPT, NOT_SUPPORTED (written by a newer version) */
  get(id: string): NetworkConfig;
  /** The id of the network with this id, name, or beginning of an id. @throws NO_SUCH_NETWORK, AMBIGUOUS_ID */
  resolve(ref: string): string;
  /** The network that containers are on who ask for none, made when there is none yet. */
  ensureDefault(): Promise<NetworkConfig>;
  /** `make` sees what is there, and nobody else makes one meanwhile. @throws TscontainError NAME_IN_USE, and what `make` throws */
  create(make: (facts: NetworkFacts) => NetworkConfig): Promise<NetworkConfig>;
  /** @param last what is done before it goes, under its lock @throws TscontainError NO_SUCH_NETWORK, NETWORK_IN_USE */
  remove(id: string, last?: (network: NetworkConfig) => void | Promise<void>): Promise<void>;
  /** Who is on it in this boot. */
  endpoints(id: string): readonly Endpoint[];
  /** The networks that a container is on. */
  attachments(container: string): readonly Attachment[];
  /** The caller holds the lock of the network. Not flushed to the disk: of another boot it says nothing anyway. */
  writeEndpoints(id: string, endpoints: readonly Endpoint[]): void;
  /** Runs `action` holding the network's lock. Never wait for a process in there. @throws NO_SUCH_NETWORK */
  withLock<T>(id: string, action: (network: NetworkConfig) => T | Promise<T>): Promise<T>;
}

const ID = /^[0-9a-f]{64}$/;
const ID_PREFIX = /^[0-9a-f]{1,64}$/;
/** One being made or removed. Whoever holds the lock of all of them finds only those that a crash has left. */
const UNFINISHED = /^\.(new|trash)-[0-9a-f]{64}$/;
const NOBODY: readonly Endpoint[] = [];

export function openNetworks(root: string): NetworkStore {
  const configs = new FileCache(parseNetwork);
  const endpointFiles = new FileCache(parseEndpoints);

  function get(id: string): NetworkConfig {
    try {
      return configs.read(layout.networkConfig(root, id), id);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') throw noSuchNetwork(id.slice(0, 12));
      throw fileError(error, `read network ${id.slice(0, 12)}`);
    }
  }

  function ids(): string[] {
    try {
      return readdirSync(layout.networks(root)).filter((name) => ID.test(name));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw fileError(error, 'list the networks');
    }
  }

  function all(): NetworkConfig[] {
    return ids()
      .flatMap((id) => {
        try {
          return get(id);
        } catch (error) {
          if (isTscontainError(error)) return [];
          throw error;
        }
      })
      .sort((a, b) => (a.created < b.created ? -1 : a.created > b.created ? 1 : 0));
  }

  function endpoints(id: string): readonly Endpoint[] {
    try {
      const { bootId: boot, endpoints: found } = endpointFiles.read(layout.networkEndpoints(root, id), id);
      return boot === bootId() ? found : NOBODY;
    } catch (error) {
      // Nobody was on it yet; and what cannot be understood says nothing either: whoever comes on writes it anew.
      if (errnoOf(error) === 'ENOENT' || isTscontainError(error, 'STATE_CORRUPT')) return NOBODY;
      throw fileError(error, `read who is on network ${id.slice(0, 12)}`);
    }
  }

  async function withLock<T>(id: string, action: (network: NetworkConfig) => T | Promise<T>): Promise<T> {
    const lock = await lockOfDirectory(layout.networkLock(root, id), { wait: true }).catch((error: unknown) => {
      throw fileError(error, `lock network ${id.slice(0, 12)}`);
    });
    if (lock === undefined || lock === 'gone') throw noSuchNetwork(id.slice(0, 12));
    try {
      return await action(get(id));
    } finally {
      lock.release();
    }
  }

  /** Making and removing go through one short lock. What a crash left half-done is cleared away on the way. */
  async function changing<T>(doing: string, action: () => Promise<T>): Promise<T> {
    try {
      makeDirectory(layout.networks(root));
      const lock = await lockFile(layout.networksLock(root));
      try {
        for (const name of readdirSync(layout.networks(root)))
          if (UNFINISHED.test(name)) await deleteTree(layout.network(root, name));
        return await action();
      } finally {
        lock.release();
      }
    } catch (error) {
      throw fileError(error, doing);
    }
  }

  function create(make: (facts: NetworkFacts) => NetworkConfig): Promise<NetworkConfig> {
    return changing('make a network', async () => {
      const known = all();
      const id = randomBytes(32).toString('hex');
      const created = new Date().toISOString();
      const network = make({ id, created, known, routes: hostRoutes(), ulaPrefix: ourPrefix(root) });
      const holder = known.find(({ name }) => name === network.name);
      if (holder !== undefined)
        throw new TscontainError(
          'NAME_IN_USE',
          `there is a network ${shown(network.name)} already (${holder.id.slice(0, 12)})`,
          { hint: 'choose another name, or remove that network' },
        );
      const staging = layout.network(root, `.new-${id}`);
      mkdirSync(staging, { mode: 0o700 });
      writeFileSync(`${staging}/lock`, '', { mode: 0o600 });
      await atomicWrite(`${staging}/network.json`, JSON.stringify(network, undefined, 1), { mode: 0o600 });
      renameSync(staging, layout.network(root, id));
      return network;
    });
  }

  const findDefault = (): NetworkConfig | undefined => all().find(({ name }) => name === DEFAULT_NETWORK);

  return {
    root,
    all,
    get,
    endpoints,
    withLock,
    create,

    resolve(ref) {
      if (ID.test(ref) && isThere(layout.network(root, ref))) return ref;
      const networks = all();
      const named = networks.find(({ name }) => name === ref);
      if (named !== undefined) return named.id;
      const fits = ID_PREFIX.test(ref) ? networks.filter(({ id }) => id.startsWith(ref)) : [];
      if (fits.length === 1) return fits[0]!.id;
      if (fits.length > 1)
        throw new TscontainError('AMBIGUOUS_ID', `${ref} is the beginning of ${fits.length} network ids`, {
          hint: 'give more digits, or the name',
        });
      throw noSuchNetwork(ref);
    },

    async ensureDefault() {
      const found = findDefault();
      if (found !== undefined) return found;
      try {
        return await create(defaultNetwork);
      } catch (error) {
        const made = isTscontainError(error, 'NAME_IN_USE') ? findDefault() : undefined;
        if (made !== undefined) return made;
        throw error;
      }
    },

    remove(id, last) {
      return changing(`remove network ${id.slice(0, 12)}`, async () => {
        const trash = await withLock(id, async (network) => {
          requireNobody(network, endpoints(id));
          await last?.(network);
          const place = layout.network(root, `.trash-${id}`);
          renameSync(layout.network(root, id), place);
          return place;
        });
        await deleteTree(trash);
      });
    },

    attachments(container) {
      return all().flatMap((network) => {
        const endpoint = endpoints(network.id).find((each) => each.container === container);
        return endpoint === undefined ? [] : [{ network, endpoint }];
      });
    },

    writeEndpoints(id, list) {
      const path = layout.networkEndpoints(root, id);
      const value: Endpoints = { schema: 1, bootId: bootId(), endpoints: list };
      try {
        replaceFile(path, JSON.stringify(value));
        endpointFiles.wrote(path, value);
      } catch (error) {
        throw fileError(error, `write who is on network ${id.slice(0, 12)}`);
      }
    },
  };
}

/** Made by chance when it is first needed; the same from then on. The caller holds the lock of all networks. */
function ourPrefix(root: string): Cidr {
  const path = layout.ulaPrefix(root);
  const kept = cidrOf(readIfThere(path).trim());
  if (kept?.family === 6 && kept.prefix === 48) return kept;
  const made = ulaPrefix(randomBytes(5));
  writeFileSync(path, `${formatCidr(made)}\n`, { mode: 0o600 });
  return made;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}

function requireNobody({ name }: NetworkConfig, endpoints: readonly Endpoint[]): void {
  if (endpoints.length === 0) return;
  const names = endpoints.slice(0, 3).map((endpoint) => endpoint.name);
  const more = endpoints.length > names.length ? ` and ${endpoints.length - names.length} more` : '';
  throw new TscontainError('NETWORK_IN_USE', `network ${name} is in use by ${names.join(', ')}${more}`, {
    hint: 'stop these containers, or disconnect them first',
  });
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function noSuchNetwork(ref: string): TscontainError {
  return new TscontainError('NO_SUCH_NETWORK', `there is no network ${shown(ref)}`, {
    hint: 'tscontain network ls lists the ones there are',
  });
}
