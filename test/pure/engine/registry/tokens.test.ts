// Answers of those who give out tokens, and pages of tags.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseToken } from '../../../../src/engine/registry/authorization.js';
import { nextPage } from '../../../../src/engine/registry/tags.js';
import { refusal } from '../../../support/refusal.js';

const read = (value: unknown) =>
  parseToken(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'auth.org', 1_000_000);

describe('a token', () => {
  it('is one of two fields, and lives a minute at least', () => {
    assert.deepEqual(read({ token: 'a' }), { value: 'a', until: 1_055_000 });
    assert.deepEqual(read({ access_token: 'b', expires_in: 300 }), { value: 'b', until: 1_295_000 });
    assert.deepEqual(read({ token: '', access_token: 'b', expires_in: 1 }), { value: 'b', until: 1_055_000 });
    assert.deepEqual(read({ token: 'a', expires_in: 'soon' }), { value: 'a', until: 1_055_000 });
  });

  it('that cannot stand in a header is none', () => {
    for (const value of [
      {},
      [],
      null,
      '',
      'nonsense',
      { token: 'a b' },
      { token: 'a\nb' },
      { token: 'ä' },
      { token: ['a'] },
    ]) {
      assert.throws(() => read(value), refusal('UNAUTHORIZED'), JSON.stringify(value));
    }
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          assert.match(read(text).value, /^[\x21-\x7e]+$/);
        } catch (error) {
          refusal('UNAUTHORIZED')(error);
        }
      }),
    );
  });
});

describe('the next page', () => {
  const from = new URL('https://x.org/v2/a/tags/list');

  it('is one of the same registry', () => {
    assert.equal(
      nextPage('</v2/a/tags/list?last=b&n=10>; rel="next"', from)?.href,
      'https://x.org/v2/a/tags/list?last=b&n=10',
    );
    assert.equal(nextPage('<https://x.org/p2>; rel=next', from)?.href, 'https://x.org/p2');
    for (const link of [
      undefined,
      '',
      '<https://y.org/>; rel="next"',
      '<http://x.org/>; rel="next"',
      '</p>; rel="prev"',
      '<http://>; rel="next"',
    ]) {
      assert.equal(nextPage(link, from), undefined, link);
    }
  });
});
