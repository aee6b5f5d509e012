// The engine's face: what every manager (dashboard, command line) can ask. openEngine() puts the parts together.
import type { Readable } from 'node:stream';
import type {
  Change,
  Container,
  ContainerProcess,
  CreateSpec,
  EngineEvent,
  ExecSpec,
  ExitStatus,
  Hold,
  Image,
  LaunchReport,
  LaunchStep,
  Limits,
  LogEntry,
  LogsOptions,
  RemovedContainer,
  RestartPolicy,
  Session,
  TerminalSize,
} from './model.js';
import type { PruneBuildsWishes } from './verbs/prune-builds.js';
import type { BuildResult, BuildWishes } from './build/model.js';
import type {
  CheckWishes,
  ImageCheck,
  ImageDetails,
  ImageHistoryLine,
  ListedImage,
  PrunedImages,
  PruneImagesWishes,
  RemovedImage,
  RemoveImageWishes,
} from './image/answers.js';
import type { Pulled, Pushed, PullWishes, PushWishes } from './registry/index.js';
import type { ImportWishes } from './image/import-image.js';
import type { RootSource } from './image/import.js';
import type { LoadedImage, LoadWishes, SavedSource } from './image/load-images.js';
import type { SaveWishes } from './image/save-images.js';
import type { CommitOptions } from './verbs/commit.js';
import type { ListedVolume, PrunedVolumes, PruneVolumesWishes, VolumeSize, VolumeSpec } from './volume/model.js';
import type { Attachment, EndpointConfig, NetworkConfig, NetworkSpec } from './network/model.js';
import type { ConnectedNetwork, PruneNetworksWishes } from './verbs/networks.js';

export interface EngineOptions {
  /** Directory of all state, default /var/lib/tscontain. Made when missing. */
  readonly root?: string;
  /** The bundled supervisor program (dist/supervisor.cjs). */
  readonly supervisorEntry: string;
}

export interface RecoveryAction {
  readonly id: string;
  readonly name: string;
  /** what was found and what was done, one sentence */
  readonly what: string;
}

/** What stands in the state directory but cannot be read; it was moved aside and the others still work. */
export interface CorruptEntry {
  readonly id: string;
  readonly keptAt: string;
  readonly reason: string;
}

/** Every method takes a container by name, id or unambiguous id prefix, and throws TscontainError. */
export interface Engine {
  readonly root: string;

  /** Every container, newest first. */
  list(): Promise<Container[]>;
  get(ref: string): Promise<Container>;
  create(spec: CreateSpec): Promise<Container>;
  start(ref: string): Promise<Container>;
  /** STOPSIGNAL, then SIGKILL after the grace; a paused one is thawed first. Resolves when it has ended. */
  stop(ref: string, options?: { timeoutSeconds?: number; signal?: string }): Promise<ExitStatus>;
  kill(ref: string, signal?: string): Promise<void>;
  restart(ref: string, options?: { timeoutSeconds?: number }): Promise<Container>;
  pause(ref: string): Promise<void>;
  unpause(ref: string): Promise<void>;
  rename(ref: string, name: string): Promise<void>;
  /** Changes limits live and on disk; a field that is present is set (to "no limit" where its value says so), others stay. */
  update(ref: string, change: { limits?: Partial<Limits>; restartPolicy?: RestartPolicy }): Promise<Container>;
  /** Limits or a pause that are to be taken back, also by another process when this one is killed. Each is told as an event. */
  hold(ref: string, change: { limits?: Partial<Limits>; pause?: boolean }, reason: string): Promise<Hold>;
  /** Takes a hold back, except what somebody else has changed since. @returns what was done, as a clause */
  release(holdId: string, reason: string): Promise<string>;
  /** Everything that is held, oldest first, and whether who holds it is still there. */
  holds(): Promise<(Hold & { readonly isOwned: boolean })[]>;
  /** The limits as the kernel says them; a field that this host cannot limit is absent. Empty while there is no cgroup. */
  limitsInForce(ref: string): Promise<Limits>;
  wait(ref: string, condition?: 'not-running' | 'next-exit' | 'removed'): Promise<ExitStatus>;
  exec(ref: string, spec: ExecSpec): Promise<Session>;
  /** With `replay`, a terminal's last output comes first. Before a start too: then nothing of the output is missed. */
  attach(ref: string, options?: { stdin?: boolean; size?: TerminalSize; replay?: boolean }): Promise<Session>;
  logs(ref: string, options?: LogsOptions): AsyncIterable<LogEntry>;
  /** The same, many at a time, for who wants all of a large log: 100 MiB in a third of the time. */
  logBatches(ref: string, options?: LogsOptions): AsyncIterable<readonly LogEntry[]>;
  top(ref: string): Promise<ContainerProcess[]>;
  diff(ref: string): Promise<Change[]>;
  /** A tar stream of all its files, running or not, without what is mounted into it. */
  export(ref: string): Promise<Readable>;
  /** An image of what it has changed in its files, upon the layers of its own; it is paused meanwhile unless that is not wanted. */
  commit(ref: string, options?: CommitOptions): Promise<Image>;
  /** A tar stream of `path` in the container, running or not, and what it is. */
  copyFrom(ref: string, path: string): Promise<{ stream: NodeJS.ReadableStream; isDirectory: boolean; name: string }>;
  /** Unpacks a tar stream below the directory `path` in the container. */
  copyTo(ref: string, path: string, tar: NodeJS.ReadableStream): Promise<void>;
  /** What is at `path` in the container; undefined when nothing is. Never follows a link out of the container. */
  stat(ref: string, path: string): Promise<{ isDirectory: boolean; size: number; mode: number } | undefined>;
  /**
   * With `keepSeconds` it can be brought back for so long, its files and its logs still taking their space. One that removes
   * itself when it ends is never kept. With `volumes`, those without a name go with it, and when it is kept, when its time is over.
   */
  remove(ref: string, options?: { force?: boolean; keepSeconds?: number; volumes?: boolean }): Promise<void>;
  /** Removes every stopped container; returns their ids and the bytes freed (with `keepSeconds`, that will be freed then). */
  prune(options?: { keepSeconds?: number }): Promise<{ removed: string[]; freedBytes: number }>;
  /** Brings back one that was removed and is still kept, found as `removed` lists it; of several with that name the last. */
  restore(ref: string, options?: { name?: string }): Promise<Container>;
  /** Those that were removed and are kept, the last removed first, with the bytes of disk that each takes. */
  removed(): Promise<(RemovedContainer & { readonly sizeBytes: number })[]>;
  /** Removes for good what is kept: what has been kept long enough, or all of it. */
  emptyRemoved(which: 'overdue' | 'all'): Promise<{ removed: string[]; freedBytes: number }>;

  /** The events since `since` (ms since the epoch, default now), then live until the signal aborts. */
  events(options?: { since?: number; until?: number; signal?: AbortSignal }): AsyncIterable<EngineEvent>;
  /** Calls back soon after any manager changed any container (chokidar on the state directory). */
  watch(listener: () => void): () => void;

  /** The steps that starting this would take, nothing started. */
  explain(spec: CreateSpec): Promise<Omit<LaunchStep, 'atUs' | 'durationUs' | 'result'>[]>;
  /** The steps of the last start, each with its time. */
  launchReport(ref: string): Promise<LaunchReport | undefined>;

  readonly images: Images;
  readonly volumes: Volumes;
  readonly networks: Networks;
  /** An image of a Dockerfile; what was done before is taken from the cache. When it fails, a BuildError says where. */
  build(wishes: BuildWishes): Promise<BuildResult>;
  /** Forgets what builds keep for one another; layers that an image has stay. */
  pruneBuilds(wishes?: PruneBuildsWishes): Promise<{ freedBytes: number }>;

  /** Puts right what a crash left behind, adopts orphans, restarts what its policy asks for. Run by every manager at start. */
  recover(): Promise<{ actions: RecoveryAction[]; corrupt: CorruptEntry[] }>;
  /** Makes sure that a supervisor waits, so that the next start costs no Node boot. */
  warm(): Promise<void>;
  close(): void;
}

/** A network goes by its name, its id, or the beginning of that. Every method throws TscontainError. */
export interface Networks {
  /** Every network, the oldest first, with who is on it now. The one that is the default is there once somebody was on it. */
  list(): Promise<ConnectedNetwork[]>;
  inspect(ref: string): Promise<ConnectedNetwork>;
  /** With a subnet and addresses of its own, which overlap nothing that the host reaches. */
  create(spec: NetworkSpec): Promise<NetworkConfig>;
  /** One that runs has an interface more at once, the others have it from their next start on. */
  connect(ref: string, container: string, wishes?: Partial<Omit<EndpointConfig, 'network'>>): Promise<void>;
  /** With `force` also one whose container is gone. */
  disconnect(ref: string, container: string, options?: { force?: boolean }): Promise<void>;
  /** One that somebody is on stays. */
  remove(ref: string): Promise<void>;
  /** Removes every network that nobody is on and that no container asks for, but for the default one. @returns their names */
  prune(wishes?: PruneNetworksWishes): Promise<string[]>;
  /** Who is on which now, of all containers or of one: addresses, names, and ports as they are in force. */
  attachments(container?: string): Promise<Attachment[]>;
}

/** An image goes by its name, its id, the beginning of that, or name@digest. Every method throws TscontainError. */
export interface Images {
  /** Every image, by name; one that has several names is there once for each, one that has lost its own with its id. */
  list(): Promise<ListedImage[]>;
  /** What a container is made of; `base` is made on first use, and what is not unpacked yet is. */
  get(name: string): Promise<Image>;
  inspect(name: string): Promise<ImageDetails>;
  /** The newest line first. */
  history(name: string): Promise<ImageHistoryLine[]>;
  /** Another name for the same; what had it before keeps its content without it. */
  tag(source: string, name: string): Promise<void>;
  /** From a registry; says so when what is here is what the registry has. What ends early is gone on with by the next. */
  pull(name: string, wishes?: PullWishes): Promise<Pulled>;
  /** Every tag of a repository, each as it comes. */
  pullAllTags(name: string, wishes?: PullWishes): AsyncIterable<Pulled>;
  /** To the registry that is in its name. */
  push(name: string, wishes?: PushWishes): Promise<Pushed>;
  /** A root file system from a directory or a tar archive, which may be compressed and piped in. */
  import(source: RootSource, name?: string, wishes?: Omit<ImportWishes, 'name'>): Promise<Image>;
  /** One tar archive of them, docker-archive unless another form is asked for. A name without a tag is all of its tags. */
  save(names: readonly string[], wishes?: SaveWishes): Promise<Readable>;
  /** The same as an OCI image layout in a directory that is not there yet, or empty. */
  saveTo(directory: string, names: readonly string[], wishes?: Omit<SaveWishes, 'format'>): Promise<void>;
  /** All files of one together, as a tar stream: what a container of it would begin with. */
  files(name: string): Promise<Readable>;
  /** The same put into a directory, which is made if it is not there. */
  filesTo(name: string, directory: string): Promise<void>;
  /** What Docker, podman, skopeo, umoci and this have saved: a tar archive, which may be compressed and piped in, or a directory. */
  load(source: SavedSource, wishes?: LoadWishes): Promise<LoadedImage[]>;
  /** Takes a name away, and with the last one the image and all that no other has. One that a container uses stays. */
  remove(name: string, wishes?: RemoveImageWishes): Promise<RemovedImage>;
  /** Removes what has no name (with `all`, what no container uses), and bytes that nothing needs. */
  prune(wishes?: PruneImagesWishes): Promise<PrunedImages>;
  /** Whether everything in the store is whole; changes nothing unless it is asked to repair. */
  check(wishes?: CheckWishes): Promise<ImageCheck>;
}

/** A volume goes by its name. Every method throws TscontainError. */
export interface Volumes {
  /** Every volume, by name, and whose it is. */
  list(): Promise<ListedVolume[]>;
  inspect(name: string): Promise<ListedVolume>;
  /** Makes one; one of that name that is there already is the one that was wanted. */
  create(spec?: VolumeSpec): Promise<ListedVolume>;
  /** Refuses while a container has it, running or not, removed and kept too. */
  remove(name: string): Promise<void>;
  /** Removes what no container has and nobody has named (with `all`, named ones too). */
  prune(wishes?: PruneVolumesWishes): Promise<PrunedVolumes>;
  /** What it takes on the disk. Where the file system does not count it, that takes as long as there are files. */
  size(name: string): Promise<VolumeSize>;
}
