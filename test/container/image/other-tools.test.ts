// The store is an OCI image layout: skopeo reads it as it stands, and what skopeo puts into it is an image like all others.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeImage, storeHouse } from '../../support/store-house.js';
import { linesOf } from '../../support/trees.js';

const isThere = spawnSync('skopeo', ['--version']).status === 0;
const skopeo = (...words: string[]): string => execFileSync('skopeo', ['--insecure-policy', ...words]).toString();

describe('skopeo', { skip: isThere ? false : 'skopeo is not installed' }, () => {
  it('reads an image by its name, every byte of it', async (t) => {
    const { content, directory, root } = storeHouse(t);
    const trees = [{ 'bin/sh': 'sh' }, { 'etc/name': 'web' }];
    const { id, descriptor, layers } = await makeImage(content, ['web:1'], trees, { config: { labels: { a: 'b' } } });
    await makeImage(content, ['other'], [{ x: 'x' }]);
    const source = `oci:${directory}:docker.io/library/web:1`;
    const said = JSON.parse(skopeo('inspect', source)) as { Digest: string; Labels: object; Layers: string[] };
    assert.equal(said.Digest, descriptor.digest);
    assert.deepEqual([said.Labels, said.Layers], [{ a: 'b' }, layers.map(({ blob }) => blob)]);
    skopeo('copy', source, `dir:${join(root, 'copy')}`);
    const copied = readdirSync(join(root, 'copy'));
    for (const hex of [id, ...layers.map(({ blob }) => blob.slice(7))]) assert.ok(copied.includes(hex), hex);
  });

  it('puts images into it, which run, are found whole, and go again', async (t) => {
    const { content, directory, root } = storeHouse(t);
    await makeImage(content, ['web:1'], [{ 'bin/sh': 'sh' }, { 'etc/name': 'web' }]);
    const there = storeHouse(t, join(root, 'there'));
    await makeImage(there.content, ['mine'], [{ own: 'own' }]);
    skopeo('copy', `oci:${directory}:docker.io/library/web:1`, `oci:${there.directory}:web:2`);
    assert.deepEqual(
      (await there.images.list()).map(({ name }) => name),
      ['mine:latest', 'web:2'],
    );
    const { layers } = await there.images.get('web:2');
    assert.deepEqual(layers.flatMap(linesOf), ['d bin/', 'f bin/sh sh', 'd etc/', 'f etc/name web']);
    assert.deepEqual((await there.images.check()).findings, []);
    await there.images.remove('web:2');
    assert.deepEqual((await there.images.check()).findings, []);
    assert.equal((await there.images.list()).length, 1);
  });
});
