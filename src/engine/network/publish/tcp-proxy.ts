// Connections to a port of the host, led into a container: bytes both ways no faster than either side takes them, each direction
// closed by itself, and an end without ceremony on one side is one on the other.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { addressesFor, type Proxy, type Target } from './proxy.js';

/** Who is gone without a word is found out, or a half that is closed would stay so for ever. */
const STREAM = { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

export class TcpProxy implements Proxy {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #waiting = new Set<Socket>();
  #target: Target | undefined;

  /**
   * @param fd a socket that listens; it is the proxy's from here on
   * @param port of the container
   */
  constructor(
    fd: number,
    private readonly port: number,
  ) {
    this.#server = createServer({ ...STREAM, pauseOnConnect: true }, (client) => {
      this.#keep(client);
      if (this.#target === undefined) this.#wait(client);
      else this.#lead(client, addressesFor(this.#target, client.remoteAddress));
    });
    // Without a descriptor to accept with, whoever comes is turned away; the next may be let in.
    this.#server.on('error', () => undefined);
    this.#server.listen({ fd });
  }

  leadTo(target: Target): void {
    this.#target = target;
    for (const client of this.#waiting) this.#lead(client, addressesFor(target, client.remoteAddress));
    this.#waiting.clear();
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) drop(socket);
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => undefined);
  }

  #wait(client: Socket): void {
    this.#waiting.add(client);
    client.on('error', () => this.#waiting.delete(client));
  }

  #lead(client: Socket, [address, ...others]: readonly string[]): void {
    const inside = connect({ ...STREAM, host: address!, port: this.port });
    this.#keep(inside);
    const refused = (): void => {
      client.off('error', gone);
      if (others.length > 0 && !client.destroyed) this.#lead(client, others);
      else drop(client);
    };
    const gone = (): void => void inside.destroy();
    client.on('error', gone);
    inside.once('error', refused);
    inside.once('connect', () => {
      inside.off('error', refused);
      client.off('error', gone);
      join(client, inside);
    });
  }
}

/** As if nobody had listened; one that is not connected yet has nobody to tell. */
function drop(socket: Socket): void {
  // libuv resets none that is about to close its half, and Node would then leave it open for ever.
  const isClosingHalf = socket.writableEnded && !socket.writableFinished;
  if (socket.connecting || isClosingHalf) socket.destroy();
  else socket.resetAndDestroy();
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => drop(to));
    from.pipe(to);
  }
}
