// The sampler and the containers: who is measured, and what the table sorts by after each sample.
import { dirname } from 'node:path';
import type { CgroupPaths, Container } from '../../engine/index.js';
import type { Target } from '../../metrics/index.js';
import { pressureOf } from '../present/pressure.js';
import { isRunning, projectsOf } from '../rows.js';
import { projectTarget, type Readings } from '../sources.js';
import type { Load } from '../state.js';

/** A project's cgroup is the parent of its members' in every hierarchy (design of the cgroup tree). */
function parentOf({ controllers, unified }: CgroupPaths): CgroupPaths {
  return {
    controllers: Object.fromEntries(Object.entries(controllers).map(([name, path]) => [name, dirname(path)])),
    ...(unified === undefined ? {} : { unified: dirname(unified) }),
  };
}

/** What it has of the network of the host, or of another container, is not its own to be counted. */
const targetOf = ({ id, cgroup, config: { network }, state: { init } }: Container): Target => ({
  id,
  cgroup,
  ...(network === 'host' || network.startsWith('container:') || init === undefined ? {} : { netPid: init.pid }),
});

/** Every container that runs, and the projects that they are in. */
export function targetsOf(containers: readonly Container[]): readonly Target[] {
  const running = containers.filter(({ state }) => isRunning(state.status));
  const projects = projectsOf(running).map((project): Target => {
    const member = running.find(({ config }) => config.project === project)!;
    return { id: projectTarget(project), cgroup: parentOf(member.cgroup) };
  });
  return [...running.map(targetOf), ...projects];
}

/** A container that is not running, or not measured yet, uses nothing as far as the order of rows goes. */
export function loadsOf(readings: Readings, containers: readonly Container[]): ReadonlyMap<string, Load> {
  const loads = new Map<string, Load>();
  for (const { id } of containers) {
    const sample = readings.latest(id);
    loads.set(id, {
      cores: sample?.cpu.cores ?? 0,
      memory: sample?.memory.used ?? 0,
      reads: sample?.io.readBytes ?? 0,
      writes: sample?.io.writeBytes ?? 0,
      pressure: pressureOf(sample),
      pids: sample?.pids.current ?? 0,
      network: (sample?.network.rxBytes ?? 0) + (sample?.network.txBytes ?? 0),
    });
  }
  return loads;
}
