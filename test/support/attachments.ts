// Networks and endpoints for tests that say only what matters to them.
import { randomBytes } from 'node:crypto';
import type { Attachment, Endpoint, NetworkConfig } from '../../src/engine/network/model.js';

/** Subnets of 10.231.0.0/16 and fd00:231::/32 are there for tests, in network namespaces that they make. */
export function networkOf(more: Partial<NetworkConfig> = {}): NetworkConfig {
  const id = more.id ?? randomBytes(32).toString('hex');
  return {
    schema: 1,
    id,
    name: 'app',
    created: '2026-01-02T03:04:05.000Z',
    driver: 'bridge',
    interfaceName: `br-${id.slice(0, 12)}`,
    subnets: [
      { subnet: '10.231.0.0/24', gateway: '10.231.0.1' },
      { subnet: 'fd00:231::/64', gateway: 'fd00:231::1' },
    ],
    internal: false,
    interContainer: true,
    masquerade: true,
    labels: {},
    options: {},
    ...more,
  };
}

export function attachmentOf(network: NetworkConfig, more: Partial<Endpoint> = {}): Attachment {
  const { ipv4Address = '10.231.0.2' } = more;
  const bytes = ipv4Address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
  return {
    network,
    endpoint: {
      container: 'c'.repeat(64),
      name: 'web',
      names: ['web'],
      ipv4Address,
      macAddress: ['02', '42', ...bytes].join(':'),
      interfaceName: 'eth0',
      hostInterface: `veth${randomBytes(5).toString('hex')}`,
      ports: [],
      ...more,
    },
  };
}
