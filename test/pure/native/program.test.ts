// How a launch program lies in memory: read back here by a small model of what the trampoline does.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { syscallNumber, type Program, type Step, type StepArg } from '../../../src/native/index.js';
import { layOut, programLimit } from '../../../src/native/program.js';

const address = 0x10000000n;
const headerSize = 64;
const recordSize = 104;

const step = (args: readonly StepArg[], more: Partial<Step> = {}): Step => ({
  name: 'a step',
  call: 'getpid',
  args,
  ...more,
});
const lay = (program: Program): Buffer => layOut(program, { address, arch: 'x64' });
const word = (memory: Buffer, at: bigint | number): bigint => memory.readBigUInt64LE(Number(at));
const argument = (memory: Buffer, index: number, i: number): bigint =>
  word(memory, headerSize + recordSize * index + 8 + 8 * i);
const offset = (pointer: bigint): number => Number(pointer - address);

function textAt(memory: Buffer, pointer: bigint): string {
  const at = offset(pointer);
  return memory.toString('utf8', at, memory.indexOf(0, at));
}

function vectorAt(memory: Buffer, pointer: bigint): string[] {
  const found: string[] = [];
  for (let at = offset(pointer); word(memory, at) !== 0n; at += 8) found.push(textAt(memory, word(memory, at)));
  return found;
}

describe('the memory of a program', () => {
  it('begins with how many steps there are, whether to take times, and where to report', () => {
    const memory = layOut([step([]), step([])], { address, arch: 'x64', timing: true, reportFd: 7 });
    assert.deepEqual([word(memory, 0), word(memory, 8), word(memory, 16)], [2n, 1n, 7n]);
  });

  it('has each call by its number on the architecture', () => {
    const program: Program = [{ name: 'run', call: 'execve', args: [] }];
    for (const arch of ['x64', 'arm64'] as const) {
      assert.equal(word(layOut(program, { address, arch }), headerSize), BigInt(syscallNumber('execve', arch)));
    }
  });

  it('holds numbers as they are, negative ones in two’s complement', () => {
    const memory = lay([step([-100, 0xffffffff, 2n ** 63n, -1n])]);
    const numbers = [0, 1, 2, 3].map((i) => BigInt.asIntN(64, argument(memory, 0, i)));
    assert.deepEqual(numbers, [-100n, 0xffffffffn, -(2n ** 63n), -1n]);
  });

  it('holds text, bytes and vectors by address', () => {
    const memory = lay([step(['/proc', new Uint8Array([1, 2, 3]), ['sh', '-c', '', 'é'], []])]);
    assert.equal(textAt(memory, argument(memory, 0, 0)), '/proc');
    const bytes = offset(argument(memory, 0, 1));
    assert.deepEqual([...memory.subarray(bytes, bytes + 3)], [1, 2, 3]);
    assert.deepEqual(vectorAt(memory, argument(memory, 0, 2)), ['sh', '-c', '', 'é']);
    assert.deepEqual(vectorAt(memory, argument(memory, 0, 3)), []);
  });

  it('fetches a stored result from the record of the step that has it', () => {
    const memory = lay([step([], { store: 'fd' }), step([5, { result: 'fd' }])]);
    const second = headerSize + recordSize;
    assert.equal(word(memory, second + 56), 0b10n, 'the second argument is marked as an address');
    assert.equal(offset(argument(memory, 1, 1)), headerSize + 80, 'where the first step’s result will be');
  });

  it('lets a result be written straight into a struct, and be an argument too', () => {
    const how = { words: [1, { result: 'fd' }, ['a', 'b'], 'text'] } as const;
    const memory = lay([step([], { store: 'fd' }), step([how, { result: 'fd' }])]);
    const struct = offset(argument(memory, 1, 0));
    assert.equal(word(memory, struct), 1n);
    assert.equal(word(memory, headerSize + 72), address + BigInt(struct + 8), 'the first step stores into the struct');
    assert.equal(argument(memory, 1, 1), address + BigInt(struct + 8), 'and the argument is fetched from there');
    assert.deepEqual(vectorAt(memory, word(memory, struct + 16)), ['a', 'b']);
    assert.equal(textAt(memory, word(memory, struct + 24)), 'text');
  });

  it('takes the latest result of a name that is stored twice', () => {
    const memory = lay([step([], { store: 'fd' }), step([], { store: 'fd' }), step([{ result: 'fd' }])]);
    assert.equal(offset(argument(memory, 2, 0)), headerSize + recordSize + 80);
  });

  it('packs the errnos that are tolerated, one a byte', () => {
    const memory = lay([step([], { tolerate: ['ENOENT', 'EEXIST', 'EROFS'] })]);
    assert.equal(word(memory, headerSize + 64), 0x1e1102n);
  });

  it('marks a step that forks', () => {
    assert.equal(word(lay([step([], { fork: true })]), headerSize + 56), 0x100n);
  });

  it('keeps every pointer inside, aligned to 8, and every piece whole, whatever the program', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((value) => !value.includes('\0'));
    const arg = fc.oneof(text, fc.array(text, { maxLength: 5 }), fc.uint8Array({ maxLength: 40 }), fc.integer());
    fc.assert(
      fc.property(fc.array(fc.array(arg, { maxLength: 6 }), { maxLength: 12 }), (lists) => {
        const memory = lay(lists.map((args) => step(args)));
        for (const [index, args] of lists.entries()) {
          for (const [i, wanted] of args.entries()) {
            const value = argument(memory, index, i);
            if (typeof wanted === 'number') {
              assert.equal(BigInt.asIntN(64, value), BigInt(wanted));
              continue;
            }
            assert.equal(value % 8n, 0n);
            assert.ok(offset(value) >= headerSize + recordSize * lists.length && offset(value) <= memory.length);
            if (typeof wanted === 'string') assert.equal(textAt(memory, value), wanted);
            else if (Array.isArray(wanted)) assert.deepEqual(vectorAt(memory, value), wanted);
            else assert.deepEqual([...memory.subarray(offset(value)).subarray(0, wanted.length)], [...wanted]);
          }
        }
      }),
    );
  });
});

describe('a program that cannot be', () => {
  const refused = (program: Program, why: RegExp): void =>
    assert.throws(() => lay(program), { name: 'RangeError', message: why });

  it('is refused with the reason', () => {
    refused([step(['a\0b'])], /"a\\u0000b" holds a NUL/);
    refused([step([['ok', 'not\0ok']])], /NUL/);
    refused([step([{ result: 'fd' }])], /"a step" needs "fd", not stored before/);
    refused([step([{ result: 'fd' }]), step([], { store: 'fd' })], /not stored before/);
    refused([step([{ words: [{ result: 'fd' }] }])], /no step stores "fd"/);
    refused([step([], { store: 'fd' }), step([{ words: [{ result: 'fd' }, { result: 'fd' }] }])], /in one struct only/);
    refused([step([1, 2, 3, 4, 5, 6, 7])], /more than six arguments/);
    refused([step([], { tolerate: Array.from({ length: 9 }, () => 'EPERM') })], /eight errnos/);
    refused([step([], { tolerate: ['EWHAT'] })], /no errno named "EWHAT"/);
    refused([step([new Uint8Array(programLimit)])], /bytes/);
  });
});
