import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode, encode, type Packet, type Question } from 'dns-packet';
import fc from 'fast-check';
import {
  failureReply,
  isReplyTo,
  passedOn,
  RCODE,
  rcodeOf,
  receive,
  recordsReply,
  underId,
  type Query,
} from '../../../../../src/engine/network/names/message.js';
import { MessageReader } from '../../../../../src/engine/network/names/frames.js';
import { framed } from '../../../../../src/engine/network/names/message.js';
import { ask as question, queryOf } from '../../../../support/dns.js';

const A = (last: number) => ({ type: 'A', data: `10.5.0.${last}` }) as const;
const isTruncated = (reply: Buffer) => (reply.readUInt16BE(2) & 0x0200) !== 0;
const refusal = (bytes: Buffer): number => {
  const received = receive(bytes);
  return received.kind === 'refused' ? rcodeOf(received.reply) : -1;
};

/** A message of which one part was changed by hand. */
function spoilt(change: (bytes: Buffer) => Buffer | undefined): Buffer {
  const bytes = question('db');
  return change(bytes) ?? bytes;
}

describe('a message that comes in', () => {
  it('is a query in whatever case it is written, and asked back byte by byte', () => {
    const bytes = question('Db.ApP', 'AAAA');
    const query = queryOf(bytes);
    assert.equal(query.name, 'db.app');
    assert.equal(query.type, 'AAAA');
    const reply = recordsReply(query, [{ type: 'AAAA', data: 'fd00:5::2' }], 'udp');
    assert.deepEqual(reply.subarray(12, query.questionEnd), bytes.subarray(12));
    const { id, answers, questions } = decode(reply);
    assert.equal(id, 4711);
    assert.deepEqual(questions, [{ name: 'Db.ApP', type: 'AAAA', class: 'IN' }]);
    assert.deepEqual(
      answers?.map((record) => ('data' in record ? record.data : undefined)),
      ['fd00:5::2'],
    );
  });

  it('is ignored when it is no query: an answer to an answer could go back and forth for ever', () => {
    assert.equal(receive(encode({ type: 'response', id: 1, questions: [{ type: 'A', name: 'db' }] })).kind, 'ignored');
    assert.equal(receive(Buffer.alloc(0)).kind, 'ignored');
    assert.equal(receive(Buffer.alloc(11)).kind, 'ignored');
  });

  it('is refused by its fault', () => {
    assert.equal(refusal(spoilt((bytes) => void bytes.writeUInt16BE(0x2000, 2))), RCODE.notImplemented);
    assert.equal(refusal(spoilt((bytes) => void bytes.writeUInt16BE(2, 4))), RCODE.formatError);
    assert.equal(refusal(spoilt((bytes) => void bytes.writeUInt16BE(0, 4))), RCODE.formatError);
    assert.equal(refusal(spoilt((bytes) => void bytes.writeUInt16BE(65_535, 6))), RCODE.formatError);
    assert.equal(refusal(spoilt((bytes) => void bytes.writeUInt16BE(1, 10))), RCODE.formatError);
    assert.equal(refusal(spoilt((bytes) => bytes.subarray(0, -1))), RCODE.formatError);
    // CHAOS, in which servers are asked for their version.
    assert.equal(refusal(spoilt((bytes) => void bytes.writeUInt16BE(3, bytes.length - 2))), RCODE.refused);
  });

  it('leads nobody astray by the names in it', () => {
    // A pointer to itself, to the header, and past the end; a label longer than there can be; a name longer than one can be.
    const header = question('db').subarray(0, 12);
    const tail = Buffer.from([0, 1, 0, 1]);
    const pointers = [
      [0xc0, 12],
      [0xc0, 0],
      [0xff, 0xff],
      [1, 0x61, 0xc0, 12],
    ].map((bytes) => Buffer.from(bytes));
    const label = Buffer.concat([Buffer.from([63]), Buffer.alloc(63, 'x')]);
    const long = Buffer.concat([label, label, label, label, Buffer.from([0])]);
    for (const name of [...pointers, Buffer.from([64]), Buffer.from([0x80, 0]), long])
      assert.equal(refusal(Buffer.concat([header, name, tail])), RCODE.formatError, name.toString('hex'));
  });

  it('is nobody of ours with bytes that our names have not, and is asked back all the same', () => {
    for (const label of ['w\u0000eb', 'a.b', 'caf\u00e9', 'w\u001b[2Jeb', ' ']) {
      const bytes = Buffer.from(label, 'latin1');
      const name = Buffer.concat([Buffer.from([bytes.length]), bytes, Buffer.from([0, 0, 1, 0, 1])]);
      const query = queryOf(Buffer.concat([question('db').subarray(0, 12), name]));
      assert.equal(query.name, undefined);
      const reply = failureReply(query, RCODE.noSuchName);
      assert.equal(rcodeOf(reply), RCODE.noSuchName);
      assert.deepEqual(reply.subarray(12), name);
    }
    assert.equal(queryOf(question('.', 'NS')).name, undefined);
  });

  it('never does more than be refused, whatever its bytes are', () => {
    const answered = (bytes: Buffer) => {
      const received = receive(bytes);
      if (received.kind === 'ignored') return;
      const reply = received.kind === 'refused' ? received.reply : recordsReply(received.query, [A(2)], 'udp');
      assert.equal(reply.readUInt16BE(0), bytes.readUInt16BE(0));
      assert.ok((reply.readUInt16BE(2) & 0x8000) !== 0);
      assert.ok(reply.length <= Math.max(512, bytes.length + 32));
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => answered(Buffer.from(bytes))),
      { numRuns: 2000 },
    );
    // Next to a good one more of it is looked at.
    const good = encode({ ...plain('web.app', 'A'), additionals: [opt(4096)] });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        answered(bytes);
      }),
      { numRuns: 5000 },
    );
  });
});

function plain(name: string, type: Question['type']): Packet {
  return { type: 'query', id: 7, flags: 0x0100, questions: [{ name, type }] };
}

function opt(udpPayloadSize: number, ednsVersion = 0) {
  const rest = { extendedRcode: 0, flags: 0, flag_do: false, options: [] };
  return { type: 'OPT', name: '.', udpPayloadSize, ednsVersion, ...rest } as const;
}

const withEdns = (bytes: number, version = 0) => encode({ ...plain('many', 'A'), additionals: [opt(bytes, version)] });

describe('an answer', () => {
  it('says that it is ours, and what recursion there is', () => {
    const {
      flag_aa: authoritative,
      flag_ra: available,
      flag_rd: desired,
    } = decode(recordsReply(queryOf(question('db')), [A(2)], 'udp'));
    assert.deepEqual({ authoritative, available, desired }, { authoritative: true, available: true, desired: true });
  });

  it('has as many records as there is room for, and TC where there are more', () => {
    const many = Array.from({ length: 200 }, (_, i) => A(i + 1));
    const byUdp = (query: Query) => recordsReply(query, many, 'udp');
    for (const [query, most] of [
      [queryOf(question('many')), 512],
      [queryOf(withEdns(900)), 900],
      [queryOf(withEdns(65_535)), 1232],
      [queryOf(withEdns(16)), 512],
    ] as const) {
      const reply = byUdp(query);
      assert.ok(reply.length <= most && reply.length > most - 32, `${reply.length} of ${most}`);
      assert.ok(isTruncated(reply));
      assert.ok(decode(reply).answers!.length > 10);
    }
    const whole = recordsReply(queryOf(question('many')), many, 'tcp');
    assert.ok(!isTruncated(whole));
    assert.equal(decode(whole).answers!.length, 200);
  });

  it('has EDNS where the question had it, and says what version of it there is', () => {
    assert.equal(decode(recordsReply(queryOf(withEdns(1400)), [A(2)], 'udp')).additionals!.length, 1);
    assert.equal(decode(recordsReply(queryOf(question('db')), [A(2)], 'udp')).additionals!.length, 0);
    const received = receive(withEdns(1400, 1));
    assert.equal(received.kind, 'refused');
    const [record] = decode((received as { reply: Buffer }).reply).additionals!;
    assert.equal(record?.type === 'OPT' && record.extendedRcode, 1);
  });

  it('of another server is one only with our id and the very question', () => {
    const query = queryOf(question('Example.org'));
    const sent = underId(query.bytes, 99);
    const from = (packet: Partial<Packet>) =>
      encode({ type: 'response', id: 99, questions: [{ name: 'example.ORG', type: 'A' }], ...packet });
    assert.ok(isReplyTo(query, 99, from({})));
    assert.ok(!isReplyTo(query, 99, sent));
    assert.ok(!isReplyTo(query, 99, from({ id: 98 })));
    assert.ok(!isReplyTo(query, 99, from({ questions: [{ name: 'example.com', type: 'A' }] })));
    assert.ok(!isReplyTo(query, 99, from({ questions: [{ name: 'example.org', type: 'AAAA' }] })));
    assert.ok(!isReplyTo(query, 99, from({ questions: [] })));
    assert.ok(!isReplyTo(query, 99, Buffer.alloc(3)));
  });

  it('of another server is passed on under the id of who asked, and cut where it would be too long for UDP', () => {
    const query = queryOf(question('example.org'));
    const answers = Array.from(
      { length: 60 },
      (_, i) => ({ type: 'A', name: 'example.org', data: `192.0.2.${i}` }) as const,
    );
    const long = encode({ type: 'response', id: 99, questions: [{ name: 'example.org', type: 'A' }], answers });
    const byTcp = passedOn(query, long, 'tcp');
    assert.equal(byTcp.readUInt16BE(0), 4711);
    assert.deepEqual(byTcp.subarray(2), long.subarray(2));
    const byUdp = passedOn(query, long, 'udp');
    assert.ok(byUdp.length <= 512 && isTruncated(byUdp));
    assert.equal(decode(byUdp).answers!.length, 0);
  });
});

describe('messages of a stream', () => {
  it('come out whole, however the bytes come in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (messages, cuts) => {
          const bytes = Buffer.concat(messages.map((message) => framed(Buffer.from(message))));
          const reader = new MessageReader();
          const found: Buffer[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const length = cuts[turn % cuts.length]!;
            reader.push(bytes.subarray(at, at + length));
            at += length;
            for (let message = reader.next(); message !== undefined; message = reader.next()) found.push(message);
          }
          assert.deepEqual(
            found.map((each) => [...each]),
            messages.map((each) => [...each]),
          );
        },
      ),
    );
  });
});
