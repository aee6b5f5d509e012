// What nft is told: from who is on which network to one transaction that puts a whole table in the place of the one before. Pure.
//
//   prerouting, output ──▶ published     who connects to a published port of the host comes to the container
//   forward                              out of networks; into them, and from one to another, only what was published
//   postrouting                          what leaves a network has the host's address
//   redirects                            no shortcuts past the above
//
// 127.0.0.1 and [::1] are no part of it: these are the proxies' (publish/), and need no route_localnet then.
import { createHash } from 'node:crypto';
import type { Endpoint, NetworkConfig } from '../model.js';
import { bridgeName, bridgeNames, chainText, familyOf, setOf, type Chain } from './chain.js';
import { publishedChains } from './published.js';

/** A network that has a bridge, or is about to get one. */
export interface NetworkInUse {
  readonly config: NetworkConfig;
  readonly endpoints: readonly Endpoint[];
}

export interface Ruleset {
  readonly table: string;
  /** for nft -f - */
  readonly text: string;
  /** the comment of the table: another ruleset has another one */
  readonly fingerprint: string;
  /** as many as there are in the kernel when nobody has taken one away */
  readonly rules: number;
}

/** Each state directory has a table of its own, in the family inet. */
export function tableName(root: string): string {
  return `tscontain_${digestOf(root)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** @param networks at least one @throws TscontainError STATE_CORRUPT for names and addresses that would be something else to nft */
export function ruleset(table: string, networks: readonly NetworkInUse[]): Ruleset {
  const chains = [...publishedChains(networks), ...networkChains(networks.map(({ config }) => config))];
  const body = chains.map(chainText).join('');
  const fingerprint = `tscontain ${digestOf(body)}`;
  const text = `${noTable(table)}table inet ${table} {\n\tcomment "${fingerprint}"\n${body}}\n`;
  return { table, text, fingerprint, rules: chains.reduce((count, { rules }) => count + rules.length, 0) };
}

/** Takes it away, also where it is not there. */
export function noTable(table: string): string {
  return `table inet ${table}\ndelete table inet ${table}\n`;
}

function networkChains(networks: readonly NetworkConfig[]): Chain[] {
  const open = networks.filter(({ internal }) => !internal);
  return [
    { name: 'forward', hook: 'type filter hook forward priority 0', rules: forwardRules(networks, open) },
    { name: 'postrouting', hook: 'type nat hook postrouting priority 100', rules: open.flatMap(leavingRules) },
    {
      // Who reaches a container of its own network through a published port (of sctp: others get to the proxy) would be told of
      // the direct way, on which the answer comes from another address than was asked.
      name: 'redirects',
      hook: 'type filter hook output priority 0',
      rules: [
        `oifname ${bridgeNames(networks)} icmp type redirect drop`,
        `oifname ${bridgeNames(networks)} icmpv6 type nd-redirect drop`,
      ],
    },
  ];
}

/** Of what the host routes. What goes from port to port of one bridge comes by only where br_netfilter is loaded. */
function forwardRules(networks: readonly NetworkConfig[], open: readonly NetworkConfig[]): string[] {
  const within = networks.filter(({ interContainer }) => interContainer).map(bridgeName);
  const internal = networks.filter((network) => network.internal);
  return [
    'ct state established,related accept',
    ...(within.length === 0 ? [] : [`iifname . oifname ${setOf(within.map((name) => `${name} . ${name}`))} accept`]),
    ...(internal.length === 0 ? [] : [`iifname ${bridgeNames(internal)} drop`]),
    ...(open.length === 0 ? [] : [`oifname ${bridgeNames(open)} ct status dnat accept`]),
    `oifname ${bridgeNames(networks)} drop`,
  ];
}

function leavingRules(network: NetworkConfig): string[] {
  const name = bridgeName(network);
  return network.subnets.flatMap(({ subnet }) => {
    const from = `${familyOf(subnet)} saddr ${subnet}`;
    return [
      // Back into its own network it came through a published port: the answer has to come by here again.
      `${from} oifname ${name} ct status dnat masquerade`,
      // What the host says to itself stays as it is: its name server has to see which of its addresses it was asked from.
      ...(network.masquerade ? [`${from} oifname != ${setOf([name, '"lo"'])} masquerade`] : []),
    ];
  });
}
