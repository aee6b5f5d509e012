// What a process shows of us while it sets itself up, and what it can do to the program that started it: nothing.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import * as native from '../../../src/native/index.js';
import { children, containerNamespaces, ended, execve, ownProc, scratch, shell } from '../../support/launching.js';

/** Holds a process in the middle of its program while `look` looks at it. */
async function midway(
  look: (pid: number) => void | Promise<void>,
  program: native.Program = [],
  options = {},
): Promise<void> {
  const { readFd, writeFd } = native.openPipe();
  let pid = 0;
  const wait: native.Step = { name: 'wait', call: 'read', args: [readFd, new Uint8Array(1), 1] };
  const launched = native.launch([...program, wait, execve('/bin/true')], {
    ...options,
    afterClone: (born) => (pid = born),
  });
  closeSync(readFd);
  try {
    await untilItWaits(pid);
    await look(pid);
  } finally {
    closeSync(writeFd);
    const { pidfd } = await launched;
    await ended(pid);
    closeSync(pidfd);
  }
}

/** Until the process sleeps in a read of a pipe. */
async function untilItWaits(pid: number): Promise<void> {
  const reading = `${native.syscallNumber('read')} `;
  while (!readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith(reading)) await new Promise(setImmediate);
}

afterEach(() => assert.deepEqual(children(), []));

describe('a process between clone3 and execve', () => {
  it('runs a program that is not Node and cannot be written, by nobody', async () => {
    await midway((pid) => {
      assert.match(readlinkSync(`/proc/${pid}/exe`), /^\/memfd:tscontain-init/);
      for (const flags of ['r+', 'w']) {
        assert.throws(() => openSync(`/proc/${pid}/exe`, flags), /ETXTBSY|EPERM|EACCES/);
      }
      assert.ok(statSync(`/proc/${pid}/exe`).size < 1024);
    });
  });

  it('has nothing of our memory', async () => {
    await midway((pid) => {
      const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').trim().split('\n');
      assert.deepEqual(
        maps
          .map((line) => line.replace(/^.* /, '').replace(/\(deleted\)/, 'memfd'))
          .filter((name) => !name.startsWith('[')),
        ['memfd', 'memfd'],
        maps.join('\n'),
      );
      assert.ok(!readFileSync(`/proc/${pid}/environ`, 'latin1').includes('PATH'));
      assert.match(readFileSync(`/proc/${pid}/cmdline`, 'latin1'), /^tscontain-init\0[0-9]+\0$/);
    });
  });

  it('has only the descriptors that its program names, its own pipe and its own memory', async () => {
    const named = openSync('/etc/hostname', 'r');
    const notNamed = openSync('/etc/passwd', 'r');
    const use: native.Step = { name: 'use', call: 'lseek', args: [named, 0, 0] };
    await midway(
      (pid) => {
        const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
        const beyond = targets.filter((target) => !/^(\/dev\/|pipe:|socket:|\/memfd:program)/.test(target));
        assert.deepEqual(beyond, ['/etc/hostname']);
        assert.equal(targets.filter((target) => target.startsWith('/memfd:')).length, 1);
      },
      [use],
    );
    closeSync(named);
    closeSync(notNamed);
  });

  it('cannot be inspected by others, root of its container included', async () => {
    await midway(
      (pid) => {
        // Not dumpable: its files under /proc belong to root of the host whoever it is.
        assert.equal(statSync(`/proc/${pid}/fd`).uid, 0);
        assert.equal(statSync(`/proc/${pid}/exe`).uid, 0);
      },
      [{ name: 'user', call: 'setresuid', args: [1234, 1234, 1234] }],
    );
  });

  it('is inspectable again as what it has become', async () => {
    const { output } = await shell('stat -c %u /proc/self/fd', {
      before: [{ name: 'user', call: 'setresuid', args: [1234, 1234, 1234] }],
    });
    assert.equal(output, '1234');
  });
});

describe('an image whose program is #!/proc/self/exe', () => {
  const node = (): string => createHash('sha256').update(readFileSync(process.execPath)).digest('hex');

  it('gets the little program, which does nothing, and never Node', async (t) => {
    const script = `${scratch(t)}/script`;
    writeFileSync(script, '#!/proc/self/exe\n');
    chmodSync(script, 0o755);
    const hash = node();
    const { pid, pidfd } = await native.launch([...ownProc, execve(script)], { namespaces: containerNamespaces });
    assert.deepEqual(await ended(pid), { code: 127 });
    closeSync(pidfd);
    assert.equal(node(), hash);
  });

  it('cannot make it run steps of its own by naming a descriptor', async (t) => {
    const script = `${scratch(t)}/0`;
    writeFileSync(script, '#!/proc/self/exe 0\n');
    chmodSync(script, 0o755);
    const { pid, pidfd } = await native.launch([...ownProc, execve(script)], { namespaces: containerNamespaces });
    assert.deepEqual(await ended(pid), { code: 127 });
    closeSync(pidfd);
  });
});

describe('a process that enters a container', () => {
  it('cannot be opened by the container’s root while it sets itself up', async (t) => {
    const log = `${scratch(t)}/log`;
    // Watches every process that appears in its pid namespace and tries to see into it, without CAP_SYS_PTRACE; a sleeper of
    // its own shows that it would see what there is to be seen.
    const spy = `
      sleep 1000 &
      while :; do
        for p in /proc/[0-9]*; do
          case $p in /proc/1) continue;; esac
          test -e $p/status && echo $p $(readlink $p/exe $p/cwd $p/fd/* 2>/dev/null)
        done
      done >>${log}`;
    const dropPtrace: native.Step = { name: 'no ptrace', call: 'prctl', args: [native.PR_CAPBSET_DROP, 19, 0, 0, 0] };
    const container = await native.launch([...ownProc, dropPtrace, execve('/bin/sh', '-c', spy)], {
      namespaces: containerNamespaces,
    });
    const enter: native.Program = [
      { name: 'enter', call: 'setns', args: [container.pidfd, containerNamespaces] },
      native.forkStep('fork'),
      { name: 'linger', call: 'nanosleep', args: [{ words: [0, 20_000_000] }, 0] },
    ];
    for (let i = 0; i < 20; i++) {
      const { pid, pidfd } = await native.launch([...enter, execve('/bin/true')]);
      await ended(pid);
      closeSync(pidfd);
    }
    native.pidfdSendSignal(container.pidfd, 9);
    await ended(container.pid);
    closeSync(container.pidfd);
    const seen = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    assert.ok(
      seen.some(([, exe]) => exe?.endsWith('/sleep')),
      'the spy sees into processes of its own',
    );
    const strangers = new Set(seen.filter(([, exe]) => exe === undefined).map(([path]) => path));
    assert.ok(strangers.size > 3, 'the spy saw the processes that entered');
    const itsOwn = /\/(sh|dash|bash|sleep|readlink|true)$/;
    assert.deepEqual(
      seen.filter(([, link]) => link !== undefined && !itsOwn.test(link)),
      [],
    );
  });
});
