// Launch programs in words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as native from '../../../src/native/index.js';

function printed(call: native.SyscallName, ...args: native.StepArg[]): string {
  const [step] = native.describeProgram([{ name: 'a step', call, args }]);
  return `${step?.call ?? ''}(${step?.args ?? ''})`;
}

describe('a described step', () => {
  it('keeps the name that is meant for people', () => {
    assert.deepEqual(native.describeProgram([{ name: 'mount /proc', call: 'chdir', args: ['/'] }]), [
      { name: 'mount /proc', call: 'chdir', args: '"/"' },
    ]);
  });

  it('has flags by their names, and what has none as a number', () => {
    const flags = native.MS_NOSUID | native.MS_NODEV | native.MS_NOEXEC;
    assert.equal(
      printed('mount', 'proc', '/proc', 'proc', flags, 0),
      'mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)',
    );
    assert.equal(printed('unshare', native.CLONE_NEWNS | native.CLONE_NEWPID), 'unshare(CLONE_NEWNS|CLONE_NEWPID)');
    assert.equal(printed('umount2', '.', native.MNT_DETACH), 'umount2(".", MNT_DETACH)');
    assert.equal(printed('umount2', '.', 0x40), 'umount2(".", 0x40)');
    assert.equal(printed('openat', native.AT_FDCWD, 'a', 0, 0o644), 'openat(AT_FDCWD, "a", O_RDONLY, 0644)');
    assert.equal(printed('dup3', 9, 0, 0), 'dup3(9, 0, 0)');
  });

  it('has constants by their names, also where groups share a prefix', () => {
    assert.equal(printed('prctl', native.PR_SET_DUMPABLE, 0, 0, 0, 0), 'prctl(PR_SET_DUMPABLE)');
    assert.equal(printed('prctl', native.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 'prctl(PR_SET_NO_NEW_PRIVS, 1)');
    assert.equal(printed('prctl', native.PR_CAPBSET_DROP, 21), 'prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN)');
    assert.equal(printed('fcntl', 3, native.F_GETFD, 0), 'fcntl(3, F_GETFD, 0)');
    assert.equal(printed('ioctl', 0, native.TIOCSCTTY, 0), 'ioctl(0, TIOCSCTTY, NULL)');
    assert.equal(
      printed('prlimit64', 0, native.RLIMIT_NOFILE, new Uint8Array(40), 0),
      'prlimit64(0, RLIMIT_NOFILE, <40 bytes>, NULL)',
    );
    assert.equal(printed('kill', 1, 15), 'kill(1, SIGTERM)');
  });

  it('has text quoted, so that what is hostile in it is harmless', () => {
    assert.equal(
      printed('execve', '/bin/sh', ['sh', '-c', 'printf "\u001b[2J"'], []),
      'execve("/bin/sh", ["sh", "-c", "printf \\"\\u001b[2J\\""], [])',
    );
    assert.equal(printed('write', 5, Buffer.from('0\n'), 2), 'write(5, "0\\n", 2)');
    assert.equal(printed('chdir', '\u009b31m\u202e'), 'chdir("\\u009b31m\\u202e")');
    assert.equal(printed('setgroups', 1, new Uint8Array([5, 0, 0, 0])), 'setgroups(1, <05000000>)');
  });

  it('has results and structs', () => {
    assert.equal(printed('fchdir', { result: 'root' }), 'fchdir(‹root›)');
    assert.equal(
      printed('seccomp', 1, 0, { words: [2, new Uint8Array(16)] }),
      'seccomp(SECCOMP_SET_MODE_FILTER, 0x0, {2, <00000000000000000000000000000000>})',
    );
  });

  it('says what a fork makes', () => {
    const [fork] = native.describeProgram([native.forkStep('fork', native.CLONE_NEWUSER)]);
    assert.equal(fork?.args, '{flags=CLONE_PARENT|CLONE_NEWUSER}, 88');
  });
});
