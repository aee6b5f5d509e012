// One question to one name server, by UDP or TCP, and what comes back of it. Each has a socket of its own, connected, with a port
// that the kernel chose: an answer that somebody else makes up would have to guess it, and the id.
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { MessageReader } from './frames.js';
import { framed, type Transport } from './message.js';

const DNS_PORT = 53;

export interface Exchange {
  readonly server: string;
  readonly transport: Transport;
  readonly message: Buffer;
  /** whether these bytes are an answer to it; what is not is as if it had never come */
  readonly isReply: (bytes: Buffer) => boolean;
  readonly onReply: (bytes: Buffer) => void;
  /** nobody is there, or none that can be reached; not called when there is silence */
  readonly onFailure: () => void;
  /** 53, but for tests */
  readonly port?: number;
}

/** @returns ends it: nothing is called any more */
export function exchange(wanted: Exchange): () => void {
  return wanted.transport === 'udp' ? byUdp(wanted) : byTcp(wanted);
}

function byUdp({ server, message, isReply, onReply, onFailure, port = DNS_PORT }: Exchange): () => void {
  const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4');
  let isOver = false;
  const end = () => {
    if (!isOver) socket.close();
    isOver = true;
  };
  const fail = () => {
    if (isOver) return;
    end();
    onFailure();
  };
  socket.on('error', fail);
  socket.on('message', (bytes) => {
    if (isOver || !isReply(bytes)) return;
    end();
    onReply(bytes);
  });
  socket.connect(port, server, (error?: Error) => {
    if (error !== undefined) fail();
    else if (!isOver) socket.send(message, (failure) => failure && fail());
  });
  return end;
}

function byTcp({ server, message, isReply, onReply, onFailure, port = DNS_PORT }: Exchange): () => void {
  const reader = new MessageReader();
  const socket = connect({ host: server, port });
  let isOver = false;
  const end = () => {
    isOver = true;
    socket.destroy();
  };
  const fail = () => {
    if (isOver) return;
    end();
    onFailure();
  };
  socket.on('connect', () => void socket.write(framed(message)));
  socket.on('data', (chunk) => {
    reader.push(chunk);
    const bytes = reader.next();
    if (isOver || bytes === undefined) return;
    if (!isReply(bytes)) {
      fail();
      return;
    }
    end();
    onReply(bytes);
  });
  socket.on('error', fail);
  socket.on('close', fail);
  return end;
}
