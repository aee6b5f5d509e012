// network create: a network comes to be as a file; its bridge comes with the first container on it.
import type { NetworkConfig, NetworkSpec } from '../network/model.js';
import { specifyNetwork } from '../network/specify.js';
import { tellOfNetwork, type Parts } from './parts.js';

/** @throws TscontainError INVALID_VALUE, NAME_IN_USE, ADDRESS_IN_USE (its subnet overlaps something, or none is free) */
export async function createNetwork(parts: Parts, spec: NetworkSpec): Promise<NetworkConfig> {
  const network = await parts.networks.create((facts) => specifyNetwork(spec, facts));
  parts.store.touch();
  tellOfNetwork(parts, network, 'create');
  return network;
}
