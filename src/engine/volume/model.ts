// What a volume is, as plain data. Field names follow Docker's API in camelCase; files on disk hold exactly these shapes.

/** Docker's mark, a label, of a volume that nobody has named: those are what a prune takes. */
export const ANONYMOUS_LABEL = 'com.docker.volume.anonymous';

/** What was asked for: volumes/<name>/volume.json. Never changes. */
export interface VolumeConfig {
  readonly schema: 1;
  readonly name: string;
  /** ISO 8601 */
  readonly created: string;
  readonly driver: 'local';
  readonly labels: Readonly<Record<string, string>>;
  /** "size": the most that it may take, where the file system counts by project */
  readonly options: Readonly<Record<string, string>>;
}

/** A container that a volume belongs to, running or not. */
export interface VolumeUser {
  readonly id: string;
  readonly name: string;
  /** it was removed, and can still be brought back */
  readonly isRemoved: boolean;
}

export interface ListedVolume extends VolumeConfig {
  /** where its files are on the host */
  readonly mountpoint: string;
  readonly usedBy: readonly VolumeUser[];
  /** why there is no more to be said of it, when its description cannot be read */
  readonly note?: string;
}

export interface VolumeSpec {
  /** absent, it gets 64 hexadecimal digits and counts as one without a name */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
}

export interface VolumeSize {
  readonly bytes: number;
  /** counted by the file system at all times, or added up from all files now */
  readonly from: 'quota' | 'files';
}

export interface PruneVolumesWishes {
  /** also those that somebody has named */
  readonly all?: boolean;
  /** only volumes that have each of these: "name" or "name=value" */
  readonly labels?: readonly string[];
  /** only volumes that have none of these */
  readonly withoutLabels?: readonly string[];
  /** say what would be, and do nothing */
  readonly dryRun?: boolean;
}

export interface PrunedVolumes {
  readonly volumes: readonly string[];
  readonly freedBytes: number;
}
