// An image in the shape of Docker's own JSON (GET /images/{name}/json), for scripts that read that. Pure.
import type { ImageDetails } from './image/answers.js';
import type { ImageDefaults } from './image/oci.js';
import { checkOf, NEVER, setOf } from './inspect-docker.js';

export function inspectDockerImage({ image, names, digests, manifest, layers, configuration }: ImageDetails) {
  const { author = '', platform, config, diffIds, history } = configuration;
  return {
    Id: `sha256:${image.id}`,
    RepoTags: names,
    RepoDigests: digests,
    // Docker fills it in for what its old builder made here; nothing depends on it any more.
    Parent: '',
    Comment: history.at(-1)?.comment ?? '',
    Created: image.created,
    DockerVersion: '',
    Author: author,
    Config: configOf(config),
    Architecture: platform.architecture,
    ...(platform.variant === undefined ? {} : { Variant: platform.variant }),
    Os: platform.os,
    ...(platform.osVersion === undefined ? {} : { OsVersion: platform.osVersion }),
    Size: image.sizeBytes,
    GraphDriver: { Name: 'overlay2', Data: treesOf(image.layers) },
    RootFS: { Type: 'layers', Layers: diffIds },
    Metadata: { LastTagTime: NEVER },
    Descriptor: manifest,
    // Not Docker's: what came from a registry, layer by layer.
    Layers: layers,
  };
}

function configOf(config: ImageDefaults) {
  const {
    user,
    exposedPorts,
    env,
    cmd,
    healthcheck,
    volumes,
    workingDir,
    entrypoint,
    onBuild,
    labels,
    stopSignal,
    shell,
  } = config;
  const unlessEmpty = (list: readonly string[]): readonly string[] | null => (list.length === 0 ? null : list);
  return {
    User: user,
    ...(exposedPorts.length === 0 ? {} : { ExposedPorts: setOf(exposedPorts) }),
    Env: unlessEmpty(env),
    Cmd: unlessEmpty(cmd),
    ...(healthcheck === undefined ? {} : { Healthcheck: checkOf(healthcheck) }),
    Volumes: volumes.length === 0 ? null : setOf(volumes),
    WorkingDir: workingDir,
    Entrypoint: unlessEmpty(entrypoint),
    OnBuild: unlessEmpty(onBuild),
    Labels: Object.keys(labels).length === 0 ? null : labels,
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    ...(shell === undefined ? {} : { Shell: shell }),
  };
}

/** The trees that overlay takes, as Docker has them: the top one by itself, those below it highest first. */
function treesOf(layers: readonly string[]) {
  const [upper, ...lower] = [...layers].reverse();
  return {
    ...(lower.length === 0 ? {} : { LowerDir: lower.join(':') }),
    ...(upper === undefined ? {} : { UpperDir: upper }),
  };
}
