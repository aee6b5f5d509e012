// Reading /proc/PID/mountinfo.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMountinfo } from '../../../src/native/index.js';

describe('mountinfo', () => {
  it('is read field by field, with any number of optional ones', () => {
    const text =
      '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue\n' +
      '22 1 0:21 / /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n';
    const [first, second] = parseMountinfo(text);
    assert.deepEqual(first, {
      id: 36,
      parent: 35,
      device: '98:0',
      root: '/mnt1',
      mountPoint: '/mnt2',
      options: ['rw', 'noatime'],
      propagation: ['master:1', 'propagate_from:2'],
      type: 'ext3',
      source: '/dev/root',
      superOptions: ['rw', 'errors=continue'],
    });
    assert.deepEqual(second?.propagation, []);
    assert.deepEqual(second.superOptions, ['rw', 'cpu', 'cpuacct']);
  });

  it('gives back blanks, tabs, newlines and backslashes in paths', () => {
    const [entry] = parseMountinfo('1 0 0:1 / /a\\040b\\011c\\012d\\134e rw - tmpfs none rw');
    assert.equal(entry?.mountPoint, '/a b\tc\nd\\e');
  });

  it('leaves out what is no mount', () => {
    assert.deepEqual(parseMountinfo(''), []);
    assert.deepEqual(parseMountinfo('nonsense\n1 2 3 4 5 6 7\n1 0 0:1 / / rw - tmpfs'), []);
  });
});
