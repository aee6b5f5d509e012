// Names of any bytes, there and back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesOfName, nameOfBytes } from '../../../src/native/index.js';

describe('the name of a file', () => {
  it('of UTF-8 is the text that it is', () => {
    for (const text of ['plain', 'naïve-名前', '💀', '\ufffd', '\ufeffmark', 'tab\tand\nline']) {
      assert.equal(nameOfBytes(Buffer.from(text)), text);
      assert.deepEqual(bytesOfName(text), Buffer.from(text));
    }
  });

  it('of other bytes is text with a half of a pair for each of those', () => {
    assert.equal(nameOfBytes(Buffer.from('caf\xe9-x', 'latin1')), 'caf\udce9-x');
    assert.equal(nameOfBytes(Buffer.from([0xe5, 0x90, 0x8d, 0xe5, 0x90])), '名\udce5\udc90');
    // A half of a pair is no UTF-8 either, and an overlong "/" must not become one.
    assert.equal(nameOfBytes(Buffer.from([0xed, 0xb2, 0x80])), '\udced\udcb2\udc80');
    assert.equal(nameOfBytes(Buffer.from([0xc0, 0xaf])), '\udcc0\udcaf');
    assert.equal(nameOfBytes(Buffer.from([0xff, 0xef, 0xbf, 0xbd])), '\udcff\ufffd');
  });

  it('is the same bytes again, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        assert.deepEqual(bytesOfName(nameOfBytes(Buffer.from(bytes))), Buffer.from(bytes));
      }),
    );
  });

  it('is told apart from every other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (one, other) => {
        const areSame = Buffer.from(one).equals(Buffer.from(other));
        assert.equal(nameOfBytes(Buffer.from(one)) === nameOfBytes(Buffer.from(other)), areSame);
      }),
    );
  });
});
