// From a spec to a configuration: defaults, Docker's rules of override, and every problem beside its field.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TscontainError } from '../../../src/engine/errors.js';
import type { CreateSpec } from '../../../src/engine/model.js';
import { limitProblems, requireNoProblems } from '../../../src/engine/validate.js';
import { refusal } from '../../support/refusal.js';
import { configured, FACTS, IMAGE } from '../../support/spec.js';

const MiB = 1024 * 1024;
const fieldsOf = (spec: Partial<CreateSpec>) => configured(spec).problems.map(({ field }) => field);

describe('a container configuration', () => {
  it('is whole when only the image was named', () => {
    const { config, problems } = configured();
    assert.deepEqual(problems, []);
    assert.equal(config.id, FACTS.id);
    assert.equal(config.name, FACTS.name);
    assert.deepEqual(config.argv, ['sh']);
    assert.deepEqual(config.env, ['PATH=/bin', 'LANG=C']);
    assert.equal(config.hostname, 'aaaaaaaaaaaa');
    assert.equal(config.stopSignal, 'SIGTERM');
    assert.equal(config.stopTimeoutSeconds, 10);
    assert.equal(config.network, 'bridge');
    assert.equal(config.shmSize, 64 * MiB);
    assert.deepEqual(config.restartPolicy, { name: 'no', maximumRetryCount: 0 });
    assert.deepEqual(JSON.parse(JSON.stringify(config)), config);
  });

  it('puts the command together as Docker does', () => {
    const image = { ...IMAGE, config: { ...IMAGE.config, entrypoint: ['/entry'], cmd: ['default'] } };
    const argv = (spec: Partial<CreateSpec>) => configured(spec, image).config.argv;
    assert.deepEqual(argv({}), ['/entry', 'default']);
    assert.deepEqual(argv({ cmd: ['own'] }), ['/entry', 'own']);
    assert.deepEqual(argv({ entrypoint: ['/mine'] }), ['/mine']);
    assert.deepEqual(argv({ entrypoint: ['/mine'], cmd: ['x'] }), ['/mine', 'x']);
    assert.deepEqual(argv({ entrypoint: [], cmd: ['x'] }), ['x']);
    assert.deepEqual(configured({ entrypoint: [] }, image).problems[0]?.field, 'cmd');
  });

  it('lets the spec win over the image, name by name', () => {
    const { config } = configured({ env: ['LANG=de', 'NEW=1'], labels: { own: 'x' } });
    assert.deepEqual(config.env, ['PATH=/bin', 'LANG=de', 'NEW=1']);
    assert.deepEqual(config.labels, { from: 'image', own: 'x' });
  });

  it('says every problem at once, beside its field', () => {
    const { problems } = configured({
      name: 'no good',
      workingDir: 'here',
      env: ['A=1', '=2'],
      user: '-1',
      stopSignal: 'NONE',
      limits: { memory: 100, pidsLimit: 1.5, nanoCpus: 5e9 },
      mounts: [
        { type: 'bind', source: 'x', target: '/a', readOnly: false, propagation: 'rprivate' },
        { type: 'tmpfs', target: '/a/', readOnly: false, sizeBytes: -1 },
      ],
      capAdd: ['WINGS'],
      sysctls: { 'kernel.panic': '1' },
    });
    assert.deepEqual(problems.map(({ field }) => field).sort(), [
      'capAdd[0]',
      'env[1]',
      'limits.memory',
      'limits.nanoCpus',
      'limits.pidsLimit',
      'mounts[0].source',
      'mounts[1].sizeBytes',
      'mounts[1].target',
      'name',
      'stopSignal',
      'sysctls.kernel.panic',
      'user',
      'workingDir',
    ]);
    for (const { message } of problems) assert.doesNotMatch(message, /\n|undefined|NaN|\[object/);
    assert.throws(
      () => requireNoProblems(problems),
      (error) => {
        refusal('INVALID_VALUE', /"no good".*"here"/)(error);
        assert.deepEqual((error as TscontainError).problems, problems);
        return true;
      },
    );
  });

  it('refuses what excludes each other', () => {
    const always = { name: 'always', maximumRetryCount: 0 } as const;
    assert.deepEqual(fieldsOf({ autoRemove: true, restartPolicy: always }), ['autoRemove']);
    assert.deepEqual(fieldsOf({ restartPolicy: { ...always, maximumRetryCount: 2 } }), ['restartPolicy']);
    assert.deepEqual(fieldsOf({ limits: { memory: 64 * MiB, memoryReservation: 65 * MiB } }), [
      'limits.memoryReservation',
    ]);
    assert.deepEqual(fieldsOf({ limits: { memory: 64 * MiB, memorySwap: 32 * MiB } }), ['limits.memorySwap']);
    assert.deepEqual(fieldsOf({ limits: { nanoCpus: 1e9, cpuQuota: 50_000 } }), ['limits.nanoCpus']);
    assert.deepEqual(fieldsOf({ network: 'host', sysctls: { 'net.core.somaxconn': '9' } }), [
      'sysctls.net.core.somaxconn',
    ]);
    assert.deepEqual(fieldsOf({ ulimits: [{ name: 'nofile', soft: 5, hard: 4 }] }), ['ulimits[0]']);
    assert.deepEqual(fieldsOf({ cmd: ['echo', 'a\0b'] }), ['cmd']);
    assert.deepEqual(fieldsOf({ log: { maxSizeBytes: 10, maxFiles: 1 } }), ['log']);
  });

  it('takes "no limit" in each of its spellings', () => {
    assert.deepEqual(
      limitProblems({ memory: -1, memorySwap: -1, pidsLimit: -1, nanoCpus: 0, cpuQuota: -1, cpusetCpus: '' }, 2).slice(
        1,
      ),
      [],
    );
    assert.deepEqual(limitProblems({ memory: 0, pidsLimit: 0, cpuShares: 0, blkioWeight: 0 }, 2), []);
  });
});
