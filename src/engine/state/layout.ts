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
//       metrics/                ring files of what it used (docs/adr/0005-history-on-disk.md)
//     containers/.new-<pid>-<start>-<id>/    one being made: it appears by one rename, so nobody ever sees half of it
//     containers/.trash-<pid>-<start>-<id>/  one being removed: it vanishes by one rename, its files are deleted after;
//                               both carry the identity of the process that is at it, so a crash is told from work
//     removed/<id>/             one that was removed and is kept for a while, as it was: it comes and goes by one rename;
//                               its state says until when, its lock guards bringing it back against clearing it away
//     holds/<id>.json           Hold: limits or a pause that are to be taken back, written before they are put in force
//     names/<name>              symbolic link to the id; names/.lock guards taking and releasing
//     networks/<id>/            one network; it comes and goes by one rename
//       network.json            NetworkConfig
//       endpoints.json          Endpoints: who is on it now
//       lock                    flock: held for every read-check-write of who is on it, and for making and removing its bridge
//     networks/.lock            guards making and removing networks: their names and subnets are their own
//     networks/.firewall.lock   held by whoever changes the table of nft, from reading the above until it is in place
//     networks/keeper/          of the process that keeps the networks: sock, keeper.json, log; lock is held by it, begin.lock guards
//                               starting one
//     networks/ula-prefix       "fd12:3456:789a::/48", by chance: where subnets of IPv6 are taken from
//     networks/host-settings.json  what of the host's settings was changed for networks, and what it was before
//     images/                   the image store
//     volumes/<name>/           one volume; mode 0700
//       volume.json             VolumeConfig
//       lock                    flock: held by whoever makes a container with it, fills it or removes it
//       _data/                  its files
//       filling/ full/          what its first container's image has there, on its way into _data (volume/fill.ts)
//     volumes/.new-…/ .trash-…/ as below containers/, with a number of chance for an id
//     build/                    what builds keep for one another: steps/<key>.json what came of a step, caches/<hash>/ the files of
//                               RUN --mount=type=cache, contexts/<hash>.json what is in the files of a directory that was built
//                               from, downloads/<hash>.json what is known of an address of ADD
//     supervisors/<id>/         sock, supervisor.json; supervisors/lock guards choosing and starting one
//     metrics/                  the same of the machine; metrics/lock is held by the supervisor that writes them
//     events.jsonl[.1]          EngineEvent, one a line, appended by everybody; events.lock guards rotation
//     changes                   its modification time says when anybody last changed any container
//     corrupt/                  what could not be read, kept aside

import type { ProcessId } from '../model.js';

export const DEFAULT_ROOT = '/var/lib/tscontain';

/** Plain text, not path.join: listing a hundred containers asks for hundreds of these, and joining costs as much as reading. */
export const layout = {
  containers: (root: string) => `${root}/containers`,
  container: (root: string, id: string) => `${root}/containers/${id}`,
  config: (root: string, id: string) => `${root}/containers/${id}/config.json`,
  state: (root: string, id: string) => `${root}/containers/${id}/state.json`,
  lock: (root: string, id: string) => `${root}/containers/${id}/lock`,
  launchReport: (root: string, id: string) => `${root}/containers/${id}/launch.json`,
  upper: (root: string, id: string) => `${root}/containers/${id}/upper`,
  work: (root: string, id: string) => `${root}/containers/${id}/work`,
  etc: (root: string, id: string) => `${root}/containers/${id}/etc`,
  run: (root: string, id: string) => `${root}/containers/${id}/run`,
  logs: (root: string, id: string) => `${root}/containers/${id}/logs`,
  log: (root: string, id: string) => `${root}/containers/${id}/logs/container.log`,
  metrics: (root: string, id: string) => `${root}/containers/${id}/metrics`,
  hostMetrics: (root: string) => `${root}/metrics`,
  removed: (root: string) => `${root}/removed`,
  removedContainer: (root: string, id: string) => `${root}/removed/${id}`,
  removedConfig: (root: string, id: string) => `${root}/removed/${id}/config.json`,
  removedState: (root: string, id: string) => `${root}/removed/${id}/state.json`,
  removedLock: (root: string, id: string) => `${root}/removed/${id}/lock`,
  holds: (root: string) => `${root}/holds`,
  hold: (root: string, id: string) => `${root}/holds/${id}.json`,
  names: (root: string) => `${root}/names`,
  name: (root: string, name: string) => `${root}/names/${name}`,
  namesLock: (root: string) => `${root}/names/.lock`,
  networks: (root: string) => `${root}/networks`,
  network: (root: string, id: string) => `${root}/networks/${id}`,
  networkConfig: (root: string, id: string) => `${root}/networks/${id}/network.json`,
  networkEndpoints: (root: string, id: string) => `${root}/networks/${id}/endpoints.json`,
  networkLock: (root: string, id: string) => `${root}/networks/${id}/lock`,
  networksLock: (root: string) => `${root}/networks/.lock`,
  firewallLock: (root: string) => `${root}/networks/.firewall.lock`,
  keeper: (root: string) => `${root}/networks/keeper`,
  keeperLock: (root: string) => `${root}/networks/keeper/lock`,
  keeperBeginLock: (root: string) => `${root}/networks/keeper/begin.lock`,
  keeperIdentity: (root: string) => `${root}/networks/keeper/keeper.json`,
  ulaPrefix: (root: string) => `${root}/networks/ula-prefix`,
  hostSettings: (root: string) => `${root}/networks/host-settings.json`,
  images: (root: string) => `${root}/images`,
  volumes: (root: string) => `${root}/volumes`,
  volume: (root: string, name: string) => `${root}/volumes/${name}`,
  volumeConfig: (root: string, name: string) => `${root}/volumes/${name}/volume.json`,
  volumeLock: (root: string, name: string) => `${root}/volumes/${name}/lock`,
  volumeData: (root: string, name: string) => `${root}/volumes/${name}/_data`,
  volumeFilling: (root: string, name: string) => `${root}/volumes/${name}/filling`,
  volumeFull: (root: string, name: string) => `${root}/volumes/${name}/full`,
  buildSteps: (root: string) => `${root}/build/steps`,
  buildStep: (root: string, key: string) => `${root}/build/steps/${key}.json`,
  buildCaches: (root: string) => `${root}/build/caches`,
  buildContexts: (root: string) => `${root}/build/contexts`,
  buildContext: (root: string, hash: string) => `${root}/build/contexts/${hash}.json`,
  buildDownloads: (root: string) => `${root}/build/downloads`,
  buildDownload: (root: string, hash: string) => `${root}/build/downloads/${hash}.json`,
  supervisors: (root: string) => `${root}/supervisors`,
  supervisor: (root: string, id: string) => `${root}/supervisors/${id}`,
  supervisorsLock: (root: string) => `${root}/supervisors/lock`,
  events: (root: string) => `${root}/events.jsonl`,
  eventsBefore: (root: string) => `${root}/events.jsonl.1`,
  eventsLock: (root: string) => `${root}/events.lock`,
  changes: (root: string) => `${root}/changes`,
  corrupt: (root: string) => `${root}/corrupt`,
} as const;

/** The name, below containers/ or volumes/, of one that `maker` is making or removing. Names with a dot in front are no containers. */
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

/** Where supervisors write down what is used: the machine's, and directories that hold one directory a container, kept ones too. */
export const metricsPlaces = (root: string) => ({
  host: layout.hostMetrics(root),
  containers: [layout.containers(root), layout.removed(root)],
});
