// CIDR arithmetic and the pools that subnets are taken from.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseIpv6Routes, parseNameServers, parseRoutes } from '../../../../src/engine/network/host-routes.js';
import { freeIpv4Subnet, freeIpv6Subnet, ulaPrefix } from '../../../../src/engine/network/pools.js';
import {
  addressOf,
  around,
  bitsOf,
  cidrOf,
  contains,
  formatAddress,
  formatCidr,
  isWithin,
  netmaskOf,
  overlap,
  parseCidr,
  usableIn,
  type Family,
} from '../../../../src/engine/network/subnet.js';
import { sentenceOf } from '../../../support/refusal.js';

const cidrs = fc
  .constantFrom<Family>(4, 6)
  .chain((family) =>
    fc
      .record({ value: fc.bigInt(0n, (1n << BigInt(bitsOf(family))) - 1n), prefix: fc.nat(bitsOf(family)) })
      .map(({ value, prefix }) => around({ family, value }, prefix)),
  );

describe('an address', () => {
  it('is a number, and the shortest text of it', () => {
    assert.deepEqual(addressOf('172.18.0.2'), { family: 4, value: 0xac120002n });
    assert.equal(formatAddress(addressOf('fd00:0005:0::0001')!), 'fd00:5::1');
    assert.equal(formatAddress(addressOf('::')!), '::');
  });

  it('is nothing else that passes for one elsewhere', () => {
    for (const text of [
      '',
      '10',
      '10.1',
      '010.0.0.1',
      '0x7f.1',
      '1.2.3.4.5',
      '1.2.3.256',
      'fe80::1%eth0',
      '::1/64',
      ' 1.2.3.4',
    ])
      assert.equal(addressOf(text), undefined, text);
  });
});

describe('a subnet', () => {
  it('is read back as it is written', () => {
    fc.assert(fc.property(cidrs, (cidr) => assert.deepEqual(cidrOf(formatCidr(cidr)), cidr)));
  });

  it('is refused where it is none, or where host bits are set', () => {
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/x', '/8', 'fd00::/129', '10.0.0.0/8/8'])
      assert.match(
        sentenceOf(() => parseCidr(text, 'the subnet')),
        /the subnet ".*" cannot be: give an address and a length/,
      );
    assert.equal(
      sentenceOf(() => parseCidr('10.5.0.7/24', 'the subnet')),
      'the subnet "10.5.0.7/24" cannot be: with that length it is 10.5.0.0/24',
    );
  });

  it('overlaps another exactly when an end of one lies in the other', () => {
    fc.assert(
      fc.property(cidrs, cidrs, (one, other) => {
        const ends = ({ family, base, prefix }: typeof one) => [
          { family, value: base },
          { family, value: base + (1n << BigInt(bitsOf(family) - prefix)) - 1n },
        ];
        const touches = ends(one).some((end) => contains(other, end)) || ends(other).some((end) => contains(one, end));
        assert.equal(overlap(one, other), touches);
        assert.equal(overlap(other, one), touches);
      }),
    );
  });

  it('is within itself and within what is around it', () => {
    assert.ok(isWithin(cidrOf('10.5.0.0/24')!, cidrOf('10.0.0.0/8')!));
    assert.ok(!isWithin(cidrOf('10.0.0.0/8')!, cidrOf('10.5.0.0/24')!));
    assert.ok(!isWithin(cidrOf('::/0')!, cidrOf('0.0.0.0/0')!));
  });

  it('has addresses for others, but for its ends', () => {
    const { first, last } = usableIn(cidrOf('10.5.0.0/24')!);
    assert.deepEqual(
      [first, last].map((value) => formatAddress({ family: 4, value })),
      ['10.5.0.1', '10.5.0.254'],
    );
    assert.equal(netmaskOf(16), '255.255.0.0');
    assert.equal(netmaskOf(20), '255.255.240.0');
    assert.equal(netmaskOf(0), '0.0.0.0');
  });
});

describe('a pool', () => {
  const text = (taken: readonly string[]) => {
    const subnet = freeIpv4Subnet(taken.map((each) => cidrOf(each)!));
    return subnet === undefined ? undefined : formatCidr(subnet);
  };

  it('gives the first subnet that is in nobody’s way', () => {
    assert.equal(text([]), '172.17.0.0/16');
    assert.equal(text(['172.17.0.0/16', '172.18.3.7/32', '10.0.0.0/8']), '172.19.0.0/16');
    assert.equal(text(['172.16.0.0/12']), '192.168.0.0/20');
    assert.equal(text(['172.16.0.0/12', '192.168.1.0/24', '192.168.31.1/32']), '192.168.32.0/20');
    assert.equal(text(['172.16.0.0/12', '192.168.0.0/16']), undefined);
  });

  it('gives thirty-one of IPv4 and no more, none of which overlap', () => {
    const given: string[] = [];
    for (let next = text(given); next !== undefined; next = text(given)) given.push(next);
    assert.equal(given.length, 31);
    assert.equal(given.at(-1), '192.168.240.0/20');
  });

  it('takes those of IPv6 from a prefix of our own', () => {
    const ours = ulaPrefix(Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x9a));
    assert.equal(formatCidr(ours), 'fd12:3456:789a::/48');
    const first = freeIpv6Subnet(ours, [])!;
    assert.equal(formatCidr(first), 'fd12:3456:789a:1::/64');
    assert.equal(formatCidr(freeIpv6Subnet(ours, [first])!), 'fd12:3456:789a:2::/64');
  });
});

describe('what the host reaches', () => {
  it('is what its tables of routes say, without the default route', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      'tun0\t0118A8C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0',
      '',
    ].join('\n');
    assert.deepEqual(
      parseRoutes(table).map(({ to, interfaceName }) => [formatCidr(to), interfaceName]),
      [
        ['172.17.0.0/16', 'eth0'],
        ['192.168.24.1/32', 'tun0'],
      ],
    );
  });

  it('is the same of IPv6, without what is of one link or for several', () => {
    const line = (to: string, length: string, over: string) =>
      `${to} ${length} ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000100 00000001 00000000 00000001 ${over.padStart(8)}`;
    const table = [
      line(`fd000005${'0'.repeat(24)}`, '40', 'eth0'),
      line(`fe80${'0'.repeat(28)}`, '40', 'eth0'),
      line(`ff00${'0'.repeat(28)}`, '08', 'eth0'),
      line('0'.repeat(32), '00', 'lo'),
    ].join('\n');
    assert.deepEqual(
      parseIpv6Routes(table).map(({ to, interfaceName }) => [formatCidr(to), interfaceName]),
      [['fd00:5::/64', 'eth0']],
    );
  });

  it('is its name servers too', () => {
    const text = 'search lan\n# nameserver 1.1.1.1\nnameserver 192.168.1.1\nnameserver fd00::53\nnameserver nonsense\n';
    assert.deepEqual(
      parseNameServers(text).map(({ to }) => formatCidr(to)),
      ['192.168.1.1/32', 'fd00::53/128'],
    );
  });

  it('is nothing where the tables say nothing that can be understood', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.ok(Array.isArray(parseRoutes(text)) && Array.isArray(parseIpv6Routes(text)));
      }),
    );
  });
});
