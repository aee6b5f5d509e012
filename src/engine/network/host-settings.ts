// Settings of the host that networks need, changed only where they are not so already: that it forwards packets. What was there
// before is written down first, and put back by whoever takes the last network down.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { bootId } from '../state/boot.js';
import { layout } from '../state/layout.js';
import { makeDirectory } from '../state/make-directory.js';
import { replaceFile, sparePath } from '../state/replace-file.js';
import type { NetworkConfig } from './model.js';

/** Below /proc/sys: "net/ipv4/ip_forward". */
type Values = Readonly<Record<string, string>>;

/** What of networks/host-settings.json somebody keeps in mind who has to put it back though the directory may be gone by then. */
export type KeptSettings = Pick<Kept, 'before' | 'set'>;

/** networks/host-settings.json. Of another boot it says nothing: settings are then as the machine's own files make them. */
interface Kept {
  readonly schema: 1;
  readonly bootId: string;
  /** what was there of everything that changes with a switch, the switch too */
  readonly before: Values;
  /** what was put there */
  readonly set: Values;
}

/** Each sets what it is named after for every interface at once. */
const IPV4_SWITCH = 'net/ipv4/ip_forward';
const IPV6_SWITCH = 'net/ipv6/conf/all/forwarding';

/**
 * Has the host forward what the containers of these networks send, and what comes back.
 * @returns what was changed: "net.ipv4.ip_forward was 0 and is 1"
 * @throws the error of node:fs
 */
export function ensureHostSettings(root: string, networks: readonly NetworkConfig[]): string[] {
  const leadingOut = networks.filter(({ internal }) => !internal);
  const hasIpv6 = leadingOut.some(({ subnets }) => subnets.some(({ subnet }) => subnet.includes(':')));
  const switches = [...(leadingOut.length > 0 ? [IPV4_SWITCH] : []), ...(hasIpv6 ? [IPV6_SWITCH] : [])];
  return switches.filter((name) => read(name) === '0').flatMap((name) => turnOn(root, name));
}

/** What differs by us from what it was, for doctor. */
export function changedHostSettings(root: string): string[] {
  const { before = {}, set = {} } = readKept(root) ?? {};
  // What could not be put there, or somebody else has changed since, does not differ by us.
  return told(before, Object.fromEntries(Object.entries(set).filter(([name, value]) => read(name) === value)));
}

/** undefined where nothing was changed. */
export function keptHostSettings(root: string): KeptSettings | undefined {
  return readKept(root);
}

/**
 * Puts back what was changed, except what somebody else has changed since.
 * @param kept as it was last known, for where the state directory is gone
 */
export function restoreHostSettings(root: string, kept?: KeptSettings): void {
  const { before = {}, set = {} } = readKept(root) ?? kept ?? {};
  // The switches first: each sets again all of those that are put back one by one after it.
  const isSwitch = (name: string) => name === IPV4_SWITCH || name === IPV6_SWITCH;
  const names = Object.keys(before);
  for (const name of [...names.filter(isSwitch), ...names.filter((each) => !isSwitch(each))]) {
    const now = read(name);
    const isOurs = set[name] === undefined || set[name] === now;
    if (now === undefined || now === before[name] || !isOurs) continue;
    try {
      write(name, before[name]!);
    } catch {
      // An interface that went at this moment.
    }
  }
  for (const path of [layout.hostSettings(root), sparePath(layout.hostSettings(root))]) rmSync(path, { force: true });
}

function turnOn(root: string, name: string): string[] {
  const affected = name === IPV4_SWITCH ? affectedByIpv4() : affectedByIpv6();
  // A host that forwards believes no router any more unless it is told to, and would lose the way out that it has learned from one.
  const trusting = name === IPV6_SWITCH ? trustingRouters() : [];
  const set: Values = { ...Object.fromEntries(trusting.map((path) => [path, '2'])), [name]: '1' };
  const kept = readKept(root);
  const before: Values = {
    ...Object.fromEntries(affected),
    ...Object.fromEntries(trusting.map((path) => [path, '1'])),
    ...kept?.before,
  };
  const next: Kept = { schema: 1, bootId: bootId(), before, set: { ...kept?.set, ...set } };
  makeDirectory(layout.networks(root));
  replaceFile(layout.hostSettings(root), JSON.stringify(next));
  for (const [path, value] of Object.entries(set)) write(path, value);
  return told(before, set);
}

function told(before: Values, set: Values): string[] {
  return Object.entries(set).map(
    ([name, value]) => `${name.replaceAll('/', '.')} was ${before[name] ?? '?'} and is ${value}`,
  );
}

/** Forwarding turns off, in all, that redirects are believed, and on again. */
function affectedByIpv4(): [name: string, value: string][] {
  return valuesOf([
    IPV4_SWITCH,
    'net/ipv4/conf/all/accept_redirects',
    ...ofEachInterface('net/ipv4/conf', 'forwarding'),
  ]);
}

function affectedByIpv6(): [name: string, value: string][] {
  return valuesOf([IPV6_SWITCH, ...ofEachInterface('net/ipv6/conf', 'forwarding')]);
}

function trustingRouters(): string[] {
  const names = ofEachInterface('net/ipv6/conf', 'accept_ra').filter((name) => !/\/(default|lo)\//.test(name));
  return names.filter((name) => read(name) === '1');
}

/** Of the interfaces there are and of those to come, not of "all", which is no value but a switch. */
function ofEachInterface(directory: string, name: string): string[] {
  const interfaces = readdirSync(`/proc/sys/${directory}`).filter((each) => each !== 'all');
  return interfaces.map((each) => `${directory}/${each}/${name}`);
}

function valuesOf(names: readonly string[]): [name: string, value: string][] {
  return names.flatMap((name) => {
    const value = read(name);
    return value === undefined ? [] : [[name, value]];
  });
}

/** undefined when there is none: an interface that has gone, a kernel without IPv6. */
function read(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'latin1').trim();
  } catch {
    return undefined;
  }
}

function write(name: string, value: string): void {
  writeFileSync(`/proc/sys/${name}`, value);
}

function readKept(root: string): Kept | undefined {
  try {
    const kept = JSON.parse(readFileSync(layout.hostSettings(root), 'utf8')) as Kept;
    return kept.bootId === bootId() ? kept : undefined;
  } catch {
    // There is none, or it says nothing: what was before is not known, and nothing is put back.
    return undefined;
  }
}
