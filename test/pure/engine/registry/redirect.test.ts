// Where we let ourselves be sent.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSameOrigin, redirectTarget } from '../../../../src/engine/registry/redirect.js';
import { refusal } from '../../../support/refusal.js';

const SECURE = new URL('https://registry.example/v2/a/blobs/x');
const PLAIN = new URL('http://127.0.0.1:5000/v2/a/blobs/x');

describe('a redirect', () => {
  it('leads to web addresses, from https to https', () => {
    assert.equal(redirectTarget('/other?a=b', SECURE).href, 'https://registry.example/other?a=b');
    assert.equal(redirectTarget('https://cdn.example/x#part', SECURE).href, 'https://cdn.example/x');
    assert.equal(redirectTarget('//cdn.example/x', SECURE).href, 'https://cdn.example/x');
    assert.equal(redirectTarget('http://127.0.0.1:6000/x', PLAIN).href, 'http://127.0.0.1:6000/x');
    assert.equal(redirectTarget('https://cdn.example/x', PLAIN).href, 'https://cdn.example/x');
    assert.equal(redirectTarget('https://me:secret@cdn.example/x', SECURE).href, 'https://cdn.example/x');
  });

  it('leads nowhere else', () => {
    for (const location of [
      'http://registry.example/x',
      'file:///etc/passwd',
      'data:,x',
      'unix:/run/x.sock',
      'javascript:x',
      undefined,
      'https://',
    ]) {
      assert.throws(() => redirectTarget(location, SECURE), refusal('INVALID_VALUE'), location);
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (location) => {
        try {
          assert.equal(redirectTarget(location, SECURE).protocol, 'https:');
        } catch (error) {
          refusal('INVALID_VALUE')(error);
        }
      }),
    );
  });

  it('to another port or scheme is to somebody else', () => {
    assert.ok(isSameOrigin(SECURE, new URL('https://registry.example:443/other')));
    for (const other of [
      'https://registry.example:444',
      'http://registry.example',
      'https://registry.example.org',
      'https://a.registry.example',
    ])
      assert.ok(!isSameOrigin(SECURE, new URL(other)), other);
  });
});
