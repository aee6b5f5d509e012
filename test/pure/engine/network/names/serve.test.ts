// The resolver behind its sockets, on loopback: who asks, what comes back, and those who mean no good.
import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode } from 'dns-packet';
import { createForwarder, type Forwarder } from '../../../../../src/engine/network/names/forward.js';
import { MessageReader } from '../../../../../src/engine/network/names/frames.js';
import { framed, RCODE, rcodeOf } from '../../../../../src/engine/network/names/message.js';
import { createResolver } from '../../../../../src/engine/network/names/resolver.js';
import { serveNames, type NameServer } from '../../../../../src/engine/network/names/serve.js';
import { nameTable, type NameTable } from '../../../../../src/engine/network/names/tables.js';
import { ask, dataOf, toyServer, type ToyServer } from '../../../../support/dns.js';
import { endpoint, network } from '../../../../support/name-tables.js';
import { patience } from '../../../../support/patience.js';

/** Loopback in the place of a network: whoever is at 127.0.0.1 is the container "web". */
const loopback = { ...network('app', ['10.5.0.0/24']), subnets: [{ subnet: '127.0.0.0/24', gateway: '127.0.0.1' }] };
const GATEWAY = '127.0.0.1';
let port = 0;
let upstream: ToyServer;
let forwarder: Forwarder;
let server: NameServer;
let client: UdpSocket;
let tables: readonly NameTable[];

before(async () => {
  upstream = await toyServer(({ questions }, transport) => {
    const [question] = questions!;
    const count = question!.name === 'long.example' ? 100 : 1;
    if (question!.name === 'long.example' && transport === 'udp') return { flags: 0x0200 };
    return {
      answers: Array.from({ length: count }, (_, i) => ({ type: 'A', name: question!.name, data: `192.0.2.${i}` })),
    };
  }, '127.0.0.2');
  const free = await toyServer(() => undefined);
  ({ port } = free);
  free.close();
});
after(() => upstream.close());

beforeEach(async () => {
  tables = [
    nameTable(loopback, [
      endpoint('web', '127.0.0.1', { names: ['web'] }),
      endpoint('a', '127.0.0.5', { names: ['a', 'both'] }),
      endpoint('b', '127.0.0.6', { names: ['b', 'both'] }),
      ...Array.from({ length: 80 }, (_, i) => endpoint(`m${i}`, `127.0.0.${100 + i}`, { names: ['many'] })),
    ]),
  ];
  forwarder = createForwarder({ port: upstream.port, attemptMs: 200 });
  const resolver = createResolver({ tables: () => tables, serversFor: () => ['127.0.0.2'], forwarder });
  const respond = (message: Buffer, address: string, transport: 'udp' | 'tcp') =>
    resolver.respond(message, { network: loopback.id, address }, transport);
  server = await serveNames({ address: GATEWAY, port, respond });
  client = createSocket('udp4');
});
afterEach(() => {
  server.close();
  forwarder.close();
  client.close();
});

/** As a resolver does it: where the kernel has dropped a question, behind a flood, it is asked once more. */
async function byUdp(message: Buffer): Promise<Buffer> {
  const send = () => client.send(message, port, GATEWAY);
  const again = setInterval(send, 500);
  try {
    send();
    const [reply] = (await once(client, 'message', { signal: AbortSignal.timeout(patience(5_000)) })) as [Buffer];
    return reply;
  } finally {
    clearInterval(again);
  }
}

/** Sends the pieces one after the other; gives as many messages as came before the end. */
async function byTcp(...pieces: Buffer[]): Promise<Buffer[]> {
  const socket = connect(port, GATEWAY);
  const reader = new MessageReader();
  const found: Buffer[] = [];
  socket.on('error', () => undefined);
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(patience(5_000)) });
  socket.on('data', (chunk) => {
    reader.push(chunk);
    for (let message = reader.next(); message !== undefined; message = reader.next()) found.push(message);
  });
  for (const piece of pieces) {
    socket.write(piece);
    await sleep(5);
  }
  socket.end();
  await closed;
  return found;
}

describe('port 53 of a gateway', () => {
  it('answers by UDP and by TCP', async () => {
    assert.deepEqual(dataOf(await byUdp(ask('A'))), ['127.0.0.5']);
    const [reply] = await byTcp(framed(ask('b')));
    assert.deepEqual(dataOf(reply!), ['127.0.0.6']);
  });

  it('gives addresses their turns, though the one or other family is asked for in between', async () => {
    const firsts: unknown[] = [];
    for (let i = 0; i < 4; i += 1) {
      firsts.push(dataOf(await byUdp(ask('both')))[0]);
      assert.deepEqual(dataOf(await byUdp(ask('both', 'AAAA'))), []);
    }
    assert.deepEqual(firsts, ['127.0.0.5', '127.0.0.6', '127.0.0.5', '127.0.0.6']);
  });

  it('answers what has just come, and no more what has just gone', async () => {
    assert.deepEqual(dataOf(await byUdp(ask('late'))), ['192.0.2.0']);
    tables = [nameTable(loopback, [...tables[0]!.endpoints, endpoint('late', '127.0.0.9')])];
    assert.deepEqual(dataOf(await byUdp(ask('late'))), ['127.0.0.9']);
    tables = [nameTable(loopback, [endpoint('web', '127.0.0.1')])];
    assert.deepEqual(dataOf(await byUdp(ask('a'))), ['192.0.2.0']);
  });

  it('says by UDP what has room, and all of it by TCP', async () => {
    const short = decode(await byUdp(ask('many')));
    assert.equal(short.flag_tc, true);
    assert.ok(short.answers!.length > 0 && short.answers!.length < 80);
    const [whole] = await byTcp(framed(ask('many')));
    assert.equal(decode(whole!).answers!.length, 80);
  });

  it('passes on what another server knows, and that it has more', async () => {
    const reply = await byUdp(ask('example.org', 'A', 1234));
    assert.equal(reply.readUInt16BE(0), 1234);
    assert.deepEqual(dataOf(reply), ['192.0.2.0']);
    assert.equal(decode(await byUdp(ask('long.example'))).flag_tc, true);
    const [whole] = await byTcp(framed(ask('long.example')));
    assert.equal(decode(whole!).answers!.length, 100);
  });

  it('takes several questions over one connection, however they are cut', async () => {
    const bytes = Buffer.concat(['a', 'b', 'example.org'].map((name) => framed(ask(name))));
    const replies = await byTcp(bytes.subarray(0, 1), bytes.subarray(1, 30), bytes.subarray(30));
    assert.deepEqual(replies.map(dataOf), [['127.0.0.5'], ['127.0.0.6'], ['192.0.2.0']]);
  });

  it('is not to be talked out of answering', async () => {
    for (const nonsense of [Buffer.alloc(0), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(60_000, 0xff)]) {
      client.send(nonsense, port, GATEWAY);
      await byTcp(nonsense);
      await byTcp(framed(nonsense.subarray(0, 65_535)), framed(ask('a')));
    }
    for (let i = 0; i < 2000; i += 1) client.send(Buffer.alloc(i % 200, i), port, GATEWAY);
    await sleep(50);
    client.close();
    client = createSocket('udp4');
    assert.deepEqual(dataOf(await byUdp(ask('a'))), ['127.0.0.5']);
    // Connections that are only held open.
    const idle = Array.from({ length: 150 }, () => connect(port, GATEWAY).on('error', () => undefined));
    await sleep(50);
    assert.deepEqual(dataOf(await byUdp(ask('b'))), ['127.0.0.6']);
    for (const socket of idle) socket.destroy();
  });

  it('says that it failed when no other server answers', async () => {
    const dead = createResolver({ tables: () => tables, serversFor: () => ['127.0.0.77'], forwarder });
    const reply = await dead.respond(ask('example.org'), { network: loopback.id, address: '127.0.0.1' }, 'udp');
    assert.equal(rcodeOf(reply!), RCODE.serverFailure);
    const broken = createResolver({
      tables: () => tables,
      serversFor: () => {
        throw new Error('no files today');
      },
      forwarder,
    });
    const said = await broken.respond(ask('example.org'), { network: loopback.id, address: '127.0.0.1' }, 'udp');
    assert.equal(rcodeOf(said!), RCODE.serverFailure);
  });

  it('says nothing to whoever is not on the network', () => {
    const resolver = createResolver({ tables: () => tables, serversFor: () => [], forwarder });
    for (const address of ['10.9.9.9', '127.0.1.1', '::1', 'nonsense'])
      assert.equal(resolver.respond(ask('a'), { network: loopback.id, address }, 'udp'), undefined, address);
    assert.equal(resolver.respond(ask('a'), { network: 'gone', address: '127.0.0.1' }, 'udp'), undefined);
  });

  it('cannot be served where another program has the port, nor at an address of somebody else', async () => {
    const respond = () => undefined;
    const other = createSocket('udp4');
    other.bind(0, GATEWAY);
    await once(other, 'listening');
    const taken = other.address().port;
    await assert.rejects(serveNames({ address: GATEWAY, port: taken, respond }), { code: 'EADDRINUSE' });
    other.close();
    await assert.rejects(serveNames({ address: '192.0.2.1', port, respond }), { code: 'EADDRNOTAVAIL' });
  });
});
