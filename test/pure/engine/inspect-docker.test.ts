// Docker's shape of a container, for the scripts that read it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectDocker } from '../../../src/engine/inspect-docker.js';
import { configured, containerOf } from '../../support/spec.js';

const MiB = 1024 * 1024;

describe('inspect in Docker’s shape', () => {
  it('says what is asked for most', () => {
    const { config } = configured({
      cmd: ['sleep', '5'],
      limits: { memory: 64 * MiB, nanoCpus: 5e8, pidsLimit: 20, deviceReadBps: [{ path: '/dev/sda', rate: MiB }] },
      mounts: [
        { type: 'bind', source: '/a', target: '/b', readOnly: true, propagation: 'rslave' },
        { type: 'bind', source: '/c', target: '/d', readOnly: false, propagation: 'rprivate' },
        { type: 'tmpfs', target: '/run', readOnly: false, sizeBytes: MiB, mode: 0o755, flags: ['noexec'] },
      ],
      restartPolicy: { name: 'on-failure', maximumRetryCount: 3 },
    });
    const init = { pid: 42, startTime: 7 };
    const shape = inspectDocker(
      containerOf(config, { status: 'paused', init, startedAt: '2026-01-01T00:00:00Z' }),
      '/root-dir',
    );
    assert.equal(shape.Name, '/calm_otter');
    assert.deepEqual([shape.Path, shape.Args], ['sleep', ['5']]);
    assert.deepEqual(shape.State, {
      Status: 'paused',
      Running: true,
      Paused: true,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: 42,
      ExitCode: 0,
      Error: '',
      StartedAt: '2026-01-01T00:00:00Z',
      FinishedAt: '0001-01-01T00:00:00Z',
    });
    assert.equal(shape.HostConfig.Memory, 64 * MiB);
    assert.equal(shape.HostConfig.NanoCpus, 5e8);
    assert.deepEqual(shape.HostConfig.Binds, ['/a:/b:ro,rslave', '/c:/d']);
    assert.deepEqual(shape.HostConfig.Tmpfs, { '/run': `noexec,size=${MiB},mode=755` });
    assert.deepEqual(shape.HostConfig.BlkioDeviceReadBps, [{ Path: '/dev/sda', Rate: MiB }]);
    assert.deepEqual(shape.HostConfig.RestartPolicy, { Name: 'on-failure', MaximumRetryCount: 3 });
    assert.deepEqual(shape.Config.Cmd, ['sleep', '5']);
    assert.equal(shape.Config.Entrypoint, null);
    assert.match(shape.LogPath, /^\/root-dir\/containers\/a+\/logs\/container\.log$/);
  });

  it('says what its image says of it, and how it is', () => {
    const check = {
      test: ['CMD', '/check'],
      intervalNs: 5e9,
      timeoutNs: 0,
      startPeriodNs: 0,
      startIntervalNs: 0,
      retries: 2,
    };
    const { config } = configured({
      healthcheck: check,
      shell: ['/bin/bash', '-c'],
      exposedPorts: ['80/tcp', '443/tcp'],
      volumes: ['/data'],
    });
    const result = { start: '2026-01-01T00:00:05.000Z', end: '2026-01-01T00:00:05.020Z', exitCode: 7, output: 'no\n' };
    const health = { status: 'starting', failingStreak: 1, log: [result] } as const;
    const { State, Config } = inspectDocker(containerOf(config, { status: 'running', health }), '/r');
    assert.deepEqual(State.Health, {
      Status: 'starting',
      FailingStreak: 1,
      Log: [{ Start: result.start, End: result.end, ExitCode: 7, Output: 'no\n' }],
    });
    assert.deepEqual(Config.Healthcheck, { Test: ['CMD', '/check'], Interval: 5e9, Retries: 2 });
    assert.deepEqual(Config.ExposedPorts, { '443/tcp': {}, '80/tcp': {} });
    assert.deepEqual([Config.Volumes, Config.OnBuild, Config.Shell], [{ '/data': {} }, null, ['/bin/bash', '-c']]);
  });

  it('says which volumes it has, and where they are', () => {
    const { config } = configured({
      mounts: [
        { type: 'volume', source: 'data', target: '/data', readOnly: true },
        { type: 'volume', source: 'more', target: '/more', readOnly: false, noCopy: true, subpath: 'a/b' },
        { type: 'volume', source: 'c'.repeat(64), target: '/c', readOnly: false, anonymous: true },
        { type: 'volume', source: 'plain', target: '/plain', readOnly: false, noCopy: true },
      ],
      volumesFrom: ['web:ro'],
    });
    const { Mounts, HostConfig } = inspectDocker(containerOf(config), '/r');
    assert.deepEqual(Mounts[0], {
      Type: 'volume',
      Name: 'data',
      Source: '/r/volumes/data/_data',
      Destination: '/data',
      Driver: 'local',
      Mode: 'ro',
      RW: false,
      Propagation: '',
    });
    assert.deepEqual(
      Mounts.map(({ Source }) => Source),
      ['data/_data', 'more/_data/a/b', `${'c'.repeat(64)}/_data`, 'plain/_data'].map((path) => `/r/volumes/${path}`),
    );
    assert.deepEqual(HostConfig.Binds, ['data:/data:ro', 'plain:/plain:nocopy']);
    assert.deepEqual(HostConfig.VolumesFrom, ['web:ro']);
  });

  it('says as little as Docker where there is nothing to be said', () => {
    const { State, Config } = inspectDocker(containerOf({}, { status: 'running' }), '/r');
    for (const field of ['Healthcheck', 'ExposedPorts', 'Shell']) assert.ok(!(field in Config), field);
    assert.ok(!('Health' in State));
    assert.deepEqual([Config.Volumes, Config.Entrypoint], [null, null]);
  });

  it('invents no exit code', () => {
    const codeOf = (state: Parameters<typeof containerOf>[1]) =>
      inspectDocker(containerOf({}, state), '/r').State.ExitCode;
    assert.equal(codeOf({ status: 'exited', exitCode: 137 }), 137);
    assert.equal(codeOf({ status: 'exited' }), -1);
    assert.equal(codeOf({ status: 'created' }), 0);
  });
});
