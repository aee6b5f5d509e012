// The machine code that reads many files in one call is what its commented source says, and does what it should, on both
// architectures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { READ_RECORD_WORDS, readAll } from '../../../src/native/index.js';
import { readAllCode } from '../../../src/native/read-all.js';
import { scratch } from '../../support/launching.js';

const tools = {
  x64: { prefix: process.arch === 'x64' ? '' : 'x86_64-linux-gnu-', emulator: 'qemu-x86_64-static' },
  arm64: { prefix: process.arch === 'arm64' ? '' : 'aarch64-linux-gnu-', emulator: 'qemu-aarch64-static' },
};

const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

function tool(name: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(name, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${name}: ${stderr}`);
}

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
    const { prefix, emulator } = tools[arch];
    const noAssembler = isInstalled(`${prefix}as`) ? false : `no assembler for ${arch}`;
    const cannotRun = arch === process.arch || isInstalled(emulator) ? noAssembler : 'install qemu-user-static';

    it('is assembled from its source', { skip: noAssembler }, (t) => {
      const [object, binary] = [`${scratch(t)}/code.o`, `${scratch(t)}/code`];
      tool(`${prefix}as`, `src/native/read-all.${arch}.S`, '-o', object);
      tool(`${prefix}objcopy`, '-O', 'binary', '-j', '.text', object, binary);
      assert.equal(readFileSync(binary).toString('hex'), readAllCode[arch]);
    });

    it('reads from the beginning to where it is told, and says what it read or why not', { skip: cannotRun }, (t) => {
      const directory = scratch(t);
      writeFileSync(`${directory}/code`, Buffer.from(readAllCode[arch], 'hex'));
      const data = `
        .section .data
        .balign 8
table:  .int 0, 8, 16, 77
        .int 99, 0, 16, 77
buffer: .zero 64`;
      const text = `.text\n.balign 8\n${drivers[arch]}\n.balign 8\ncode: .incbin "${directory}/code"\n`;
      // One section: the addresses are near enough for arm64 to reach them.
      writeFileSync(`${directory}/driver.S`, `${text}${data.replace('.section .data', '')}\n`);
      tool(`${prefix}as`, `${directory}/driver.S`, '-o', `${directory}/driver.o`);
      tool(`${prefix}ld`, '-N', `${directory}/driver.o`, '-o', `${directory}/driver`);
      writeFileSync(`${directory}/file`, 'twenty bytes of text');
      const input = openSync(`${directory}/file`, 'r');
      const [command, ...args] = arch === process.arch ? [`${directory}/driver`] : [emulator, `${directory}/driver`];
      const { status, stdout } = spawnSync(command, args, { stdio: [input, 'pipe', 'inherit'] });
      closeSync(input);
      assert.equal(status, 0);
      assert.deepEqual([stdout.readInt32LE(12), stdout.readInt32LE(28)], [16, -9], 'bytes, and EBADF');
      assert.equal(stdout.toString('latin1', 40, 56), 'twenty bytes of ');
      assert.equal(stdout.readInt32LE(32), 0, 'nothing before its place');
    });
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
