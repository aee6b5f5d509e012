// koffi, by the short way and by its own.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { loadKoffi } from '../../../src/native/kernel.js';

const require = createRequire(__filename);

/** The process that asks, by a system call through that koffi; getpid(2) has the number 39 here and 172 on arm64. */
function pidBy(koffi: ReturnType<typeof loadKoffi>): unknown {
  const call = koffi.load(null).func('syscall', 'int64', ['int64']);
  return call(process.arch === 'x64' ? 39 : 172);
}

describe('koffi', () => {
  it('is loaded by the name of its native part, and nothing else of it', () => {
    const asked: string[] = [];
    const koffi = loadKoffi((name) => {
      asked.push(name);
      return require(name) as unknown;
    });
    assert.equal(pidBy(koffi), process.pid);
    assert.deepEqual(asked, [`@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`]);
  });

  it('is asked itself where its native part is another one', () => {
    const koffi = loadKoffi((name) => {
      if (name !== 'koffi') throw new Error('ERR_DLOPEN_FAILED');
      return require(name) as unknown;
    });
    assert.equal(pidBy(koffi), process.pid);
  });
});
