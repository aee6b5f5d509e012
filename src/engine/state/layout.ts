// Where everything stands below the state directory. One function a place, so that no other file joins these names.
//
//   ROOT/
//     containers/<id>/          one container; mode 0700
//       config.json             ContainerConfig
//       state.json              ContainerState
//       lock                    flock: held for every read-check-write of the two above, never while waiting
//       launch.json             LaunchReport of the last start
//       upper/ work/            the writable layer
//       etc/                    hosts, hostname, resolv.conf as bound into the container
//       run/                    stdin, stdout, stderr: the named pipes of a container without a terminal
//       logs/container.log[.N]  CRI format, N counts backwards in time
//     containers/.new-<pid>-<start>-<id>/    one being made: it appears by one rename, so nobody ever sees half of it
//     containers/.trash-<pid>-<start>-<id>/  one being removed: it vanishes by one rename, its files are deleted after;
//                               both carry the identity of the process that is at it, so a crash is told from work
//     names/<name>              symbolic link to the id; names/.lock guards taking and releasing
//     images/                   the image store
//     supervisors/<id>/         sock, supervisor.json; supervisors/lock guards choosing and starting one
//     events.jsonl[.1]          EngineEvent, one a line, appended by everybody; events.lock guards rotation
//     changes                   its modification time says when anybody last changed any container
//     corrupt/                  what could not be read, kept aside
import { join } from 'node:path';

import type { ProcessId } from '../model.js';

export const DEFAULT_ROOT = '/var/lib/tscontain';

export const layout = {
  containers: (root: string) => join(root, 'containers'),
  container: (root: string, id: string) => join(root, 'containers', id),
  config: (root: string, id: string) => join(root, 'containers', id, 'config.json'),
  state: (root: string, id: string) => join(root, 'containers', id, 'state.json'),
  lock: (root: string, id: string) => join(root, 'containers', id, 'lock'),
  launchReport: (root: string, id: string) => join(root, 'containers', id, 'launch.json'),
  upper: (root: string, id: string) => join(root, 'containers', id, 'upper'),
  work: (root: string, id: string) => join(root, 'containers', id, 'work'),
  etc: (root: string, id: string) => join(root, 'containers', id, 'etc'),
  run: (root: string, id: string) => join(root, 'containers', id, 'run'),
  logs: (root: string, id: string) => join(root, 'containers', id, 'logs'),
  log: (root: string, id: string) => join(root, 'containers', id, 'logs', 'container.log'),
  names: (root: string) => join(root, 'names'),
  name: (root: string, name: string) => join(root, 'names', name),
  namesLock: (root: string) => join(root, 'names', '.lock'),
  images: (root: string) => join(root, 'images'),
  supervisors: (root: string) => join(root, 'supervisors'),
  supervisor: (root: string, id: string) => join(root, 'supervisors', id),
  supervisorsLock: (root: string) => join(root, 'supervisors', 'lock'),
  events: (root: string) => join(root, 'events.jsonl'),
  eventsBefore: (root: string) => join(root, 'events.jsonl.1'),
  eventsLock: (root: string) => join(root, 'events.lock'),
  changes: (root: string) => join(root, 'changes'),
  corrupt: (root: string) => join(root, 'corrupt'),
} as const;

/** The name, below containers/, of one that `maker` is making or removing. Names with a dot in front are no containers. */
export function makerName(kind: 'new' | 'trash', maker: ProcessId, id: string): string {
  return `.${kind}-${maker.pid}-${maker.startTime}-${id}`;
}

export interface Unfinished {
  readonly kind: 'new' | 'trash';
  readonly maker: ProcessId;
  readonly id: string;
}

export function parseMakerName(name: string): Unfinished | undefined {
  const match = /^\.(new|trash)-(\d+)-(\d+)-([0-9a-f]{64})$/.exec(name);
  if (!match) return undefined;
  const [, kind, pid, startTime, id] = match;
  return { kind: kind === 'new' ? 'new' : 'trash', maker: { pid: Number(pid), startTime: Number(startTime) }, id: id! };
}
