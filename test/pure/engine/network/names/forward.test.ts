// Questions for other servers, against small ones on loopback: all of 127/8 is there, so each has an address of its own.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  createForwarder,
  type Forwarder,
  type ForwarderOptions,
} from '../../../../../src/engine/network/names/forward.js';
import { RCODE, rcodeOf } from '../../../../../src/engine/network/names/message.js';
import { ask, dataOf, queryOf, toyServer, type Says, type ToyServer } from '../../../../support/dns.js';

const ATTEMPT_MS = 100;
const servers: ToyServer[] = [];
const forwarders: Forwarder[] = [];
afterEach(() => {
  for (const each of [...servers.splice(0), ...forwarders.splice(0)]) each.close();
});

async function server(says: Says, address = '127.0.0.1', port = 0): Promise<ToyServer> {
  const made = await toyServer(says, address, port);
  servers.push(made);
  return made;
}

function forwarder(options: ForwarderOptions): Forwarder {
  const made = createForwarder({ attemptMs: ATTEMPT_MS, ...options });
  forwarders.push(made);
  return made;
}

const says =
  (data: string): Says =>
  ({ questions }) => ({
    answers: [{ type: 'A', name: questions![0]!.name, data }],
  });
const fails: Says = () => ({ flags: RCODE.serverFailure });
const silent: Says = () => undefined;
const query = (name = 'example.org') => queryOf(ask(name));

describe('a question for other servers', () => {
  it('is asked under an id of ours, from a port of its own, and answered', async () => {
    const one = await server(says('192.0.2.1'));
    const asking = forwarder({ port: one.port });
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => asking.ask(query(), ['127.0.0.1'], 'udp', 'web')),
    );
    for (const reply of replies) assert.deepEqual(dataOf(reply!), ['192.0.2.1']);
    const ids = new Set(one.asked.map((message) => message.readUInt16BE(0)));
    assert.ok(ids.size > 4, 'they are by chance');
    assert.ok(one.asked.every((message) => message.subarray(2).equals(query().bytes.subarray(2))));
  });

  it('goes to the next server when one is silent, and by TCP when it came so', async () => {
    const first = await server(silent);
    const second = await server(
      (asked, transport) => says(transport === 'tcp' ? '192.0.2.6' : '192.0.2.2')(asked, transport),
      '127.0.0.2',
      first.port,
    );
    const asking = forwarder({ port: first.port });
    assert.deepEqual(dataOf((await asking.ask(query(), ['127.0.0.1', '127.0.0.2'], 'udp', 'web'))!), ['192.0.2.2']);
    assert.equal(first.asked.length, 1);
    assert.deepEqual(dataOf((await asking.ask(query(), ['127.0.0.2'], 'tcp', 'web'))!), ['192.0.2.6']);
    assert.equal(second.asked.length, 2);
  });

  it('asks one that was silent last, for a while', async () => {
    let now = 0;
    const first = await server(silent);
    const second = await server(says('192.0.2.2'), '127.0.0.2', first.port);
    const asking = forwarder({ port: first.port, now: () => now });
    const both = ['127.0.0.1', '127.0.0.2'];
    await asking.ask(query(), both, 'udp', 'web');
    await asking.ask(query(), both, 'udp', 'web');
    assert.deepEqual([first.asked.length, second.asked.length], [1, 2]);
    now = 60_000;
    await asking.ask(query(), both, 'udp', 'web');
    assert.deepEqual([first.asked.length, second.asked.length], [2, 3]);
  });

  it('asks another at once when one fails, or is not there, and tells the failure when nobody knows more', async () => {
    const failing = await server(fails);
    const second = await server(says('192.0.2.2'), '127.0.0.2', failing.port);
    const asking = forwarder({ port: failing.port, attemptMs: 60_000 });
    const found = await asking.ask(query(), ['127.0.0.9', '127.0.0.1', '127.0.0.2'], 'udp', 'web');
    assert.deepEqual(dataOf(found!), ['192.0.2.2']);
    assert.equal(second.asked.length, 1);
    const failed = await asking.ask(query(), ['127.0.0.1'], 'udp', 'web');
    assert.equal(rcodeOf(failed!), RCODE.serverFailure);
  });

  it('is asked again of a single server, because packets get lost', async () => {
    let count = 0;
    const one = await server((asked, transport) =>
      (count += 1) === 1 ? undefined : says('192.0.2.1')(asked, transport),
    );
    assert.deepEqual(dataOf((await forwarder({ port: one.port }).ask(query(), ['127.0.0.1'], 'udp', 'web'))!), [
      '192.0.2.1',
    ]);
  });

  it('has no answer when nobody answers, when there is nobody, and when the resolver ends', async () => {
    const one = await server(silent);
    const asking = forwarder({ port: one.port });
    assert.equal(await asking.ask(query(), ['127.0.0.1'], 'udp', 'web'), undefined);
    assert.equal(await asking.ask(query(), ['127.0.0.9'], 'tcp', 'web'), undefined);
    assert.equal(await asking.ask(query(), [], 'udp', 'web'), undefined);
    const waiting = asking.ask(query(), ['127.0.0.1'], 'udp', 'web');
    asking.close();
    assert.equal(await waiting, undefined);
  });

  it('does not take what somebody else says for the answer', async () => {
    const liar: Says = (asked) => ({ id: asked.id! ^ 1, questions: asked.questions!, answers: [] });
    const other: Says = () => ({ questions: [{ type: 'A', name: 'example.com' }] });
    for (const says of [liar, other, (() => Buffer.from('nonsense')) as Says]) {
      const one = await server(says);
      assert.equal(await forwarder({ port: one.port }).ask(query(), ['127.0.0.1'], 'udp', 'web'), undefined);
    }
  });

  it('is one too many when somebody floods us, and others are answered still', async () => {
    const one = await server((asked, transport) =>
      asked.questions![0]!.name === 'flood' ? undefined : says('192.0.2.1')(asked, transport),
    );
    const asking = forwarder({ port: one.port, attemptMs: 500 });
    const flood = Array.from({ length: 300 }, () => asking.ask(query('flood'), ['127.0.0.1'], 'udp', 'hostile'));
    assert.deepEqual(dataOf((await asking.ask(query(), ['127.0.0.1'], 'udp', 'web'))!), ['192.0.2.1']);
    assert.ok((await Promise.all(flood)).every((reply) => reply === undefined));
    assert.ok(one.asked.length < 2 * 128 + 10, `asked ${one.asked.length} times`);
    assert.deepEqual(dataOf((await asking.ask(query(), ['127.0.0.1'], 'udp', 'hostile'))!), ['192.0.2.1']);
  });
});
