// Which addresses and names a container gets on a network.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseAddresses, macOf } from '../../../../src/engine/network/addresses.js';
import { namesOf } from '../../../../src/engine/network/endpoint-names.js';
import type { Endpoint } from '../../../../src/engine/network/model.js';
import { networkOf } from '../../../support/networks.js';
import { sentenceOf } from '../../../support/refusal.js';

const SMALL = networkOf('app', { subnets: ['10.5.0.0/29', 'fd00:5::/64'] });

function on(network = SMALL, count = 0): Endpoint[] {
  const others: Endpoint[] = [];
  for (let i = 0; i < count; i++)
    others.push({
      container: String(i).repeat(64),
      name: `c${i}`,
      names: [`c${i}`],
      ...chooseAddresses(network, {}, others),
      interfaceName: 'eth0',
      hostInterface: `veth${i}`,
      ports: [],
    });
  return others;
}

describe('the addresses of a container', () => {
  it('are the first that are free, the gateway left out, and the MAC address follows', () => {
    assert.deepEqual(chooseAddresses(SMALL, {}, []), {
      ipv4Address: '10.5.0.2',
      ipv6Address: 'fd00:5::2',
      macAddress: '02:42:0a:05:00:02',
    });
    assert.equal(chooseAddresses(SMALL, {}, on(SMALL, 3)).ipv4Address, '10.5.0.5');
  });

  it('fill what somebody has left', () => {
    const others = on(SMALL, 4).filter(({ name }) => name !== 'c1');
    assert.equal(chooseAddresses(SMALL, {}, others).ipv4Address, '10.5.0.3');
  });

  it('come to an end, which is said with the subnet', () => {
    assert.equal(
      sentenceOf(() => chooseAddresses(SMALL, {}, on(SMALL, 5)), 'ADDRESS_IN_USE'),
      'every address of network app is taken (10.5.0.0/29)',
    );
  });

  it('are those that are asked for, in their shortest form', () => {
    const wanted = { ipv4Address: '10.5.0.6', ipv6Address: 'fd00:0005::00ff', macAddress: '02:00:00:00:00:01' };
    assert.deepEqual(chooseAddresses(SMALL, wanted, []), { ...wanted, ipv6Address: 'fd00:5::ff' });
  });

  it('are refused where they are another’s, outside, the gateway’s or nobody’s', () => {
    const ask = (ipv4Address: string) => () => chooseAddresses(SMALL, { ipv4Address }, on(SMALL, 1));
    assert.match(
      sentenceOf(ask('10.5.0.2'), 'ADDRESS_IN_USE'),
      /^the address 10\.5\.0\.2 on network app is that of container "c0"$/,
    );
    for (const address of ['10.6.0.2', '10.5.0.0', '10.5.0.7'])
      assert.match(sentenceOf(ask(address)), /cannot be: network app has 10\.5\.0\.0\/29$/);
    assert.match(sentenceOf(ask('10.5.0.1')), /it is the gateway of network app$/);
    const plain = networkOf('plain', { subnets: ['10.6.0.0/24'] });
    assert.match(
      sentenceOf(() => chooseAddresses(plain, { ipv6Address: 'fd00::2' }, [])),
      /network plain has no IPv6$/,
    );
    assert.match(
      sentenceOf(() => chooseAddresses(SMALL, { macAddress: '02:42:0a:05:00:02' }, on(SMALL, 1)), 'ADDRESS_IN_USE'),
      /^the MAC address 02:42:0a:05:00:02 on network app is that of/,
    );
  });

  it('are given out of the range that was asked for, and asked for out of all of the subnet', () => {
    const network = networkOf('part', { subnets: ['10.5.0.0/24'], ipRanges: ['10.5.0.128/30'] });
    const given = on(network, 4).map(({ ipv4Address }) => ipv4Address);
    assert.deepEqual(given, ['10.5.0.128', '10.5.0.129', '10.5.0.130', '10.5.0.131']);
    assert.match(
      sentenceOf(() => chooseAddresses(network, {}, on(network, 4)), 'ADDRESS_IN_USE'),
      /\(10\.5\.0\.128\/30\)$/,
    );
    assert.equal(chooseAddresses(network, { ipv4Address: '10.5.0.9' }, []).ipv4Address, '10.5.0.9');
  });

  it('stay out of the last address of a subnet also where the range ends there', () => {
    const network = networkOf('end', { subnets: ['10.5.0.0/24'], ipRanges: ['10.5.0.252/30'] });
    assert.deepEqual(
      on(network, 3).map(({ ipv4Address }) => ipv4Address),
      ['10.5.0.252', '10.5.0.253', '10.5.0.254'],
    );
  });

  it('cost the same for the two hundredth', () => {
    const network = networkOf('wide', { subnets: ['10.0.0.0/8'] });
    assert.equal(chooseAddresses(network, {}, on(network, 200)).ipv4Address, '10.0.0.202');
  });
});

describe('a MAC address', () => {
  it('is Docker’s for an address', () => assert.equal(macOf('172.17.0.255'), '02:42:ac:11:00:ff'));
});

describe('the names of a container', () => {
  const named = (name: string, project?: string, labels: Record<string, string> = {}) =>
    namesOf({ id: 'ab'.repeat(32), name, labels, ...(project === undefined ? {} : { project }) }, ['DB', 'db']);

  it('are its own, its short id, its service and its aliases, each once and in lower case', () => {
    assert.deepEqual(named('Web'), ['web', 'abababababab', 'db']);
    assert.deepEqual(named('shop-web-1', 'shop'), ['shop-web-1', 'abababababab', 'web', 'db']);
    assert.deepEqual(named('shop_api', 'shop'), ['shop_api', 'abababababab', 'api', 'db']);
    assert.deepEqual(named('x', 'shop', { 'com.docker.compose.service': 'cart' }), ['x', 'abababababab', 'cart', 'db']);
  });

  it('have no service where the name does not say it', () => {
    for (const name of ['shop', 'shop-', 'shopper', 'other-web'])
      assert.deepEqual(named(name, 'shop'), [name, 'abababababab', 'db'], name);
  });
});
