// Ports of the host that are held, and the proxies at them: bytes and datagrams both ways, ends of every kind, and what is said
// where a port cannot be had. In a network namespace of this file's own.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PortBinding } from '../../../src/engine/network/model.js';
import { serveNames } from '../../../src/engine/network/names/serve.js';
import { holdAgain, holdPorts, type HeldPorts } from '../../../src/engine/network/publish/hold.js';
import { UdpProxy } from '../../../src/engine/network/publish/udp-proxy.js';
import { holdPort, syscall } from '../../../src/native/index.js';
import { openDescriptors } from '../../support/launching.js';
import { enterOwnNetwork } from '../../support/own-network.js';
import { eventually } from '../../support/patience.js';
import { refusal } from '../../support/refusal.js';

enterOwnNetwork();

const LOCAL = '127.0.0.1';
const MiB = 1024 * 1024;

const binding = (hostPort: number, more: Partial<PortBinding> = {}): PortBinding => ({
  containerPort: 80,
  protocol: 'tcp',
  hostIp: LOCAL,
  hostPort,
  ...more,
});

/** What listens in the container; here it is one more port of loopback. */
async function listening(t: TestContext, answer: (client: Socket) => void, host = LOCAL): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => undefined);
    answer(client);
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => server.close());
  return portOf(server);
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function hold(t: TestContext, ...bindings: PortBinding[]): Promise<HeldPorts> {
  const held = await holdPorts(bindings, []);
  t.after(() => held.release());
  return held;
}

/** A port of the host that leads to that port. */
async function leading(t: TestContext, containerPort: number): Promise<{ held: HeldPorts; port: number }> {
  const held = await hold(t, binding(0, { containerPort }));
  held.leadTo({ ipv4Address: LOCAL });
  return { held, port: held.ports[0]!.hostPort };
}

async function connected(port: number, host = LOCAL): Promise<Socket> {
  const client = connect({ port, host, allowHalfOpen: true });
  await once(client, 'connect');
  return client;
}

/** What comes until the other side has closed its half; this one stays as it is. */
function everything(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.once('end', () => resolve(text));
    socket.once('error', reject);
  });
}

/** Sockets of this network namespace that listen. */
const listeners = (): number =>
  ['tcp', 'tcp6'].reduce(
    (count, table) => count + [...readFileSync(`/proc/self/net/${table}`, 'latin1').matchAll(/ 0A /g)].length,
    0,
  );

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  server.listen(port, '::');
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.once('listening', () => server.close(() => resolve(true)));
  });
};

describe('a connection through a proxy', () => {
  it('is half closed by one side while the other goes on, either way round', async (t) => {
    const asked = await listening(t, (client) => void everything(client).then((said) => client.end(`heard ${said}`)));
    const client = await connected((await leading(t, asked)).port);
    client.end('all of it');
    assert.equal(await everything(client), 'heard all of it');

    const told = new Promise<string>((resolve) => {
      void listening(t, (inside) => {
        inside.end('that was all');
        void everything(inside).then(resolve);
      }).then(async (port) => {
        const other = await connected((await leading(t, port)).port);
        assert.equal(await everything(other), 'that was all');
        await sleep(20);
        other.end('still here');
      });
    });
    assert.equal(await told, 'still here');
  });

  it('takes no more than the other side does, and loses nothing', async (t) => {
    let inside: Socket | undefined;
    const slow = await listening(t, (client) => (inside = client.pause()));
    const client = await connected((await leading(t, slow)).port);
    const before = process.memoryUsage().rss;
    let written = 0;
    const write = async (bytes: number): Promise<void> => {
      for (const end = written + bytes; written < end; written += MiB)
        if (!client.write(Buffer.alloc(MiB, 7))) await once(client, 'drain');
      client.end();
    };
    const writing = write(256 * MiB);
    await sleep(500);
    const taken = written;
    await sleep(200);
    assert.ok(
      written - taken < 4 * MiB && taken < 64 * MiB,
      `${taken} bytes were taken, and then ${written - taken} more`,
    );
    assert.ok(process.memoryUsage().rss - before < 128 * MiB);
    let received = 0;
    inside!.on('data', (chunk: Buffer) => (received += chunk.length)).resume();
    await writing;
    await once(inside!, 'end');
    assert.equal(received, 256 * MiB);
    client.destroy();
    inside!.destroy();
  });

  it('ends without ceremony where the other side does', async (t) => {
    const rude = await listening(t, (client) => setTimeout(() => client.resetAndDestroy(), 20));
    const client = await connected((await leading(t, rude)).port);
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');

    const reset = new Promise<NodeJS.ErrnoException>((resolve) => {
      void listening(t, (inside) => inside.on('error', resolve).resume()).then(async (port) => {
        const other = await connected((await leading(t, port)).port);
        other.write('x');
        await sleep(50);
        other.resetAndDestroy();
      });
    });
    assert.equal((await reset).code, 'ECONNRESET');
  });

  it('is refused where nobody listens in the container', async (t) => {
    const gone = createServer().listen(0, LOCAL);
    await once(gone, 'listening');
    const port = portOf(gone);
    await new Promise((resolve) => gone.close(resolve));
    const client = await connected((await leading(t, port)).port);
    await assert.rejects(everything(client), { code: 'ECONNRESET' });
  });

  it('waits as long as it is not known where to', async (t) => {
    const port = await listening(t, (client) => client.end('here'));
    const held = await hold(t, binding(0, { containerPort: port }));
    const descriptors = openDescriptors().length;
    const client = await connected(held.ports[0]!.hostPort);
    const gone = await connected(held.ports[0]!.hostPort);
    gone.destroy();
    await sleep(50);
    held.leadTo({ ipv4Address: LOCAL });
    assert.equal(await everything(client), 'here');
    client.end();
    await eventually(() => assert.ok(openDescriptors().length <= descriptors, 'nothing of it is left open'));
  });

  it('goes to the other address where nobody listens at that of its own family', async (t) => {
    const port = await listening(t, (client) => client.end('by IPv4'));
    const held = await hold(t, binding(0, { containerPort: port, hostIp: '::1' }));
    held.leadTo({ ipv4Address: LOCAL, ipv6Address: '::1' });
    assert.equal(await everything(await connected(held.ports[0]!.hostPort, '::1')), 'by IPv4');
  });

  it('ends with the hold, and the port is free', async (t) => {
    const port = await listening(t, (client) => client.resume());
    const { held, port: hostPort } = await leading(t, port);
    const client = await connected(hostPort);
    client.write('x');
    await sleep(50);
    held.release();
    await once(client, 'error');
    await eventually(async () => assert.ok(await isFree(hostPort)));
  });
});

describe('datagrams through a proxy', () => {
  const shouting = async (t: TestContext): Promise<number> => {
    const socket = createSocket('udp4');
    socket.on('message', (datagram, from) => socket.send(datagram.toString().toUpperCase(), from.port, from.address));
    socket.bind(0, LOCAL);
    await once(socket, 'listening');
    t.after(() => socket.close());
    return socket.address().port;
  };

  /** Sends until it is answered: a datagram may come before anybody is there. */
  async function exchange(t: TestContext, port: number, text: string): Promise<string> {
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    const answer = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(text, port, LOCAL);
    return (await answer)[0].toString();
  }

  it('come back to whoever sent them, each with a way of its own, which goes when it is silent', async (t) => {
    const { fd, port } = holdPort('datagram', { address: LOCAL, port: 0 });
    const proxy = new UdpProxy({ fd, family: 4, port: await shouting(t), idleMs: 150 });
    t.after(() => proxy.close());
    proxy.leadTo({ ipv4Address: LOCAL });
    const texts = Array.from({ length: 50 }, (_, index) => `datagram ${index}`);
    const answers = await Promise.all(texts.map((text) => exchange(t, port, text)));
    assert.deepEqual(
      answers,
      texts.map((text) => text.toUpperCase()),
    );
    assert.equal(proxy.flows, 50);
    await eventually(() => assert.equal(proxy.flows, 0));
    assert.equal(await exchange(t, port, 'again'), 'AGAIN');
  });

  it('of ever new senders make room for one another', async (t) => {
    const { fd, port } = holdPort('datagram', { address: LOCAL, port: 0 });
    const proxy = new UdpProxy({ fd, family: 4, port: await shouting(t) });
    proxy.leadTo({ ipv4Address: LOCAL });
    const descriptors = openDescriptors().length;
    for (let round = 0; round < 12; round++)
      await Promise.all(
        Array.from({ length: 100 }, async () => {
          const socket = createSocket('udp4');
          socket.send('x', port, LOCAL);
          await once(socket, 'message');
          socket.close();
        }),
      );
    assert.equal(proxy.flows, 1024);
    proxy.close();
    await eventually(() => assert.ok(openDescriptors().length <= descriptors));
  });

  it('as large as they come pass whole', async (t) => {
    const port = await shouting(t);
    const held = await hold(t, binding(0, { protocol: 'udp', containerPort: port }));
    held.leadTo({ ipv4Address: LOCAL });
    const large = 'x'.repeat(65_000);
    assert.equal(await exchange(t, held.ports[0]!.hostPort, large), large.toUpperCase());
  });
});

describe('a port of the host', () => {
  it('is held at every address of both families by one socket', async (t) => {
    const port = await listening(t, (client) => client.end(client.remoteAddress ?? ''));
    const before = openDescriptors().length;
    const held = await hold(t, binding(0, { hostIp: '', containerPort: port }));
    held.leadTo({ ipv4Address: LOCAL });
    assert.equal(openDescriptors().length, before + 1);
    const { hostPort } = held.ports[0]!;
    for (const address of [LOCAL, '127.0.0.5', '::1'])
      assert.equal(await everything(await connected(hostPort, address)), LOCAL, address);
  });

  it('that a process has is told with its name and number', async (t) => {
    const script = "require('net').createServer().listen(18080, '127.0.0.1', () => console.log('ready'))";
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'], argv0: 'listener' });
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const wanted = new RegExp(`^port 18080/tcp of the host is in use by \\S+ \\(process ${child.pid}\\)$`);
    await assert.rejects(holdPorts([binding(18_080, { hostIp: '' })], []), refusal('PORT_IN_USE', wanted));
  });

  it('that a container has is told with its name, also where nothing listens', async () => {
    const taken = [
      { name: 'web', port: { containerPort: 80, protocol: 'tcp', hostIp: '', hostPort: 18_081 } as const },
    ];
    await assert.rejects(
      holdPorts([binding(18_081)], taken),
      refusal('PORT_IN_USE', /^port 127\.0\.0\.1:18081\/tcp of the host is in use by container web$/),
    );
    const sctp = [{ name: 'sig', port: { containerPort: 7, protocol: 'sctp', hostIp: '', hostPort: 7 } as const }];
    await assert.rejects(
      holdPorts([binding(7, { protocol: 'sctp' })], sctp),
      refusal('PORT_IN_USE', /^port 127\.0\.0\.1:7\/sctp of the host is in use by container sig$/),
    );
  });

  it('is chosen: the first of a range that is free, or any', async (t) => {
    const first = await hold(t, binding(18_090, { hostPortEnd: 18_092 }), binding(18_090, { hostPortEnd: 18_092 }));
    assert.deepEqual(
      first.ports.map(({ hostPort }) => hostPort),
      [18_090, 18_091],
    );
    const anySctp = binding(0, { protocol: 'sctp', hostIp: '' });
    const any = await hold(t, binding(0), binding(0, { protocol: 'udp' }), anySctp);
    assert.ok(any.ports.every(({ hostPort }) => hostPort > 1024));
    await assert.rejects(
      holdPorts([binding(18_090, { hostPortEnd: 18_091 })], []),
      refusal('PORT_IN_USE', /^no tcp port of the host from 18090 to 18091 is free$/),
    );
  });

  it('cannot be held twice, nor at an address of somebody else', async () => {
    await assert.rejects(
      holdPorts([binding(18_100), binding(18_100, { hostIp: '', containerPort: 81 })], []),
      refusal('INVALID_VALUE', /^port 18100\/tcp of the host is published twice$/),
    );
    assert.ok(await isFree(18_100), 'what was held before is let go');
    await assert.rejects(
      holdPorts([binding(7, { protocol: 'sctp' })], []),
      refusal('NOT_SUPPORTED', /^port 127\.0\.0\.1:7\/sctp cannot be published: sctp is not led into containers/),
    );
    await assert.rejects(
      holdPorts([binding(18_101, { hostIp: '10.9.9.9' })], []),
      refusal('INVALID_VALUE', /10\.9\.9\.9:18101\/tcp .* 10\.9\.9\.9 is no address of this host$/),
    );
  });

  it('53 at every address is held beside the names that are answered on a gateway, whoever was first', async (t) => {
    const names = () => serveNames({ address: '127.0.0.53', port: 53, respond: () => Buffer.from('names') });
    const published = (['udp', 'tcp'] as const).map((protocol) => binding(53, { protocol, hostIp: '' }));
    const asked = async (address: string): Promise<string> => {
      const socket = createSocket('udp4');
      socket.send('who are you?', 53, address);
      const answer = await Promise.race([once(socket, 'message') as Promise<[Buffer]>, sleep(200)]);
      socket.close();
      return answer === undefined ? 'nothing' : answer[0].toString();
    };
    const first = await names();
    const held = await hold(t, ...published);
    assert.equal(await asked('127.0.0.53'), 'names');
    assert.equal(await asked(LOCAL), 'nothing', 'that is for the container');
    first.close();
    const second = await names();
    t.after(() => second.close());
    assert.equal(await asked('127.0.0.53'), 'names');
    held.release();
    await hold(t, ...published);
  });

  it('below 1024 is not had without the right', async () => {
    // Of this thread alone, for as long as nothing else happens.
    const asNobody = (uid: number): number => syscall('setresuid', 0xffff_ffff, uid, 0xffff_ffff);
    asNobody(65_534);
    const refused = holdPorts([binding(80)], []);
    asNobody(0);
    await assert.rejects(
      refused,
      refusal('PERMISSION_DENIED', /^port 127\.0\.0\.1:80\/tcp of the host cannot be held/),
    );
  });

  it('is one of 16,000, all held while others have their turn, and all let go', async (t) => {
    const port = await listening(t, (client) => client.end('one of many'));
    const many = Array.from({ length: 16_000 }, (_, index) =>
      binding(10_000 + index, { hostIp: '', containerPort: port }),
    );
    const before = openDescriptors().length;
    const listeningBefore = listeners();
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    const held = await hold(t, ...many);
    clearInterval(counting);
    held.leadTo({ ipv4Address: LOCAL });
    assert.equal(listeners(), listeningBefore + 16_000);
    assert.ok(turns > 20, `others had ${turns} turns`);
    for (const hostPort of [10_000, 25_999]) assert.equal(await everything(await connected(hostPort)), 'one of many');
    held.release();
    assert.equal(listeners(), listeningBefore);
    await eventually(() => assert.ok(openDescriptors().length <= before + 2));
  });

  it('of too many leaves none half held', async () => {
    const limit = (words: string): void =>
      assert.equal(spawnSync('prlimit', ['--pid', String(process.pid), words]).status, 0);
    const before = openDescriptors().length;
    const [, soft] =
      /NOFILE\s+(?:.*?)\s(\d+)\s+\d+/.exec(
        spawnSync('prlimit', ['--pid', String(process.pid), '--nofile'], { encoding: 'utf8' }).stdout,
      ) ?? [];
    limit(`--nofile=${before + 200}:`);
    try {
      const many = Array.from({ length: 16_000 }, (_, index) => binding(10_000 + index));
      await assert.rejects(
        holdPorts(many, []),
        refusal('IO_ERROR', /^port \S+ of the host cannot be held: too many files are open$/),
      );
    } finally {
      limit(`--nofile=${soft!}:`);
    }
    await eventually(() => assert.ok(openDescriptors().length <= before + 2));
    assert.ok(await isFree(10_000));
  });

  it('is held again where it can be, and what cannot is told', async (t) => {
    const other = createServer().listen(18_110, LOCAL);
    await once(other, 'listening');
    t.after(() => other.close());
    const told: string[] = [];
    const ports = [18_110, 18_111].map((hostPort) => ({ ...binding(hostPort), hostPort }));
    const held = await holdAgain(ports, (reason) => told.push(reason));
    t.after(() => held.release());
    assert.equal(told.length, 1);
    assert.match(told[0]!, /^port 127\.0\.0\.1:18110\/tcp of the host is in use by /);
    assert.deepEqual(held.ports, ports);
    assert.equal(await isFree(18_111), false);
  });
});
