// What follows from where a container is on its networks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { interfaceIndex } from '../../../../src/engine/network/interface-index.js';
import { defaultGateways, interfacesOf, prefixOf } from '../../../../src/engine/network/interfaces.js';
import { attachmentOf, networkOf } from '../../../support/attachments.js';

const IPV4 = { subnet: '10.5.0.0/24', gateway: '10.5.0.1' };
const IPV6 = { subnet: 'fd00:5::/64', gateway: 'fd00:5::1' };
const both = networkOf({ subnets: [IPV4, IPV6] });
const onlyIpv4 = networkOf({ subnets: [{ subnet: '10.6.0.0/16', gateway: '10.6.0.1' }] });

describe('interfaces', () => {
  it('have the length of their subnet, and a number that the launch program knows', () => {
    const attachments = [
      attachmentOf(both, { ipv4Address: '10.5.0.2', ipv6Address: 'fd00:5::2' }),
      attachmentOf(onlyIpv4, { ipv4Address: '10.6.0.9', interfaceName: 'eth1' }),
    ];
    assert.deepEqual(interfacesOf(attachments), [
      {
        name: 'eth0',
        index: 100,
        ipv4: { address: '10.5.0.2', prefix: 24 },
        ipv6: { address: 'fd00:5::2', prefix: 64 },
      },
      { name: 'eth1', index: 101, ipv4: { address: '10.6.0.9', prefix: 16 } },
    ]);
    assert.notEqual(interfaceIndex('eth0'), interfaceIndex('eth10'));
    assert.equal(
      prefixOf(onlyIpv4, 'fd00::1'),
      128,
      'an address of a family that the network does not have is one alone',
    );
  });
});

describe('the way to everybody else', () => {
  it('is over the first network that leads out, for each family', () => {
    const inside = networkOf({ subnets: [IPV4, IPV6], internal: true });
    const ipv4 = attachmentOf(onlyIpv4, { ipv4Address: '10.6.0.2' });
    const ipv6 = attachmentOf(both, { ipv4Address: '10.5.0.2', ipv6Address: 'fd00:5::2' });
    const closed = attachmentOf(inside, { ipv4Address: '10.5.0.2', ipv6Address: 'fd00:5::2' });
    const overIpv4 = { family: 4, gateway: '10.6.0.1' };
    const overIpv6 = { family: 6, gateway: 'fd00:5::1' };
    assert.deepEqual(defaultGateways([]), []);
    assert.deepEqual(defaultGateways([closed]), []);
    assert.deepEqual(defaultGateways([closed, ipv4]), [overIpv4]);
    assert.deepEqual(defaultGateways([ipv4, ipv6]), [overIpv4, overIpv6]);
    assert.deepEqual(defaultGateways([ipv6, ipv4]), [{ family: 4, gateway: '10.5.0.1' }, overIpv6]);
  });
});
