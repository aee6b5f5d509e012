// The words of nft's language that every part of the ruleset is made of. Pure.
import { isIP } from 'node:net';
import { TscontainError } from '../../errors.js';
import { shown } from '../../grammar/wrong.js';
import type { NetworkConfig } from '../model.js';

export interface Chain {
  readonly name: string;
  /** of a base chain: "type nat hook prerouting priority -100" */
  readonly hook?: string;
  readonly rules: readonly string[];
}

export function chainText({ name, hook, rules }: Chain): string {
  const lines = [...(hook === undefined ? [] : [`${hook}; policy accept;`]), ...rules];
  return `\tchain ${name} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`;
}

export function setOf(elements: readonly string[]): string {
  return `{ ${elements.join(', ')} }`;
}

/** A quote cannot be quoted in nft's language, and a star at the end stands for anything: a name has to be plain. */
export function bridgeName({ interfaceName }: NetworkConfig): string {
  if (/^[a-zA-Z0-9_.-]{1,15}$/.test(interfaceName)) return `"${interfaceName}"`;
  throw unfit('the name of a bridge', interfaceName);
}

export function bridgeNames(networks: readonly NetworkConfig[]): string {
  return setOf(networks.map(bridgeName));
}

/** "ip" or "ip6", as nft calls the family of an address or a subnet. */
export function familyOf(text: string): 'ip' | 'ip6' {
  const [, address = ''] = /^([0-9a-f:.]+)(?:\/\d{1,3})?$/i.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0) throw unfit('an address', text);
  return family === 4 ? 'ip' : 'ip6';
}

/** The files that these come from are ours and were judged when they were written: somebody has changed them. */
function unfit(what: string, value: string): TscontainError {
  return new TscontainError('STATE_CORRUPT', `${what} of a network is ${shown(value)}, which no rule can hold`);
}
