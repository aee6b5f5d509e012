// Terminals: on a devpts of a container's own, in a running container, on the host; and the stream over a master.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, symlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as native from '../../../src/native/index.js';
import { containerNamespaces, ended, execve, openDescriptors, ownProc, run, scratch } from '../../support/launching.js';
import { eventually, patience } from '../../support/patience.js';

const size = { columns: 123, rows: 45 };
const onTerminal = ({ slaveFd }: native.Pty): native.Program => [
  { name: 'new session', call: 'setsid', args: [] },
  ...[0, 1, 2].map((fd): native.Step => ({ name: `descriptor ${fd}`, call: 'dup3', args: [slaveFd, fd, 0] })),
  { name: 'controlling terminal', call: 'ioctl', args: [0, native.TIOCSCTTY, 0] },
];
const attachDevpts = (mountFd: number): native.Step => ({
  name: 'attach /dev/pts',
  call: 'move_mount',
  args: [mountFd, '', native.AT_FDCWD, '/dev/pts', native.MOVE_MOUNT_F_EMPTY_PATH],
});

/** Collects what a terminal says. */
function listen(stream: native.PtyStream): { text: () => string; closed: Promise<unknown> } {
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { text: () => text, closed: once(stream, 'close') };
}

let before: string[];
beforeEach(async () => {
  await run([execve('/bin/true')]);
  before = openDescriptors();
});
afterEach(() => eventually(() => assert.deepEqual(openDescriptors(), before, 'no descriptor was left open')));

describe('a terminal on a container’s own devpts', () => {
  it('is /dev/pts/0 in there, has its size, and is the controlling terminal', async () => {
    const pty = native.openContainerPty(size);
    const stream = new native.PtyStream(pty.masterFd);
    const said = listen(stream);
    const script = 'tty; stty size; [ "$(ps -o tty= -p $$)" = pts/0 ] && echo controlling; exit 4';
    const { pid, pidfd } = await native.launch(
      [...ownProc, attachDevpts(pty.mountFd), ...onTerminal(pty), execve('/bin/sh', '-c', script)],
      { namespaces: containerNamespaces },
    );
    closeSync(pty.slaveFd);
    assert.deepEqual(await ended(pid), { code: 4 });
    await said.closed;
    assert.equal(said.text(), '/dev/pts/0\r\n45 123\r\ncontrolling\r\n');
    closeSync(pidfd);
    closeSync(pty.mountFd);
  });

  it('can be joined by more, from outside, by the kept descriptor or by a process in it', async () => {
    const pty = native.openContainerPty(size);
    const stream = new native.PtyStream(pty.masterFd);
    const said = listen(stream);
    const { pid, pidfd } = await native.launch(
      [...ownProc, attachDevpts(pty.mountFd), ...onTerminal(pty), execve('/bin/sh', '-c', 'read go; ls /dev/pts')],
      { namespaces: containerNamespaces },
    );
    closeSync(pty.slaveFd);
    const more = [native.openPtyOnMount(pty.mountFd, size), native.openPtyIn(pid, { columns: 80, rows: 24 })];
    assert.deepEqual(native.getWindowSize(more[1]!.masterFd), { columns: 80, rows: 24 });
    stream.write('go\n');
    await ended(pid);
    await said.closed;
    assert.deepEqual(said.text().split(/\s+/).slice(1, -1), ['0', '1', '2', 'ptmx']);
    for (const { masterFd, slaveFd } of more) for (const fd of [masterFd, slaveFd]) closeSync(fd);
    for (const fd of [pidfd, pty.mountFd]) closeSync(fd);
  });

  it('is not opened where the container put something else in its place', async (t) => {
    const directory = scratch(t);
    mkdirSync(`${directory}/real/pts`, { recursive: true });
    symlinkSync('/proc/sys/kernel', `${directory}/real/link`);
    native.mkfifo(`${directory}/real/pts/ptmx`);
    const bind = (source: string, target: string): native.Step => ({
      name: 'replace',
      call: 'mount',
      args: [source, target, '', native.MS_BIND, 0],
    });
    const replacements: readonly native.Program[] = [
      // A directory with a fifo for a ptmx: opening it would wait for ever.
      [bind(`${directory}/real/pts`, '/dev/pts')],
      // A tmpfs for /dev, with a link where pts should be.
      [
        { name: 'tmpfs', call: 'mount', args: ['tmpfs', '/dev', 'tmpfs', 0, 0] },
        { name: 'link', call: 'symlinkat', args: ['/proc/sys/kernel', native.AT_FDCWD, '/dev/pts'] },
      ],
      // Another file over ptmx itself.
      [bind('/proc/sys/kernel/core_pattern', '/dev/pts/ptmx')],
    ];
    for (const replace of replacements) {
      const { pid, pidfd } = await native.launch([...ownProc, ...replace, execve('/bin/sleep', '100')], {
        namespaces: containerNamespaces,
      });
      assert.throws(() => native.openPtyIn(pid, size), native.SyscallError);
      native.pidfdSendSignal(pidfd, 9);
      await ended(pid);
      closeSync(pidfd);
    }
  });
});

/** A shell on a terminal of the host, its stream and what it said. */
async function hostShell(script: string) {
  const pty = native.openHostPty(size);
  const { pid, pidfd } = await native.launch([
    ...onTerminal(pty),
    execve('/bin/bash', '--norc', '--noprofile', '-c', script),
  ]);
  closeSync(pty.slaveFd);
  closeSync(pidfd);
  const stream = new native.PtyStream(pty.masterFd);
  return { pid, stream, ...listen(stream) };
}

describe('the stream over a master', () => {
  it('carries bytes both ways and ends at the hang-up', async () => {
    const { pid, stream, text, closed } = await hostShell('stty -echo; echo ready; read line; echo "got $line"');
    await eventually(() => assert.match(text(), /ready/));
    stream.write('hello\n');
    await closed;
    assert.match(text(), /got hello\r\n$/);
    assert.deepEqual(await ended(pid), { code: 0 });
  });

  it('tells the program of a new size', async () => {
    const { pid, stream, text, closed } = await hostShell(
      'trap "stty size; exit" WINCH; echo ready; while :; do sleep 0.01; done',
    );
    await eventually(() => assert.match(text(), /ready/));
    stream.resize({ columns: 99, rows: 33 });
    await closed;
    assert.match(text(), /33 99\r\n$/);
    await ended(pid);
    stream.resize(size);
  });

  it('writes a megabyte to a slow reader whole, without stopping the event loop', async () => {
    const { pid, stream, text, closed } = await hostShell(
      'stty raw -echo; echo ready; sleep 0.3; head -c 1000000 | sha256sum',
    );
    await eventually(() => assert.match(text(), /ready/));
    const paste = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => 32 + ((i * 7) % 90)));
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    stream.write(paste);
    await closed;
    clearInterval(watch);
    await ended(pid);
    assert.match(text(), new RegExp(createHash('sha256').update(paste).digest('hex')));
    assert.ok(longest < patience(400), `the event loop stood still for ${longest.toFixed(0)} ms`);
  });

  it('pauses the program when nobody reads, and loses nothing', async () => {
    const pty = native.openHostPty(size);
    const { pid, pidfd } = await native.launch([...onTerminal(pty), execve('/bin/sh', '-c', 'stty raw; seq 1 200000')]);
    closeSync(pty.slaveFd);
    const stream = new native.PtyStream(pty.masterFd);
    stream.pause();
    await sleep(200);
    assert.equal(native.pidfdHasExited(pidfd), false, 'it waits for its reader');
    closeSync(pidfd);
    const { text, closed } = listen(stream);
    stream.resume();
    await closed;
    await ended(pid);
    assert.equal(text().split(/\s+/).filter(Boolean).length, 200000);
    assert.match(text(), /199999\s+200000\s*$/);
  });

  it('has all that a program said just before it ended', async () => {
    for (let i = 0; i < 10; i++) {
      const { pid, text, closed } = await hostShell('stty raw; seq 1 50000');
      await closed;
      await ended(pid);
      assert.equal(text().split(/\s+/).filter(Boolean).length, 50000);
    }
  });

  it('hangs up on the program when it is destroyed', async () => {
    const { pid, stream, text } = await hostShell('echo ready; sleep 100');
    await eventually(() => assert.match(text(), /ready/));
    stream.destroy();
    assert.deepEqual(await ended(pid), { signal: 'SIGHUP' });
  });

  it('keeps no thread busy: forty idle terminals slow no file operation', async () => {
    const shells = await Promise.all(Array.from({ length: 40 }, () => hostShell('read x')));
    const begun = performance.now();
    await stat('/');
    assert.ok(performance.now() - begun < patience(1000));
    for (const { stream } of shells) stream.destroy();
    await Promise.all(shells.map(({ pid }) => ended(pid)));
  });
});
