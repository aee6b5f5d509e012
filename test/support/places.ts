// Elsewhere on the network: a machine outside, a container. Each is a network namespace of its own with a cable to the host, and what
// listens and asks there does so in this very process.
import { closeSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addAddress,
  addDefaultRoute,
  AF_INET,
  AF_INET6,
  CLONE_NEWNET,
  createVeth,
  findLink,
  holdPort,
  inNetworkNamespace,
  ownNetworkNamespace,
  RouteSocket,
  setLinkUp,
  SOCK_CLOEXEC,
  SOCK_STREAM,
  syscall,
} from '../../src/native/index.js';
import { patience } from './patience.js';

export interface Cable {
  /** of the end on the host */
  readonly hostInterface: string;
  /** that the host's end is a port of; without one the host's end has addresses itself */
  readonly bridge?: string;
  /** "10.9.0.1/24" */
  readonly hostAddresses?: readonly string[];
  readonly addresses: readonly string[];
  readonly gateways?: readonly string[];
}

const linger = (): void => undefined;

export class Place {
  readonly #fd: number;
  readonly #open = new Set<() => void>();

  constructor() {
    const home = ownNetworkNamespace();
    syscall('unshare', CLONE_NEWNET);
    this.#fd = ownNetworkNamespace();
    syscall('setns', home, CLONE_NEWNET);
    closeSync(home);
    this.#configure((socket) => setLinkUp('lo', true, socket));
  }

  cable({ hostInterface, bridge, hostAddresses = [], addresses, gateways = [] }: Cable): void {
    const master = bridge === undefined ? {} : { master: findLink(bridge)!.index };
    createVeth({ name: hostInterface, ...master, up: true, peer: { name: 'eth0', namespace: { fd: this.#fd } } });
    for (const address of hostAddresses) give(findLink(hostInterface)!.index, address);
    this.#configure((socket) => {
      setLinkUp('eth0', true, socket);
      for (const address of addresses) give(findLink('eth0', socket)!.index, address, socket);
      for (const gateway of gateways) addDefaultRoute(gateway, socket);
    });
  }

  #configure(action: (socket: RouteSocket) => void): void {
    const socket = RouteSocket.openIn(this.#fd);
    try {
      action(socket);
    } finally {
      socket.close();
    }
  }

  /** Tells whoever connects its name, and how it sees them. */
  serve(name: string, port: number): void {
    const server = createServer((client) => {
      client.on('error', linger);
      client.end(`${name} to ${plain(client.remoteAddress)}`);
    });
    this.#open.add(() => server.close());
    server.listen({ fd: this.#hold('stream', port) });
  }

  /** The same of datagrams. */
  serveDatagrams(name: string, port: number): void {
    const socket = createSocket('udp6');
    socket.on('error', linger);
    socket.on('message', (_datagram, from) =>
      socket.send(`${name} to ${plain(from.address)}`, from.port, from.address, linger),
    );
    socket.bind({ fd: this.#hold('datagram', port) });
    this.#open.add(() => socket.close());
  }

  #hold(kind: 'stream' | 'datagram', port: number): number {
    return inNetworkNamespace(this.#fd, () => holdPort(kind, { address: '::', port, bothFamilies: true }).fd);
  }

  /** Opened in there, connected to nobody. */
  socket(family: 4 | 6): number {
    return inNetworkNamespace(this.#fd, () =>
      syscall('socket', family === 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0),
    );
  }

  /** What is said there, first or to a question; undefined where nobody answers, or not in time. */
  ask(address: string, port: number, ms = 1_000, question = ''): Promise<string | undefined> {
    const fd = this.socket(address.includes(':') ? 6 : 4);
    const socket = new Socket({ fd, manualStart: true } as { fd: number }).connect(port, address);
    if (question !== '') socket.once('connect', () => socket.write(question));
    return heard(socket, ms);
  }

  /** The same by a datagram, sent again while there is no answer. */
  async askByDatagram(address: string, port: number, ms = 1_000): Promise<string | undefined> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const held = inNetworkNamespace(this.#fd, () =>
      holdPort('datagram', { address: address.includes(':') ? '::' : '0.0.0.0', port: 0 }),
    );
    socket.bind({ fd: held.fd });
    socket.on('error', linger);
    let said: string | undefined;
    socket.on('message', (datagram) => (said = datagram.toString()));
    const deadline = Date.now() + patience(ms);
    while (said === undefined && Date.now() < deadline) {
      socket.send('who are you?', port, address, linger);
      await sleep(50);
    }
    socket.close();
    return said;
  }

  close(): void {
    for (const close of this.#open) close();
    closeSync(this.#fd);
  }
}

/** Of the host itself. */
export function askFromHost(address: string, port: number, ms = 1_000): Promise<string | undefined> {
  return heard(new Socket().connect(port, address), ms);
}

function heard(socket: Socket, ms: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said: string | undefined;
    const timer = setTimeout(() => socket.destroy(), patience(ms));
    socket.on('error', linger);
    socket.on('data', (data: Buffer) => (said = (said ?? '') + data.toString()));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

function give(link: number, address: string, socket?: RouteSocket): void {
  const [host = '', prefix] = address.split('/');
  addAddress(link, host, Number(prefix), socket);
}

const plain = (address: string | undefined): string => (address ?? 'nobody').replace(/^::ffff:/, '');
