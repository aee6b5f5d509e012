// The plan of a start and of an exec as data: what comes in which order, and what changes with the configuration.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { completeEnv, candidates } from '../../../../src/engine/launch/command.js';
import type { ExecFacts, StartFacts } from '../../../../src/engine/launch/facts.js';
import { execEnv, planExec, planStart, startNamespaces } from '../../../../src/engine/launch/plan.js';
import { deniedRights, wantedCapabilities } from '../../../../src/engine/launch/rights.js';
import type { ContainerConfig } from '../../../../src/engine/model.js';
import { CLONE_NEWNET, completeProgram, describeProgram, layOut, type Program } from '../../../../src/native/index.js';
import { configured } from '../../../support/spec.js';

const OWN = {
  capabilities: (1n << 41n) - 1n,
  lastCapability: 40,
  hardLimits: Array<number>(16).fill(-1),
  oomScoreAdj: 0,
};
const ROOT = { uid: 0, gid: 0, groups: [0], home: '/root' };

const FACTS: StartFacts = {
  user: ROOT,
  own: OWN,
  stdio: { tty: false, stdout: 10, stderr: 11 },
  joinCgroup: [],
  rootFd: 20,
  cgroup: { kind: 'v2' },
  network: { kind: 'alone' },
  missingDirectories: [],
  masked: { files: ['/proc/keys'], directories: ['/proc/acpi', '/sys/firmware'] },
  readOnly: ['/proc/sys'],
  mounts: [],
  devices: [],
  workingDir: { path: '/', missing: 0 },
};

const config = (more: Partial<ContainerConfig> = {}): ContainerConfig => ({
  ...configured().config,
  hostname: 'box',
  ...more,
});
const plan = (more: Partial<ContainerConfig> = {}, facts: Partial<StartFacts> = {}): Program =>
  planStart(config(more), { ...FACTS, ...facts });
const said = (program: Program): string[] =>
  describeProgram(program).map(({ name, call, args }) => `${name}: ${call}(${args})`);
const indexOf = (program: Program, name: string): number => {
  const found = program.findIndex((step) => step.name === name);
  assert.notEqual(found, -1, `there is no step "${name}"`);
  return found;
};

describe('the plan of a start', () => {
  it('is this, for the simplest container', () => {
    assert.deepEqual(
      said(plan({ argv: ['sh'] })).filter((line) => !line.startsWith('drop capabilities')),
      [
        'have a cgroup namespace of its own: unshare(CLONE_NEWCGROUP)',
        'part from the mounts of the host: mount(NULL, "/", NULL, MS_REC|MS_PRIVATE, NULL)',
        'make files with the modes asked for: umask(00)',
        'bring the root in: move_mount(20, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH)',
        'step into the root: fchdir(20)',
        'make it the root: pivot_root(".", ".")',
        'leave the file system of the host: umount2(".", MNT_DETACH)',
        'stand at the root: chdir("/")',
        'mount /proc: mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)',
        'bring up lo: socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, 0)',
        'bring up lo: ioctl(‹socket›, SIOCSIFFLAGS, <40 bytes>)',
        'mount /sys: mount("sysfs", "/sys", "sysfs", MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)',
        'mount /sys/fs/cgroup: mount("cgroup", "/sys/fs/cgroup", "cgroup2", MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)',
        'mount /dev: mount("tmpfs", "/dev", "tmpfs", MS_NOSUID|MS_STRICTATIME, "mode=755,size=65536k")',
        'make /dev/null: mknodat(AT_FDCWD, "/dev/null", 020666, 0x103)',
        'make /dev/zero: mknodat(AT_FDCWD, "/dev/zero", 020666, 0x105)',
        'make /dev/full: mknodat(AT_FDCWD, "/dev/full", 020666, 0x107)',
        'make /dev/random: mknodat(AT_FDCWD, "/dev/random", 020666, 0x108)',
        'make /dev/urandom: mknodat(AT_FDCWD, "/dev/urandom", 020666, 0x109)',
        'make /dev/tty: mknodat(AT_FDCWD, "/dev/tty", 020666, 0x500)',
        'link /dev/ptmx: symlinkat("pts/ptmx", AT_FDCWD, "/dev/ptmx")',
        'link /dev/fd: symlinkat("/proc/self/fd", AT_FDCWD, "/dev/fd")',
        'link /dev/stdin: symlinkat("/proc/self/fd/0", AT_FDCWD, "/dev/stdin")',
        'link /dev/stdout: symlinkat("/proc/self/fd/1", AT_FDCWD, "/dev/stdout")',
        'link /dev/stderr: symlinkat("/proc/self/fd/2", AT_FDCWD, "/dev/stderr")',
        'link /dev/core: symlinkat("/proc/kcore", AT_FDCWD, "/dev/core")',
        'make /dev/pts: mkdirat(AT_FDCWD, "/dev/pts", 0755)',
        'mount /dev/pts: mount("devpts", "/dev/pts", "devpts", MS_NOSUID|MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5")',
        'make /dev/shm: mkdirat(AT_FDCWD, "/dev/shm", 0755)',
        'mount /dev/shm: mount("shm", "/dev/shm", "tmpfs", MS_NOSUID|MS_NODEV|MS_NOEXEC, "mode=1777,size=67108864")',
        'make /dev/mqueue: mkdirat(AT_FDCWD, "/dev/mqueue", 0755)',
        'mount /dev/mqueue: mount("mqueue", "/dev/mqueue", "mqueue", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)',
        'set net.ipv4.ip_unprivileged_port_start: openat(AT_FDCWD, "/proc/sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY|O_CLOEXEC, 00)',
        'set net.ipv4.ip_unprivileged_port_start: write(‹set net.ipv4.ip_unprivileged_port_start›, "0", 1)',
        'set net.ipv4.ping_group_range: openat(AT_FDCWD, "/proc/sys/net/ipv4/ping_group_range", O_WRONLY|O_CLOEXEC, 00)',
        'set net.ipv4.ping_group_range: write(‹set net.ipv4.ping_group_range›, "0 2147483647", 12)',
        'mask /proc/keys: mount("/dev/null", "/proc/keys", NULL, MS_BIND, NULL)',
        'mask /proc/acpi: mount("tmpfs", "/proc/acpi", "tmpfs", MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC, "size=4k,nr_inodes=1,mode=755")',
        'mask /sys/firmware: mount("/proc/acpi", "/sys/firmware", NULL, MS_BIND, NULL)',
        'protect /proc/sys: mount("/proc/sys", "/proc/sys", NULL, MS_BIND|MS_REC, NULL)',
        'protect /proc/sys: mount(NULL, "/proc/sys", NULL, MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC|MS_REMOUNT|MS_BIND, NULL)',
        'set the host name: sethostname("box", 3)',
        'begin a session: setsid()',
        'open /dev/null: openat(AT_FDCWD, "/dev/null", O_RDWR|O_CLOEXEC, 00)',
        'connect stdin: dup3(‹/dev/null›, 0, 0)',
        'connect stdout: dup3(10, 1, 0)',
        'connect stderr: dup3(11, 2, 0)',
        'limit nofile: prlimit64(0, RLIMIT_NOFILE, {1024, -1}, NULL)',
        `have a keyring of its own: keyctl(1, "tscontain.${'a'.repeat(64)}")`,
        'go to /: openat2(AT_FDCWD, "/", {2686976, 0, 18}, 24)',
        'go to /: fchdir(‹working directory›)',
        'take the groups: setgroups(1, <00000000>)',
        'take the group: setresgid(0)',
        'take the user: setresuid(0)',
        'keep only the capabilities it may have: capset(<2205082000000000>, <fb2504a8fb2504a800000000000000000000000000000000>)',
        'set the usual umask: umask(022)',
        'let no descriptor through: close_range(3, 0xffffffff, CLOSE_RANGE_CLOEXEC)',
        'run sh: execve("/bin/sh", ["sh"], ["HOSTNAME=box", "HOME=/root", "PATH=/bin", "LANG=C"])',
      ],
    );
  });

  it('drops for good every capability but the fourteen', () => {
    const dropped = plan()
      .filter(({ name }) => name === 'drop capabilities for good')
      .map(({ args }) => args[1]);
    assert.equal(dropped.length, 41 - 14);
    assert.ok(dropped.includes(21), 'CAP_SYS_ADMIN');
    assert.ok(!dropped.includes(0), 'CAP_CHOWN');
  });

  it('leaves the host before anything of the image is looked at', () => {
    const program = plan(
      { workingDir: '/w' },
      {
        workingDir: { path: '/w', missing: 1 },
        missingDirectories: ['/proc', '/sys', '/dev'],
        mounts: [{ target: '/v', source: { fd: 30 }, missing: 1, kind: 'directory' }],
      },
    );
    const left = indexOf(program, 'leave the file system of the host');
    for (const name of ['make /proc', 'make /sys', 'make /dev', 'make /v', 'mount /v', 'make /w', 'go to /w'])
      assert.ok(indexOf(program, name) > left, name);
  });

  it('takes away rights after everything that needs them, and runs nothing in between', () => {
    const program = plan({ readOnlyRootfs: true, noNewPrivileges: true }, { user: { ...ROOT, uid: 7 } });
    const order = [
      'make the root read-only',
      'begin a session',
      'go to /',
      'drop capabilities for good',
      'take the groups',
      'take the user',
      'keep only the capabilities it may have',
      'gain no privileges any more',
      'let no descriptor through',
    ];
    const places = order.map((name) => indexOf(program, name));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.ok(program.slice(places.at(-1)).every(({ call }) => call === 'close_range' || call === 'execve'));
  });

  it('hides nothing from a privileged container', () => {
    const names = plan({ privileged: true }).map(({ name }) => name);
    assert.ok(!names.some((name) => /^(mask|protect|drop)/.test(name)));
  });

  it('joins its cgroup first, and makes it the top of its view only then', () => {
    const join = { name: 'join cgroup memory', call: 'write', args: [5, Buffer.from('0'), 1] } as const;
    const view = {
      kind: 'v1',
      hierarchies: [{ name: 'cpu,cpuacct', path: '/host/cpu/x', links: ['cpu', 'cpuacct'] }],
    } as const;
    const program = plan({}, { joinCgroup: [join], cgroup: view });
    assert.ok(indexOf(program, 'join cgroup memory') < indexOf(program, 'have a cgroup namespace of its own'));
    assert.ok(indexOf(program, 'take cgroup cpu,cpuacct') < indexOf(program, 'bring the root in'));
    const lines = said(program);
    assert.ok(
      lines.includes('link /sys/fs/cgroup/cpuacct: symlinkat("cpu,cpuacct", AT_FDCWD, "/sys/fs/cgroup/cpuacct")'),
    );
    assert.ok(
      lines.includes('seal /sys/fs/cgroup: mount_setattr(AT_FDCWD, "/sys/fs/cgroup", AT_RECURSIVE, {15, 0, 0, 0}, 32)'),
      lines.find((line) => line.startsWith('seal')),
    );
  });

  it('takes the engine’s own files along before it leaves the host, and places them after', () => {
    const program = plan(
      {},
      { mounts: [{ target: '/etc/hosts', source: { path: '/state/hosts' }, missing: 0, kind: 'file' }] },
    );
    const lines = said(program);
    assert.ok(
      lines.includes('take /etc/hosts: open_tree(AT_FDCWD, "/state/hosts", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC)'),
    );
    assert.ok(
      lines.includes(
        'mount /etc/hosts: move_mount(‹take /etc/hosts›, "", ‹mount /etc/hosts›, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)',
      ),
    );
    assert.ok(indexOf(program, 'part from the mounts of the host') < indexOf(program, 'take /etc/hosts'));
    assert.ok(indexOf(program, 'take /etc/hosts') < indexOf(program, 'bring the root in'));
  });

  it('has the network of the host or one of its own', () => {
    assert.equal(startNamespaces(config({ network: 'host' })) & CLONE_NEWNET, 0);
    assert.notEqual(startNamespaces(config()) & CLONE_NEWNET, 0);
    assert.ok(
      !plan({ network: 'host' }, { network: { kind: 'host' } }).some(
        ({ name }) => name.startsWith('bring up') || name.startsWith('set net.'),
      ),
    );
  });

  it('is listened to by mounts of the host only where a mount asks for it', () => {
    const bind = { type: 'bind', source: '/s', target: '/t', readOnly: false } as const;
    const flags = (propagation: 'rprivate' | 'rslave' | 'rshared') =>
      said(plan({ mounts: [{ ...bind, propagation }] })).find((line) => line.startsWith('part from'));
    assert.match(flags('rprivate')!, /MS_PRIVATE/);
    assert.match(flags('rslave')!, /MS_SLAVE/);
    assert.match(flags('rshared')!, /MS_SLAVE/);
  });

  it('can be laid out in memory whatever is asked for', () => {
    const text = fc.string({ minLength: 1, maxLength: 20 }).filter((value) => !value.includes('\0'));
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.array(text),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 0, max: 0x7fffffff }),
        (argv, env, privileged, readOnlyRootfs, tty, uid) => {
          const stdio = tty ? ({ tty: true, slaveFd: 7, mountFd: 8 } as const) : ({ tty: false } as const);
          const program = plan(
            { argv, env, privileged, readOnlyRootfs, tty },
            { stdio, user: { uid, gid: uid, groups: [uid, 5], home: '/' } },
          );
          const { steps } = completeProgram(program, startNamespaces(config()));
          assert.ok(layOut(steps, { address: 0x10000000n }).length > 0);
          assert.equal(program.at(-1)!.call, 'execve');
        },
      ),
    );
  });
});

describe('the plan of an exec', () => {
  const facts: ExecFacts = { user: ROOT, own: OWN, stdio: { tty: false }, joinCgroup: [], pidfd: 9 };

  it('enters, forks, and does the rest as the container’s start did', () => {
    const names = planExec(config(), { argv: ['ls'] }, facts).map(({ name }) => name);
    assert.deepEqual(
      [...new Set(names)],
      [
        'enter the container',
        'be a process of the container',
        'begin a session',
        'open /dev/null',
        'connect stdin',
        'connect stdout',
        'connect stderr',
        'limit nofile',
        'have a keyring of its own',
        'go to /',
        'drop capabilities for good',
        'take the groups',
        'take the group',
        'take the user',
        'keep only the capabilities it may have',
        'set the usual umask',
        'let no descriptor through',
        'run ls',
      ],
    );
  });

  it('is put on a leash when it has its rights, where it is to be ended with all that it starts', () => {
    const names = planExec(config(), { argv: ['ls'] }, { ...facts, onLeash: true }).map(({ name }) => name);
    assert.deepEqual(names.slice(-4), [
      'keep its descendants',
      'die with the supervisor',
      'let no descriptor through',
      'run ls',
    ]);
    assert.ok(names.indexOf('die with the supervisor') > names.indexOf('keep only the capabilities it may have'));
  });

  it('takes the environment of the container, its own over it, and the home of its own user', () => {
    const container = config({ env: ['A=1', 'B=2', 'HOME=/mine', 'PATH=/bin'] });
    const ada = { ...ROOT, home: '/home/ada' };
    assert.deepEqual(execEnv(container, { argv: ['x'], env: ['B=3'] }, ROOT), [
      'HOSTNAME=box',
      'A=1',
      'HOME=/mine',
      'PATH=/bin',
      'B=3',
    ]);
    assert.deepEqual(execEnv(container, { argv: ['x'], user: 'ada', tty: true }, ada), [
      'HOSTNAME=box',
      'TERM=xterm-256color',
      'HOME=/home/ada',
      'A=1',
      'B=2',
      'PATH=/bin',
    ]);
  });
});

describe('capabilities that are wanted', () => {
  const wanted = (capAdd: string[], capDrop: string[], privileged = false) =>
    wantedCapabilities({ capAdd, capDrop, privileged }, 40);
  const FOURTEEN = 0xa80425fbn;
  const EVERY = (1n << 41n) - 1n;

  it('follow Docker’s rules of adding and dropping', () => {
    assert.equal(wanted([], []), FOURTEEN);
    assert.equal(wanted(['ALL'], []), EVERY);
    assert.equal(wanted(['ALL'], ['CHOWN']), EVERY & ~1n);
    assert.equal(wanted([], ['ALL']), 0n);
    assert.equal(wanted(['CHOWN'], ['ALL']), 1n);
    assert.equal(wanted(['SYS_PTRACE'], ['KILL']), (FOURTEEN | (1n << 19n)) & ~(1n << 5n));
    assert.equal(wanted([], ['ALL'], true), EVERY);
  });
});

describe('what this host’s root cannot give', () => {
  it('is said in one sentence each', () => {
    const poor = {
      ...OWN,
      capabilities: OWN.capabilities & ~(1n << 24n),
      hardLimits: [...OWN.hardLimits.slice(0, 7), 4096, ...OWN.hardLimits.slice(8)],
      oomScoreAdj: 100,
    };
    const notes = deniedRights(
      config({
        ulimits: [
          { name: 'nofile', soft: 9000, hard: -1 },
          { name: 'core', soft: 0, hard: 0 },
        ],
        oomScoreAdj: -5,
      }),
      poor,
    );
    assert.equal(notes.length, 2);
    assert.match(notes[0]!, /nofile stays at 4096/);
    assert.match(notes[1]!, /oom_score_adj stays at 100/);
    const limits = planStart(config({ ulimits: [{ name: 'nofile', soft: 9000, hard: -1 }] }), {
      ...FACTS,
      own: poor,
    }).find(({ name }) => name === 'limit nofile');
    assert.deepEqual(limits?.args[2], { words: [4096, 4096] });
    assert.deepEqual(
      deniedRights(config({ ulimits: [{ name: 'nofile', soft: 9000, hard: -1 }], oomScoreAdj: -5 }), OWN),
      [],
    );
  });

  it('is lo too, where the container has a network of its own', () => {
    const poor = { ...OWN, capabilities: OWN.capabilities & ~(1n << 12n) };
    const notes = (['none', 'host', 'container:web'] as const).map((network) =>
      deniedRights(config({ network }), poor),
    );
    assert.deepEqual(notes, [["lo stays down: to bring it up this host's root lacks CAP_NET_ADMIN"], [], []]);
  });
});

describe('the way to a program', () => {
  it('is that of execvp', () => {
    assert.deepEqual(candidates('ls', ['PATH=/a:/b']), ['/a/ls', '/b/ls']);
    assert.deepEqual(candidates('ls', []).at(0), '/usr/local/sbin/ls');
    assert.deepEqual(candidates('./ls', ['PATH=/a']), ['./ls']);
    assert.deepEqual(candidates('ls', ['PATH=/a::/b']), ['/a/ls', './ls', '/b/ls']);
  });

  it('leads through an environment that has what is usual, and keeps what it had', () => {
    const facts = { hostname: 'box', home: '/root', tty: true };
    assert.deepEqual(completeEnv(['TERM=dumb', 'HOME=/x', 'A=b=c'], facts), [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOSTNAME=box',
      'TERM=dumb',
      'HOME=/x',
      'A=b=c',
    ]);
  });
});
