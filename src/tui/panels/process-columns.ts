// Columns that lists of processes have in common, those of now and those of the past.
import { bytes, cores } from '../present/units.js';
import type { Theme } from '../screen/index.js';
import type { Column } from '../widgets/index.js';

interface Listed {
  /** as the host numbers it */
  readonly pid: number;
  readonly state: string;
  readonly rssBytes: number;
  readonly threads: number;
}

type Shared = 'host' | 'state' | 'cpu' | 'memory' | 'threads';

export function processColumns<Process extends Listed>(
  theme: Theme,
  coresOf: (process: Process) => number | undefined,
): Readonly<Record<Shared, Column<Process>>> {
  const right = { align: 'right' } as const;
  return {
    host: {
      id: 'host',
      title: 'HOST',
      min: 8,
      priority: 4,
      ...right,
      cell: (p) => String(p.pid),
      style: () => theme.dim,
    },
    state: {
      id: 'state',
      title: 'S',
      min: 1,
      priority: 6,
      cell: (p) => p.state,
      style: (p) => (p.state === 'R' ? theme.good : p.state === 'D' ? theme.notice : theme.dim),
    },
    cpu: {
      id: 'cpu',
      title: 'CORES',
      min: 6,
      priority: 1,
      ...right,
      cell: (p) => cores(coresOf(p)),
      style: () => theme.resource.cpu[0],
    },
    memory: {
      id: 'memory',
      title: 'MEM',
      min: 5,
      priority: 1,
      ...right,
      cell: (p) => bytes(p.rssBytes),
      style: () => theme.resource.memory[0],
    },
    threads: {
      id: 'threads',
      title: 'THR',
      min: 4,
      priority: 7,
      ...right,
      cell: (p) => String(p.threads),
      style: () => theme.dim,
    },
  };
}
