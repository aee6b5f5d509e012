// Manifests, indexes and configurations of images, from bytes that may be made to harm. Pure.
// Tests: test/pure/engine/image/oci-read.test.ts.
import { hostPlatform } from './platform.js';
import { Fields, readJson, wrongDocument } from './json-document.js';
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
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';

const INDEXES: readonly string[] = [MEDIA.index, MEDIA.dockerList];
const MANIFESTS: readonly string[] = [MEDIA.manifest, MEDIA.dockerManifest];
const CONFIGURATIONS: readonly string[] = [MEDIA.config, MEDIA.dockerConfig];
/** What may not be given away is packed as all others are. */
const LAYERS: readonly string[] = [
  MEDIA.layer,
  MEDIA.layerGzip,
  MEDIA.layerZstd,
  MEDIA.dockerLayer,
  MEDIA.dockerLayerGzip,
  MEDIA.dockerLayerZstd,
  'application/vnd.oci.image.layer.nondistributable.v1.tar',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.foreign.diff.tar',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
];

export const isIndexType = (mediaType: string): boolean => INDEXES.includes(mediaType);
export const isManifestType = (mediaType: string): boolean => MANIFESTS.includes(mediaType);
export const isConfigurationType = (mediaType: string): boolean => CONFIGURATIONS.includes(mediaType);
export const isLayerType = (mediaType: string): boolean => LAYERS.includes(mediaType);

/** RFC 6838, with the parameters left out. */
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
/** Overlay takes 500 (OVL_MAX_STACK). */
const MAX_LAYERS = 500;
const MAX_MANIFESTS = 10_000;

/** Fields whose spelling decides what a document is: Go's programs read them whatever their letters' case. */
const DECIDING = ['schemaVersion', 'mediaType', 'config', 'layers', 'manifests', 'fsLayers'];

/**
 * @param what for sentences: "the manifest of debian:12"
 * @param mediaType as whoever gave it calls it; absent is what the document says itself
 * @throws TscontainError INVALID_VALUE, NOT_SUPPORTED for Docker's schema 1
 */
export function readManifestOrIndex(bytes: Uint8Array, what: string, mediaType?: string): Manifest | Index {
  const fields = readJson(bytes, what);
  requireSpelling(fields, what);
  requireSchema(fields, what);
  const said = fields.text('mediaType');
  if (said !== undefined && mediaType !== undefined && said !== mediaType && isKnown(mediaType))
    throw wrongDocument(what, `says that it is ${shown(said)}, and was given as ${shown(mediaType)}`);
  const type = said ?? (mediaType !== undefined && isKnown(mediaType) ? mediaType : undefined);
  const isIndex = fields.has('manifests');
  // One document that is both would be another image to another program (CVE-2021-41190).
  if (isIndex && (fields.has('config') || fields.has('layers')))
    throw wrongDocument(what, 'is a manifest and an index at once');
  if (type !== undefined && !(isIndex ? INDEXES : MANIFESTS).includes(type))
    throw wrongDocument(what, `calls itself ${shown(type)}, and is ${isIndex ? 'an index' : 'a manifest'}`);
  return isIndex ? readIndex(fields, type ?? MEDIA.index) : readManifest(fields, type ?? MEDIA.manifest);
}

const isKnown = (mediaType: string): boolean => isIndexType(mediaType) || isManifestType(mediaType);

function requireSpelling(fields: Fields, what: string): void {
  for (const name of fields.names()) {
    const other = DECIDING.find((wanted) => wanted.toLowerCase() === name.toLowerCase());
    if (other !== undefined && other !== name) throw wrongDocument(what, `has ${shown(name)} for ${other}`);
  }
}

function requireSchema(fields: Fields, what: string): void {
  const version = fields.count('schemaVersion');
  if (version === 2) return;
  if (version === 1 || fields.has('fsLayers'))
    throw new TscontainError('NOT_SUPPORTED', `${what} is of Docker's schema 1, which is no longer in use`, {
      hint: 'have it pushed again by a newer Docker, or copy it: skopeo copy --format v2s2',
    });
  throw wrongDocument(what, `has schemaVersion ${version ?? 'nowhere'}: 2 is the one that there is`);
}

function readManifest(fields: Fields, mediaType: string): Manifest {
  const layers = fields.objects('layers');
  if (layers.length > MAX_LAYERS) throw fields.wrong(`it has ${layers.length} layers, and overlay takes ${MAX_LAYERS}`);
  return {
    kind: 'manifest',
    mediaType,
    config: readDescriptor(fields.required('config', fields.object('config'))),
    layers: layers.map(readDescriptor),
    ...annotationsOf(fields),
  };
}

function readIndex(fields: Fields, mediaType: string): Index {
  const manifests = fields.objects('manifests');
  if (manifests.length > MAX_MANIFESTS) throw fields.wrong(`it has ${manifests.length} manifests`);
  return { kind: 'index', mediaType, manifests: manifests.map(readDescriptor), ...annotationsOf(fields) };
}

/** @throws TscontainError INVALID_VALUE */
export function readDescriptor(fields: Fields): Descriptor {
  const mediaType = fields.required('mediaType', fields.text('mediaType'));
  if (!MEDIA_TYPE.test(mediaType)) throw fields.wrong(`${shown(mediaType)} is no media type`);
  const platform = fields.object('platform');
  return {
    mediaType,
    digest: fields.digest('digest'),
    size: fields.required('size', fields.count('size')),
    ...(platform === undefined ? {} : { platform: readPlatform(platform) }),
    ...annotationsOf(fields),
  };
}

function annotationsOf(fields: Fields): { annotations?: Record<string, string> } {
  return fields.has('annotations') ? { annotations: fields.record('annotations') } : {};
}

function readPlatform(fields: Fields): Platform {
  const { architecture } = hostPlatform();
  const variant = fields.text('variant') ?? '';
  const osVersion = fields.text('os.version') ?? '';
  return {
    os: fields.text('os') ?? 'linux',
    // Old builders left it out, and Docker takes such an image as made for where it is.
    architecture: fields.text('architecture') ?? architecture,
    ...(variant === '' ? {} : { variant }),
    ...(osVersion === '' ? {} : { osVersion }),
  };
}

/**
 * What a manifest leads to can be run: it has a configuration of an image, and layers that are tar archives.
 * @throws TscontainError NOT_SUPPORTED for what is kept in registries beside images: charts, signatures, attestations
 */
export function requireImage({ config, layers }: Manifest, what: string): void {
  const alien = CONFIGURATIONS.includes(config.mediaType)
    ? layers.find(({ mediaType }) => !LAYERS.includes(mediaType))?.mediaType
    : config.mediaType;
  if (alien === undefined) return;
  throw new TscontainError('NOT_SUPPORTED', `${what} is no image of a container: it holds ${shown(alien)}`, {
    hint: 'what else registries keep (charts, signatures, modules) is fetched with the tool that it was made for',
  });
}

/**
 * @param what for sentences: "the configuration of debian:12"
 * @throws TscontainError INVALID_VALUE
 */
export function readConfiguration(bytes: Uint8Array, what: string): ImageConfiguration {
  const fields = readJson(bytes, what);
  const rootfs = fields.required('rootfs', fields.object('rootfs'));
  const history = fields.objects('history').map(readHistory);
  const diffIds = rootfs.digests('diff_ids');
  const created = timeOf(fields);
  const author = fields.text('author');
  return {
    ...(created === undefined ? {} : { created }),
    ...(author === undefined ? {} : { author }),
    platform: readPlatform(fields),
    config: readDefaults(fields.object('config') ?? new Fields({}, what)),
    diffIds,
    history,
  };
}

/** Each layer has its plain digest in the configuration, or one of the two is not of this image. @throws INVALID_VALUE */
export function requireFit(manifest: Manifest, { diffIds }: ImageConfiguration, what: string): void {
  if (manifest.layers.length === diffIds.length) return;
  throw wrongDocument(
    what,
    `has ${manifest.layers.length} layers in its manifest and ${diffIds.length} in its configuration`,
  );
}

/** What is no date is left out: nobody is kept from running an image by it. */
function timeOf(fields: Fields): string | undefined {
  const text = fields.text('created');
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text;
}

function readHistory(fields: Fields): HistoryEntry {
  const created = timeOf(fields);
  const [createdBy, author, comment] = ['created_by', 'author', 'comment'].map((name) => fields.text(name));
  return {
    ...(created === undefined ? {} : { created }),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(author === undefined ? {} : { author }),
    ...(comment === undefined ? {} : { comment }),
    emptyLayer: fields.flag('empty_layer'),
  };
}

function readDefaults(fields: Fields): ImageDefaults {
  const stopSignal = fields.text('StopSignal') ?? '';
  const healthcheck = fields.object('Healthcheck');
  const shell = fields.texts('Shell');
  const defaults: ImageDefaults = {
    user: fields.text('User') ?? '',
    exposedPorts: fields.keys('ExposedPorts'),
    env: fields.texts('Env'),
    entrypoint: words(fields, 'Entrypoint'),
    cmd: words(fields, 'Cmd'),
    volumes: fields.keys('Volumes'),
    workingDir: fields.text('WorkingDir') ?? '',
    labels: fields.record('Labels'),
    ...(stopSignal === '' ? {} : { stopSignal }),
    ...(healthcheck === undefined ? {} : { healthcheck: readHealthcheck(healthcheck) }),
    ...(shell.length === 0 ? {} : { shell }),
    onBuild: fields.texts('OnBuild'),
  };
  requireNoNul(defaults, fields);
  return defaults;
}

/** Docker's first versions wrote a command of one word as a text. */
function words(fields: Fields, name: 'Entrypoint' | 'Cmd'): string[] {
  try {
    return fields.texts(name);
  } catch (error) {
    const text = isText(fields, name) ? fields.text(name) : undefined;
    if (text === undefined) throw error;
    return text === '' ? [] : [text];
  }
}

function isText(fields: Fields, name: string): boolean {
  try {
    return fields.text(name) !== undefined;
  } catch {
    return false;
  }
}

/** The kernel takes texts that end with a NUL: what comes after one would be silently lost. */
function requireNoNul({ user, env, entrypoint, cmd, volumes, workingDir }: ImageDefaults, fields: Fields): void {
  const found = [user, ...env, ...entrypoint, ...cmd, ...volumes, workingDir].find((text) => text.includes('\0'));
  if (found !== undefined) throw fields.wrong(`${shown(found)} has a NUL in it`);
}

function readHealthcheck(fields: Fields): Healthcheck {
  return {
    test: fields.texts('Test'),
    intervalNs: fields.count('Interval') ?? 0,
    timeoutNs: fields.count('Timeout') ?? 0,
    startPeriodNs: fields.count('StartPeriod') ?? 0,
    startIntervalNs: fields.count('StartInterval') ?? 0,
    retries: fields.count('Retries') ?? 0,
  };
}
