import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DetachKeys, parseDetachKeys } from '../../../src/cli/foreground.js';
import { isTscontainError } from '../../../src/engine/errors.js';

const feedAll = (pieces: readonly Buffer[]) => {
  const keys = new DetachKeys(parseDetachKeys('ctrl-p,ctrl-q'));
  const forwarded: Buffer[] = [];
  for (const piece of pieces) {
    const { forward, detach } = keys.feed(piece);
    forwarded.push(forward);
    if (detach) return { forwarded: Buffer.concat(forwarded).toString('latin1'), detached: true };
  }
  return { forwarded: Buffer.concat(forwarded).toString('latin1'), detached: false };
};

describe('detach keys', () => {
  it("reads docker's notation", () => {
    assert.deepEqual([...parseDetachKeys('ctrl-p,ctrl-q')], [16, 17]);
    assert.deepEqual([...parseDetachKeys('ctrl-],x')], [29, 120]);
    assert.throws(
      () => parseDetachKeys('ctrl-1'),
      (error) => isTscontainError(error, 'INVALID_VALUE'),
    );
  });

  it('leaves at the sequence and forwards what came before it', () => {
    assert.deepEqual(feedAll([Buffer.from('ls\x10\x11rest')]), { forwarded: 'ls', detached: true });
  });

  it('finds the sequence when its keys arrive one at a time', () => {
    assert.deepEqual(feedAll([Buffer.from('\x10'), Buffer.from('\x11')]), { forwarded: '', detached: true });
  });

  it('forwards the first key when another follows it', () => {
    assert.deepEqual(feedAll([Buffer.from('\x10x')]), { forwarded: '\x10x', detached: false });
    assert.deepEqual(feedAll([Buffer.from('\x10\x10\x11')]), { forwarded: '\x10', detached: true });
  });

  it('does the same however the input is cut', () => {
    const byte = fc.constantFrom(0x10, 0x11, 0x61);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), fc.array(fc.nat(11), { maxLength: 5 }), (bytes, cuts) => {
        const whole = Buffer.from(bytes);
        const points = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const pieces = points.slice(1).map((end, index) => whole.subarray(points[index], end));
        assert.deepEqual(feedAll(pieces), feedAll([whole]));
      }),
    );
  });
});
