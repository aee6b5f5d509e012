// Docker's shape of an image, field by field as `docker image inspect` has it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImageDetails } from '../../../src/engine/image/answers.js';
import { MEDIA, NO_DEFAULTS, type Digest } from '../../../src/engine/image/oci.js';
import { inspectDockerImage } from '../../../src/engine/inspect-docker-image.js';
import { IMAGE } from '../../support/spec.js';

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`;
const LAYER = { mediaType: MEDIA.layerGzip, digest: digest('c'), size: 100 };

const details = (
  change: Partial<ImageDetails['configuration']> = {},
  layers = ['/l/1', '/l/2', '/l/3'],
): ImageDetails => {
  const platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };
  return {
    image: {
      ...IMAGE,
      layers,
      reference: 'docker.io/library/web:1',
      digest: digest('a'),
      platform,
      sharedBytes: 0,
      layerBytes: [1, 2, 3],
      usedBy: [],
    },
    names: ['web:1', 'web:latest'],
    digests: ['web@' + digest('a')],
    manifest: { mediaType: MEDIA.manifest, digest: digest('a'), size: 500 },
    layers: [LAYER, LAYER, LAYER],
    configuration: {
      author: 'ada',
      platform,
      config: NO_DEFAULTS,
      diffIds: [digest('1'), digest('2'), digest('3')],
      history: [{ createdBy: 'COPY', emptyLayer: false, comment: 'buildkit' }],
      ...change,
    },
  };
};

describe('an image in Docker’s shape', () => {
  it('has its names, its digests, where it runs, its layers and its trees', () => {
    const { Config, Layers, ...shape } = inspectDockerImage(details());
    assert.deepEqual(shape, {
      Id: `sha256:${IMAGE.id}`,
      RepoTags: ['web:1', 'web:latest'],
      RepoDigests: ['web@' + digest('a')],
      Parent: '',
      Comment: 'buildkit',
      Created: IMAGE.created,
      DockerVersion: '',
      Author: 'ada',
      Architecture: 'arm64',
      Variant: 'v8',
      Os: 'linux',
      Size: IMAGE.sizeBytes,
      GraphDriver: { Name: 'overlay2', Data: { LowerDir: '/l/2:/l/1', UpperDir: '/l/3' } },
      RootFS: { Type: 'layers', Layers: [digest('1'), digest('2'), digest('3')] },
      Metadata: { LastTagTime: '0001-01-01T00:00:00Z' },
      Descriptor: { mediaType: MEDIA.manifest, digest: digest('a'), size: 500 },
    });
    assert.equal(Layers.length, 3);
    assert.ok(Config);
    assert.deepEqual(inspectDockerImage(details({}, ['/l/1'])).GraphDriver.Data, { UpperDir: '/l/1' });
  });

  it('says what a container of it is like, and as little as Docker where there is nothing to be said', () => {
    assert.deepEqual(inspectDockerImage(details()).Config, {
      User: '',
      Env: null,
      Cmd: null,
      Volumes: null,
      WorkingDir: '',
      Entrypoint: null,
      OnBuild: null,
      Labels: null,
    });
    const healthcheck = {
      test: ['CMD-SHELL', 'true'],
      intervalNs: 1e9,
      timeoutNs: 0,
      startPeriodNs: 0,
      startIntervalNs: 0,
      retries: 2,
    };
    const config = {
      user: '1000:1000',
      exposedPorts: ['80/tcp', '443/tcp'],
      env: ['X=1'],
      entrypoint: ['/entry'],
      cmd: ['serve'],
      volumes: ['/data'],
      workingDir: '/tmp',
      labels: { a: 'b' },
      stopSignal: 'SIGQUIT',
      healthcheck,
      shell: ['/bin/bash', '-c'],
      onBuild: ['RUN true'],
    };
    assert.deepEqual(inspectDockerImage(details({ config })).Config, {
      User: '1000:1000',
      ExposedPorts: { '443/tcp': {}, '80/tcp': {} },
      Env: ['X=1'],
      Cmd: ['serve'],
      Healthcheck: { Test: ['CMD-SHELL', 'true'], Interval: 1e9, Retries: 2 },
      Volumes: { '/data': {} },
      WorkingDir: '/tmp',
      Entrypoint: ['/entry'],
      OnBuild: ['RUN true'],
      Labels: { a: 'b' },
      StopSignal: 'SIGQUIT',
      Shell: ['/bin/bash', '-c'],
    });
  });
});
