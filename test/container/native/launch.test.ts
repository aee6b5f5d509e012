// Launches of real processes: what they become, which step is named when one fails, and that nothing is left behind.
import assert from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
} from 'node:fs';
import { writeFileSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import * as native from '../../../src/native/index.js';
import {
  children,
  containerNamespaces,
  ended,
  execve,
  openDescriptors,
  ownProc,
  run,
  scratch,
  shell,
} from '../../support/launching.js';

let before: string[];
beforeEach(async () => {
  // The first launch opens what all later ones share.
  await run([execve('/bin/true')]);
  before = openDescriptors();
});
afterEach(() => {
  assert.deepEqual(openDescriptors(), before, 'no descriptor was left open');
  assert.deepEqual(children(), [], 'no process was left');
});

/** The error of a launch that must fail. */
async function failure(program: native.Program, options: native.LaunchOptions = {}): Promise<native.LaunchError> {
  let error: unknown;
  try {
    const { pid, pidfd } = await native.launch(program, options);
    closeSync(pidfd);
    assert.fail(`it was launched and ended with ${JSON.stringify(await ended(pid))}`);
  } catch (caught) {
    error = caught;
  }
  assert.ok(error instanceof native.LaunchError, String(error));
  return error;
}

const makeDirectory = (path: string): native.Step => ({
  name: `make ${path}`,
  call: 'mkdirat',
  args: [native.AT_FDCWD, path, 0o755],
});
const sleepFor = (seconds: number): native.Step => ({
  name: 'sleep',
  call: 'nanosleep',
  args: [{ words: [seconds, 0] }, 0],
});

describe('a launched process', () => {
  it('is what execve was asked for, with its arguments, environment and exit code', async () => {
    const script = 'echo "$0 $1 $HELLO"; exit 3';
    const { readFd, writeFd } = native.openPipe();
    const { status } = await run([
      { name: 'say', call: 'dup3', args: [writeFd, 1, 0] },
      { name: 'run', call: 'execve', args: ['/bin/sh', ['sh', '-c', script, 'zero', 'one'], ['HELLO=world']] },
    ]);
    closeSync(writeFd);
    assert.equal(readFileSync(readFd, 'utf8'), 'zero one world\n');
    closeSync(readFd);
    assert.deepEqual(status, { code: 3 });
  });

  it('is known by its pid and by a pidfd', async () => {
    const { pid, pidfd } = await native.launch([execve('/bin/sleep', '100')]);
    assert.equal(readlinkSync(`/proc/${pid}/exe`), realpathSync('/bin/sleep'));
    assert.equal(native.pidfdHasExited(pidfd), false);
    assert.equal(native.pidfdSendSignal(pidfd, 15), true);
    assert.deepEqual(await ended(pid), { signal: 'SIGTERM' });
    assert.equal(native.pidfdSendSignal(pidfd, 15), false, 'it is gone');
    closeSync(pidfd);
  });

  it('has every namespace that it was asked for, and no other', async () => {
    const kinds = ['pid', 'mnt', 'net', 'uts', 'ipc', 'cgroup', 'user', 'time'];
    const own = kinds.map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
    const script = `for kind in ${kinds.join(' ')}; do readlink /proc/self/ns/$kind; done; echo $$`;
    const { output } = await shell(script, { namespaces: containerNamespaces, before: ownProc });
    const [pid, ...theirs] = output.split('\n').reverse();
    assert.equal(pid, '1');
    const changed = theirs.reverse().map((namespace, i) => namespace !== own[i]);
    assert.deepEqual(changed, [true, true, true, true, true, true, false, false]);
  });

  it('has 0, 1 and 2 and no other descriptor', async () => {
    const leak = openSync('/etc/passwd', 'r');
    native.setCloseOnExec(leak, false);
    const { output } = await shell('for fd in /proc/self/fd/*; do echo ${fd##*/}; done');
    native.setCloseOnExec(leak, true);
    closeSync(leak);
    // The shell itself reads the directory with the first free one.
    assert.deepEqual(output.split('\n'), ['0', '1', '2', '3']);
  });

  it('has a descriptor beyond 2 only when a step lets it through', async () => {
    const file = openSync('/etc/hostname', 'r');
    const through: native.Step = { name: 'let it through', call: 'dup3', args: [file, 9, 0] };
    const { output } = await shell('cat <&9', { before: [through] });
    closeSync(file);
    assert.equal(output, readFileSync('/etc/hostname', 'utf8').trim());
  });

  it('blocks, ignores and catches no signal, although Node ignores some', async () => {
    // cat, because grep has a handler of its own.
    const { output } = await shell('cat /proc/self/status');
    const masks = [...output.matchAll(/^Sig(Blk|Ign|Cgt):\t(.*)$/gm)].map(([, name, mask]) => `${name!} ${mask!}`);
    assert.deepEqual(
      masks,
      ['Blk', 'Ign', 'Cgt'].map((name) => `${name} ${'0'.repeat(16)}`),
    );
  });

  it('leaves this process its own signal mask', async () => {
    const mask = (): string | undefined => /^SigBlk:.*$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[0];
    const mine = mask();
    await run([execve('/bin/true')]);
    assert.equal(mask(), mine);
  });

  it('is born in the cgroup it was given', async (t) => {
    const mount = (await native.probeKernel()).cgroup2;
    if (mount === undefined) {
      t.skip('no cgroup2 is mounted here');
      return;
    }
    const parent = `${mount.path}/tscontain`;
    const path = `${parent}/native-${process.pid}`;
    mkdirSync(path, { recursive: true });
    const cgroupFd = openSync(path, native.O_PATH | native.O_DIRECTORY);
    try {
      const { output } = await shell('grep ^0: /proc/self/cgroup', { cgroupFd });
      assert.equal(output, `0::/tscontain/native-${process.pid}`);
    } finally {
      closeSync(cgroupFd);
      rmdirSync(path);
      try {
        rmdirSync(parent);
      } catch {
        // Other tests have theirs in it.
      }
    }
  });
});

describe('steps', () => {
  it('run in order, and use the results of earlier ones', async (t) => {
    const directory = scratch(t);
    const program: native.Program = [
      {
        name: 'open',
        call: 'openat',
        args: [native.AT_FDCWD, `${directory}/file`, native.O_CREAT | native.O_WRONLY, 0o600],
        store: 'file',
      },
      { name: 'write', call: 'write', args: [{ result: 'file' }, 'first ', 6] },
      { name: 'write on', call: 'write', args: [{ result: 'file' }, 'second', 6] },
      execve('/bin/true'),
    ];
    const { status } = await run(program);
    assert.deepEqual(status, { code: 0 });
    assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'first second');
  });

  it('use results in structs', async () => {
    const limit = { words: [{ result: 'pid' }, native.RLIM_INFINITY] };
    const before: native.Program = [
      { name: 'who', call: 'getpid', args: [], store: 'pid' },
      { name: 'limit', call: 'prlimit64', args: [0, native.RLIMIT_FSIZE, limit, 0] },
    ];
    const { output, pid } = await shell('grep "Max file size" /proc/self/limits', { before });
    assert.deepEqual(output.split(/ {2,}/), ['Max file size', String(pid), 'unlimited', 'bytes']);
  });

  it('may fail with an errno that is tolerated', async (t) => {
    const directory = scratch(t);
    const again = { ...makeDirectory(directory), tolerate: ['EROFS', 'EEXIST'] };
    const { status, steps } = await run([again, makeDirectory(`${directory}/new`), execve('/bin/true')], {
      timing: true,
    });
    assert.deepEqual(status, { code: 0 });
    assert.deepEqual(
      steps.filter(({ call }) => call === 'mkdirat').map(({ result }) => result),
      [-17, 0],
    );
  });

  it('that fail are named, with errno, path, place and hint, and nothing after them runs', async (t) => {
    const directory = scratch(t);
    const bad: native.Step = { ...makeDirectory('/proc/nowhere'), hint: 'Make it elsewhere.' };
    const error = await failure([
      makeDirectory(`${directory}/a`),
      bad,
      makeDirectory(`${directory}/b`),
      execve('/bin/true'),
    ]);
    assert.deepEqual(
      [error.code, error.errno, error.syscall, error.path, error.index, error.step.name],
      ['ENOENT', 2, 'mkdirat', '/proc/nowhere', 1, 'make /proc/nowhere'],
    );
    assert.equal(
      error.message,
      'make /proc/nowhere: mkdirat /proc/nowhere: ENOENT, no such file or directory. Make it elsewhere.',
    );
    assert.deepEqual(readdirSync(directory), ['a']);
  });

  it('that fail among those that every launch has say so', async () => {
    const closed = 1000;
    const error = await failure([{ name: 'use', call: 'fsync', args: [closed] }, execve('/bin/true')]);
    assert.deepEqual([error.code, error.index, error.step.name], ['EBADF', -1, `keep descriptor ${closed}`]);
  });

  it('name a program that is not there, or cannot be run', async (t) => {
    const directory = scratch(t);
    writeFileSync(`${directory}/text`, 'no program', { mode: 0o755 });
    writeFileSync(`${directory}/plain`, '', { mode: 0o644 });
    assert.equal((await failure([execve('/bin/nosuch')])).code, 'ENOENT');
    assert.equal((await failure([execve(`${directory}/text`)])).code, 'ENOEXEC');
    assert.equal((await failure([execve(`${directory}/plain`)])).code, 'EACCES');
    assert.equal((await failure([execve(directory)])).code, 'EACCES');
  });

  it('may try several programs; the last says why none could be run', async () => {
    const maybe = (path: string): native.Step => ({ ...execve(path), tolerate: ['ENOENT'] });
    const { status } = await run([maybe('/nosuch/false'), maybe('/bin/false'), maybe('/bin/true')]);
    assert.deepEqual(status, { code: 1 });
    const error = await failure([maybe('/nosuch/a'), maybe('/nosuch/b')]);
    assert.deepEqual([error.code, error.path, error.index], ['ENOENT', '/nosuch/b', 1]);
  });

  it('need not end in execve', async (t) => {
    const directory = scratch(t);
    const { status } = await run([makeDirectory(`${directory}/made`)]);
    assert.deepEqual(status, { code: 0 });
  });

  it('that are killed are told from those that failed', async () => {
    const error = await failure([sleepFor(100), execve('/bin/true')], {
      afterClone: (pid) => setTimeout(() => process.kill(pid, 'SIGKILL'), 30),
    });
    assert.deepEqual(
      [error.code, error.errno, error.step.name, error.status],
      ['KILLED', 0, 'sleep', { signal: 'SIGKILL' }],
    );
    assert.equal(error.message, 'sleep: nanosleep: the process ended in it (SIGKILL)');
  });

  it('can wait for what the parent does after clone', async (t) => {
    const directory = scratch(t);
    const { readFd, writeFd } = native.openPipe();
    const wait: native.Step = { name: 'wait', call: 'read', args: [readFd, new Uint8Array(1), 1] };
    const { output } = await shell(`cat ${directory}/pid; echo " $$"`, {
      before: [wait],
      afterClone: (pid) => {
        writeFileSync(`${directory}/pid`, String(pid));
        setTimeout(() => writeSync(writeFd, 'x'), 30);
      },
    });
    for (const fd of [readFd, writeFd]) closeSync(fd);
    const [told, real] = output.split(' ');
    assert.equal(told, real);
  });

  it('end with the process when what is done after clone throws', async () => {
    const broken = new Error('no');
    const afterClone = (): void => {
      throw broken;
    };
    await assert.rejects(native.launch([sleepFor(100), execve('/bin/true')], { afterClone }), broken);
  });

  it('say how long each took, in order', async () => {
    const { steps, execUs, cloneUs } = await run([sleepFor(0), ...ownProc, execve('/bin/true')], {
      namespaces: native.CLONE_NEWNS | native.CLONE_NEWPID,
      timing: true,
    });
    assert.deepEqual(
      steps.map(({ name }) => name),
      [
        'be closed to inspection',
        'leave no descriptor open',
        'make the namespaces',
        'sleep',
        'keep mounts to ourselves',
        'mount /proc',
        'let signals in',
      ],
    );
    const times = steps.map(({ atUs }) => atUs);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.ok(times[0]! > 0 && times.at(-1)! < execUs && cloneUs > 0 && cloneUs < execUs);
  });
});

describe('a step that forks', () => {
  it('puts the process into the namespaces of another, as a child of ours', async () => {
    const container = await native.launch([...ownProc, execve('/bin/sleep', '100')], {
      namespaces: containerNamespaces,
    });
    const enter: native.Program = [
      { name: 'enter', call: 'setns', args: [container.pidfd, containerNamespaces] },
      native.forkStep('be born in it'),
    ];
    const { output, status, pid } = await shell('echo $$; readlink /proc/self/ns/net; readlink /proc/1/exe; exit 5', {
      before: enter,
    });
    assert.deepEqual(status, { code: 5 });
    const [inside, net, first] = output.split('\n');
    assert.notEqual(Number(inside), pid, 'it has another pid in there');
    assert.equal(net, readlinkSync(`/proc/${container.pid}/ns/net`));
    assert.match(first!, /sleep/);
    const error = await failure([...enter, makeDirectory('/proc/nowhere'), execve('/bin/true')]);
    assert.deepEqual([error.code, error.index], ['ENOENT', 2]);
    const killed = await failure([...enter, { name: 'end', call: 'exit_group', args: [9] }, execve('/bin/true')]);
    assert.deepEqual([killed.code, killed.status], ['KILLED', { code: 9 }]);
    native.pidfdSendSignal(container.pidfd, 9);
    await ended(container.pid);
    closeSync(container.pidfd);
  });

  it('that fails leaves nothing', async () => {
    const { pid, pidfd } = await native.launch([execve('/bin/sleep', '100')], { namespaces: native.CLONE_NEWPID });
    native.pidfdSendSignal(pidfd, 9);
    await ended(pid);
    const error = await failure([
      { name: 'enter', call: 'setns', args: [pidfd, native.CLONE_NEWPID] },
      native.forkStep('fork'),
      execve('/bin/true'),
    ]);
    assert.deepEqual([error.code, error.step.name], ['ESRCH', 'enter']);
    closeSync(pidfd);
  });
});

describe('user and time namespaces', () => {
  it('have the ids that the parent maps, and all rights inside', async () => {
    const { readFd, writeFd } = native.openPipe();
    const { output } = await shell('id -u; cat /proc/self/uid_map; grep CapEff /proc/self/status; echo $$', {
      namespaces: containerNamespaces | native.CLONE_NEWUSER,
      before: [
        { name: 'wait for the maps', call: 'read', args: [readFd, new Uint8Array(1), 1] },
        { name: 'group', call: 'setresgid', args: [0, 0, 0] },
        { name: 'user', call: 'setresuid', args: [0, 0, 0] },
        ...ownProc,
      ],
      afterClone: (pid) => {
        writeFileSync(`/proc/${pid}/uid_map`, '0 100000 65536');
        writeFileSync(`/proc/${pid}/gid_map`, '0 100000 65536');
        writeSync(writeFd, 'x');
      },
    });
    for (const fd of [readFd, writeFd]) closeSync(fd);
    const [uid, map, rights, pid] = output.split('\n');
    assert.equal(uid, '0');
    assert.deepEqual(map!.trim().split(/ +/), ['0', '100000', '65536']);
    assert.equal(BigInt(`0x${rights!.split('\t')[1]!}`), (1n << BigInt(native.lastCapability() + 1)) - 1n);
    assert.equal(pid, '1');
  });

  it('have clocks of their own', async () => {
    const own = readlinkSync('/proc/self/ns/time');
    const { output } = await shell('readlink /proc/self/ns/time', { namespaces: native.CLONE_NEWTIME });
    assert.match(output, /^time:\[[0-9]+\]$/);
    assert.notEqual(output, own);
  });
});
