// Datagrams to a port of the host, led into a container: each who sends gets a socket of its own towards the container, so that
// what comes back there is for them, and loses it when nothing was said for a while.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { addressesFor, type Proxy, type Target } from './proxy.js';

/** As Docker's, ms: longer than any resolver waits, shorter than what would be kept for nothing. */
const IDLE_MS = 90_000;
/** Who has been silent the longest makes room. */
const MAX_FLOWS = 1024;
/** Of what is on its way into the container or out of it, bytes; more than that is lost, as on a full link. */
const MAX_QUEUED_BYTES = 1024 * 1024;
/** Said before the socket towards the container was there. */
const MAX_EARLY = 16;

interface Flow {
  readonly inside: Socket;
  /** what waits for the socket; undefined when it is there */
  early: Buffer[] | undefined;
  /** ms, of performance.now() */
  usedAt: number;
}

export interface UdpProxyOptions {
  /** a bound socket; it is the proxy's from here on */
  readonly fd: number;
  readonly family: 4 | 6;
  /** of the container */
  readonly port: number;
  readonly idleMs?: number;
}

export class UdpProxy implements Proxy {
  readonly #outside: Socket;
  readonly #port: number;
  readonly #idleMs: number;
  /** by who sends; who was heard of last stands last */
  readonly #flows = new Map<string, Flow>();
  #target: Target | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor({ fd, family, port, idleMs = IDLE_MS }: UdpProxyOptions) {
    this.#port = port;
    this.#idleMs = idleMs;
    this.#outside = createSocket(family === 4 ? 'udp4' : 'udp6');
    this.#outside.on('error', () => undefined);
    this.#outside.on('message', (datagram, from) => this.#take(datagram, from));
    this.#outside.bind({ fd });
  }

  get flows(): number {
    return this.#flows.size;
  }

  leadTo(target: Target): void {
    this.#target = target;
  }

  close(): void {
    for (const from of [...this.#flows.keys()]) this.#end(from);
    this.#outside.close();
  }

  #take(datagram: Buffer, { address, port }: RemoteInfo): void {
    if (this.#target === undefined) return;
    const from = `${address} ${port}`;
    const flow = this.#flows.get(from) ?? this.#begin(this.#target, { address, port });
    this.#touch(from, flow);
    if (flow.early === undefined) send(flow.inside, datagram);
    else if (flow.early.length < MAX_EARLY) flow.early.push(datagram);
  }

  #touch(from: string, flow: Flow): void {
    flow.usedAt = performance.now();
    this.#flows.delete(from);
    this.#flows.set(from, flow);
  }

  #begin(target: Target, { address, port }: Pick<RemoteInfo, 'address' | 'port'>): Flow {
    const from = `${address} ${port}`;
    if (this.#flows.size >= MAX_FLOWS) this.#end(this.#flows.keys().next().value!);
    const [to] = addressesFor(target, address);
    const inside = createSocket(isIPv4(to!) ? 'udp4' : 'udp6');
    const flow: Flow = { inside, early: [], usedAt: 0 };
    // Nobody listens in there yet, or no more: who sends hears nothing then, as of any datagram that is lost.
    inside.on('error', () => undefined);
    inside.on('message', (datagram) => {
      if (this.#flows.get(from) !== flow) return;
      this.#touch(from, flow);
      if (this.#outside.getSendQueueSize() < MAX_QUEUED_BYTES) this.#outside.send(datagram, port, address, ignore);
    });
    inside.once('connect', () => {
      const { early } = flow;
      flow.early = undefined;
      for (const datagram of early ?? []) send(inside, datagram);
    });
    inside.connect(this.#port, to);
    this.#sweep ??= setInterval(() => this.#endSilent(), this.#idleMs / 3).unref();
    return flow;
  }

  #endSilent(): void {
    const since = performance.now() - this.#idleMs;
    for (const [from, { usedAt }] of this.#flows) {
      if (usedAt > since) break;
      this.#end(from);
    }
  }

  #end(from: string): void {
    this.#flows.get(from)?.inside.close();
    this.#flows.delete(from);
    if (this.#flows.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}

function send(inside: Socket, datagram: Buffer): void {
  if (inside.getSendQueueSize() < MAX_QUEUED_BYTES) inside.send(datagram, ignore);
}

/** That a datagram was lost is told to nobody. */
const ignore = (): void => undefined;
