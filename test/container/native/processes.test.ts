// Children and other processes: how they ended, and who they are.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as native from '../../../src/native/index.js';
import { ended, execve, run } from '../../support/launching.js';
import { eventually } from '../../support/patience.js';

async function launched(...argv: string[]): Promise<native.Launched> {
  return native.launch([execve(...argv)]);
}

describe('the end of a child', () => {
  it('is an exit code or a signal', async () => {
    assert.deepEqual((await run([execve('/bin/sh', '-c', 'exit 42')])).status, { code: 42 });
    assert.deepEqual((await run([execve('/bin/sh', '-c', 'kill -USR1 $$')])).status, { signal: 'SIGUSR1' });
  });

  it('is told also when it came before anybody asked', async () => {
    const { pid, pidfd } = await launched('/bin/sh', '-c', 'exit 7');
    await eventually(() => assert.equal(native.pidfdHasExited(pidfd), true));
    closeSync(pidfd);
    assert.deepEqual(await ended(pid), { code: 7 });
  });

  it('is told once, never before the asker has returned, and not at all when the request was taken back', async () => {
    const { pid, pidfd } = await launched('/bin/true');
    await eventually(() => assert.equal(native.pidfdHasExited(pidfd), true));
    closeSync(pidfd);
    const calls: string[] = [];
    const forget = native.onChildExit(pid, () => calls.push('first'));
    assert.throws(() => native.onChildExit(pid, () => calls.push('twice')), /somebody waits/);
    forget();
    native.onChildExit(pid, () => calls.push('second'));
    assert.deepEqual(calls, []);
    await eventually(() => assert.deepEqual(calls, ['second']));
    await sleep(20);
    assert.deepEqual(calls, ['second']);
  });

  it('is found by waitpid, once', async () => {
    const { pid, pidfd } = await launched('/bin/sleep', '100');
    assert.equal(native.waitpid(pid, { nohang: true }), undefined);
    native.pidfdSendSignal(pidfd, 9);
    closeSync(pidfd);
    assert.deepEqual(native.waitpid(pid), { signal: 'SIGKILL' });
    assert.throws(() => native.waitpid(pid), { code: 'ECHILD' });
  });

  it('of Node’s own children is left to Node', async () => {
    const ours = await launched('/bin/sh', '-c', 'sleep 0.05; exit 3');
    const theirs = spawn('/bin/sh', ['-c', 'sleep 0.05; exit 4']);
    const [code] = (await once(theirs, 'exit')) as [number];
    assert.equal(code, 4);
    assert.deepEqual(await ended(ours.pid), { code: 3 });
    closeSync(ours.pidfd);
  });

  it('of many at once is told for each', async () => {
    const codes = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const { status } = await run([execve('/bin/sh', '-c', `sleep 0.0${i % 5}; exit ${i}`)]);
        return status;
      }),
    );
    assert.deepEqual(
      codes,
      codes.map((_, i) => ({ code: i })),
    );
  });
});

describe('a process that is no child', () => {
  /** A process whose parent never reaps it; `reap` ends that parent, so the first process of the host does it. */
  async function grandchild(script: string): Promise<{ pid: number; reap: () => Promise<void> }> {
    const parent = spawn('/bin/sh', ['-c', `(${script}) & echo $!; exec sleep 100`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line);
    const reap = async (): Promise<void> => {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
      await eventually(() => assert.equal(native.startTimeOf(pid), undefined));
    };
    return { pid, reap };
  }

  it('has no status while it runs', async () => {
    const { pid, reap } = await grandchild('exec sleep 100');
    const pidfd = native.pidfdOpen(pid);
    assert.equal(native.exitStatusOf(pid), undefined);
    assert.equal(native.exitStatusOf(pid, pidfd), undefined);
    native.pidfdSendSignal(pidfd, 15);
    closeSync(pidfd);
    await reap();
  });

  it('has one while it is a zombie, and by its pidfd afterwards where the kernel keeps it', async (t) => {
    const { pid, reap } = await grandchild('sleep 0.05; exit 17');
    const pidfd = native.pidfdOpen(pid);
    await eventually(() => assert.equal(native.pidfdHasExited(pidfd), true));
    assert.deepEqual(native.exitStatusOf(pid), { code: 17 });
    assert.deepEqual(native.exitStatusOf(pid, pidfd), { code: 17 });
    await reap();
    assert.equal(native.exitStatusOf(pid), undefined, 'it is gone from /proc');
    const { abilities } = await native.probeKernel();
    const kept = native.exitStatusOf(pid, pidfd);
    closeSync(pidfd);
    if (abilities['pidfd exit status'].available) assert.deepEqual(kept, { code: 17 });
    else {
      assert.equal(kept, undefined);
      t.diagnostic('this kernel keeps no exit status');
    }
  });

  it('that never was has none, and no pidfd', () => {
    const free = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')) - 1;
    assert.equal(native.exitStatusOf(free), undefined);
    assert.equal(native.startTimeOf(free), undefined);
    assert.throws(() => native.pidfdOpen(free), { code: 'ESRCH' });
  });
});

describe('the time a process began', () => {
  it('stays the same and tells it from an earlier one of the same number', async () => {
    const first = await launched('/bin/sleep', '100');
    const began = native.startTimeOf(first.pid);
    await sleep(30);
    assert.equal(native.startTimeOf(first.pid), began);
    const second = await launched('/bin/sleep', '100');
    assert.ok(native.startTimeOf(second.pid)! > began!);
    for (const { pid, pidfd } of [first, second]) {
      native.pidfdSendSignal(pidfd, 9);
      closeSync(pidfd);
      await ended(pid);
    }
  });

  it('is read right whatever the program calls itself', async () => {
    const name: native.Step = { name: 'rename', call: 'prctl', args: [native.PR_SET_NAME, ') R 1 (', 0, 0, 0] };
    const { readFd, writeFd } = native.openPipe();
    let began: number | undefined;
    const wait: native.Step = { name: 'wait', call: 'read', args: [readFd, new Uint8Array(1), 1] };
    const begun = native.launch([name, wait, execve('/bin/true')], {
      afterClone: (pid) => {
        began = native.startTimeOf(pid);
        closeSync(writeFd);
      },
    });
    const { pid, pidfd } = await begun;
    closeSync(pidfd);
    closeSync(readFd);
    await ended(pid);
    assert.ok(began! > native.startTimeOf(process.pid)!);
  });
});

describe('a subreaper', () => {
  it('becomes the parent of orphans', async () => {
    native.setChildSubreaper(true);
    try {
      const { readFd, writeFd } = native.openPipe();
      const say: native.Step = { name: 'say', call: 'dup3', args: [writeFd, 1, 0] };
      await run([say, execve('/bin/sh', '-c', '(sleep 0.1; exit 23) & echo $!')]);
      closeSync(writeFd);
      const orphan = Number(readFileSync(readFd, 'utf8'));
      closeSync(readFd);
      assert.deepEqual(await ended(orphan), { code: 23 });
    } finally {
      native.setChildSubreaper(false);
    }
  });
});
