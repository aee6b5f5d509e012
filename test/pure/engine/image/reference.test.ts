// Names of images as people write them, as they are kept, and as they are shown.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  familiarName,
  fullName,
  imageName,
  isIdPrefix,
  parseReference,
  withDefaultTag,
} from '../../../../src/engine/image/reference.js';
import { refusal } from '../../../support/refusal.js';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}` as const;

describe('a name of an image', () => {
  it('is completed the way Docker does', () => {
    for (const [written, kept] of [
      ['debian', 'docker.io/library/debian:latest'],
      ['debian:12', 'docker.io/library/debian:12'],
      ['library/debian', 'docker.io/library/debian:latest'],
      ['docker.io/debian', 'docker.io/library/debian:latest'],
      ['index.docker.io/debian', 'docker.io/library/debian:latest'],
      ['team/web_1.x:1.0-rc.1', 'docker.io/team/web_1.x:1.0-rc.1'],
      ['localhost/web', 'localhost/web:latest'],
      ['localhost:5000/web', 'localhost:5000/web:latest'],
      ['localhost:5000', 'docker.io/library/localhost:5000'],
      ['127.0.0.1:5000/a/b/c:v', '127.0.0.1:5000/a/b/c:v'],
      ['[::1]:5000/web', '[::1]:5000/web:latest'],
      ['[fe80::1]/web', '[fe80::1]/web:latest'],
      ['ghcr.io/owner/x__y--z', 'ghcr.io/owner/x__y--z:latest'],
      ['Host/web', 'Host/web:latest'],
      [`debian@${DIGEST}`, `docker.io/library/debian@${DIGEST}`],
      [`debian:12@${DIGEST}`, `docker.io/library/debian@${DIGEST}`],
      ['base', 'base'],
      ['base:old', 'docker.io/library/base:old'],
    ] as const) {
      assert.equal(imageName(written), kept, written);
    }
  });

  it('keeps tag and digest apart from the registry’s port', () => {
    assert.deepEqual(parseReference(`localhost:5000/a/b:v1@${DIGEST}`), {
      registry: 'localhost:5000',
      repository: 'a/b',
      tag: 'v1',
      digest: DIGEST,
    });
    assert.deepEqual(parseReference('debian'), { registry: 'docker.io', repository: 'library/debian' });
  });

  it('is refused with what would be right', () => {
    for (const [text, hint] of [
      ['', /small letters/],
      ['Debian', /use small letters: debian$/],
      ['debian:', /a tag has/],
      ['debian:.x', /a tag has/],
      [`debian:${'x'.repeat(129)}`, /128/],
      ['debian@sha256:123', /64 hexadecimal digits/],
      [`debian@sha512:${'a'.repeat(128)}`, /sha256/],
      [`debian@${DIGEST.toUpperCase()}`, /small letters/],
      ['https://ghcr.io/a/b', /leave out "https:\/\/"/],
      ['a'.repeat(64), /id of an image/],
      ['x'.repeat(256), /longer than 255/],
      [`${'a/'.repeat(128)}a`, /longer than 255/],
      ['localhost:99999/web', /port/],
      ['localhost:0/web', /port/],
      ['localhost:x/web', /registry is a host/],
      ['-x.org/web', /registry is a host/],
      [`${'a.'.repeat(130)}org/web`, /registry is a host/],
      ['[::1/web', /registry is a host/],
      ['ghcr.io/', /small letters/],
      ['ghcr.io//web', /small letters/],
      ['a///b', /small letters/],
      ['../../etc/passwd', /./],
      ['a/../b', /./],
      ['web\n', /./],
      ['web\u001b[2J', /./],
      ['we b', /./],
    ] as const) {
      assert.throws(
        () => imageName(text),
        (error) => {
          refusal('INVALID_VALUE', /is no name for an image/)(error);
          assert.match((error as { hint?: string }).hint ?? '', hint, text);
          assert.doesNotMatch((error as Error).message, /[\u0000-\u001f\u007f-\u009f]/);
          return true;
        },
      );
    }
  });

  it('is shown as people write it', () => {
    for (const [kept, shown] of [
      ['docker.io/library/debian:12', 'debian:12'],
      ['docker.io/team/web:latest', 'team/web:latest'],
      [`docker.io/library/debian@${DIGEST}`, `debian@${DIGEST}`],
      ['ghcr.io/owner/web:1', 'ghcr.io/owner/web:1'],
      // Without its registry it would be another image.
      ['docker.io/a.b/c:latest', 'docker.io/a.b/c:latest'],
      ['docker.io/localhost/c:latest', 'docker.io/localhost/c:latest'],
      ['docker.io/library/a/b:latest', 'library/a/b:latest'],
      ['base', 'base'],
      ['docker.io/library/base', 'library/base'],
    ] as const) {
      assert.equal(familiarName(kept), shown);
    }
  });
});

const part = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
const host = fc.oneof(
  fc.constantFrom('docker.io', 'index.docker.io', 'localhost', 'ghcr.io', '127.0.0.1', '[::1]', 'Big.example'),
  fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,4})?\.[a-z]{2,5}$/),
);
const registry = fc.oneof(
  host,
  fc.tuple(host, fc.integer({ min: 1, max: 65_535 })).map(([name, port]) => `${name}:${port}`),
);
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
const name = fc
  .record({
    registry: fc.option(registry, { nil: undefined }),
    parts: fc.array(part, { minLength: 1, maxLength: 4 }),
    tag: fc.option(tag, { nil: undefined }),
    digest: fc.option(fc.constant(DIGEST), { nil: undefined }),
  })
  // Before a slash, what has a dot in it is a registry.
  .filter(({ registry: given, parts }) => given !== undefined || parts.length === 1 || !parts[0]!.includes('.'))
  .map(
    (given) =>
      `${given.registry === undefined ? '' : `${given.registry}/`}${given.parts.join('/')}` +
      `${given.tag === undefined ? '' : `:${given.tag}`}${given.digest === undefined ? '' : `@${given.digest}`}`,
  );

describe('any name', () => {
  it('that is right means the same in its full and in its familiar form', () => {
    fc.assert(
      fc.property(name, (text) => {
        fc.pre(!/^[0-9a-f]{64}$/.test(text));
        const full = fullName(withDefaultTag(parseReference(text)));
        assert.equal(fullName(parseReference(full)), full, 'the full form stays');
        assert.equal(fullName(parseReference(familiarName(full))), full, 'the familiar form means it');
        assert.equal(imageName(familiarName(imageName(text))), imageName(text));
      }),
    );
  });

  it('whatever it is, is understood or refused in a sentence', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string(),
          name.chain((text) => fc.string().map((more) => text + more)),
        ),
        (text) => {
          try {
            const kept = imageName(text);
            assert.match(kept, /^[A-Za-z0-9[\]:._/@-]+$/);
            assert.doesNotMatch(kept, /(^|\/)\.\.?(\/|$)/);
          } catch (error) {
            refusal('INVALID_VALUE')(error);
          }
        },
      ),
    );
  });

  it('is told from the beginning of an id', () => {
    for (const text of ['abcd', 'sha256:abcd', 'f'.repeat(64)]) assert.ok(isIdPrefix(text), text);
    for (const text of ['abc', 'xyz1', 'f'.repeat(65), 'ABCD', '']) assert.ok(!isIdPrefix(text), text);
  });
});
