// How a layer says that something is gone, in its archive and back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry } from '../../../../src/engine/rootfs/entry.js';
import { fromArchive, toArchive } from '../../../../src/engine/rootfs/whiteouts.js';
import { refusal } from '../../../support/refusal.js';

const entry = (path: string, type: Entry['type'] = 'file'): Entry => ({
  path,
  type,
  mode: 0,
  uid: 0,
  gid: 0,
  size: 0,
  modifiedNs: 0n,
  link: '',
  major: 0,
  minor: 0,
  xattrs: new Map(),
});

const meaning = (path: string): string | undefined => {
  const meant = fromArchive(entry(path));
  return meant === undefined ? undefined : `${meant.type} ${meant.path}`;
};

describe('a name in the archive of a layer', () => {
  it('says that another is gone, or all that was in a directory', () => {
    assert.equal(meaning('a/.wh.b'), 'whiteout a/b');
    assert.equal(meaning('./.wh.b'), 'whiteout b');
    assert.equal(meaning('/a//.wh.b/'), 'whiteout a/b');
    assert.equal(meaning('a/.wh..b'), 'whiteout a/.b');
    assert.equal(meaning('a/.wh....'), 'whiteout a/...');
    assert.equal(meaning('a/.wh..wh..opq'), 'opaque a');
    assert.equal(meaning('.wh..wh..opq'), 'opaque ');
  });

  it('is a name otherwise', () => {
    for (const path of ['a', 'a.wh.b', 'x/.whb', 'wh.a', 'a/.wh']) assert.equal(meaning(path), `file ${path}`);
  });

  it('is left out when only aufs needed it', () => {
    for (const path of ['.wh..wh.plnk', '.wh..wh.plnk/1.2', '.wh..wh.aufs', 'd/.wh..wh.orph'])
      assert.equal(meaning(path), undefined);
  });

  it('is refused when it says so of no name, or stands in what is gone', () => {
    for (const path of ['.wh.', 'a/.wh.', '.wh..', '.wh...', 'a/.wh...'])
      assert.throws(() => meaning(path), refusal('INVALID_VALUE', /of no name/));
    for (const path of ['.wh.a/b', 'a/.wh.b/c/d', '.wh.a/.wh.b'])
      assert.throws(() => meaning(path), refusal('INVALID_VALUE', /says it is gone/));
  });

  it('is written as it was read', () => {
    for (const path of ['a/.wh.b', '.wh.b', 'a/.wh..wh..opq', '.wh..wh..opq', 'a/b'])
      assert.equal(toArchive(fromArchive(entry(path))!).path, path);
    assert.equal(toArchive(entry('d/', 'directory')).path, 'd/');
  });

  it('is not written for a file that has such a name', () => {
    assert.throws(() => toArchive(entry('tmp/.wh.passwd')), refusal('NOT_SUPPORTED', /tmp\/\.wh\.passwd/));
    assert.throws(() => toArchive(entry('.wh..wh..opq', 'directory')), refusal('NOT_SUPPORTED'));
  });
});
