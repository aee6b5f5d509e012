// Questions as bytes, and small name servers on loopback that say what a test wants.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { decode, encode, type DecodedPacket, type Packet, type Question } from 'dns-packet';
import { MessageReader } from '../../src/engine/network/names/frames.js';
import { framed, receive, type Query } from '../../src/engine/network/names/message.js';

export function ask(name: string, type: Question['type'] = 'A', id = 4711): Buffer {
  return encode({ type: 'query', id, flags: 0x0100, questions: [{ name, type }] });
}

export function queryOf(bytes: Buffer): Query {
  const received = receive(bytes);
  assert.equal(received.kind, 'query');
  return (received as { query: Query }).query;
}

/** undefined: it is silent */
export type Says = (asked: DecodedPacket, transport: 'udp' | 'tcp') => Packet | Buffer | undefined;

export interface ToyServer {
  readonly port: number;
  /** what it was asked, as it came */
  readonly asked: Buffer[];
  close(): void;
}

/** Answers on an address of loopback, by UDP and TCP on the same port: one that is free, or the one that is given. */
export async function toyServer(says: Says, address = '127.0.0.1', port = 0): Promise<ToyServer> {
  const asked: Buffer[] = [];
  const answerTo = (message: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined => {
    asked.push(message);
    const question = decode(message);
    const said = says(question, transport);
    if (said === undefined || Buffer.isBuffer(said)) return said;
    return encode({ type: 'response', id: question.id, questions: question.questions, ...said });
  };
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    const reader = new MessageReader();
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      reader.push(chunk);
      const message = reader.next();
      const reply = message === undefined ? undefined : answerTo(message, 'tcp');
      if (reply !== undefined) socket.write(framed(reply));
    });
  });
  tcp.listen(port, address);
  await once(tcp, 'listening');
  const bound = (tcp.address() as AddressInfo).port;
  const udp = createSocket('udp4');
  udp.on('message', (message, from) => {
    const reply = answerTo(message, 'udp');
    if (reply !== undefined) udp.send(reply, from.port, from.address);
  });
  udp.bind(bound, address);
  await once(udp, 'listening');
  return {
    port: bound,
    asked,
    close() {
      udp.close();
      tcp.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The addresses and names in an answer. */
export function dataOf(reply: Buffer): unknown[] {
  return (decode(reply).answers ?? []).map((record) => ('data' in record ? record.data : undefined));
}
