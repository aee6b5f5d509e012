// Messages of netlink as bytes: against what iproute2 sends for the same, and against hostile ones.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as netlink from '../../../src/native/netlink/constants.js';
import {
  decodeAttributes,
  decodeMessages,
  decodeOutcome,
  encodeAttributes,
  encodeRequest,
  numberOf,
  textOf,
  type Attribute,
} from '../../../src/native/netlink/message.js';
import { addressBytes, addressText, macBytes, macText } from '../../../src/native/netlink/ip.js';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

describe('a message', () => {
  it('is what `ip link add br9 type bridge` sends', () => {
    const attributes: Attribute[] = [
      [netlink.IFLA_IFNAME, 'br9'],
      [netlink.IFLA_LINKINFO, [[netlink.IFLA_INFO_KIND, Buffer.from('bridge')]]],
    ];
    const flags = netlink.NLM_F_REQUEST | netlink.NLM_F_ACK | netlink.NLM_F_EXCL | netlink.NLM_F_CREATE;
    const sent = encodeRequest({ type: netlink.RTM_NEWLINK, flags, body: Buffer.alloc(16), attributes }, 7);
    assert.deepEqual(
      sent,
      bytes(`38000000 1000 0506 07000000 00000000
             00 00 0000 00000000 00000000 00000000
             0800 0300 62723900
             1000 1200 0a00 0100 627269646765 0000`),
    );
  });

  it('comes back as it was, whatever is in it', () => {
    const attribute = fc.tuple(fc.integer({ min: 1, max: 0x3fff }), fc.uint8Array({ maxLength: 50 }));
    const any = fc.uniqueArray(attribute, { selector: ([type]) => type, maxLength: 12 });
    fc.assert(
      fc.property(
        any,
        fc.nat(0xffff),
        fc.nat(0xffffffff),
        fc.uint8Array({ maxLength: 40 }),
        (list, type, sequence, body) => {
          const [message, ...others] = decodeMessages(
            encodeRequest({ type, flags: 1, body, attributes: list }, sequence),
          );
          assert.deepEqual(others, []);
          assert.equal(message!.type, type);
          assert.equal(message!.sequence, sequence);
          const found = decodeAttributes(message!.payload.subarray((body.length + 3) & ~3));
          assert.deepEqual(
            [...found].map(([key, value]) => [key, [...value]]),
            list.map(([key, value]) => [key, [...value]]),
          );
        },
      ),
    );
  });

  it('has numbers of 32 bits, text with its zero byte, and attributes within attributes', () => {
    const found = decodeAttributes(
      encodeAttributes([
        [1, 0xfffffffe],
        [2, 'eth0'],
        [3, [[4, 'x']]],
      ]),
    );
    assert.equal(numberOf(found.get(1)), 0xfffffffe);
    assert.deepEqual(found.get(2), Buffer.from('eth0\0'));
    assert.equal(textOf(found.get(2)), 'eth0');
    assert.equal(textOf(decodeAttributes(found.get(3)!).get(4)), 'x');
    assert.equal(numberOf(undefined), undefined);
    assert.equal(numberOf(Buffer.alloc(2)), undefined, 'what is shorter is no number of 32 bits');
  });

  it('that lies about its length is refused, and ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        for (const decode of [decodeMessages, decodeAttributes]) {
          try {
            decode(Buffer.from(noise));
          } catch (error) {
            assert.ok(error instanceof RangeError, String(error));
          }
        }
      }),
    );
    assert.throws(() => decodeMessages(bytes('0f000000 1000 0000 00000000 00000000')), RangeError);
    assert.throws(() => decodeAttributes(bytes('0900 0100 00000000')), RangeError);
  });
});

describe('an outcome', () => {
  const message = (payload: string, flags = 0) => ({
    type: netlink.NLMSG_ERROR,
    flags,
    sequence: 1,
    payload: bytes(payload),
  });
  const header = '20000000 1000 0500 01000000 00000000';

  it('is 0 where all went well, and else an errno', () => {
    assert.deepEqual(decodeOutcome(message(`00000000 ${header}`, netlink.NLM_F_CAPPED)), { errno: 0 });
    assert.deepEqual(decodeOutcome(message(`efffffff ${header}`, netlink.NLM_F_CAPPED)), { errno: 17 });
    assert.deepEqual(decodeOutcome(message('')), { errno: 0 });
  });

  it('has what the kernel says about it, behind the request that is repeated or behind its header', () => {
    const said = '0c00 0100 4e6f207375636800';
    const flags = netlink.NLM_F_ACK_TLVS;
    assert.deepEqual(decodeOutcome(message(`efffffff ${header} ${said}`, flags | netlink.NLM_F_CAPPED)), {
      errno: 17,
      said: 'No such',
    });
    assert.deepEqual(decodeOutcome(message(`efffffff ${header} ${'00'.repeat(16)} ${said}`, flags)), {
      errno: 17,
      said: 'No such',
    });
  });
});

describe('addresses', () => {
  it('are bytes, the first one first', () => {
    assert.deepEqual([...addressBytes('10.5.0.2')], [10, 5, 0, 2]);
    assert.deepEqual(addressBytes('fd00:5::2'), bytes('fd00 0005 0000 0000 0000 0000 0000 0002'));
    assert.equal(addressText(addressBytes('fd00:5:0::0:2')), 'fd00:5::2');
    assert.equal(addressText(Buffer.from([172, 17, 0, 1])), '172.17.0.1');
    assert.deepEqual(macBytes('02:42:0a:05:00:02'), bytes('02420a050002'));
    assert.equal(macText(bytes('02420a050002')), '02:42:0a:05:00:02');
  });
});
