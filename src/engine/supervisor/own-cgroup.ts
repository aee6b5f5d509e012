// The supervisor's own cgroup: so that it is not counted, limited or ended with whoever happened to start it.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SUPERVISORS, type CgroupDriver, type CgroupPaths } from '../cgroup/index.js';

/** Takes 20 ms on a v1 host, so whoever starts a supervisor does it while that boots. */
export function putIntoOwnCgroup(driver: CgroupDriver, supervisorId: string, pid: number): void {
  const paths = driver.paths(SUPERVISORS, supervisorId);
  driver.create(paths, {});
  driver.enter(paths, pid);
}

export function isInOwnCgroup(driver: CgroupDriver, supervisorId: string): boolean {
  return driver.processes(driver.paths(SUPERVISORS, supervisorId)).includes(process.pid);
}

/** Goes up to where the directory of all of ours is, and removes what is empty then. @throws where no process may be there */
export async function leaveOwnCgroup(driver: CgroupDriver, supervisorId: string): Promise<void> {
  const paths = driver.paths(SUPERVISORS, supervisorId);
  driver.enter(above(paths), process.pid);
  await driver.remove(paths);
}

/**
 * Removes the cgroup of a supervisor that is no more. Its containers may be in the one or other tree of it, where they have
 * no directory of their own: they are not to be touched.
 * @returns whether it is gone
 */
export async function removeEmptyCgroup(driver: CgroupDriver, supervisorId: string): Promise<boolean> {
  const paths = driver.paths(SUPERVISORS, supervisorId);
  const { controllers, unified } = paths;
  const directories = [...Object.values(controllers), ...(unified === undefined ? [] : [unified])];
  if (directories.some(hasProcesses)) return false;
  await driver.remove(paths);
  return true;
}

function hasProcesses(directory: string): boolean {
  try {
    return readFileSync(join(directory, 'cgroup.procs'), 'latin1') !== '';
  } catch {
    return false;
  }
}

/** …/tscontain/@supervisors/ID → … */
function above({ controllers, unified }: CgroupPaths): CgroupPaths {
  const up = (path: string) => dirname(dirname(dirname(path)));
  const trees = Object.fromEntries(Object.entries(controllers).map(([name, path]) => [name, up(path)]));
  return { controllers: trees, ...(unified === undefined ? {} : { unified: up(unified) }) };
}
