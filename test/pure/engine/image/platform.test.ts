// Which image of an index is taken, and what is said when none fits.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Descriptor, Platform } from '../../../../src/engine/image/oci.js';
import { MEDIA } from '../../../../src/engine/image/oci.js';
import {
  canRunOn,
  choosePlatform,
  formatPlatform,
  hostPlatform,
  noSuchPlatform,
  parsePlatform,
} from '../../../../src/engine/image/platform.js';
import { refusal } from '../../../support/refusal.js';

const manifest = (platform?: string, annotations?: Record<string, string>): Descriptor => ({
  mediaType: MEDIA.manifest,
  digest: `sha256:${'0'.repeat(64)}`,
  size: 1,
  ...(platform === undefined ? {} : { platform: asGiven(platform) }),
  ...(annotations === undefined ? {} : { annotations }),
});
function asGiven(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
const choice = (wanted: string, ...there: readonly string[]): string | undefined => {
  const found = choosePlatform(
    there.map((text) => manifest(text)),
    parsePlatform(wanted),
  );
  return found?.platform && formatPlatform(found.platform);
};

describe('a platform', () => {
  it('is read in all the words that people have for it', () => {
    for (const [given, meant] of [
      ['linux/amd64', 'linux/amd64'],
      ['amd64', 'linux/amd64'],
      ['x86_64', 'linux/amd64'],
      ['linux/x86-64', 'linux/amd64'],
      ['linux/aarch64', 'linux/arm64'],
      ['linux/arm64/v8', 'linux/arm64'],
      ['linux/arm64/8', 'linux/arm64'],
      ['arm', 'linux/arm/v7'],
      ['armhf', 'linux/arm/v7'],
      ['linux/armel', 'linux/arm/v6'],
      ['linux/arm/v5', 'linux/arm/v5'],
      ['Linux/AMD64/v3', 'linux/amd64/v3'],
      ['windows/amd64', 'windows/amd64'],
    ] as const)
      assert.equal(formatPlatform(parsePlatform(given)), meant, given);
  });

  for (const text of ['', '/', 'linux/', 'linux//v7', 'a/b/c/d', 'linux/amd64 ', 'li\u001bnux', 'x'.repeat(40)]) {
    it(`cannot be ${JSON.stringify(text)}`, () => {
      assert.throws(() => parsePlatform(text), refusal('INVALID_VALUE', /platform/));
    });
  }

  it('of this machine has Go’s word', () => {
    assert.equal(formatPlatform(hostPlatform('x64')), 'linux/amd64');
    assert.equal(formatPlatform(hostPlatform('arm64')), 'linux/arm64');
    assert.equal(formatPlatform(hostPlatform('ia32')), 'linux/386');
    assert.equal(formatPlatform(hostPlatform('riscv64')), 'linux/riscv64');
  });
});

describe('of several images', () => {
  it('that for the platform is taken, and of its variants the best', () => {
    assert.equal(choice('amd64', 'linux/arm64/v8', 'linux/amd64', 'linux/386'), 'linux/amd64');
    assert.equal(choice('linux/arm/v7', 'linux/arm/v5', 'linux/arm/v6', 'linux/arm/v7'), 'linux/arm/v7');
    assert.equal(choice('linux/arm/v7', 'linux/arm/v5', 'linux/arm/v6', 'linux/arm/v8'), 'linux/arm/v6');
    assert.equal(choice('linux/arm/v6', 'linux/arm/v7'), undefined);
    assert.equal(choice('linux/arm64', 'linux/arm64'), 'linux/arm64');
    assert.equal(choice('linux/arm64', 'linux/arm/v7'), 'linux/arm/v7');
    assert.equal(choice('linux/amd64/v3', 'linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4'), 'linux/amd64/v2');
    assert.equal(choice('linux/amd64', 'linux/amd64/v2'), undefined);
    assert.equal(choice('linux/amd64', 'linux/386'), 'linux/386');
    assert.equal(choice('linux/amd64', 'windows/amd64', 'linux/s390x'), undefined);
  });

  it('one that says no platform is taken only where it is alone', () => {
    assert.ok(choosePlatform([manifest()], parsePlatform('amd64')));
    assert.equal(choosePlatform([manifest(), manifest('linux/arm64')], parsePlatform('amd64')), undefined);
  });

  it('an attestation is never one', () => {
    const attested = manifest('linux/amd64', { 'vnd.docker.reference.type': 'attestation-manifest' });
    assert.equal(choosePlatform([attested, manifest('unknown/unknown')], parsePlatform('amd64')), undefined);
  });

  it('what is taken can run on what was asked for', () => {
    const some = fc.constantFrom(
      'linux/amd64',
      'linux/386',
      'linux/arm64/v8',
      'linux/arm/v6',
      'linux/arm/v7',
      'linux/s390x',
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), some, (there, wanted) => {
        const found = choice(wanted, ...there);
        const fits = there.filter((text) => canRunOn(asGiven(text), parsePlatform(wanted)));
        assert.equal(found !== undefined, fits.length > 0);
        if (found !== undefined) assert.ok(canRunOn(parsePlatform(found), parsePlatform(wanted)));
      }),
    );
  });
});

describe('where none fits', () => {
  it('it is said which there are', () => {
    const there = ['linux/amd64', 'linux/arm64/v8', 'linux/amd64', 'unknown/unknown'].map(asGiven);
    const error = noSuchPlatform('debian:12', parsePlatform('s390x'), there);
    refusal('NOT_SUPPORTED', /debian:12 has no image for linux\/s390x: there are linux\/amd64, linux\/arm64$/)(error);
  });

  it('a name of a platform reaches no terminal as it is', () => {
    const error = noSuchPlatform('x', parsePlatform('s390x'), [{ os: 'li\u001b]0;nux', architecture: '\u009bx' }]);
    assert.match(error.message, /^[\x20-\x7e]*$/);
  });

  it('many are cut short', () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ os: 'linux', architecture: `cpu${i}` }));
    assert.match(noSuchPlatform('x', parsePlatform('s390x'), many).message, /and 28 others/);
  });
});
