// Which proxy a URL goes through, by what the environment says.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopback, proxyFor } from '../../../../src/engine/registry/proxy.js';
import { refusal } from '../../../support/refusal.js';

const hrefFor = (url: string, environment: Record<string, string>): string | undefined =>
  proxyFor(new URL(url), environment)?.href;

describe('a proxy', () => {
  it('is that of the scheme, in either spelling, with or without its own scheme', () => {
    assert.equal(
      hrefFor('https://ghcr.io/v2/', { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'http://other' }),
      'http://proxy:3128/',
    );
    assert.equal(
      hrefFor('http://ghcr.io/v2/', { HTTPS_PROXY: 'http://proxy:3128', http_proxy: 'other:80' }),
      'http://other/',
    );
    assert.equal(hrefFor('https://ghcr.io/', { https_proxy: 'me:secret@proxy:1' }), 'http://me:secret@proxy:1/');
    assert.equal(hrefFor('https://ghcr.io/', { HTTPS_PROXY: ' ' }), undefined);
    assert.equal(hrefFor('https://ghcr.io/', {}), undefined);
  });

  it('is not used for what NO_PROXY names', () => {
    const isDirect = (url: string, noProxy: string): boolean =>
      hrefFor(url, { HTTPS_PROXY: 'p:1', HTTP_PROXY: 'p:1', NO_PROXY: noProxy }) === undefined;
    for (const [url, noProxy, expected] of [
      ['https://ghcr.io', '*', true],
      ['https://ghcr.io', 'ghcr.io', true],
      ['https://GHCR.io', 'GhCr.Io', true],
      ['https://a.ghcr.io', 'ghcr.io', true],
      ['https://a.ghcr.io', '.ghcr.io', true],
      ['https://ghcr.io', '.ghcr.io', false],
      ['https://a.ghcr.io', '*.ghcr.io', true],
      ['https://notghcr.io', 'ghcr.io', false],
      ['https://ghcr.io', 'ghcr.io:443', true],
      ['https://ghcr.io:5000', 'ghcr.io:443', false],
      ['http://ghcr.io', 'ghcr.io:80', true],
      ['https://x.org', 'a, b ,x.org,', true],
      ['https://10.1.2.3', '10.0.0.0/8', true],
      ['https://11.1.2.3', '10.0.0.0/8', false],
      ['https://10.1.2.3', '10.1.2.3', true],
      ['https://10.1.2.3', '2.3', false],
      ['https://[fd00::1]', 'fd00::/8', true],
      ['https://[fd00::1]:5000', '[fd00::1]:5000', true],
      ['https://[fd00::1]', 'fd00::1', true],
      ['https://10.1.2.3', '10.0.0.0/99', false],
      ['https://x.org', '10.0.0.0/8', false],
      ['https://x.org', ',,', false],
    ] as const) {
      assert.equal(isDirect(url, noProxy), expected, `${url} with ${noProxy}`);
    }
  });

  it('is never asked for what is on this host', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
      assert.equal(hrefFor(`http://${host}:5000/`, { HTTP_PROXY: 'p:1' }), undefined, host);
      assert.ok(isLoopback(host));
    }
    for (const host of ['localhost.example', '128.0.0.1', '127.evil.example', '[::2]'])
      assert.ok(!isLoopback(host), host);
  });

  it('that is none is refused without telling its password', () => {
    assert.throws(
      () => hrefFor('https://x.org', { HTTPS_PROXY: 'http://me:secret@' }),
      (error: Error) => {
        refusal('INVALID_VALUE', /HTTPS_PROXY/)(error);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
    assert.throws(
      () => hrefFor('https://x.org', { HTTPS_PROXY: 'socks5://proxy:1080' }),
      refusal('NOT_SUPPORTED', /socks5/),
    );
  });
});
