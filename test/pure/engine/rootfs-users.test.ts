// Users and groups as an image's own files have them: names, numbers, and everything that only looks like a number.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseGroup, parseId, parsePasswd, resolveUser } from '../../../src/engine/rootfs/users.js';
import { refusal } from '../../support/refusal.js';

const FILES = {
  passwd:
    'root:x:0:0:root:/root:/bin/sh\n# comment\n\nada:x:1001:1002::/home/ada:/bin/sh\n42:x:7:8::/answer:\nbad:x:4294967296:0::/:\nbroken\nrelative:x:9:9::home:\n',
  group: 'root:x:0:\nwheel:x:10:root,ada\nada:x:1002:\nbig:x:99999999999:ada\nempty:x::ada\n',
};

describe('a user', () => {
  for (const [spec, expected] of [
    ['', { uid: 0, gid: 0, groups: [0, 10], home: '/root' }],
    ['root', { uid: 0, gid: 0, groups: [0, 10], home: '/root' }],
    ['0', { uid: 0, gid: 0, groups: [0, 10], home: '/root' }],
    ['ada', { uid: 1001, gid: 1002, groups: [1002, 10], home: '/home/ada' }],
    ['ada:wheel', { uid: 1001, gid: 10, groups: [10], home: '/home/ada' }],
    ['ada:', { uid: 1001, gid: 1002, groups: [1002, 10], home: '/home/ada' }],
    ['42', { uid: 7, gid: 8, groups: [8], home: '/answer' }],
    ['43', { uid: 43, gid: 0, groups: [0], home: '/' }],
    ['relative', { uid: 9, gid: 9, groups: [9], home: '/' }],
    ['2147483647:2147483647', { uid: 2147483647, gid: 2147483647, groups: [2147483647], home: '/' }],
  ] as const) {
    it(`"${spec}" is ${JSON.stringify(expected)}`, () => assert.deepEqual(resolveUser(spec, [], FILES), expected));
  }

  for (const spec of [
    '-1',
    '+1',
    '4294967295',
    '4294967296',
    '2147483648',
    '0x10',
    '1e3',
    '1.0',
    ' 1',
    '1 ',
    '٣',
    'bad',
    'nobody',
    'ada:nobody',
    'ada:-1',
    'ada:big',
    'ada:empty',
    'a:b:c',
    'broken',
  ]) {
    it(`"${spec}" is refused`, () => assert.throws(() => resolveUser(spec, [], FILES), refusal('INVALID_VALUE')));
  }

  it('gets the groups that were added, each once', () => {
    assert.deepEqual(resolveUser('ada', ['wheel', '77', '77'], FILES).groups, [1002, 10, 77]);
    assert.throws(() => resolveUser('ada', ['nosuch'], FILES), refusal('INVALID_VALUE', /nosuch/));
  });

  it('needs no files', () => {
    assert.deepEqual(resolveUser('', [], { passwd: '', group: '' }), { uid: 0, gid: 0, groups: [0], home: '/' });
  });

  it('never gets an id out of range, whatever the files hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (spec, passwd, group) => {
        try {
          const user = resolveUser(spec, [], { passwd, group });
          for (const id of [user.uid, user.gid, ...user.groups])
            assert.ok(Number.isInteger(id) && id >= 0 && id <= 0x7fffffff);
          assert.ok(user.home.startsWith('/'));
        } catch (error) {
          refusal('INVALID_VALUE')(error);
        }
      }),
    );
  });
});

describe('the files', () => {
  it('are read line by line, bad ids left undefined', () => {
    assert.deepEqual(parsePasswd('a:x:1:2:g:/h:s\nb:x:-1:z'), [
      { name: 'a', uid: 1, gid: 2, home: '/h' },
      { name: 'b', uid: undefined, gid: undefined, home: '' },
    ]);
    assert.deepEqual(parseGroup('g:x:5:a,,b\nh:x:6'), [
      { name: 'g', gid: 5, members: ['a', 'b'] },
      { name: 'h', gid: 6, members: [] },
    ]);
    assert.equal(parseId('007'), 7);
    assert.equal(parseId('00000000007'), undefined);
  });
});
