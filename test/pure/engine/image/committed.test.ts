// What an image is like that is made of a container: what it was made from, what it was told, and what is changed of that.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { committedConfiguration } from '../../../../src/engine/image/committed.js';
import { NO_DEFAULTS, type ImageConfiguration } from '../../../../src/engine/image/oci.js';
import { refusal } from '../../../support/refusal.js';
import { digestOf } from '../../../support/saved-images.js';
import { containerOf } from '../../../support/spec.js';

const IMAGE: ImageConfiguration = {
  created: '2024-01-01T00:00:00Z',
  author: 'Ada',
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  config: {
    ...NO_DEFAULTS,
    exposedPorts: ['80/tcp'],
    volumes: ['/data'],
    labels: { a: '1' },
    healthcheck: {
      test: ['CMD', 'true'],
      intervalNs: 0,
      timeoutNs: 0,
      startPeriodNs: 0,
      startIntervalNs: 0,
      retries: 0,
    },
    onBuild: ['RUN make'],
  },
  diffIds: [digestOf('below')],
  history: [{ createdBy: 'step', emptyLayer: false }],
};
const CREATED = '2025-01-01T00:00:00Z';
const LAYER = digestOf('layer');

describe('an image of a container', () => {
  it('has the defaults that the container was told, and those of its image where it was told none', () => {
    const container = containerOf({
      cmd: ['nginx', '-g'],
      argv: ['nginx', '-g'],
      env: ['A=1'],
      labels: { b: '2' },
      user: 'www',
    }).config;
    const { config, platform, diffIds } = committedConfiguration(
      IMAGE,
      container,
      {},
      { created: CREATED, layer: LAYER },
    );
    assert.deepEqual(
      [config.cmd, config.env, config.labels, config.user],
      [['nginx', '-g'], ['A=1'], { b: '2' }, 'www'],
    );
    assert.deepEqual(
      [config.exposedPorts, config.volumes, config.healthcheck?.test],
      [['80/tcp'], ['/data'], ['CMD', 'true']],
    );
    assert.deepEqual(config.onBuild, [], 'what was for builds upon the image was for those alone');
    assert.equal(config.stopSignal, undefined);
    assert.deepEqual([platform, diffIds], [IMAGE.platform, [...IMAGE.diffIds, LAYER]]);
  });

  it('tells who made it, when and why', () => {
    const container = containerOf({ argv: ['sh', '-c', 'make'] }).config;
    const wishes = { author: 'Bea', message: 'patched' };
    const made = committedConfiguration(IMAGE, container, wishes, { created: CREATED, layer: LAYER });
    assert.equal(made.author, 'Bea');
    assert.deepEqual(made.history.at(-1), {
      created: CREATED,
      createdBy: 'sh -c make',
      author: 'Bea',
      comment: 'patched',
      emptyLayer: false,
    });
    assert.equal(committedConfiguration(IMAGE, container, {}, { created: CREATED }).author, 'Ada');
  });

  it('that has written nothing has no layer of its own', () => {
    const made = committedConfiguration(IMAGE, containerOf({}).config, {}, { created: CREATED });
    assert.deepEqual(made.diffIds, IMAGE.diffIds);
    assert.equal(made.history.at(-1)!.emptyLayer, true);
  });

  it('has what is changed of it', () => {
    const changes = ['CMD ["sh"]', 'EXPOSE 8080', 'ENV B=$A-2', 'LABEL x=y'];
    const { config } = committedConfiguration(
      IMAGE,
      containerOf({ env: ['A=1'] }).config,
      { changes },
      { created: CREATED },
    );
    assert.deepEqual([config.cmd, config.exposedPorts], [['sh'], ['80/tcp', '8080/tcp']]);
    assert.deepEqual(config.env, ['A=1', 'B=1-2']);
    assert.throws(
      () => committedConfiguration(IMAGE, containerOf({}).config, { changes: ['RUN ls'] }, { created: CREATED }),
      refusal('INVALID_VALUE', /RUN ls/),
    );
  });
});
