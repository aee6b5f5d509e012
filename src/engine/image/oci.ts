// The shapes of the OCI image specification (v1.1) and of Docker's schema 2, which are the same but for their media types.
// What comes from outside becomes one of these in oci-read.ts and nowhere else.

/** "sha256:" and 64 hexadecimal digits. Other algorithms are refused where names of content are read. */
export type Digest = `sha256:${string}`;

export interface Platform {
  readonly os: string;
  /** Go's words: amd64, arm64, arm, 386, ppc64le, s390x, riscv64 … */
  readonly architecture: string;
  /** "v7", "v8" */
  readonly variant?: string;
  readonly osVersion?: string;
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** bytes */
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image for one platform. */
export interface Manifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  /** lowest first */
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The same image for several platforms ("manifest list" in Docker's words). */
export interface Index {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One line of an image's history; an empty layer has none of the layers. */
export interface HistoryEntry {
  /** ISO 8601 */
  readonly created?: string;
  readonly createdBy?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly emptyLayer: boolean;
}

/** ns as Docker writes them; 0 is inherited. */
export interface Healthcheck {
  /** ["NONE"], ["CMD", …] or ["CMD-SHELL", command] */
  readonly test: readonly string[];
  readonly intervalNs: number;
  readonly timeoutNs: number;
  readonly startPeriodNs: number;
  readonly startIntervalNs: number;
  readonly retries: number;
}

/** What a container of the image is like unless it is told otherwise: `config` of the image configuration. */
export interface ImageDefaults {
  readonly user: string;
  /** "80/tcp" */
  readonly exposedPorts: readonly string[];
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly volumes: readonly string[];
  readonly workingDir: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
  readonly healthcheck?: Healthcheck;
  /** of RUN, CMD and ENTRYPOINT in shell form (Docker's own) */
  readonly shell?: readonly string[];
  /** instructions for who builds on it (Docker's own) */
  readonly onBuild: readonly string[];
}

/** Of an image that says nothing. */
export const NO_DEFAULTS: ImageDefaults = {
  user: '',
  exposedPorts: [],
  env: [],
  entrypoint: [],
  cmd: [],
  volumes: [],
  workingDir: '',
  labels: {},
  onBuild: [],
};

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md; its digest is the image's id */
export interface ImageConfiguration {
  readonly created?: string;
  readonly author?: string;
  readonly platform: Platform;
  readonly config: ImageDefaults;
  /** of the layers as plain tar, lowest first */
  readonly diffIds: readonly Digest[];
  readonly history: readonly HistoryEntry[];
}

export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
} as const;

/** Docker's time of what does not say when it was made. */
export const NEVER = '0001-01-01T00:00:00Z';

/** More is refused before it is parsed: containerd takes 4 MiB too. */
export const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;
