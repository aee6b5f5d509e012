// From the cgroup driver's terms to the launch's: the steps by which a process joins, and what the container sees. Pure.
import type { Program } from '../../native/index.js';
import type { CgroupPaths, Join } from '../cgroup/index.js';
import type { CgroupView } from './facts.js';
import { step } from './steps.js';

const ZERO = Buffer.from('0');

/** "0" is whoever writes it, so nothing need know the pid; `tasks` takes a thread, and the new process is only one yet. */
export function joinSteps({ tasks }: Pick<Join, 'tasks'>): Program {
  return tasks.map(({ name, fd }) => step(`join cgroup ${name}`, 'write', [fd, ZERO, 1]));
}

const MOUNTED_AT = '/sys/fs/cgroup/';

/** The directory name that a hierarchy is mounted at on the host is the one that programs look for in a container. */
function hierarchyName(path: string, controllers: readonly string[]): string {
  const name = path.startsWith(MOUNTED_AT) ? path.slice(MOUNTED_AT.length).split('/')[0] : undefined;
  return name ?? controllers.join(',');
}

/** @param isJoined whether the container has a directory in the hierarchy at this path */
export function cgroupView(paths: CgroupPaths, isJoined: (path: string) => boolean): CgroupView {
  const byPath = new Map<string, string[]>();
  for (const [controller, path] of Object.entries(paths.controllers))
    byPath.set(path, [...(byPath.get(path) ?? []), controller]);
  if (byPath.size === 0) return { kind: paths.unified === undefined ? 'none' : 'v2' };
  if (paths.unified !== undefined) byPath.set(paths.unified, []);
  const hierarchies = [...byPath]
    .filter(([path]) => isJoined(path))
    .map(([path, controllers]) => {
      const name = hierarchyName(path, controllers);
      return {
        name,
        path,
        links: controllers.filter((controller) => controller !== name && !name.startsWith(controller + '=')),
      };
    });
  return { kind: 'v1', hierarchies };
}
