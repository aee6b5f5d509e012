// What the image store reads before it believes: names, and the needs of programs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readElf } from '../../../src/engine/image/elf.js';
import { fromFileName, imageName, isIdPrefix, toFileName } from '../../../src/engine/image/name.js';
import { refusal } from '../../support/refusal.js';

describe('the name of an image', () => {
  it('gets a tag, unless it is base', () => {
    assert.equal(imageName('web'), 'web:latest');
    assert.equal(imageName('team/web_1.x:1.0-rc.1'), 'team/web_1.x:1.0-rc.1');
    assert.equal(imageName('base'), 'base');
    assert.equal(imageName('base:old'), 'base:old');
  });

  it('is one file name and back, or refused', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const file = toFileName(imageName(text));
          assert.doesNotMatch(file, /[/\0]|^\.{0,2}$/);
          assert.equal(fromFileName(file), imageName(text));
        } catch (error) {
          refusal('INVALID_VALUE')(error);
        }
      }),
    );
  });

  it('is told from the beginning of an id', () => {
    for (const text of ['abcd', 'sha256:abcd', 'f'.repeat(64)]) assert.ok(isIdPrefix(text), text);
    for (const text of ['abc', 'xyz1', 'f'.repeat(65), 'ABCD', '']) assert.ok(!isIdPrefix(text), text);
  });
});

describe('an ELF file', () => {
  const node = readFileSync(process.execPath);

  it('says its loader and its libraries', () => {
    const needs = readElf(node)!;
    assert.match(needs.interpreter!, /\/ld-/);
    assert.ok(
      needs.libraries.some((name) => name.startsWith('libc.')),
      needs.libraries.join(' '),
    );
    assert.equal(needs.class, 2);
  });

  it('that is none, or is damaged, is not believed and does no harm', () => {
    assert.equal(readElf(Buffer.from('#!/bin/sh\n'.padEnd(100))), undefined);
    assert.equal(readElf(Buffer.alloc(10)), undefined);
    const head = node.subarray(0, 4096);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(head);
        for (const [at, value] of changes) bytes[at] = value;
        const needs = readElf(bytes);
        assert.ok(needs === undefined || Array.isArray(needs.libraries));
      }),
    );
  });
});
