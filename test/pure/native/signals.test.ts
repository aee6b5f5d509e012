// Signals, capabilities and CPU lists: what people write and what the kernel writes.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as native from '../../../src/native/index.js';

describe('signals', () => {
  it('are understood as people write them', () => {
    for (const written of ['SIGTERM', 'TERM', 'sigterm', 'term', '15', 15])
      assert.equal(native.signalNumber(written), 15);
    assert.equal(native.signalNumber('RTMIN'), 34);
    assert.equal(native.signalNumber('SIGRTMIN+3'), 37);
    assert.equal(native.signalNumber('SIGRTMAX-1'), 63);
  });

  it('that do not exist are not understood', () => {
    for (const written of [
      '',
      'SIG',
      'NOPE',
      '0',
      '65',
      '-9',
      0,
      65,
      1.5,
      'RTMIN-1',
      'RTMAX+1',
      'RTMIN+31',
      'toString',
    ]) {
      assert.equal(native.signalNumber(written), undefined, String(written));
    }
  });

  it('have the name that people use', () => {
    assert.equal(native.signalName(6), 'SIGABRT');
    assert.equal(native.signalName(29), 'SIGIO');
    assert.equal(native.signalName(35), 'SIGRTMIN+1');
    assert.equal(native.signalName(32), 'SIG32');
  });

  it('go from number to name and back', () => {
    for (let number = 1; number <= 64; number++) {
      const name = native.signalName(number);
      if (number !== 32 && number !== 33) assert.equal(native.signalNumber(name), number);
    }
    assert.equal(native.signalNumber(native.signalName(constants.signals.SIGKILL)), 9);
  });
});

describe('how a process ended', () => {
  it('is read from the status word of wait', () => {
    assert.deepEqual(native.decodeWaitStatus(0), { code: 0 });
    assert.deepEqual(native.decodeWaitStatus(3 << 8), { code: 3 });
    assert.deepEqual(native.decodeWaitStatus(255 << 8), { code: 255 });
    assert.deepEqual(native.decodeWaitStatus(9), { signal: 'SIGKILL' });
    assert.deepEqual(native.decodeWaitStatus(11 | 0x80), { signal: 'SIGSEGV' }, 'with a core dump');
  });
});

describe('capabilities', () => {
  it('are known by name with and without CAP_, in any case', () => {
    for (const name of ['CAP_NET_ADMIN', 'NET_ADMIN', 'net_admin', 'cap_net_admin']) {
      assert.equal(native.capabilityNumber(name), 12);
    }
    assert.equal(native.capabilityNumber('CAP_CHECKPOINT_RESTORE'), 40);
    assert.equal(native.capabilityNumber('NETADMIN'), undefined);
    assert.equal(native.capabilityNumber(''), undefined);
  });

  it('are named from a mask as /proc shows it', () => {
    assert.deepEqual(native.capabilitiesOf(0n), []);
    assert.deepEqual(native.capabilitiesOf(0b100001n), ['CAP_CHOWN', 'CAP_KILL']);
    assert.deepEqual(native.capabilitiesOf(1n << 50n), ['CAP_50']);
  });
});

describe('lists of CPUs', () => {
  it('are read and written as the kernel does', () => {
    assert.deepEqual(native.parseCpuList('0-2,5\n'), [0, 1, 2, 5]);
    assert.deepEqual(native.parseCpuList(''), []);
    assert.equal(native.formatCpuList([5, 0, 1, 2, 1]), '0-2,5');
    assert.equal(native.formatCpuList([]), '');
  });

  it('that are none are refused', () => {
    for (const text of ['a', '1-', '-1', '3-1', '1,,2', '1;2', '1 2', '999999']) {
      assert.equal(native.parseCpuList(text), undefined, text);
    }
  });

  it('survive being written and read', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(4096)), (cpus) => {
        assert.deepEqual(
          native.parseCpuList(native.formatCpuList(cpus)),
          [...cpus].sort((a, b) => a - b),
        );
      }),
    );
  });
});
