// The little program's ELF headers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { executable, trampolines } from '../../../src/native/trampoline.js';

describe('the little program', () => {
  for (const arch of ['x64', 'arm64'] as const) {
    it(`is a static executable for ${arch} whose one segment cannot be written`, () => {
      const file = executable(arch);
      const { code, start, machine } = trampolines[arch];
      assert.equal(file.toString('latin1', 0, 4), '\x7fELF');
      assert.equal(file.readUInt16LE(18), machine);
      assert.equal(file.readUInt16LE(56), 1, 'program headers');
      assert.equal(file.readUInt32LE(64 + 4), 5, 'readable and executable');
      const [offset, virtual, size] = [8, 16, 32].map((at) => Number(file.readBigUInt64LE(64 + at))) as [
        number,
        number,
        number,
      ];
      assert.equal(size, file.length);
      const entry = Number(file.readBigUInt64LE(24)) - virtual + offset;
      assert.equal(file.toString('hex', entry), code.slice(start * 2), 'it begins where start stands');
      assert.ok(file.length < 1024);
    });
  }
});
