// How much a volume takes: what the file system counts by project where it does, else what adding up its files gives. A volume gets
// a project of its own when it is made, so that its size is known at once and can have a limit (--opt size=10g).
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import {
  hasProjectQuota,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  projectOf,
  projectQuota,
  setProject,
  setProjectLimit,
} from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { parseBytes } from '../grammar/quantities.js';
import { diskUsage } from '../state/disk-usage.js';
import { layout } from '../state/layout.js';
import type { VolumeConfig, VolumeSize } from './model.js';

/** The numbers of projects are the host's; these, out of the way of small ones, are ours. */
const FIRST_PROJECT = 0x4000_0000;
const PROJECTS = 0x2000_0000;

const isOurs = (project: number): boolean => project >= FIRST_PROJECT && project < FIRST_PROJECT + PROJECTS;

/** undefined: it may take what there is. @throws TscontainError INVALID_VALUE */
export function sizeLimit({ size }: Readonly<Record<string, string>>): number | undefined {
  return size === undefined ? undefined : parseBytes(size, 'the size of the volume');
}

/** @throws TscontainError NOT_SUPPORTED when it is to have a limit and nothing counts here */
export function giveProject(directory: string, { name, options }: VolumeConfig): void {
  const limit = sizeLimit(options);
  withDirectory(directory, (fd) => {
    const project = freeProject(fd, name);
    const isCounted = project !== undefined && setProject(fd, project);
    if (limit === undefined) return;
    if (isCounted && setProjectLimit(fd, project, limit)) return;
    throw new TscontainError(
      'NOT_SUPPORTED',
      `volume ${name} cannot have a size: the file system has no project quota`,
      {
        hint: 'mount it with prjquota (ext4, XFS), or leave the size out',
      },
    );
  });
}

/** From the name, so that hardly ever two want the same; one that is used, or has a limit, is somebody's. */
function freeProject(fd: number, name: string): number | undefined {
  if (!hasProjectQuota(fd)) return undefined;
  const first = createHash('sha256').update(name).digest().readUInt32BE(0);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const project = FIRST_PROJECT + ((first + attempt) % PROJECTS);
    const quota = projectQuota(fd, project);
    if (quota === undefined) return undefined;
    if (quota.usedBytes === 0 && quota.files === 0 && quota.limitBytes === 0) return project;
  }
  return undefined;
}

/** No limit is left behind for whoever has that number next. Never throws: what is left is found taken, and no more. */
export function releaseProject(directory: string): void {
  try {
    withDirectory(directory, (fd) => {
      const project = projectOf(fd) ?? 0;
      if (isOurs(project) && (projectQuota(fd, project)?.limitBytes ?? 0) > 0) setProjectLimit(fd, project, 0);
    });
  } catch {
    // It is gone, or the disk cannot be written any more.
  }
}

/** Takes as long as there are files where nothing counts them, and gives the event loop its turns meanwhile. */
export async function volumeSize(root: string, name: string): Promise<VolumeSize> {
  const counted = withDirectory(layout.volume(root, name), (fd) => {
    const project = projectOf(fd) ?? 0;
    return isOurs(project) ? projectQuota(fd, project) : undefined;
  });
  if (counted !== undefined) return { bytes: counted.usedBytes, from: 'quota' };
  return { bytes: await diskUsage(layout.volumeData(root, name)), from: 'files' };
}

function withDirectory<T>(path: string, action: (fd: number) => T): T {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    return action(fd);
  } finally {
    closeSync(fd);
  }
}
