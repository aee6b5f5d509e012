// The steps around a program, and the descriptors that it needs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as native from '../../../src/native/index.js';
import { firstFreeDescriptor, namespacesOfClone } from '../../../src/native/builtin-steps.js';

const run: native.Step = { name: 'run', call: 'execve', args: ['/bin/true', ['true'], []] };
const other: native.Step = { name: 'look', call: 'getpid', args: [] };
const names = ({ steps }: { readonly steps: native.Program }): string[] => steps.map(({ name }) => name);

describe('a complete program', () => {
  it('is closed to inspection and leaks no descriptor before its first step, and lets signals in before execve', () => {
    assert.deepEqual(names(native.completeProgram([other, run])), [
      'be closed to inspection',
      'leave no descriptor open',
      'look',
      'let signals in',
      'run',
    ]);
  });

  it('knows the place of each step in the program that was asked for', () => {
    assert.deepEqual(native.completeProgram([other, run, run]).indices, [-1, -1, 0, -1, 1, 2]);
    assert.deepEqual(native.completeProgram([]).indices, [-1, -1, -1]);
  });

  it('makes all namespaces but pid itself, so that the parent does not sleep so long', () => {
    const wanted = native.CLONE_NEWPID | native.CLONE_NEWNET | native.CLONE_NEWNS;
    const [, , make] = native.completeProgram([run], wanted).steps;
    assert.deepEqual([make?.call, make?.args], ['unshare', [native.CLONE_NEWNET | native.CLONE_NEWNS]]);
    assert.equal(namespacesOfClone(wanted), native.CLONE_NEWPID);
    assert.equal(native.completeProgram([run], native.CLONE_NEWPID).steps.length, 4);
  });

  it('forks into a new user or time namespace, with all the others', () => {
    for (const flag of [native.CLONE_NEWUSER, native.CLONE_NEWTIME]) {
      const wanted = flag | native.CLONE_NEWPID | native.CLONE_NEWNET;
      const [, , make] = native.completeProgram([run], wanted).steps;
      assert.equal(make?.fork, true);
      const args = Buffer.from(make.args[0] as Uint8Array);
      assert.equal(args.readBigUInt64LE(0), BigInt(wanted | native.CLONE_PARENT));
      assert.equal(args.readBigUInt64LE(32), 0n, 'CLONE_PARENT allows no exit signal');
      assert.equal(namespacesOfClone(wanted), 0);
    }
  });

  it('is refused when it closes descriptors, for the pipe that tells of success is one of them', () => {
    const close: native.Step = { name: 'close all', call: 'close_range', args: [3, 0xffffffff, 0] };
    assert.throws(() => native.completeProgram([close, run]), /step "close all" must mark with CLOSE_RANGE_CLOEXEC/);
  });
});

describe('the descriptors of a program', () => {
  it('are found in the arguments that are descriptors, and nowhere else', () => {
    const program: native.Program = [
      { name: 'root', call: 'move_mount', args: [20, '', native.AT_FDCWD, '/x', 4] },
      { name: 'place', call: 'openat', args: [21, 'a', 99, 98], store: 'a' },
      { name: 'stdio', call: 'dup3', args: [22, 1, 0] },
      { name: 'enter', call: 'setns', args: [23, 24] },
      { name: 'write', call: 'write', args: [{ result: 'a' }, 'x', 25] },
      { name: 'layer', call: 'fsconfig', args: [26, native.FSCONFIG_SET_FD, 'lowerdir+', 0, 27] },
      { name: 'value', call: 'fsconfig', args: [26, native.FSCONFIG_SET_STRING, 'size', '1', 28] },
      { name: 'again', call: 'dup3', args: [22, 2, 0] },
    ];
    assert.deepEqual(native.descriptorsOf(program), [0, 1, 2, 20, 21, 22, 23, 26, 27]);
  });

  it('leave numbers free from one above the highest that is duplicated to', () => {
    assert.equal(firstFreeDescriptor([run]), 3);
    assert.equal(firstFreeDescriptor([{ name: 'pass on', call: 'dup3', args: [30, 12, 0] }]), 13);
  });
});
