// Which kind of cgroup host a mount table describes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCgroupHost } from '../../../../src/engine/cgroup/host.js';
import { isTscontainError } from '../../../../src/engine/errors.js';

const parse = (mountinfo: string, controllers = '', cgroups = '') =>
  parseCgroupHost({ mountinfo, controllers: () => controllers, cgroups });

const V2 = '30 24 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';

/** As systemd mounts v1: cpu and cpuacct in one tree, its own tree without a controller, cgroup2 beside them. */
const SYSTEMD_HYBRID = `
25 19 0:22 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
26 25 0:23 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate
27 25 0:24 / /sys/fs/cgroup/systemd rw,nosuid shared:11 - cgroup cgroup rw,xattr,name=systemd
30 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct
31 25 0:28 / /sys/fs/cgroup/memory rw,nosuid shared:16 - cgroup cgroup rw,memory
`;

describe('a cgroup host', () => {
  it('is v2 where one tree has every controller', () => {
    assert.deepEqual(parse(V2, 'cpuset cpu io memory hugetlb pids\n'), {
      kind: 'v2',
      v1: {},
      unified: { path: '/sys/fs/cgroup', controllers: ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids'] },
      disabled: [],
    });
  });

  it('is hybrid where controllers are in v1 and a cgroup2 tree stands beside them', () => {
    const host = parse(SYSTEMD_HYBRID, '');
    assert.equal(host.kind, 'hybrid');
    assert.deepEqual(host.unified, { path: '/sys/fs/cgroup/unified', controllers: [] });
    assert.deepEqual(host.v1, {
      'name=systemd': '/sys/fs/cgroup/systemd',
      cpu: '/sys/fs/cgroup/cpu,cpuacct',
      cpuacct: '/sys/fs/cgroup/cpu,cpuacct',
      memory: '/sys/fs/cgroup/memory',
    });
  });

  it('is v1 where there is no cgroup2 tree', () => {
    const host = parse(SYSTEMD_HYBRID.replace(/^.*cgroup2.*$/m, ''));
    assert.equal(host.kind, 'v1');
    assert.equal(host.unified, undefined);
  });

  it('is v2 also when nothing but the tree of systemd is in v1', () => {
    const systemd = '40 30 0:30 / /run/systemd-cgroup rw - cgroup cgroup rw,xattr,name=systemd\n';
    assert.equal(parse(V2 + systemd, 'memory').kind, 'v2');
  });

  it('takes mount flags for no controllers, and blanks in a path for what they are', () => {
    const host = parse(
      '31 25 0:28 / /my\\040cgroups/m rw - cgroup cgroup rw,xattr,clone_children,memory,release_agent=/x\n',
    );
    assert.deepEqual(host.v1, { memory: '/my cgroups/m' });
  });

  it('sees the later of two mounts at one place', () => {
    const host = parse(`${SYSTEMD_HYBRID}50 25 0:40 / /sys/fs/cgroup/memory rw - tmpfs tmpfs rw\n`);
    assert.equal(host.v1['memory'], undefined);
  });

  it('knows which controllers were switched off at boot', () => {
    const cgroups = '#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t64\t1\nmemory\t0\t64\t0\n';
    assert.deepEqual(parse(V2, 'cpu', cgroups).disabled, ['memory']);
  });

  it('is none where no tree is mounted, and says how to mount one', () => {
    assert.throws(
      () => parse('23 1 0:21 / /proc rw - proc proc rw\n'),
      (error) => isTscontainError(error, 'CONTROLLER_MISSING') && /mount -t cgroup2/.test(error.hint ?? ''),
    );
  });
});
