// The ground for tests of names: networks with a real keeper, name servers of "the host" that exist in this network namespace alone, and
// dig, which asks as a container would.
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerState } from '../../src/engine/model.js';
import { openNetworks, type NetworkStore } from '../../src/engine/network/store.js';
import { layout } from '../../src/engine/state/layout.js';
import { createNames } from '../../src/engine/state/names.js';
import { toyServer, type ToyServer } from './dns.js';
import { House, outcome } from './house.js';
import { isInstalled } from './installed.js';
import { ownResolvConf } from './resolv-conf.js';

const BUSYBOX = '/usr/bin/busybox';
const missing = isInstalled('nsenter') ? ['/usr/bin/dig', BUSYBOX].find((path) => !existsSync(path)) : 'nsenter';
export const skip = missing === undefined ? false : `${missing} is missing: apt-get install dnsutils busybox-static`;

/** The n-th says 192.0.2.n of every name, and that there is no nowhere.example. */
export const UPSTREAM = ['10.53.0.1', '10.53.0.2', '10.53.0.3'] as const;
/** How long nobody is on a network before the keeper takes it away. */
const IDLE_MS = 1_000;

/** Another program that has the port of name servers there, and says nothing. Whoever asks for it ends it. */
export async function nameServerOf(address: string): Promise<ChildProcess> {
  const script = `require('dgram').createSocket('udp4').bind(53, '${address}', () => console.log('.'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  assert.ok(Buffer.isBuffer(said[0]), `port 53 of ${address} is free`);
  return child;
}

export interface Dug {
  readonly status: string;
  readonly answers: readonly string[];
}

export class NameGround {
  readonly house = new House();
  readonly #networks: NetworkStore = openNetworks(this.house.root);

  private constructor(
    readonly upstream: readonly ToyServer[],
    readonly setResolvConf: (text: string) => void,
  ) {
    this.reset();
  }

  static async open(): Promise<NameGround> {
    process.env['TSCONTAIN_KEEPER_IDLE_MS'] = String(IDLE_MS);
    const setResolvConf = ownResolvConf('');
    for (const address of UPSTREAM) execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
    const upstream = UPSTREAM.map((address, index) =>
      toyServer(
        ({ questions }) => {
          const { name } = questions![0]!;
          if (name === 'nowhere.example') return { flags: 3 };
          return { answers: [{ type: 'A', name, data: `192.0.2.${index + 1}` }] };
        },
        address,
        53,
      ),
    );
    return new NameGround(await Promise.all(upstream), setResolvConf);
  }

  reset(): void {
    this.setResolvConf(`nameserver ${UPSTREAM[0]}\nsearch corp.example\n`);
  }

  async close(): Promise<void> {
    await this.house.close();
    for (const server of this.upstream) server.close();
  }

  get root(): string {
    return this.house.root;
  }

  /** A container that waits, with busybox in it. */
  runs(name: string, ...words: string[]): Promise<string> {
    const { house } = this;
    return house.ok('run', '-d', '--name', name, '-v', `${BUSYBOX}:/busybox:ro`, ...words, 'base', 'sleep', '1000');
  }

  makes(...names: string[]): Promise<string[]> {
    return Promise.all(names.map((name) => this.house.ok('network', 'create', name)));
  }

  gatewayOf(network: string): string {
    return this.#networks.get(this.#networks.resolve(network)).subnets[0]!.gateway;
  }

  /** Of a container on a network. */
  address(container: string, network = 'bridge'): string {
    const endpoints = this.#networks.endpoints(this.#networks.resolve(network));
    const endpoint = endpoints.find(({ name }) => name === container);
    assert.ok(endpoint, `${container} is on ${network}`);
    return endpoint.ipv4Address;
  }

  interfaceOf(network: string): string {
    return this.#networks.get(this.#networks.resolve(network)).interfaceName;
  }

  pidOf(container: string): number {
    const id = createNames(this.root).idOfName(container)!;
    return (JSON.parse(readFileSync(layout.state(this.root, id), 'utf8')) as ContainerState).init!.pid;
  }

  etc(container: string, file: 'hosts' | 'resolv.conf'): string {
    const id = createNames(this.root).idOfName(container)!;
    return readFileSync(join(layout.etc(this.root, id), file), 'utf8');
  }

  /** Asks, from the network namespace of a container, the name server that its resolv.conf names. */
  dig(container: string, ...words: string[]): Promise<Dug> {
    const [, server = ''] = /^nameserver (\S+)$/m.exec(this.etc(container, 'resolv.conf')) ?? [];
    return this.#dig(`/proc/${this.pidOf(container)}/ns/net`, server, words);
  }

  /** The addresses that the host is told, which asks the gateway of a network. */
  async toldHost(network: string, ...words: string[]): Promise<readonly string[]> {
    return (await this.#dig('/proc/self/ns/net', this.gatewayOf(network), words)).answers;
  }

  async #dig(namespace: string, server: string, words: readonly string[]): Promise<Dug> {
    const options = ['+time=2', '+tries=2', '+noall', '+comments', '+answer', '-r'];
    const args = [`--net=${namespace}`, 'dig', ...options, `@${server}`, ...words];
    // Not with spawnSync: the servers of "the host" are in this process.
    const { stdout, stderr } = await outcome(spawn('nsenter', args), `dig ${words.join(' ')}`);
    const [, status] = /status: ([A-Z]+),/.exec(stdout) ?? [];
    assert.ok(status, `dig ${words.join(' ')}: ${stdout}${stderr}`);
    const records = stdout.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
    return { status, answers: records.map((line) => line.split(/\s+/).at(-1)!) };
  }

  /** The addresses that a container is told. */
  async told(container: string, ...words: string[]): Promise<readonly string[]> {
    return (await this.dig(container, ...words)).answers;
  }
}
