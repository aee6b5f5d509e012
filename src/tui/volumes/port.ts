// What the dashboard asks about volumes and what it is answered. The engine's verbs are on the other side
// (effects/volume-verbs.ts); tests and pictures have those of the made-up machine there.

/** A container that a volume belongs to, running or not. */
export interface VolumeUser {
  readonly id: string;
  readonly name: string;
  /** it was removed, and can still be brought back */
  readonly isRemoved: boolean;
}

export interface VolumeRow {
  readonly name: string;
  /** ISO 8601 */
  readonly created: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  /** where its files are on the host */
  readonly mountpoint: string;
  readonly usedBy: readonly VolumeUser[];
  /** why there is no more to be said of it */
  readonly note?: string;
}

export interface VolumeRequest {
  /** empty: one is made up */
  readonly name: string;
  /** the most that it may take, as it was written; empty is no limit */
  readonly size: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Those that nobody has named, or all that no container uses. */
export type PrunableVolumes = 'anonymous' | 'unused';

export type FileKind = 'directory' | 'file' | 'link' | 'pipe' | 'socket' | 'device';

/** Something in a directory of a volume. Its name is whatever somebody in a container gave it. */
export interface VolumeFile {
  readonly name: string;
  readonly kind: FileKind;
  readonly sizeBytes: number;
  /** permission bits */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** ms since the epoch */
  readonly modified: number;
  /** where a link says that it leads: it is not followed */
  readonly target?: string;
}

export interface VolumeDirectory {
  readonly files: readonly VolumeFile[];
  /** there are more than were read */
  readonly isCut: boolean;
}

export interface FileBeginning {
  readonly text: string;
  readonly sizeBytes: number;
  readonly isCut: boolean;
  /** it has bytes that are no text: they are shown as hexadecimal digits */
  readonly isBinary: boolean;
}

export interface VolumesPort {
  list(): Promise<readonly VolumeRow[]>;
  /** What its files take on the disk; may take a while, so it is asked in the background, of one after the other. */
  size(name: string): Promise<number>;
  create(request: VolumeRequest): Promise<void>;
  remove(name: string): Promise<void>;
  prune(which: PrunableVolumes): Promise<{ readonly removed: number; readonly freedBytes: number }>;
  /** A directory of it, from its root on ("" is the root itself); no link is followed on the way. */
  directory(volume: VolumeRow, path: string): Promise<VolumeDirectory>;
  /** The beginning of a file of it. */
  file(volume: VolumeRow, path: string): Promise<FileBeginning>;
}
