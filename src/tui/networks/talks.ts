// Who talks to whom now: what is open of containers, brought to one line for each pair and port. Pure.
import type { Container, OpenConnections } from '../../engine/index.js';
import { connectionRows, type ConnectionRow } from '../present/network.js';
import type { NetworkRow } from './port.js';

/** Who is at an end that is no container's and not the host. */
export const OUTSIDE = 'the world';

export interface Talk {
  readonly from: string;
  readonly to: string;
  /** that was asked for: of `to` */
  readonly port: number;
  readonly protocol: string;
  /** empty where it leads out of all of them */
  readonly network: string;
  /** how many are open */
  readonly count: number;
}

/** What one container has open. Between two containers the one that asked tells of it; what comes from elsewhere, who was asked. */
export function talksOf(list: readonly NetworkRow[], container: Container, found: OpenConnections): readonly Talk[] {
  const { name } = container.config;
  return connectionRows(list, container, found).flatMap((row): Talk[] => {
    const { socket, way, over, container: other } = row;
    if (way === 'listens' || socket.state === 'time-wait' || over === 'lo' || row.who === 'itself') return [];
    const common = { protocol: socket.protocol, network: over, count: 1 };
    if (way === 'out') return [{ ...common, from: name, to: endOf(row), port: socket.remote.port }];
    return other === undefined ? [{ ...common, from: endOf(row), to: name, port: socket.local.port }] : [];
  });
}

const endOf = ({ who, over, container }: ConnectionRow): string =>
  container === undefined && over === '' ? OUTSIDE : who;

const keyOf = ({ from, to, port, protocol, network }: Talk): string => [from, to, port, protocol, network].join(' ');

/** A line a pair and port, by who asks. */
export function merged(talks: readonly Talk[]): readonly Talk[] {
  const byKey = new Map<string, Talk>();
  for (const talk of talks) {
    const before = byKey.get(keyOf(talk));
    byKey.set(keyOf(talk), { ...talk, count: (before?.count ?? 0) + talk.count });
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, talk]) => talk);
}
