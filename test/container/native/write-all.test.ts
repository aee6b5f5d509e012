// The machine code that writes to many files in one call is what its commented source says, and does what it should, on both
// architectures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { writeAll } from '../../../src/native/index.js';
import { writeAllCode } from '../../../src/native/write-all.js';
import { Assembler } from '../../support/assembler.js';
import { scratch } from '../../support/launching.js';
import { smallDisk } from '../../support/mounted.js';

/** A program that writes to descriptors 1 and 99 by the code, and the table with the two results to descriptor 2. */
const drivers = {
  x64: `
        .intel_syntax noprefix
        .globl _start
_start: lea rdi, [rip + table]
        mov esi, 2
        lea rdx, [rip + buffer]
        call code
        mov eax, 1
        mov edi, 2
        lea rsi, [rip + table]
        mov edx, 48
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
        mov x0, #2
        adr x1, table
        mov x2, #48
        svc #0
        mov x8, #93
        mov x0, #0
        svc #0`,
};

for (const arch of ['x64', 'arm64'] as const) {
  describe(`writing to many files, for ${arch}`, () => {
    const assembler = new Assembler(arch);

    it('is assembled from its source', { skip: assembler.isMissing }, (t) => {
      assert.equal(assembler.assemble('write-all', t).code, writeAllCode[arch]);
    });

    it('writes each at its place, and says how much or why not', { skip: assembler.cannotRun }, (t) => {
      const directory = scratch(t);
      const data = `
table:  .int 1, 4, 6, 77
        .quad 10
        .int 99, 0, 6, 77
        .quad 0
buffer: .ascii "not these!"`;
      const program = assembler.link(directory, drivers[arch], writeAllCode[arch], data);
      writeFileSync(`${directory}/file`, 'twenty bytes of text');
      const output = openSync(`${directory}/file`, 'r+');
      const [command, ...args] = assembler.call(program);
      const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', output, 'pipe'] });
      closeSync(output);
      assert.equal(status, 0);
      assert.deepEqual([stderr.readInt32LE(12), stderr.readInt32LE(36)], [6, -9], 'bytes, and EBADF');
      assert.equal(readFileSync(`${directory}/file`, 'latin1'), 'twenty bytthese!text');
    });
  });
}

describe('writeAll', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text);

  it('writes in the background, each at its place, and goes on after what fails', async (t) => {
    const write = writeAll();
    assert.ok(write, 'it can be done here');
    const paths = ['a', 'b'].map((name) => `${scratch(t)}/${name}`);
    const [a, b] = paths.map((path) => openSync(path, 'w')) as [number, number];
    const failures = await write([
      { fd: a, bytes: bytes('first'), place: 0 },
      { fd: 9999, bytes: bytes('nowhere'), place: 0 },
      { fd: b, bytes: bytes('second'), place: 3 },
      { fd: a, bytes: bytes('third'), place: 2 ** 33 },
    ]);
    assert.deepEqual(
      failures.map((failure) => failure?.message),
      [undefined, 'EBADF: bad file descriptor, write', undefined, undefined],
    );
    assert.equal(readFileSync(paths[1]!, 'latin1'), '\0\0\0second');
    const far = Buffer.alloc(10);
    const reader = openSync(paths[0]!, 'r');
    assert.equal(readSync(reader, far, 0, 10, 2 ** 33), 5, 'beyond what 32 bits can say');
    assert.equal(far.toString('latin1', 0, 5), 'third');
    for (const fd of [a, b, reader]) closeSync(fd);
    assert.deepEqual(await write([]), []);
  });

  it('says of what a full disk takes a part why the rest was not written', async (t) => {
    const disk = smallDisk(t, '1m');
    const fd = openSync(`${disk.path}/file`, 'w');
    const [failure] = await writeAll()!([{ fd, bytes: new Uint8Array(4 * 2 ** 20), place: 0 }]);
    closeSync(fd);
    assert.equal(failure?.code, 'ENOSPC');
    assert.ok(statSync(`${disk.path}/file`).size > 0, 'a part is there');
  });
});
