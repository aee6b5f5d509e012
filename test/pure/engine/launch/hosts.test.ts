import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hostsFile, updatedHosts, type HostsConfig } from '../../../../src/engine/launch/hosts.js';
import { endpoint, network } from '../../../support/name-tables.js';

const config: HostsConfig = { hostname: 'shop', domainname: '', extraHosts: [], network: 'bridge' };
const app = network('app', ['10.5.0.0/24', 'fd00:5::/64']);
const on = (last: number) => [
  { network: app, endpoint: endpoint('web', `10.5.0.${last}`, { ipv6Address: `fd00:5::${last}` }) },
];
const LOCAL = '127.0.0.1\tlocalhost\n';

describe('hosts of a container', () => {
  it('has its name at each of its addresses, and the host', () => {
    assert.equal(
      hostsFile(config, LOCAL, on(2)),
      `${LOCAL}10.5.0.2\tshop\nfd00:5::2\tshop\n10.5.0.1\thost.docker.internal\n`,
    );
    assert.equal(hostsFile({ ...config, network: 'none' }, LOCAL), `${LOCAL}127.0.1.1\tshop\n`);
    const named = { ...config, domainname: 'example', network: 'none' } as const;
    assert.equal(hostsFile(named, LOCAL), `${LOCAL}127.0.1.1\tshop.example shop\n`);
  });

  it('has what --add-host said, with the address of the host where there is a way to it', () => {
    const asked = { ...config, extraHosts: ['db:10.1.2.3', 'six:fe80::1', 'gate:host-gateway'] };
    assert.ok(hostsFile(asked, '', on(2)).endsWith('10.1.2.3\tdb\nfe80::1\tsix\n10.5.0.1\tgate\n'));
    assert.ok(hostsFile({ ...asked, network: 'host' }, '').endsWith('127.0.0.1\tgate\n'));
    assert.doesNotMatch(hostsFile({ ...asked, network: 'none' }, ''), /gate/);
    // Whoever names the host otherwise has said where it is.
    const own = hostsFile({ ...config, extraHosts: ['host.docker.internal:10.9.9.9'] }, '', on(2));
    assert.deepEqual(own.match(/.*host\.docker\.internal/g), ['10.9.9.9\thost.docker.internal']);
  });

  it('says anew where it is, in the place where that stood, and keeps the rest', () => {
    const before = `${hostsFile(config, LOCAL, on(2))}# mine\n10.9.9.9 other\n`;
    assert.equal(updatedHosts(before, config, on(7)), `${hostsFile(config, LOCAL, on(7))}# mine\n10.9.9.9 other\n`);
    assert.equal(updatedHosts(before, config, []), `${LOCAL}127.0.1.1\tshop\n# mine\n10.9.9.9 other\n`);
    assert.equal(updatedHosts('no line end', config, []), 'no line end\n127.0.1.1\tshop\n');
  });

  it('is the same after it was said twice, whatever the container wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 2, max: 250 }), (text, last) => {
        const once = updatedHosts(text, config, on(last));
        assert.equal(updatedHosts(once, config, on(last)), once);
        assert.ok(once.includes(`10.5.0.${last}\tshop\n`));
      }),
    );
  });
});
