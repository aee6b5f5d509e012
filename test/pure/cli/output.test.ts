import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { age, bytes, jsonText, printable, render, table } from '../../../src/cli/output.js';
import { isTscontainError } from '../../../src/engine/errors.js';

describe('output', () => {
  it('lets no control character, direction override or invisible character reach a terminal', () => {
    const unsafe = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(printable(text), unsafe);
      }),
    );
    assert.equal(printable('a\u001b]52;c;x\u0007b'), 'a\\u001b]52;c;x\\u0007b');
  });

  it('lets none of them through in JSON, which stays the same value', () => {
    const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u;
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        const text = jsonText(value, 4);
        assert.doesNotMatch(text, unsafe);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      }),
    );
    assert.equal(jsonText({ a: '\u009b2J\u001b[2J' }), '{"a":"\\u009b2J\\u001b[2J"}');
  });

  it('aligns columns', () => {
    const text = table(['ID', 'Names'], [{ ID: 'aaaaaaaaaaaa', Names: 'web' }], { ID: 'CONTAINER ID' });
    assert.equal(text, 'CONTAINER ID   NAMES\naaaaaaaaaaaa   web');
  });

  it('prints one JSON object a line', () => {
    const text = render([{ ID: 'a' }, { ID: 'b' }], { columns: ['ID'], format: 'json' });
    assert.deepEqual(
      text.split('\n').map((line) => JSON.parse(line) as unknown),
      [{ ID: 'a' }, { ID: 'b' }],
    );
  });

  it("fills docker's templates", () => {
    const rows = [{ ID: 'a', Names: 'web' }];
    assert.equal(render(rows, { columns: [], format: '{{.Names}}\\t{{ .ID }}' }), 'web\ta');
    assert.equal(render(rows, { columns: [], format: '{{json .}}' }), '{"ID":"a","Names":"web"}');
    assert.equal(render(rows, { columns: [], format: '{{json .Names}}' }), '"web"');
  });

  it('names the fields there are when a template asks for another', () => {
    assert.throws(
      () => render([{ ID: 'a' }], { columns: [], format: '{{.Nope}}' }),
      (error) =>
        isTscontainError(error, 'INVALID_VALUE') && /\.Nope/.test(error.message) && /ID/.test(error.hint ?? ''),
    );
  });

  it('says bytes with their unit, and not-measured as a dash', () => {
    assert.equal(bytes(0), '0B');
    assert.equal(bytes(1536), '1.50KiB');
    assert.equal(bytes(64 * 1024 * 1024), '64.0MiB');
    assert.equal(bytes(undefined), '–');
  });

  it('says ages as docker does', () => {
    assert.equal(age(500), 'Less than a second');
    assert.equal(age(59_000), '59 seconds');
    assert.equal(age(61_000), 'About a minute');
    assert.equal(age(3 * 3600_000), '3 hours');
    assert.equal(age(3 * 86_400_000), '3 days');
  });
});
