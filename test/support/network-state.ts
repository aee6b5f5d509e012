// Everything about the network that a host has and others could find changed: links, addresses, routes, rules of nft, settings.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listAddresses, listLinks, listRoutes } from '../../src/native/index.js';
import { isInstalled } from './installed.js';

/** Counters and what the kernel reckons by itself: no settings. */
const MOVING = /\/(netfilter\/nf_conntrack_count|ipv4\/(tcp_available|udp_mem|tcp_mem)|nf_conntrack_count)/;

function settings(directory: string): [path: string, value: string][] {
  return readdirSync(directory).flatMap((name): [string, string][] => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return settings(path);
    if (MOVING.test(path)) return [];
    try {
      return [[path, readFileSync(path, 'latin1')]];
    } catch {
      // Those that are only written to.
      return [];
    }
  });
}

/** Of the network namespace that the test is in; equal where nothing was changed. */
export function networkState(): Readonly<Record<string, unknown>> {
  return {
    links: listLinks().map(({ name, kind, isUp, mtu, master }) => ({ name, kind, isUp, mtu, master })),
    addresses: listAddresses().map(({ link, address, prefix }) => ({ link, address, prefix })),
    routes: listRoutes(),
    rules: isInstalled('nft') ? spawnSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }).stdout : '',
    settings: settings('/proc/sys/net'),
  };
}
