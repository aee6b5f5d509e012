// Where the resolver has it from: who is on which network, out of their files, and whom to ask for the rest.
import { FileCache } from '../../state/file-cache.js';
import { layout } from '../../state/layout.js';
import { parseConfig } from '../../state/schema.js';
import type { NetworkConfig } from '../model.js';
import { createForwarder } from '../names/forward.js';
import { parseResolvConf, serversToAsk } from '../names/resolv-conf.js';
import type { ResolverParts } from '../names/resolver.js';
import { nameTable, type NameTable } from '../names/tables.js';
import type { NetworkStore } from '../store.js';

const RESOLV_CONF = '/etc/resolv.conf';

/** @param inUse the networks that somebody is on, as of the last look */
export function nameParts(store: NetworkStore, inUse: () => readonly NetworkConfig[]): ResolverParts {
  const tables = new Map<string, NameTable>();
  const containers = new FileCache(parseConfig);
  const host = new FileCache(parseResolvConf);

  /** Made anew only for a file that has changed. */
  function tableOf(network: NetworkConfig): NameTable {
    const endpoints = store.endpoints(network.id);
    const known = tables.get(network.id);
    if (known?.endpoints === endpoints && known.network === network) return known;
    const table = nameTable(network, endpoints);
    tables.set(network.id, table);
    return table;
  }

  /** As they are now: who changes /etc/resolv.conf, a DHCP client perhaps, tells nobody. */
  function hostServers(): readonly string[] {
    try {
      return host.read(RESOLV_CONF, '').servers;
    } catch {
      return [];
    }
  }

  function ownServers(container: string): readonly string[] | undefined {
    try {
      return containers.read(layout.config(store.root, container), container).dns;
    } catch {
      // Removed a moment ago.
      return undefined;
    }
  }

  return {
    tables() {
      const networks = inUse();
      for (const id of tables.keys()) if (!networks.some((network) => network.id === id)) tables.delete(id);
      return networks.map(tableOf);
    },
    serversFor(asker) {
      const gateways = new Set(inUse().flatMap(({ subnets }) => subnets.map(({ gateway }) => gateway)));
      const own = asker === undefined ? undefined : ownServers(asker);
      return serversToAsk(own === undefined || own.length === 0 ? hostServers() : own, gateways);
    },
    forwarder: createForwarder(),
  };
}
