// What making `base` reads of programs before it believes it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readElf } from '../../../src/engine/image/elf.js';

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
