// The machine code is what its commented source says, and does what it should, on both architectures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { layOut, programAddress, readProgress, readResult } from '../../../src/native/program.js';
import type { Program } from '../../../src/native/index.js';
import { executable, trampolines } from '../../../src/native/trampoline.js';
import { Assembler } from '../../support/assembler.js';
import { scratch } from '../../support/launching.js';

/** Runs the little program with a launch program, on this machine or emulated. */
function runLittleProgram(assembler: Assembler, directory: string, program: Program) {
  const { arch } = assembler;
  const [file, memoryFile] = [`${directory}/init`, `${directory}/program`];
  writeFileSync(file, executable(arch));
  chmodSync(file, 0o755);
  writeFileSync(memoryFile, layOut(program, { address: programAddress, timing: true, arch }));
  const memoryFd = openSync(memoryFile, 'r+');
  const [command, ...first] = assembler.call(file);
  const { status, stdout } = spawnSync(command, [...first, '3'], {
    stdio: ['ignore', 'pipe', 'inherit', memoryFd],
    encoding: 'utf8',
  });
  closeSync(memoryFd);
  return { status, stdout, memory: readFileSync(memoryFile) };
}

for (const arch of ['x64', 'arm64'] as const) {
  describe(`the trampoline for ${arch}`, () => {
    const assembler = new Assembler(arch);

    it('is assembled from its source', { skip: assembler.isMissing }, (t) => {
      const { object, code } = assembler.assemble('trampoline', t);
      const symbols = new Map(
        assembler
          .tool('nm', object)
          .split('\n')
          .map((line): [string, number] => [line.split(' ')[2] ?? '', parseInt(line, 16)]),
      );
      assert.equal(code, trampolines[arch].code);
      assert.equal(symbols.get('launch'), 0);
      assert.equal(symbols.get('start'), trampolines[arch].start);
    });

    it('runs steps in order, with results, tolerated errnos and times', { skip: assembler.noEmulator }, (t) => {
      const directory = scratch(t);
      const { status, stdout, memory } = runLittleProgram(assembler, directory, [
        { name: 'say', call: 'write', args: [1, 'hello\n', 6] },
        { name: 'make', call: 'mkdirat', args: [-100, `${directory}/new`, 0o755] },
        {
          name: 'make again',
          call: 'mkdirat',
          args: [-100, `${directory}/new`, 0o755],
          tolerate: ['ENOENT', 'EEXIST'],
        },
        { name: 'open', call: 'openat', args: [-100, `${directory}/file`, 0o101, 0o644], store: 'file' },
        { name: 'write', call: 'write', args: [{ result: 'file' }, 'text', 4] },
        { name: 'limit', call: 'prlimit64', args: [0, 4, { words: [0, 0] }, 0] },
      ]);
      assert.deepEqual([status, stdout], [0, 'hello\n']);
      assert.deepEqual(readProgress(memory), { index: 6, errno: 0 });
      const results = [0, 1, 2, 3, 4, 5].map((i) => readResult(memory, i));
      assert.deepEqual(results.map(({ result }) => result).toSpliced(3, 1), [6n, 0n, -17n, 4n, 0n]);
      const times = results.map(({ doneAtNs }) => doneAtNs);
      assert.ok(times[0]! > 0n);
      assert.deepEqual(
        times,
        [...times].sort((a, b) => Number(a - b)),
      );
      assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'text');
    });

    it('stops at the step that fails and says which and why', { skip: assembler.noEmulator }, (t) => {
      const directory = scratch(t);
      const { status, memory } = runLittleProgram(assembler, directory, [
        { name: 'fine', call: 'getpid', args: [] },
        { name: 'fails', call: 'mkdirat', args: [-100, `${directory}/a/b`, 0o755], tolerate: ['EPERM', 'EEXIST'] },
        { name: 'never', call: 'mkdirat', args: [-100, `${directory}/never`, 0o755] },
      ]);
      assert.equal(status, 127);
      assert.deepEqual(readProgress(memory), { index: 1, errno: 2 });
      assert.throws(() => readFileSync(`${directory}/never`), { code: 'ENOENT' });
    });

    it('does nothing without a program', { skip: assembler.noEmulator }, (t) => {
      const file = `${scratch(t)}/init`;
      writeFileSync(file, executable(arch));
      chmodSync(file, 0o755);
      const [command, ...first] = assembler.call(file);
      for (const args of [[], ['99'], ['x'], [''], ['3', '4']]) {
        assert.equal(spawnSync(command, [...first, ...args]).status, 127, JSON.stringify(args));
      }
    });
  });
}
