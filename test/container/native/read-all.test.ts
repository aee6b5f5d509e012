// The machine code that reads many files in one call is what its commented source says, and does what it should, on both
// architectures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { READ_RECORD_WORDS, readAll } from '../../../src/native/index.js';
import { readAllCode } from '../../../src/native/read-all.js';
import { Assembler } from '../../support/assembler.js';
import { scratch } from '../../support/launching.js';

/** A program that reads descriptors 0 and 99 by the code, and writes what was read and the two results. */
const drivers = {
  x64: `
        .intel_syntax noprefix
        .globl _start
_start: lea rdi, [rip + table]
        mov esi, 2
        lea rdx, [rip + buffer]
        call code
        mov eax, 1
        mov edi, 1
        lea rsi, [rip + table]
        mov edx, 96
        syscall
        mov eax, 60
        xor edi, edi
        syscall`,
  arm64: `
        .globl _start
_start: adr x0, table
        mov x1, #2
        adr x2, buffer
        bl code
        mov x8, #64
        mov x0, #1
        adr x1, table
        mov x2, #96
        svc #0
        mov x8, #93
        mov x0, #0
        svc #0`,
};

for (const arch of ['x64', 'arm64'] as const) {
  describe(`reading many files, for ${arch}`, () => {
    const assembler = new Assembler(arch);

    it('is assembled from its source', { skip: assembler.isMissing }, (t) => {
      assert.equal(assembler.assemble('read-all', t).code, readAllCode[arch]);
    });

    it(
      'reads from the beginning to where it is told, and says what it read or why not',
      { skip: assembler.cannotRun },
      (t) => {
        const directory = scratch(t);
        const data = `
table:  .int 0, 8, 16, 77
        .int 99, 0, 16, 77
buffer: .zero 64`;
        const program = assembler.link(directory, drivers[arch], readAllCode[arch], data);
        writeFileSync(`${directory}/file`, 'twenty bytes of text');
        const input = openSync(`${directory}/file`, 'r');
        const [command, ...args] = assembler.call(program);
        const { status, stdout } = spawnSync(command, args, { stdio: [input, 'pipe', 'inherit'] });
        closeSync(input);
        assert.equal(status, 0);
        assert.deepEqual([stdout.readInt32LE(12), stdout.readInt32LE(28)], [16, -9], 'bytes, and EBADF');
        assert.equal(stdout.toString('latin1', 40, 56), 'twenty bytes of ');
        assert.equal(stdout.readInt32LE(32), 0, 'nothing before its place');
      },
    );
  });
}

describe('readAll', () => {
  it('reads what readSync reads, of the kernel and of disks, each time anew', (t) => {
    const read = readAll();
    assert.ok(read, 'it can be done here');
    const file = `${scratch(t)}/file`;
    writeFileSync(file, 'first');
    const paths = [file, '/proc/version', '/proc/self/stat', file];
    const fds = paths.map((path) => openSync(path, 'r'));
    const table = new Int32Array(paths.length * READ_RECORD_WORDS);
    fds.forEach((fd, i) => table.set([fd, i * 4096, 4096, -1], i * READ_RECORD_WORDS));
    const buffer = new Uint8Array(paths.length * 4096);
    const text = (i: number): string =>
      Buffer.from(buffer).toString('latin1', i * 4096, i * 4096 + table[i * READ_RECORD_WORDS + 3]!);
    read(table, 3, buffer);
    assert.deepEqual([text(0), text(1)], ['first', readFileSync('/proc/version', 'latin1')]);
    assert.match(text(2), new RegExp(`^${process.pid} \\(`));
    assert.equal(table[15], -1, 'no more than it was told');
    writeFileSync(file, 'second');
    read(table, 4, buffer);
    assert.deepEqual([text(0), text(3)], ['second', 'second']);
    fds.forEach(closeSync);
    read(table, 1, buffer);
    assert.equal(table[3], -9);
  });
});
