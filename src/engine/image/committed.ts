// What an image is like that is made of a container: what it was made from, and what the container was told beyond that. Pure.
// Tests: test/pure/engine/image/committed.test.ts.
import type { ContainerConfig } from '../model.js';
import { applyChanges } from './change.js';
import type { Digest, ImageConfiguration, ImageDefaults } from './oci.js';

export interface CommitWishes {
  readonly author?: string;
  readonly message?: string;
  /** instructions of a Dockerfile */
  readonly changes?: readonly string[];
}

/** A container's stop signal unless it or its image says another. */
const USUAL_STOP_SIGNAL = 'SIGTERM';

/** The defaults of a container as those of an image. What builds upon the image is not told: that was for builds alone. */
function defaultsOf(container: ContainerConfig, image: ImageDefaults): ImageDefaults {
  const { stopSignal } = container;
  const healthcheck = container.healthcheck ?? image.healthcheck;
  const shell = container.shell ?? image.shell;
  return {
    user: container.user,
    exposedPorts: container.exposedPorts ?? image.exposedPorts,
    env: container.env,
    entrypoint: container.entrypoint,
    cmd: container.cmd,
    volumes: container.volumes ?? image.volumes,
    workingDir: container.workingDir === '/' && image.workingDir === '' ? '' : container.workingDir,
    labels: container.labels,
    ...(stopSignal === USUAL_STOP_SIGNAL && image.stopSignal === undefined ? {} : { stopSignal }),
    ...(healthcheck === undefined ? {} : { healthcheck }),
    ...(shell === undefined ? {} : { shell }),
    onBuild: [],
  };
}

/**
 * @param layer what the container has written, as plain tar; absent when it has written nothing
 * @param created ISO 8601
 * @throws TscontainError INVALID_VALUE for a change that cannot be
 */
export function committedConfiguration(
  image: ImageConfiguration,
  container: ContainerConfig,
  { author, message, changes = [] }: CommitWishes,
  { layer, created }: { readonly layer?: Digest; readonly created: string },
): ImageConfiguration {
  const notes = { ...(author === undefined ? {} : { author }) };
  return {
    ...image,
    created,
    ...notes,
    config: applyChanges(defaultsOf(container, image.config), changes),
    diffIds: [...image.diffIds, ...(layer === undefined ? [] : [layer])],
    history: [
      ...image.history,
      {
        created,
        createdBy: container.argv.join(' '),
        ...notes,
        ...(message === undefined ? {} : { comment: message }),
        emptyLayer: layer === undefined,
      },
    ],
  };
}
