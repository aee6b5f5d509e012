// What doctor says of networks: whether nft can be told what they need, who else stands in the way, and what of the host is changed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { changedHostSettings, FREE_NAME_PORT, whoHasNames } from '../engine/index.js';
import { Nftables, SyscallError } from '../native/index.js';
import type { Diagnosis } from './commands/doctor.js';

const WITHOUT_RULES =
  'networks are not kept apart, what leaves them has no address of the host, and published ports go through a proxy';

/** @param path as of the environment @param root the state directory */
export async function diagnoseNetworks(path: string, root: string): Promise<Diagnosis[]> {
  const kernel = ofKernel();
  const changed = changedHostSettings(root);
  return [
    ofProgram(path),
    ...(kernel === undefined ? [] : [kernel]),
    ofNames(await whoHasNames()),
    {
      what: 'settings of the host',
      verdict: 'ok',
      detail:
        changed.length === 0
          ? 'none is changed for networks'
          : `${changed.join(', ')}: put back when no container is on a network`,
    },
  ];
}

function ofNames(holder: string | undefined): Diagnosis {
  const what = 'names on networks';
  if (holder === undefined) return { what, verdict: 'ok', detail: 'port 53 is free at the gateways of networks' };
  return {
    what,
    verdict: 'limited',
    detail: `${holder} has port 53 at every address: names are not answered`,
    cure: FREE_NAME_PORT,
  };
}

function ofProgram(path: string): Diagnosis {
  const found = path
    .split(':')
    .map((folder) => join(folder, 'nft'))
    .find((file) => existsSync(file));
  if (found !== undefined) return { what: 'nft', verdict: 'ok', detail: found };
  return {
    what: 'nft',
    verdict: 'limited',
    detail: `not installed: ${WITHOUT_RULES}`,
    cure: 'apt-get install nftables',
  };
}

/** undefined where there is nothing to be said: rules of ours cannot let through what a chain of somebody else's drops. */
function ofKernel(): Diagnosis | undefined {
  let nftables: Nftables | undefined;
  try {
    nftables = Nftables.open();
    const closed = nftables.closedForwardChains().map(({ family, table, name }) => ({ family, table, name }));
    if (closed.length === 0) return undefined;
    const names = closed.map(({ family, table, name }) => `${family} ${table} ${name}`).join(', ');
    const { family, table, name } = closed[0]!;
    return {
      what: 'forwarding',
      verdict: 'limited',
      detail: `dropped, unless a rule there accepts it, by another program's chain (${names}): containers may not reach the world, nor be reached by published ports`,
      cure: `nft add rule ${family} ${table} ${name} iifname "br-*" accept, and the same of oifname`,
    };
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    return {
      what: 'nf_tables',
      verdict: 'limited',
      detail: `the kernel has none (${error.code}): ${WITHOUT_RULES}`,
      cure: 'modprobe nf_tables, or boot a kernel with CONFIG_NF_TABLES',
    };
  } finally {
    nftables?.close();
  }
}
