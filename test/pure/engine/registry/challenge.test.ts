// What a 401 asks for, as registries write it and as they should not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseChallenges } from '../../../../src/engine/registry/challenge.js';

const plain = (header: string): [string, Record<string, string>][] =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('a challenge', () => {
  it('is read with its parameters, alone or among others', () => {
    assert.deepEqual(
      plain(
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
      ),
      [
        [
          'bearer',
          { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' },
        ],
      ],
    );
    assert.deepEqual(plain('Basic realm="x", Bearer Realm = "y" , service=z'), [
      ['basic', { realm: 'x' }],
      ['bearer', { realm: 'y', service: 'z' }],
    ]);
    assert.deepEqual(plain('BASIC'), [['basic', {}]]);
    assert.deepEqual(plain('Basic realm="say \\"hello\\", \\\\ and go"'), [
      ['basic', { realm: 'say "hello", \\ and go' }],
    ]);
    assert.deepEqual(plain(''), []);
  });

  it('that cannot be read leaves what stood before it', () => {
    assert.deepEqual(plain('Basic realm="x", "'), [['basic', { realm: 'x' }]]);
    assert.deepEqual(plain('realm="x"'), []);
    assert.deepEqual(plain('Bearer realm="no end'), [['bearer', { realm: '' }]]);
  });

  it('takes no longer for a longer one than it must, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (header) => Array.isArray(parseChallenges(header))));
    const before = process.cpuUsage().user;
    for (const header of [
      `Bearer realm="${'\\'.repeat(100_000)}`,
      `Bearer ${'a="b",'.repeat(20_000)}`,
      ','.repeat(100_000),
    ])
      parseChallenges(header);
    assert.ok((process.cpuUsage().user - before) / 1000 < 1000);
  });
});
