// An image in the shape of Docker's own JSON (GET /images/{name}/json), for scripts that read that. Pure.
import type { ImageDetails } from './image/answers.js';
import { defaultsJson } from './image/oci-write.js';

export function inspectDockerImage({ image, names, digests, manifest, layers, configuration }: ImageDetails) {
  const { platform, author, history, diffIds, config } = configuration;
  return {
    Id: `sha256:${image.id}`,
    RepoTags: names,
    RepoDigests: digests,
    Comment: history.at(-1)?.comment ?? '',
    Created: image.created,
    Author: author ?? '',
    Config: {
      Env: [],
      Cmd: null,
      Entrypoint: null,
      Labels: {},
      User: '',
      WorkingDir: '',
      ...withoutUndefined(defaultsJson(config)),
    },
    Architecture: platform.architecture,
    ...(platform.variant === undefined ? {} : { Variant: platform.variant }),
    Os: platform.os,
    Size: image.sizeBytes,
    GraphDriver: { Name: 'overlay2', Data: { LowerDir: [...image.layers].reverse().join(':') } },
    RootFS: { Type: 'layers', Layers: diffIds },
    Descriptor: manifest,
    // Not Docker's: what came from a registry, layer by layer.
    Layers: layers,
  };
}

function withoutUndefined(of: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
}
