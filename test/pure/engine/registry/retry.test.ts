// What is tried again, how often, and after how long.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TscontainError } from '../../../../src/engine/errors.js';
import {
  connectionFailure,
  parseRetryAfter,
  saidIn,
  statusFailure,
  Temporary,
} from '../../../../src/engine/registry/failure.js';
import { delayBefore, PATIENCE, retrying } from '../../../../src/engine/registry/retry.js';
import { refusal } from '../../../support/refusal.js';

const HASTE = { ...PATIENCE, tries: 3, firstDelayMs: 1, longestDelayMs: 2 };
const passing = (ms?: number) => new Temporary(new TscontainError('IO_ERROR', 'it was cut'), 'it was cut', ms);

describe('an attempt', () => {
  it('that fails for a while is made again, and who watches is told', async () => {
    const told: string[] = [];
    let count = 0;
    const result = await retrying(() => ((count += 1) < 3 ? Promise.reject(passing()) : Promise.resolve(count)), {
      patience: HASTE,
      onRetry: (why, ms) => told.push(`${why} ${ms > 0}`),
    });
    assert.equal(result, 3);
    assert.deepEqual(told, ['it was cut true', 'it was cut true']);
  });

  it('that fails too often ends with what happened, and what will not pass at once', async () => {
    let count = 0;
    await assert.rejects(
      retrying(() => Promise.reject(((count += 1), passing())), { patience: HASTE }),
      refusal('IO_ERROR', /it was cut/),
    );
    assert.equal(count, 3);
    count = 0;
    const final = new TscontainError('DIGEST_MISMATCH', 'not the same');
    await assert.rejects(
      retrying(() => Promise.reject(((count += 1), final)), { patience: HASTE }),
      final,
    );
    assert.equal(count, 1);
  });

  it('that gets further each time is made as often as it takes', async () => {
    let bytes = 0;
    let count = 0;
    await retrying(
      () => {
        count += 1;
        bytes += 100_000;
        return bytes >= 1_000_000 ? Promise.resolve() : Promise.reject(passing());
      },
      { patience: HASTE, progress: () => bytes },
    );
    assert.equal(count, 10);
    bytes = 0;
    await assert.rejects(
      retrying(() => ((bytes += 10), Promise.reject(passing())), { patience: HASTE, progress: () => bytes }),
      refusal('IO_ERROR'),
    );
    assert.equal(bytes, 30, 'a few bytes are no progress');
  });

  it('is not made once it is not wanted, nor waited for when that would take hours', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const attempt = retrying(() => Promise.reject(passing(60_000)), { patience: HASTE, signal: stop.signal });
    setTimeout(() => stop.abort(reason), 10);
    await assert.rejects(attempt, reason);
    await assert.rejects(
      retrying(() => Promise.reject(passing(3_600_000)), { patience: HASTE }),
      refusal('IO_ERROR'),
    );
  });
});

describe('the delay', () => {
  it('grows to a most, and is never the same for all', () => {
    const delays = [1, 2, 3, 4, 5, 6].map((tries) => delayBefore(tries, PATIENCE, 0.5));
    assert.deepEqual(delays, [1000, 2000, 4000, 8000, 15_000, 15_000]);
    assert.equal(delayBefore(1, PATIENCE, 0), 750);
    assert.equal(delayBefore(1, PATIENCE, 1), 1250);
  });

  it('that was asked for is a number of seconds or a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    assert.equal(parseRetryAfter('120', now), 120_000);
    assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:01:00 GMT', now), 60_000);
    assert.equal(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now), 0);
    for (const text of [undefined, 'soon', '-1x', '1e99']) assert.equal(parseRetryAfter(text, now), undefined, text);
  });
});

describe('a failure', () => {
  const asked = { host: 'x.org', registry: 'x.org', asked: 'give it', body: Buffer.alloc(0) };
  const fails = (code: string, wasReached = false) =>
    connectionFailure(Object.assign(new Error('x'), { code }), { host: 'x.org', wasReached, settingsFile: 'f' });

  it('of the connection passes, or does not', () => {
    for (const code of ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])
      assert.ok(fails(code) instanceof Temporary, code);
    for (const code of [
      'ENOTFOUND',
      'ECONNREFUSED',
      'EHOSTUNREACH',
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'HPE_INVALID_CONSTANT',
    ]) {
      refusal('NO_SUCH_REGISTRY', /^x\.org: /)(fails(code));
    }
    assert.ok(fails('ECONNREFUSED', true) instanceof Temporary, 'of one that was there a moment ago');
    assert.ok(!(fails('CERT_HAS_EXPIRED', true) instanceof Temporary));
  });

  it('by its status passes, or does not', () => {
    for (const status of [408, 429, 500, 502, 503, 504])
      assert.ok(statusFailure({ ...asked, status }) instanceof Temporary, String(status));
    for (const [status, code] of [
      [400, 'IO_ERROR'],
      [401, 'UNAUTHORIZED'],
      [403, 'UNAUTHORIZED'],
      [404, 'IO_ERROR'],
      [501, 'IO_ERROR'],
    ] as const) {
      refusal(code)(statusFailure({ ...asked, status }));
    }
    refusal(
      'NO_SUCH_IMAGE',
      /none/,
    )(statusFailure({ ...asked, status: 404, missing: { code: 'NO_SUCH_IMAGE', message: 'none' } }));
  });

  it('says what the registry says, made harmless', () => {
    assert.equal(
      saidIn(Buffer.from('{"errors":[{"code":"DENIED","message":"requested access is denied"}]}')),
      '"requested access is denied"',
    );
    assert.equal(saidIn(Buffer.from('{"errors":[{"code":"DENIED"}]}')), '"DENIED"');
    assert.equal(saidIn(Buffer.from('{"details":"wrong"}')), '"wrong"');
    assert.equal(saidIn(Buffer.from('<html>no</html>')), undefined);
    assert.equal(saidIn(Buffer.from('plain\nand more')), '"plain"');
    assert.equal(saidIn(Buffer.from('\u001b[2J')), '"\\u001b[2J"');
    assert.equal(saidIn(Buffer.from('null')), undefined);
    assert.equal(saidIn(Buffer.from('{"errors":[null]}')), undefined);
    assert.equal(saidIn(Buffer.alloc(0)), undefined);
  });
});
