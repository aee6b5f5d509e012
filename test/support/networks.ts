// Networks as values, for tests that say only what matters to them.
import type { HostRoute } from '../../src/engine/network/host-routes.js';
import type { NetworkConfig, NetworkSpec } from '../../src/engine/network/model.js';
import { ulaPrefix } from '../../src/engine/network/pools.js';
import { specifyNetwork, type NetworkFacts } from '../../src/engine/network/specify.js';

export function networkFacts(facts: Partial<NetworkFacts> = {}): NetworkFacts {
  return {
    id: 'c'.repeat(64),
    created: '2026-01-02T03:04:05.000Z',
    known: [],
    routes: [] as readonly HostRoute[],
    ulaPrefix: ulaPrefix(Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x9a)),
    ...facts,
  };
}

export function networkOf(
  name: string,
  spec: Omit<NetworkSpec, 'name'> = {},
  facts: Partial<NetworkFacts> = {},
): NetworkConfig {
  return specifyNetwork({ name, ...spec }, networkFacts(facts));
}
