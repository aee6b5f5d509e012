// The command line of images: Docker's words, forms and exit codes.
import assert from 'node:assert/strict';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { House } from '../../support/house.js';

describe('tscontain image', () => {
  let house: House;
  let id: string;
  before(async () => {
    house = new House();
    mkdirSync(`${house.root}/tree/bin`, { recursive: true });
    writeFileSync(`${house.root}/tree/bin/x`, 'x'.repeat(2048));
    await house.ok('image', 'import', `${house.root}/tree`, 'plain:1');
    id = (await house.ok('image', 'inspect', '-f', '{{.Id}}', 'plain:1')).replace('sha256:', '');
  });
  after(() => house.close());

  it('ls has columns, quiet ids, digests, templates and JSON', async () => {
    await house.ok('tag', 'plain:1', 'registry.example:5000/team/plain:2');
    const table = await house.ok('image', 'ls');
    assert.match(
      table,
      /^NAME +IMAGE ID +CREATED +SIZE\nplain:1 +[0-9a-f]{12} .* ago +2\.00KiB\nregistry\.example:5000\/team\/plain:2 /,
    );
    assert.equal(await house.ok('images', '-q'), id.slice(0, 12), 'an image of two names is one');
    assert.equal(await house.ok('images', '-q', '--no-trunc'), `sha256:${id}`);
    assert.match(await house.ok('images', '--digests'), /^NAME +DIGEST +IMAGE ID[^\n]*\nplain:1 +sha256:[0-9a-f]{64}/);
    const rows = await house.ok('images', '--format', '{{.Repository}}|{{.Tag}}|{{.UniqueSize}}|{{.Containers}}');
    assert.equal(rows, 'plain|1|2.00KiB|0\nregistry.example:5000/team/plain|2|2.00KiB|0');
    const [first] = (await house.ok('images', '--format', 'json')).split('\n');
    assert.equal((JSON.parse(first!) as { Tag: string }).Tag, '1');
    await house.ok('rmi', 'registry.example:5000/team/plain:2');
  });

  it('ls keeps to filters, and to a name', async () => {
    const names = (...words: string[]) => house.ok('images', '--format', '{{.Name}}', ...words);
    assert.equal(await names('plain'), 'plain:1');
    assert.equal(await names('-f', 'reference=pl*:1'), 'plain:1');
    assert.equal(await names('-f', 'dangling=true'), '');
    assert.equal(await names('-f', 'label=none'), '');
    const wrong = await house.run('images', '-f', 'colour=red');
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.stderr, /colour=red/);
  });

  it('inspect is JSON in the shape of Docker', async () => {
    const [image] = JSON.parse(await house.ok('image', 'inspect', 'plain:1')) as [Record<string, unknown>];
    assert.deepEqual([image['Id'], image['RepoTags'], image['Os']], [`sha256:${id}`, ['plain:1'], 'linux']);
    assert.equal((image['RootFS'] as { Layers: string[] }).Layers.length, 1);
    assert.equal(await house.ok('inspect', '-f', '{{.Size}}', 'plain:1'), '2048');
    const missing = await house.run('image', 'inspect', 'nothing');
    assert.match(missing.stderr, /no image "nothing"/);
    assert.notEqual(missing.code, 0);
  });

  it('history says what each step has added', async () => {
    assert.match(
      await house.ok('history', 'plain:1'),
      /^IMAGE +CREATED +CREATED BY +SIZE +COMMENT\n[0-9a-f]{12} .* 2\.00KiB +imported from /,
    );
    assert.equal(await house.ok('image', 'history', '-q', '--no-trunc', 'plain:1'), id);
  });

  it('rm says what it took, and what it could not', async () => {
    await house.ok('tag', 'plain:1', 'other');
    assert.equal(await house.ok('rmi', 'other'), 'Untagged: other:latest');
    const missing = await house.run('rmi', 'nothing');
    assert.deepEqual([missing.code, missing.stdout], [1, '']);
    assert.match(missing.stderr, /no image "nothing"/);
    assert.equal((await house.run('rmi', '-f', 'nothing')).code, 0);
  });

  it('prune asks, shows what would go, and takes what has lost its name', async () => {
    await house.ok('tag', 'plain:1', 'moving');
    mkdirSync(`${house.root}/tree2`);
    writeFileSync(`${house.root}/tree2/y`, 'y');
    await house.ok('image', 'import', `${house.root}/tree2`, 'moving');
    await house.ok('image', 'import', `${house.root}/tree`, 'moving');
    const asks = await house.run('image', 'prune');
    assert.match(asks.stderr, /--force/);
    assert.match(
      await house.ok('image', 'prune', '--dry-run'),
      /^Would delete: sha256:[0-9a-f]{64}\n1 would be removed, .* would be freed$/,
    );
    assert.match(await house.ok('image', 'prune', '-f'), /^Deleted: sha256:[0-9a-f]{64}\n1 removed, .* freed$/);
    assert.equal(await house.ok('image', 'prune', '-f'), '0 removed, 0B freed');
    assert.match(await house.ok('image', 'prune', '-a', '-f', '--filter', 'until=10h'), /^0 removed/);
    await house.ok('create', '--name', 'user', 'plain:1', '/bin/x');
    assert.match(await house.ok('image', 'prune', '-a', '-f'), /^Untagged: moving:latest\nDeleted/);
    assert.equal(await house.ok('images', '--format', '{{.Name}}'), 'plain:1');
    await house.ok('rm', 'user');
  });

  it('check says whether the store is sound, and finds what is not', async () => {
    assert.match(await house.ok('image', 'check'), /^sound: 1 image, 3 blobs, 1 layer, .* read$/);
    truncateSync(`${house.root}/images/blobs/sha256/${id}`, 10);
    const damaged = await house.run('image', 'check');
    assert.equal(damaged.code, 1);
    assert.match(damaged.stdout, /^damage: the content sha256:[0-9a-f]{64} is damaged/);
    assert.match(damaged.stdout, /\ndamaged: 1 image/);
    const json = JSON.parse((await house.run('image', 'check', '--format', 'json')).stdout) as { isSound: boolean };
    assert.equal(json.isSound, false);
    await house.run('image', 'check', '--repair');
    assert.match(await house.ok('image', 'check'), /^sound: 0 images/);
  });
});
