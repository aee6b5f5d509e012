// Counters as Prometheus reads them: both formats, hostile labels, and which of the two a reader gets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nothingMeasured } from '../../../src/metrics/counters.js';
import { escapeLabel, expose, negotiate } from '../../../src/metrics/exposition.js';
import { parseListen } from '../../../src/cli/commands/metrics.js';

const counted = (name: string) => ({
  labels: { id: 'a1', name },
  counters: { ...nothingMeasured(), cpuUs: 1_500_000, memoryUsed: 4096, readBytes: 0 },
});
const machine = { ...nothingMeasured(), cpuUs: 2e6 };

describe('counters', () => {
  it('in OpenMetrics are named without _total where they are told of, have units, and end', () => {
    assert.deepEqual(expose([counted('web')], machine, 'openmetrics').split('\n'), [
      '# HELP tscontain_container_cpu_seconds CPU time used.',
      '# TYPE tscontain_container_cpu_seconds counter',
      '# UNIT tscontain_container_cpu_seconds seconds',
      'tscontain_container_cpu_seconds_total{id="a1",name="web"} 1.5',
      '# HELP tscontain_container_memory_used_bytes Memory that counts against the limit.',
      '# TYPE tscontain_container_memory_used_bytes gauge',
      '# UNIT tscontain_container_memory_used_bytes bytes',
      'tscontain_container_memory_used_bytes{id="a1",name="web"} 4096',
      '# HELP tscontain_container_io_read_bytes Bytes read from disks.',
      '# TYPE tscontain_container_io_read_bytes counter',
      '# UNIT tscontain_container_io_read_bytes bytes',
      'tscontain_container_io_read_bytes_total{id="a1",name="web"} 0',
      '# HELP tscontain_machine_cpu_seconds CPU time used.',
      '# TYPE tscontain_machine_cpu_seconds counter',
      '# UNIT tscontain_machine_cpu_seconds seconds',
      'tscontain_machine_cpu_seconds_total 2',
      '# EOF',
      '',
    ]);
  });

  it('in the older text format have _total everywhere, and no unit', () => {
    const text = expose([counted('web')], machine, 'prometheus');
    assert.match(text, /^# TYPE tscontain_container_cpu_seconds_total counter$/m);
    assert.doesNotMatch(text, /# UNIT|# EOF/);
    assert.ok(text.endsWith('\n'));
  });

  it('of a name with anything in it stay one line', () => {
    const name = 'a"b\\c\nd} 1\n# EOF\n\u001b[2J';
    const lines = expose([counted(name)], machine, 'openmetrics').split('\n');
    assert.equal(lines.filter((line) => line === '# EOF').length, 1);
    assert.equal(lines.length, expose([counted('web')], machine, 'openmetrics').split('\n').length);
    assert.equal(escapeLabel('a"b\\c\nd'), 'a\\"b\\\\c\\nd');
  });

  it('come in the format that the reader prefers', () => {
    const openmetrics = 'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75';
    assert.equal(negotiate(`${openmetrics},text/plain;version=0.0.4;q=0.5,*/*;q=0.1`), 'openmetrics');
    assert.equal(negotiate('text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.5'), 'prometheus');
    assert.equal(negotiate('application/openmetrics-text;version=9.0'), 'prometheus');
    for (const accept of [undefined, '', '*/*', 'text/html', ';;;,,,q=x'])
      assert.equal(negotiate(accept), 'prometheus');
  });
});

describe('--listen', () => {
  it('takes a loopback address or a socket', () => {
    assert.deepEqual(parseListen('127.0.0.1:9477', false), { host: '127.0.0.1', port: 9477 });
    assert.deepEqual(parseListen('[::1]:0', false), { host: '::1', port: 0 });
    assert.deepEqual(parseListen('localhost:80', false), { host: 'localhost', port: 80 });
    assert.deepEqual(parseListen('unix:/run/m.sock', false), { path: '/run/m.sock' });
    assert.deepEqual(parseListen('0.0.0.0:9477', true), { host: '0.0.0.0', port: 9477 });
  });

  it('refuses what others can reach, and what is no address', () => {
    for (const value of ['0.0.0.0:9477', '[::]:9477', '192.168.0.1:80', 'example.org:80', '127.evil.example:80'])
      assert.throws(() => parseListen(value, false), /can be reached from other machines/, value);
    for (const value of ['', '9477', '127.0.0.1', '127.0.0.1:70000', '127.0.0.1:x', 'unix:relative', '::1:80'])
      assert.throws(() => parseListen(value, false), { code: 'INVALID_VALUE' }, value);
  });
});
