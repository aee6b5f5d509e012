// The processes of a container in the order that was asked for.
import type { ContainerProcess } from '../../engine/index.js';
import type { ProcessesSlice } from '../state.js';

export function sortedProcesses({ list, sort, cores }: ProcessesSlice): readonly ContainerProcess[] {
  const value = (process: ContainerProcess): number =>
    sort === 'cpu' ? (cores.get(process.pid) ?? 0) : sort === 'memory' ? process.rssBytes : -process.pid;
  return [...list].sort((a, b) => value(b) - value(a) || a.pid - b.pid);
}

/** Cores in use by each process between two lists; one that is new has no number yet. */
export function coresBetween(
  before: readonly ContainerProcess[],
  after: readonly ContainerProcess[],
  ms: number,
): ReadonlyMap<number, number> {
  const cores = new Map<number, number>();
  if (ms <= 0) return cores;
  const earlier = new Map(before.map((process) => [`${process.pid} ${process.startedAt}`, process.cpuMs]));
  for (const { pid, startedAt, cpuMs } of after) {
    const was = earlier.get(`${pid} ${startedAt}`);
    if (was !== undefined) cores.set(pid, Math.max(0, (cpuMs - was) / ms));
  }
  return cores;
}
