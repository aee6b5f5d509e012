// The table of nft as text: what it says for a few networks, and that every published port leads where it should, whatever they are.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { noTable, ruleset, tableName, type NetworkInUse } from '../../../../src/engine/network/firewall/ruleset.js';
import type { NetworkConfig, PublishedPort } from '../../../../src/engine/network/model.js';
import { attachmentOf, networkOf } from '../../../support/attachments.js';
import { refusal } from '../../../support/refusal.js';

const port = (hostPort: number, containerPort: number, more: Partial<PublishedPort> = {}): PublishedPort => ({
  containerPort,
  hostPort,
  protocol: 'tcp',
  hostIp: '',
  ...more,
});

function inUse(config: NetworkConfig, ...published: readonly PublishedPort[][]): NetworkInUse {
  const endpoints = published.map(
    (ports, index) =>
      attachmentOf(config, { ipv4Address: `10.231.0.${index + 2}`, ipv6Address: `fd00:231::${index + 2}`, ports })
        .endpoint,
  );
  return { config, endpoints };
}

const app = networkOf({ id: 'a'.repeat(64) });
/** Its rules alone, without what they are wrapped in. */
const rulesOf = (...networks: NetworkInUse[]): string[] =>
  ruleset('t', networks)
    .text.split('\n')
    .filter((line) => line.startsWith('\t\t') && !line.includes('hook '))
    .map((line) => line.trim());
const ways = (...networks: NetworkInUse[]): string[] => rulesOf(...networks).filter((rule) => rule.includes('dnat i'));

describe('the table of nft', () => {
  it('of a network without published ports has no rule for what comes', () => {
    const { text, rules, fingerprint } = ruleset('tscontain_x', [inUse(app, [])]);
    assert.equal(
      text,
      `table inet tscontain_x
delete table inet tscontain_x
table inet tscontain_x {
	comment "${fingerprint}"
	chain forward {
		type filter hook forward priority 0; policy accept;
		ct state established,related accept
		iifname . oifname { "br-aaaaaaaaaaaa" . "br-aaaaaaaaaaaa" } accept
		oifname { "br-aaaaaaaaaaaa" } ct status dnat accept
		oifname { "br-aaaaaaaaaaaa" } drop
	}
	chain postrouting {
		type nat hook postrouting priority 100; policy accept;
		ip saddr 10.231.0.0/24 oifname "br-aaaaaaaaaaaa" ct status dnat masquerade
		ip saddr 10.231.0.0/24 oifname != { "br-aaaaaaaaaaaa", "lo" } masquerade
		ip6 saddr fd00:231::/64 oifname "br-aaaaaaaaaaaa" ct status dnat masquerade
		ip6 saddr fd00:231::/64 oifname != { "br-aaaaaaaaaaaa", "lo" } masquerade
	}
	chain redirects {
		type filter hook output priority 0; policy accept;
		oifname { "br-aaaaaaaaaaaa" } icmp type redirect drop
		oifname { "br-aaaaaaaaaaaa" } icmpv6 type nd-redirect drop
	}
}
`,
    );
    assert.equal(rules, 10);
  });

  it('leads published ports by maps: those that keep their number as ranges, one address before all of them', () => {
    const ports = [
      port(8080, 80),
      port(8443, 443),
      port(443, 443),
      port(444, 444),
      port(446, 446),
      port(53, 53, { protocol: 'udp' }),
      port(8081, 80, { hostIp: '10.9.0.1' }),
      port(8081, 81, { hostIp: '0.0.0.0' }),
      port(7, 7, { hostIp: 'fd00:9::1', protocol: 'sctp' }),
    ];
    assert.deepEqual(rulesOf(inUse(app, ports)).slice(0, 16), [
      'ip daddr { 10.231.0.1 } meta l4proto { tcp, udp } th dport 53 return',
      'ip6 daddr { fd00:231::1 } meta l4proto { tcp, udp } th dport 53 return',
      'ip saddr 10.231.0.0/24 tcp dport { 443-444, 446, 8080-8081, 8443 } return',
      'ip6 saddr fd00:231::/64 tcp dport { 443-444, 446, 8080, 8443 } return',
      'ip saddr 10.231.0.0/24 udp dport { 53 } return',
      'ip6 saddr fd00:231::/64 udp dport { 53 } return',
      'meta nfproto ipv4 dnat ip to ip daddr . tcp dport map { 10.9.0.1 . 8081 : 10.231.0.2 . 80 }',
      'meta nfproto ipv6 dnat ip6 to ip6 daddr . sctp dport map { fd00:9::1 . 7 : fd00:231::2 }',
      'meta nfproto ipv4 dnat ip to tcp dport map { 443-444 : 10.231.0.2, 446 : 10.231.0.2 }',
      'meta nfproto ipv4 dnat ip to tcp dport map { 8080 : 10.231.0.2 . 80, 8443 : 10.231.0.2 . 443, 8081 : 10.231.0.2 . 81 }',
      'meta nfproto ipv6 dnat ip6 to tcp dport map { 443-444 : fd00:231::2, 446 : fd00:231::2 }',
      'meta nfproto ipv6 dnat ip6 to tcp dport map { 8080 : fd00:231::2 . 80, 8443 : fd00:231::2 . 443 }',
      'meta nfproto ipv4 dnat ip to udp dport map { 53 : 10.231.0.2 }',
      'meta nfproto ipv6 dnat ip6 to udp dport map { 53 : fd00:231::2 }',
      'fib daddr type local jump published',
      'ip daddr != 127.0.0.0/8 fib daddr type local jump published',
    ]);
  });

  it('leaves loopback to the proxies, and IPv6 where the container has none', () => {
    const config = networkOf({ subnets: [app.subnets[0]!] });
    const { endpoint } = attachmentOf(config, {
      ports: [
        port(1, 1, { hostIp: '127.0.0.1' }),
        port(2, 2, { hostIp: '::1' }),
        port(3, 3),
        port(4, 4, { hostIp: '::' }),
      ],
    });
    assert.deepEqual(ways({ config, endpoints: [endpoint] }), [
      'meta nfproto ipv4 dnat ip to tcp dport map { 3 : 10.231.0.2 }',
    ]);
  });

  it('lets a port that two have lead to the first: nft would take none of it otherwise', () => {
    assert.deepEqual(ways(inUse(app, [port(8080, 80, { hostIp: '0.0.0.0' })], [port(8080, 8080, { hostIp: '' })])), [
      'meta nfproto ipv4 dnat ip to tcp dport map { 8080 : 10.231.0.2 . 80 }',
      'meta nfproto ipv6 dnat ip6 to tcp dport map { 8080 : fd00:231::3 }',
    ]);
  });

  it('keeps an internal network to itself and publishes nothing of it', () => {
    const rules = rulesOf(inUse(networkOf({ interfaceName: 'br0', internal: true }), [port(8080, 80)]));
    assert.deepEqual(rules.slice(0, 4), [
      'ct state established,related accept',
      'iifname . oifname { "br0" . "br0" } accept',
      'iifname { "br0" } drop',
      'oifname { "br0" } drop',
    ]);
    assert.ok(!rules.some((rule) => /masquerade|dnat/.test(rule)));
  });

  it('follows what a network is to do: no containers among themselves, no address of the host for what leaves', () => {
    const rules = rulesOf(inUse(networkOf({ interfaceName: 'br0', interContainer: false, masquerade: false }), []));
    assert.ok(!rules.some((rule) => rule.startsWith('iifname')));
    assert.deepEqual(
      rules.filter((rule) => rule.endsWith('masquerade')).map((rule) => rule.includes('dnat')),
      [true, true],
    );
  });

  it('has a name for each state directory and a fingerprint for each content', () => {
    assert.match(tableName('/var/lib/tscontain'), /^tscontain_[0-9a-f]{12}$/);
    assert.notEqual(tableName('/a'), tableName('/b'));
    const one = ruleset('t', [inUse(app, [port(1, 1)])]);
    assert.equal(ruleset('u', [inUse(app, [port(1, 1)])]).fingerprint, one.fingerprint);
    assert.notEqual(ruleset('t', [inUse(app, [port(1, 2)])]).fingerprint, one.fingerprint);
    assert.equal(noTable('t'), 'table inet t\ndelete table inet t\n');
  });

  it('takes no name and no address that would be something else to nft', () => {
    for (const interfaceName of ['br"; flush ruleset; "', 'br*', 'br0\n', ''])
      assert.throws(() => ruleset('t', [inUse(networkOf({ interfaceName }), [])]), refusal('STATE_CORRUPT'));
    for (const subnet of ['10.231.0.0/24 accept; #', '10.231.0.0/24\n', 'fe80::1%eth0/64', '0'])
      assert.throws(
        () => ruleset('t', [inUse(networkOf({ subnets: [{ subnet, gateway: '10.231.0.1' }] }), [])]),
        refusal('STATE_CORRUPT'),
      );
    const { endpoint } = attachmentOf(app, { ipv4Address: '10.231.0.2 }; flush ruleset', ports: [port(1, 1)] });
    assert.throws(() => ruleset('t', [{ config: app, endpoints: [endpoint] }]), refusal('STATE_CORRUPT'));
    const hostIp = attachmentOf(app, { ports: [port(1, 1, { hostIp: 'everywhere' })] }).endpoint;
    assert.throws(() => ruleset('t', [{ config: app, endpoints: [hostIp] }]), refusal('STATE_CORRUPT'));
  });

  it('leads every port where it is to go, however many there are', () => {
    const anyPort = fc.record({
      hostPort: fc.integer({ min: 1, max: 40 }),
      containerPort: fc.integer({ min: 1, max: 40 }),
      hostIp: fc.constantFrom('', '0.0.0.0', '10.9.0.1'),
    });
    fc.assert(
      fc.property(fc.array(fc.array(anyPort, { maxLength: 30 }), { maxLength: 3 }), (containers) => {
        const published = containers.map((ports) => ports.map((one) => port(one.hostPort, one.containerPort, one)));
        const leads = new Map<string, string>();
        for (const rule of ways(inUse(networkOf({ subnets: [app.subnets[0]!] }), ...published)).filter((each) =>
          each.includes('dnat ip to'),
        ))
          for (const element of /map \{ (.*) \}/.exec(rule)![1]!.split(', ')) {
            const [key = '', value = ''] = element.split(' : ');
            const parts = key.split(' . ');
            const [first, last = first] = parts.at(-1)!.split('-').map(Number);
            for (let each = first!; each <= last!; each++) {
              const at = `${parts.length === 2 ? parts[0]! : 'any'} ${each}`;
              assert.ok(!leads.has(at), `${at} leads two ways`);
              leads.set(at, value.includes(' . ') ? value : `${value} . ${each}`);
            }
          }
        const wanted = new Map<string, string>();
        for (const [index, ports] of published.entries())
          for (const { hostIp, hostPort, containerPort } of ports) {
            const at = `${hostIp.startsWith('10.') ? hostIp : 'any'} ${hostPort}`;
            if (!wanted.has(at)) wanted.set(at, `10.231.0.${index + 2} . ${containerPort}`);
          }
        assert.deepEqual(new Map([...leads].sort()), new Map([...wanted].sort()));
      }),
    );
  });
});
