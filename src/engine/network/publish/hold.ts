// Holding ports of the host for as long as a container runs: who is first has them, whoever asks for one that is taken is told by whom,
// and what comes to them is led into the container where no rule of nft does it before.
import { holdPort, SyscallError, type HeldSocket } from '../../../native/index.js';
import { isTscontainError, TscontainError } from '../../errors.js';
import { errnoOf } from '../../state/file-errors.js';
import { Turns } from '../../turns.js';
import type { PortBinding, PublishedPort } from '../model.js';
import { hostPortText, isLoopback, TakenPorts, type Taken } from './bindings.js';
import type { Proxy, Target } from './proxy.js';
import { TcpProxy } from './tcp-proxy.js';
import { UdpProxy } from './udp-proxy.js';
import { listenerWords, whoListens } from './who-listens.js';

export interface HeldPorts {
  /** as they are in force: no host port is 0 */
  readonly ports: readonly PublishedPort[];
  /** From here on who comes is led there, and so are those who wait already. */
  leadTo(target: Target): void;
  /** Gives all of them back and ends what goes through them. Once is enough. */
  release(): void;
}

export const NO_PORTS: HeldPorts = { ports: [], leadTo: () => undefined, release: () => undefined };

interface Held {
  readonly port: PublishedPort;
  /** none of sctp, which Node does not speak: only nft leads it into the container */
  readonly proxy?: Proxy;
}

/**
 * Holds what is asked for, all of it or nothing.
 * @param taken what other containers have published
 * @throws TscontainError PORT_IN_USE with who has it, INVALID_VALUE (no address of the host), NOT_SUPPORTED (sctp of loopback),
 *   PERMISSION_DENIED, IO_ERROR
 */
export async function holdPorts(bindings: readonly PortBinding[], taken: Iterable<Taken>): Promise<HeldPorts> {
  if (bindings.length === 0) return NO_PORTS;
  const others = new TakenPorts(taken);
  const own = new TakenPorts([]);
  const held: Held[] = [];
  const turns = new Turns();
  try {
    for (const binding of bindings) {
      const one = await holdFirstFree(binding, others, own);
      own.add({ name: '', port: one.port });
      held.push(one);
      if (turns.isDue) await turns.give();
    }
  } catch (error) {
    release(held);
    throw error;
  }
  return heldPorts(held);
}

/**
 * Of a container that runs already, whose supervisor is no more. What cannot be held any more is told, and nft may still lead there.
 */
export async function holdAgain(ports: readonly PublishedPort[], tell: (reason: string) => void): Promise<HeldPorts> {
  const held: Held[] = [];
  const turns = new Turns();
  for (const port of ports) {
    try {
      held.push(hold(port));
    } catch (error) {
      tell((await failure(error, port)).message);
      held.push({ port });
    }
    if (turns.isDue) await turns.give();
  }
  return heldPorts(held);
}

function heldPorts(held: Held[]): HeldPorts {
  return {
    ports: held.map(({ port }) => port),
    leadTo: (target) => held.forEach(({ proxy }) => proxy?.leadTo(target)),
    release: () => release(held.splice(0)),
  };
}

function release(held: readonly Held[]): void {
  for (const { proxy } of held) proxy?.close();
}

/** Of sctp, where nothing shows what is free: Docker's, the dynamic ports of RFC 6335. */
const FIRST_DYNAMIC = 49_152;
const HIGHEST = 65_535;
/** The kernel gives one that is free; a rule of a container whose supervisor just died may still lead it elsewhere. */
const FREE_TRIES = 16;

async function holdFirstFree(binding: PortBinding, others: TakenPorts, own: TakenPorts): Promise<Held> {
  let inTheWay: unknown;
  for (const hostPort of candidates(binding)) {
    const { containerPort, protocol, hostIp } = binding;
    const port: PublishedPort = { containerPort, protocol, hostIp, hostPort };
    if (own.holder(port) !== undefined) {
      inTheWay ??= twice(port);
      continue;
    }
    const holder = others.holder(port);
    if (holder !== undefined) {
      inTheWay ??= inUse(port, `container ${holder}`);
      continue;
    }
    try {
      const held = hold(port);
      if (others.holder(held.port) === undefined) return held;
      held.proxy?.close();
    } catch (error) {
      if (errnoOf(error) !== 'EADDRINUSE') throw await failure(error, port);
      inTheWay ??= error;
    }
  }
  throw await noneOf(binding, inTheWay);
}

function* candidates({ protocol, hostPort, hostPortEnd = hostPort }: PortBinding): Generator<number> {
  if (hostPort > 0) for (let port = hostPort; port <= hostPortEnd; port++) yield port;
  else if (protocol === 'sctp') for (let port = FIRST_DYNAMIC; port <= HIGHEST; port++) yield port;
  else for (let attempt = 0; attempt < FREE_TRIES; attempt++) yield 0;
}

/** @throws SyscallError */
function hold(port: PublishedPort): Held {
  if (port.protocol === 'sctp') {
    if (isLoopback(port.hostIp)) throw notByLoopback(port);
    return { port };
  }
  const { socket, family } = bind(port.protocol, port);
  const held = { ...port, hostPort: socket.port };
  const { containerPort } = port;
  return {
    port: held,
    proxy:
      port.protocol === 'tcp'
        ? new TcpProxy(socket.fd, containerPort)
        : new UdpProxy({ fd: socket.fd, family, port: containerPort }),
  };
}

const NAME_SERVER_PORT = 53;

/** One socket for both families, so that what is held at all addresses is held by a single call. */
function bind(protocol: 'tcp' | 'udp', port: PublishedPort): { socket: HeldSocket; family: 4 | 6 } {
  const kind = protocol === 'tcp' ? 'stream' : 'datagram';
  const { hostIp, hostPort } = port;
  // On the gateways of networks the keeper has it.
  const shared = hostPort === NAME_SERVER_PORT;
  if (hostIp !== '') {
    const socket = holdPort(kind, { address: hostIp, port: hostPort, shared });
    return { socket, family: hostIp.includes(':') ? 6 : 4 };
  }
  try {
    return { socket: holdPort(kind, { address: '::', port: hostPort, bothFamilies: true, shared }), family: 6 };
  } catch (error) {
    if (!(error instanceof SyscallError && ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(error.code))) throw error;
    return { socket: holdPort(kind, { address: '0.0.0.0', port: hostPort, shared }), family: 4 };
  }
}

async function noneOf(binding: PortBinding, inTheWay: unknown): Promise<TscontainError> {
  const { hostPort, hostPortEnd, protocol } = binding;
  if (hostPort === 0 || hostPortEnd !== undefined) {
    const range = hostPortEnd === undefined ? '' : ` from ${hostPort} to ${hostPortEnd}`;
    return new TscontainError('PORT_IN_USE', `no ${protocol} port of the host${range} is free`, {
      hint: 'give a larger range, or stop what listens there',
    });
  }
  return failure(inTheWay, binding);
}

async function failure(error: unknown, port: Omit<PublishedPort, 'containerPort'>): Promise<TscontainError> {
  if (isTscontainError(error)) return error;
  const text = hostPortText(port);
  switch (errnoOf(error)) {
    case 'EADDRINUSE': {
      const at = port.hostIp === '' ? undefined : port.hostIp;
      return inUse(port, listenerWords(await whoListens(port.protocol, port.hostPort, at)), error);
    }
    case 'EADDRNOTAVAIL':
      return new TscontainError(
        'INVALID_VALUE',
        `port ${text} cannot be held: ${port.hostIp} is no address of this host`,
        {
          cause: error,
          hint: 'give one that `ip address` shows, or none for all of them',
        },
      );
    case 'EACCES':
    case 'EPERM':
      return new TscontainError('PERMISSION_DENIED', `port ${text} of the host cannot be held without the right to`, {
        cause: error,
        hint: 'a port below 1024 needs CAP_NET_BIND_SERVICE: take a higher one, or run it as root',
      });
    case 'EMFILE':
    case 'ENFILE':
      return new TscontainError('IO_ERROR', `port ${text} of the host cannot be held: too many files are open`, {
        cause: error,
        hint: 'publish fewer ports, or raise the limit of open files (ulimit -n) before starting it',
      });
    default: {
      const reason = error instanceof Error ? error.message : String(error);
      return new TscontainError('IO_ERROR', `port ${text} of the host cannot be held: ${reason}`, { cause: error });
    }
  }
}

function inUse(port: Omit<PublishedPort, 'containerPort'>, by: string | undefined, cause?: unknown): TscontainError {
  const whom = by === undefined ? 'in use' : `in use by ${by}`;
  return new TscontainError('PORT_IN_USE', `port ${hostPortText(port)} of the host is ${whom}`, {
    cause,
    hint: 'publish another port of the host, or stop what listens there',
  });
}

/** That of 127.0.0.1 and [::1] is the proxies', and none speaks it. */
function notByLoopback(port: PublishedPort): TscontainError {
  return new TscontainError(
    'NOT_SUPPORTED',
    `port ${hostPortText(port)} cannot be published: sctp is not led into containers from addresses of loopback`,
    { hint: 'give another address of the host, or none for all of them' },
  );
}

function twice(port: PublishedPort): TscontainError {
  return new TscontainError('INVALID_VALUE', `port ${hostPortText(port)} of the host is published twice`, {
    hint: 'publish each port of the host once',
  });
}
