// Manifests, indexes and configurations as bytes. The same content always gives the same bytes, so that it has one digest: no
// spaces, fields in the order of the specification, names of maps sorted. Pure. Tests: test/pure/engine/image/oci-read.test.ts.
import {
  MEDIA,
  type Descriptor,
  type Healthcheck,
  type HistoryEntry,
  type ImageConfiguration,
  type ImageDefaults,
  type Index,
  type Manifest,
  type Platform,
} from './oci.js';

/** What is undefined is left out, by JSON.stringify. */
type Json = Readonly<Record<string, unknown>>;

const bytesOf = (value: Json): Buffer => Buffer.from(JSON.stringify(value));

export function manifestBytes({ mediaType, config, layers, annotations }: Omit<Manifest, 'kind'>): Buffer {
  return bytesOf({
    schemaVersion: 2,
    mediaType,
    config: descriptorJson(config),
    layers: layers.map(descriptorJson),
    annotations: sorted(annotations),
  });
}

export function indexBytes({ mediaType, manifests, annotations }: Omit<Index, 'kind'>): Buffer {
  return bytesOf({
    schemaVersion: 2,
    mediaType,
    manifests: manifests.map(descriptorJson),
    annotations: sorted(annotations),
  });
}

export function configurationBytes(configuration: ImageConfiguration): Buffer {
  const { created, author, platform, config, diffIds, history } = configuration;
  return bytesOf({
    created,
    author,
    ...platformJson(platform),
    config: defaultsJson(config),
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: history.map(historyJson),
  });
}

/** An OCI manifest of layers and of a configuration that stands in the store. */
export function manifestOf(
  config: Omit<Descriptor, 'mediaType'>,
  layers: readonly Descriptor[],
): Omit<Manifest, 'kind'> {
  return {
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: config.digest, size: config.size },
    layers,
  };
}

function descriptorJson({ mediaType, digest, size, platform, annotations }: Descriptor): Json {
  return {
    mediaType,
    digest,
    size,
    annotations: sorted(annotations),
    platform: platform === undefined ? undefined : platformJson(platform),
  };
}

function platformJson({ os, architecture, variant, osVersion }: Platform): Json {
  return { architecture, os, 'os.version': osVersion, variant };
}

/** config in Docker's words, which are the specification's. */
export function defaultsJson(config: ImageDefaults): Json {
  return {
    User: config.user === '' ? undefined : config.user,
    ExposedPorts: setJson(config.exposedPorts),
    Env: unlessEmpty(config.env),
    Entrypoint: unlessEmpty(config.entrypoint),
    Cmd: unlessEmpty(config.cmd),
    Volumes: setJson(config.volumes),
    WorkingDir: config.workingDir === '' ? undefined : config.workingDir,
    Labels: Object.keys(config.labels).length === 0 ? undefined : sorted(config.labels),
    StopSignal: config.stopSignal,
    Healthcheck: config.healthcheck === undefined ? undefined : healthcheckJson(config.healthcheck),
    Shell: config.shell,
    OnBuild: unlessEmpty(config.onBuild),
  };
}

function healthcheckJson(check: Healthcheck): Json {
  const unlessZero = (value: number): number | undefined => (value === 0 ? undefined : value);
  return {
    Test: check.test,
    Interval: unlessZero(check.intervalNs),
    Timeout: unlessZero(check.timeoutNs),
    StartPeriod: unlessZero(check.startPeriodNs),
    StartInterval: unlessZero(check.startIntervalNs),
    Retries: unlessZero(check.retries),
  };
}

function historyJson({ created, createdBy, author, comment, emptyLayer }: HistoryEntry): Json {
  return { created, created_by: createdBy, author, comment, empty_layer: emptyLayer ? true : undefined };
}

const unlessEmpty = (list: readonly string[]): readonly string[] | undefined => (list.length === 0 ? undefined : list);

const setJson = (names: readonly string[]): Json | undefined =>
  names.length === 0 ? undefined : Object.fromEntries([...names].sort().map((name) => [name, {}]));

function sorted(map: Readonly<Record<string, string>> | undefined): Json | undefined {
  if (map === undefined) return undefined;
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
