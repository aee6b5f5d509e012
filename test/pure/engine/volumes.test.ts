// Volumes as values: what a container has mounted in the end, what a prune takes, how a volume's file is read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectDockerVolume } from '../../../src/engine/inspect-docker-volume.js';
import type { Mount } from '../../../src/engine/model.js';
import { completeMounts, inheritedMounts } from '../../../src/engine/volume/complete-mounts.js';
import { configureVolume } from '../../../src/engine/volume/create.js';
import { ANONYMOUS_LABEL, type VolumeConfig } from '../../../src/engine/volume/model.js';
import { isToGo } from '../../../src/engine/volume/prune.js';
import { parseVolumeConfig } from '../../../src/engine/volume/schema.js';
import { usersInWords, volumesOf } from '../../../src/engine/volume/users.js';
import { refusal } from '../../support/refusal.js';
import { volumeMount as volume } from '../../support/volume-mount.js';

const bind = (source: string, target: string): Mount => ({
  type: 'bind',
  source,
  target,
  readOnly: false,
  propagation: 'rprivate',
});
const tmpfs = (target: string): Mount => ({ type: 'tmpfs', target, readOnly: false });

function complete(sources: { asked?: Mount[]; inherited?: Mount[]; volumes?: string[] }): Mount[] {
  let count = 0;
  const { asked = [], inherited = [], volumes = [] } = sources;
  return completeMounts({ asked, inherited, volumes, nameVolume: () => `made-${(count += 1)}` });
}

describe('the mounts of a container', () => {
  it('are those that were asked for, and one without a name for each place of the image', () => {
    assert.deepEqual(
      complete({ asked: [volume('data', '/data'), tmpfs('/run')], volumes: ['/data', '/var/lib/x/', 'y'] }),
      [
        volume('data', '/data'),
        tmpfs('/run'),
        { ...volume('made-1', '/var/lib/x'), anonymous: true },
        { ...volume('made-2', '/y'), anonymous: true },
      ],
    );
    assert.deepEqual(complete({ asked: [volume('', '/a')] }), [{ ...volume('made-1', '/a'), anonymous: true }]);
    assert.deepEqual(complete({ asked: [tmpfs('/a')], volumes: ['/a'] }), [tmpfs('/a')]);
  });

  it('are, where nothing else is asked for, those of the containers named, the last first', () => {
    const inherited = [volume('one', '/a'), volume('two', '/b'), volume('three', '/a')];
    assert.deepEqual(complete({ asked: [bind('/host', '/b')], inherited, volumes: ['/a', '/b', '/c'] }), [
      volume('three', '/a'),
      bind('/host', '/b'),
      { ...volume('made-1', '/c'), anonymous: true },
    ]);
  });

  it('of another container come without its tmpfs, and nothing is copied into them', () => {
    const mounts = [volume('one', '/a'), { ...bind('/host', '/b'), readOnly: true }, tmpfs('/c')];
    assert.deepEqual(inheritedMounts(mounts, false), [
      { ...volume('one', '/a'), noCopy: true },
      { ...bind('/host', '/b'), readOnly: true },
    ]);
    assert.ok(inheritedMounts(mounts, true).every(({ readOnly }) => readOnly));
  });

  it('an image cannot have for its root, however it is written', () => {
    for (const path of ['/', '', '..', '/a/..', '../../'])
      assert.throws(() => complete({ volumes: [path] }), refusal('INVALID_VALUE', /volume of the image/), path);
    assert.deepEqual(
      complete({ volumes: ['../../etc'] }).map(({ target }) => target),
      ['/etc'],
    );
    assert.throws(() => complete({ volumes: ['/a\0b'] }), refusal('INVALID_VALUE', /zero byte/));
  });

  it('name each volume once', () => {
    assert.deepEqual(volumesOf({ mounts: [volume('a', '/1'), volume('b', '/2'), volume('a', '/3'), tmpfs('/4')] }), [
      'a',
      'b',
    ]);
  });
});

describe('a volume', () => {
  it('without a name gets one and says so', () => {
    const { name, labels } = configureVolume({ labels: { a: 'b' } }, 'now');
    assert.match(name, /^[0-9a-f]{64}$/);
    assert.deepEqual(labels, { a: 'b', [ANONYMOUS_LABEL]: '' });
    assert.deepEqual(configureVolume({ name: 'data' }, 'now').labels, {});
  });

  it('has a size for an option and no other', () => {
    assert.deepEqual(configureVolume({ name: 'data', options: { size: '10g' } }, 'now').options, { size: '10g' });
    const options = (given: Record<string, string>) => () => configureVolume({ name: 'data', options: given }, 'now');
    assert.throws(options({ size: 'much' }), refusal('INVALID_VALUE', /much/));
    assert.throws(options({ colour: 'red' }), refusal('INVALID_VALUE', /"colour".*size/));
    for (const name of ['type', 'device', 'o'])
      assert.throws(options({ [name]: 'x' }), refusal('NOT_SUPPORTED', /mounts/));
    assert.throws(() => configureVolume({ name: 'a/b' }, 'now'), refusal('INVALID_VALUE', /no slash/));
    assert.throws(
      () => configureVolume({ name: 'ab', labels: { 'a b': '' } }, 'now'),
      refusal('INVALID_VALUE', /label/),
    );
  });

  it('is read from its file, or refused with the place and the fault', () => {
    const config: VolumeConfig = {
      schema: 1,
      name: 'data',
      created: '2026-01-01T00:00:00.000Z',
      driver: 'local',
      labels: { a: 'b' },
      options: {},
    };
    const read = (value: unknown) => parseVolumeConfig(JSON.stringify(value), '/v/volume.json', 'data');
    assert.deepEqual(read(config), config);
    const damaged = [
      { ...config, name: 'other' },
      { ...config, labels: { a: 1 } },
      { ...config, options: [] },
      { schema: 1 },
      [],
    ];
    for (const value of damaged) assert.throws(() => read(value), refusal('STATE_CORRUPT', /\/v\/volume\.json/));
    assert.throws(() => read({ ...config, schema: 2 }), refusal('NOT_SUPPORTED', /newer/));
    assert.throws(() => parseVolumeConfig('', '/v', 'data'), refusal('STATE_CORRUPT', /empty/));
  });

  it('is pruned when nobody has it and nobody has named it', () => {
    const free = { usedBy: [], labels: { [ANONYMOUS_LABEL]: '', a: '1' } };
    const user = { id: 'x', name: 'web', isRemoved: true };
    assert.equal(isToGo(free, {}), true);
    assert.equal(isToGo({ ...free, usedBy: [user] }, { all: true }), false);
    assert.equal(isToGo({ ...free, labels: { a: '1' } }, {}), false);
    assert.equal(isToGo({ ...free, labels: { a: '1' } }, { all: true }), true);
    assert.equal(isToGo(free, { labels: ['a', 'a=1'] }), true);
    assert.equal(isToGo(free, { labels: ['a=1', 'b'] }), false);
    assert.equal(isToGo(free, { labels: ['toString'] }), false);
    assert.equal(isToGo(free, { withoutLabels: ['b', 'a=2'] }), true);
    assert.equal(isToGo(free, { withoutLabels: ['a'] }), false);
  });

  it('says whose it is in as few words as do', () => {
    const user = (name: string, isRemoved = false) => ({ id: name, name, isRemoved });
    assert.equal(usersInWords([user('web')]), 'web');
    assert.equal(usersInWords([user('web'), user('db', true)]), 'web and db (removed, and still kept)');
    assert.equal(usersInWords(['a', 'b', 'c', 'd', 'e'].map((name) => user(name))), 'a, b, c and 2 more');
  });

  it('has Docker’s shape', () => {
    const listed = {
      ...configureVolume({ name: 'data', labels: { a: 'b' } }, 'now'),
      mountpoint: '/v/_data',
      usedBy: [],
    };
    assert.deepEqual(inspectDockerVolume(listed), {
      CreatedAt: 'now',
      Driver: 'local',
      Labels: { a: 'b' },
      Mountpoint: '/v/_data',
      Name: 'data',
      Options: null,
      Scope: 'local',
    });
    assert.deepEqual(inspectDockerVolume(listed, { bytes: 7, from: 'files' }).UsageData, { Size: 7, RefCount: 0 });
  });
});
