// The sockets of a network namespace: what the kernel writes of them, and what is read of a container that has very many.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { openConnections } from '../../../../src/engine/network/connections.js';
import { isListening, parseSocket } from '../../../../src/engine/network/sockets.js';

const HEADING = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (local: string, remote: string, state: string): string =>
  `   0: ${local} ${remote} ${state} 00000010:00000020 00:00000000 00000000   101        0 31807 1 0000000000000000 100 0 0 10 0\n`;

describe('a socket', () => {
  it('is read with its ends, its state and what waits in it', () => {
    assert.deepEqual(parseSocket(line('030012AC:9C40', '020012AC:1538', '01'), 'tcp'), {
      protocol: 'tcp',
      local: { address: '172.18.0.3', port: 40000 },
      remote: { address: '172.18.0.2', port: 5432 },
      state: 'established',
      sendQueueBytes: 16,
      receiveQueueBytes: 32,
      uid: 101,
      inode: 31807,
    });
  });

  it('of IPv6 has the shortest text of its address, and of IPv4 in it the IPv4 address', () => {
    const address = (hex: string): string | undefined =>
      parseSocket(line(`${hex}:0050`, `${'0'.repeat(32)}:0000`, '0A'), 'tcp')?.local.address;
    assert.equal(address('00000000000000000000000000000000'), '::');
    assert.equal(address('00000000000000000000000001000000'), '::1');
    assert.equal(address('0000000000000000FFFF0000020012AC'), '172.18.0.2');
    assert.equal(address('341212FD000056780000000002000000'), 'fd12:1234:7856::2');
    assert.equal(address('B80D01200000000067452301EFCDAB89'), '2001:db8::123:4567:89ab:cdef');
  });

  it('listens in TCP by its state, in UDP where it is open to anybody', () => {
    assert.ok(isListening({ protocol: 'tcp', state: 'listen' }));
    assert.ok(!isListening({ protocol: 'tcp', state: 'close' }));
    assert.ok(isListening({ protocol: 'udp', state: 'close' }));
    assert.ok(!isListening({ protocol: 'udp', state: 'established' }));
  });

  it('is none where the line is the heading, cut off or anything else', () => {
    assert.equal(parseSocket(HEADING, 'tcp'), undefined);
    assert.equal(parseSocket('   0: 030012AC:9C40 0200', 'tcp'), undefined);
    assert.equal(parseSocket(line('030012AC:9C40', '020012AC:1538', '7F'), 'tcp'), undefined);
    fc.assert(fc.property(fc.string(), (text) => parseSocket(text, 'udp') === undefined));
  });
});

/** A made-up /proc with one process in it. */
function proc(test: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-proc-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, '7/net'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, '7/net', name), text);
  return root;
}

describe('the connections of a process', () => {
  const NOBODY = '00000000:0000';

  it('are told apart from what listens, those that are over come last, and no IPv6 is no fault', async (test) => {
    const root = proc(test, {
      tcp:
        HEADING +
        line('00000000:0050', NOBODY, '0A') +
        line('020012AC:0050', '030012AC:9C41', '06') +
        line('020012AC:0050', '030012AC:9C40', '01'),
      udp: HEADING + line('00000000:0035', NOBODY, '07') + line('020012AC:8000', '0B00007F:0035', '01'),
    });
    const found = (await openConnections(7, root))!;
    assert.deepEqual(found.listening.map(({ protocol, local }) => `${protocol} ${local.port}`), ['tcp 80', 'udp 53']); // prettier-ignore
    assert.deepEqual(found.connections.map(({ state, remote }) => `${state} ${remote.port}`), ['established 40000', 'established 53', 'time-wait 40001']); // prettier-ignore
    assert.equal(found.isCut, false);
    assert.equal(await openConnections(8, root), undefined, 'who is gone has none');
  });

  it('of somebody who has a hundred thousand are read as far as anybody would look', async (test) => {
    const many = Array.from({ length: 100_000 }, (_, i) =>
      line('020012AC:0050', `030012AC:${(1024 + (i % 60_000)).toString(16).toUpperCase().padStart(4, '0')}`, '01'),
    );
    const root = proc(test, { tcp: HEADING + many.join('') });
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const found = (await openConnections(7, root))!;
    clearInterval(watch);
    assert.equal(found.connections.length, 2000);
    assert.ok(found.isCut);
    assert.ok(longest < 200, `the event loop stood still for ${longest.toFixed(0)} ms`);
  });

  it('are those that the kernel has', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    try {
      const found = (await openConnections(process.pid))!;
      assert.ok(found.listening.some(({ local }) => local.address === '127.0.0.1' && local.port === port));
      const mine = found.connections.find(({ local }) => local.port === socket.localPort);
      assert.deepEqual(mine?.remote, { address: '127.0.0.1', port });
      assert.equal(mine.state, 'established');
    } finally {
      socket.destroy();
      server.close();
    }
  });
});
