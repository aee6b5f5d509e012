// Port 53 of one address: messages in, messages out, by UDP and by TCP.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { holdPort } from '../../../native/index.js';
import { MessageReader } from './frames.js';
import { framed, type Transport } from './message.js';

/** Who connects and says nothing, or does not read what it is told, is let go. */
const IDLE_MS = 10_000;
/** More of them at once are not taken: each could keep 64 KiB of us. */
const MAX_CONNECTIONS = 128;

export interface Serving {
  readonly address: string;
  /** 53, but for tests */
  readonly port: number;
  /** @returns undefined where nothing is to be said */
  readonly respond: (
    message: Buffer,
    from: string,
    transport: Transport,
  ) => Promise<Buffer | undefined> | Buffer | undefined;
}

export interface NameServer {
  close(): void;
}

/** Resolves when both can be asked. @throws SyscallError EADDRINUSE, EADDRNOTAVAIL */
export async function serveNames(serving: Serving): Promise<NameServer> {
  const udp = await serveUdp(serving);
  try {
    const tcp = await serveTcp(serving);
    return {
      close() {
        udp.close();
        tcp.close();
      },
    };
  } catch (error) {
    udp.close();
    throw error;
  }
}

function serveUdp({ address, port, respond }: Serving): Promise<UdpSocket> {
  // Shared: a container may publish a name server of its own at every address of the host.
  const { fd } = holdPort('datagram', { address, port, shared: true });
  const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' });
  socket.on('message', (message, from) => {
    const send = (reply: Buffer | undefined) => {
      // Who asked may be gone, and so may we: nobody waits for an answer that cannot be sent.
      if (reply !== undefined && !isClosed) socket.send(reply, from.port, from.address, () => undefined);
    };
    const answer = respond(message, from.address, 'udp');
    if (answer instanceof Promise) void answer.then(send);
    else send(answer);
  });
  let isClosed = false;
  socket.on('close', () => (isClosed = true));
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ fd }, () => {
      socket.removeAllListeners('error');
      // What the kernel tells of a packet that did not arrive concerns whoever it was for.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

async function serveTcp(serving: Serving): Promise<{ close(): void }> {
  const connections = new Set<Socket>();
  const server = createServer({ pauseOnConnect: false }, (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    void converse(socket, serving);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const { address, port } = serving;
  await listen(server, holdPort('stream', { address, port, shared: true }).fd);
  return {
    close() {
      server.close();
      for (const socket of connections) socket.destroy();
    },
  };
}

function listen(server: Server, fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ fd }, () => {
      server.removeListener('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

/** One message after the other: nothing more is read before the last one is answered, and that taken. */
async function converse(socket: Socket, { respond }: Serving): Promise<void> {
  const from = socket.remoteAddress;
  if (from === undefined) return;
  const reader = new MessageReader();
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      reader.push(chunk);
      for (let message = reader.next(); message !== undefined; message = reader.next()) {
        const reply = await respond(message, from, 'tcp');
        // Who sends no query there is no talking to.
        if (reply === undefined) return;
        if (!socket.write(framed(reply))) await drained(socket);
      }
    }
  } catch {
    // Gone in the middle of it.
  } finally {
    socket.end();
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
