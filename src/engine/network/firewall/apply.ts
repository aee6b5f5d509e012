// The table of nft, made what the files of the networks say, and looked at whether it still stands.
import { existsSync } from 'node:fs';
import { lockFile, Nftables, SyscallError } from '../../../native/index.js';
import { layout } from '../../state/layout.js';
import { openNetworks, type NetworkStore } from '../store.js';
import { noTable, ruleset, tableName, type NetworkInUse, type Ruleset } from './ruleset.js';
import { runNft, type Outcome } from './run-nft.js';

/** What came of it: a sentence where something is missing and containers are the worse for it. */
export interface Applied {
  readonly note?: string;
}

const WITHOUT_RULES =
  'networks are not kept apart, nothing leaves them with the address of the host, and published ports go through a proxy, ' +
  'which hides from a container who connects';

/**
 * Puts the table in place for whoever is on the networks now, and takes it away when no network is in use any more. Where all is
 * as it should be, no process is started.
 * @throws TscontainError what reading the networks throws
 */
export function applyFirewall(root: string): Promise<Applied> {
  return changing(root, async () => {
    const networks = openNetworks(root);
    if (firewallIsIntact(networks)) return {};
    return asApplied(await runNft(wantedRules(networks)?.text ?? noTable(tableName(root))), networks);
  });
}

/** Whether every rule stands that applyFirewall would put there, and none beside them. */
export function firewallIsIntact(networks: NetworkStore): boolean {
  const wanted = wantedRules(networks);
  const found = tableThere(tableName(networks.root));
  return found?.comment === wanted?.fingerprint && found?.rules === wanted?.rules;
}

/**
 * One at a time: what was read first must not be put in place last. Held while nft runs, which takes a few ms; a second one
 * that waited for it mostly finds its own rules in place already.
 */
async function changing(root: string, action: () => Promise<Applied>): Promise<Applied> {
  // Whose state directory was deleted has a table all the same, which is in nobody's use any more.
  if (!existsSync(layout.networks(root))) return action();
  const lock = await lockFile(layout.firewallLock(root));
  try {
    return await action();
  } finally {
    lock.release();
  }
}

/** None where no network is in use. */
function wantedRules(networks: NetworkStore): Ruleset | undefined {
  const inUse = networksInUse(networks);
  return inUse.length === 0 ? undefined : ruleset(tableName(networks.root), inUse);
}

/** A bridge outlives the last container on its network by a while; so do the rules, and the next start need not make them. */
function networksInUse(networks: NetworkStore): NetworkInUse[] {
  return networks
    .all()
    .map((config) => ({ config, endpoints: networks.endpoints(config.id) }))
    .filter(({ config, endpoints }) => endpoints.length > 0 || bridgeIsThere(config.interfaceName));
}

/** Of the network namespace that this process is in. */
function bridgeIsThere(interfaceName: string): boolean {
  return existsSync(`/proc/sys/net/ipv4/conf/${interfaceName}`);
}

/** Undefined also of a kernel without nf_tables. */
function tableThere(table: string): ReturnType<Nftables['table']> {
  try {
    const nftables = Nftables.open();
    try {
      return nftables.table(table);
    } finally {
      nftables.close();
    }
  } catch (error) {
    if (error instanceof SyscallError) return undefined;
    throw error;
  }
}

function asApplied(outcome: Outcome, networks: NetworkStore): Applied {
  if (outcome === 'done') return {};
  const without = publishesSctp(networks)
    ? `${WITHOUT_RULES}; those of sctp, which none speaks, lead nowhere`
    : WITHOUT_RULES;
  return outcome === 'missing'
    ? { note: `there is no nft: ${without} (apt-get install nftables)` }
    : { note: `nft refused the rules of the networks (${outcome.refused}): ${without}` };
}

function publishesSctp(networks: NetworkStore): boolean {
  const endpoints = networks.all().flatMap(({ id }) => networks.endpoints(id));
  return endpoints.some(({ ports }) => ports.some(({ protocol }) => protocol === 'sctp'));
}
