// Names of errors, and the sentence of the error that carries them.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { errnoName, errnoNumber, SyscallError } from '../../../src/native/index.js';

describe('errno names', () => {
  it('agree with those that Node knows', () => {
    for (const [name, number] of Object.entries(constants.errno)) assert.equal(errnoNumber(name), number, name);
  });

  it('lead back to the number, for every number that has a name', () => {
    for (let number = 1; number <= 133; number++) {
      const name = errnoName(number);
      // 41 and 58 are gaps in the kernel's own list.
      if (number === 41 || number === 58) assert.equal(name, `E${number}`);
      else assert.equal(errnoNumber(name), number);
    }
  });

  it('are not invented', () => {
    assert.throws(() => errnoNumber('EVERYTHING'), RangeError);
    assert.throws(() => errnoNumber(''), RangeError);
    assert.equal(errnoName(4000), 'E4000');
  });
});

describe('SyscallError', () => {
  it('says the call, its subject and why, and has each as a field', () => {
    const error = new SyscallError('openat2', errnoNumber('ELOOP'), '/etc/passwd');
    assert.equal(error.message, 'openat2 /etc/passwd: ELOOP, too many symbolic links encountered');
    assert.deepEqual([error.syscall, error.path, error.code, error.errno], ['openat2', '/etc/passwd', 'ELOOP', 40]);
  });

  it('has no path where there was none', () => {
    const error = new SyscallError('setsid', 1);
    assert.equal(error.message, 'setsid: EPERM, operation not permitted');
    assert.equal('path' in error, false);
  });
});
