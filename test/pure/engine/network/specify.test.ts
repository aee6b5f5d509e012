// From what is asked for to what a network is.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultNetwork } from '../../../../src/engine/network/specify.js';
import { cidrOf } from '../../../../src/engine/network/subnet.js';
import { networkFacts, networkOf } from '../../../support/networks.js';
import { sentenceOf } from '../../../support/refusal.js';

const route = (to: string, interfaceName = 'eth0') => ({ to: cidrOf(to)!, interfaceName });

describe('a network', () => {
  it('is whole when only its name was given', () => {
    assert.deepEqual(networkOf('app'), {
      schema: 1,
      id: 'c'.repeat(64),
      name: 'app',
      created: '2026-01-02T03:04:05.000Z',
      driver: 'bridge',
      interfaceName: 'br-cccccccccccc',
      subnets: [{ subnet: '172.17.0.0/16', gateway: '172.17.0.1' }],
      internal: false,
      interContainer: true,
      masquerade: true,
      labels: {},
      options: {},
    });
  });

  it('gets subnets that overlap neither a route nor another network', () => {
    const facts = { routes: [route('172.17.0.0/16')], known: [networkOf('one', { subnets: ['172.18.0.0/24'] })] };
    const network = networkOf('app', { ipv6: true, options: { 'com.docker.network.bridge.name': 'app0' } }, facts);
    assert.deepEqual(network.subnets, [
      { subnet: '172.19.0.0/16', gateway: '172.19.0.1' },
      { subnet: 'fd12:3456:789a:1::/64', gateway: 'fd12:3456:789a:1::1' },
    ]);
    assert.equal(network.interfaceName, 'app0');
  });

  it('has what was asked for, each gateway and range with the subnet that it is in', () => {
    const network = networkOf('app', {
      subnets: ['fd00:5::/64', '10.5.0.0/24'],
      gateways: ['10.5.0.254', 'fd00:5::ffff'],
      ipRanges: ['10.5.0.64/26'],
      internal: true,
      labels: { tier: 'db' },
      options: {
        'com.docker.network.bridge.enable_icc': 'false',
        'com.docker.network.bridge.enable_ip_masquerade': '0',
        'com.docker.network.driver.mtu': '9000',
      },
    });
    assert.deepEqual(network.subnets, [
      { subnet: '10.5.0.0/24', gateway: '10.5.0.254', ipRange: '10.5.0.64/26' },
      { subnet: 'fd00:5::/64', gateway: 'fd00:5::ffff' },
    ]);
    const { internal, interContainer, masquerade, mtu } = network;
    assert.deepEqual(
      { internal, interContainer, masquerade, mtu },
      { internal: true, interContainer: false, masquerade: false, mtu: 9000 },
    );
  });

  it('is the default one, by the name that nobody else can have', () => {
    assert.equal(defaultNetwork(networkFacts()).name, 'bridge');
    for (const name of ['bridge', 'host', 'none', 'default', '', '-x', 'a b', 'a/b', 'x'.repeat(129), 'a\u001b[31m'])
      assert.doesNotMatch(
        sentenceOf(() => networkOf(name)),
        /[\u001b]/,
      );
  });

  it('is refused in one sentence with the value', () => {
    const known = [
      networkOf('one', { subnets: ['10.5.0.0/16'], options: { 'com.docker.network.bridge.name': 'br0' } }),
    ];
    const routes = [route('10.7.0.0/16'), { to: cidrOf('192.168.1.1/32')! }];
    const refused = (spec: Parameters<typeof networkOf>[1], code?: Parameters<typeof sentenceOf>[1]) =>
      sentenceOf(() => networkOf('app', spec, { known, routes }), code);
    assert.equal(
      refused({ subnets: ['10.5.3.0/24'] }, 'ADDRESS_IN_USE'),
      'the subnet 10.5.3.0/24 overlaps that of network one (10.5.0.0/16)',
    );
    assert.equal(
      refused({ subnets: ['10.7.3.0/24'] }, 'ADDRESS_IN_USE'),
      'the subnet 10.7.3.0/24 overlaps 10.7.0.0/16, which the host reaches already (a route over eth0)',
    );
    assert.match(refused({ subnets: ['192.168.0.0/16'] }, 'ADDRESS_IN_USE'), /\(a name server of the host\)$/);
    assert.match(refused({ subnets: ['10.9.0.0/24'], gateways: ['10.8.0.1'] }), /the gateway "10\.8\.0\.1" cannot be/);
    assert.match(
      refused({ subnets: ['10.9.0.0/24'], gateways: ['10.9.0.255'] }),
      /the gateway "10\.9\.0\.255" cannot be/,
    );
    assert.match(refused({ subnets: ['10.9.0.0/24'], ipRanges: ['10.9.1.0/28'] }), /the range of addresses/);
    assert.match(refused({ subnets: ['10.9.0.0/24', '10.10.0.0/24'] }), /a network has one subnet/);
    assert.match(refused({ subnets: ['10.9.0.0/31'] }), /its length is 30 at most/);
    for (const subnet of ['127.0.0.0/24', '0.0.0.0/0', '224.0.0.0/24', 'fe80::/64', 'ff00::/64', '::/64'])
      assert.match(refused({ subnets: [subnet] }), /take one of the private ones/);
    assert.match(refused({ driver: 'overlay' }), /the driver "overlay" cannot be/);
    assert.match(
      refused({ options: { 'com.docker.network.bridge.nam': 'x' } }),
      /the option ".*" cannot be: there are /,
    );
    assert.match(refused({ options: { constructor: 'x' } }), /the option "constructor" cannot be/);
    assert.match(refused({ options: { 'com.docker.network.bridge.enable_icc': 'perhaps' } }), /give true or false/);
    assert.match(refused({ options: { 'com.docker.network.driver.mtu': '68' } }), /the MTU/);
    assert.match(refused({ options: { 'com.docker.network.bridge.name': 'br0' } }), /it is that of network one/);
    assert.match(refused({ options: { 'com.docker.network.bridge.name': '../x' } }), /up to 15 letters/);
  });

  it('is refused when no subnet is free', () => {
    const routes = [route('172.16.0.0/12'), route('192.168.0.0/16')];
    assert.match(
      sentenceOf(() => networkOf('app', {}, { routes }), 'ADDRESS_IN_USE'),
      /^no subnet of IPv4 is free/,
    );
  });
});
