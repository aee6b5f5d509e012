// Volumes on the command line, with Docker's words and in Docker's shapes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { House } from '../../support/house.js';

let house: House;
before(() => {
  house = new House();
});
after(() => house.close());

interface InspectedVolume {
  readonly Name: string;
  readonly Mountpoint: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly UsageData?: { readonly Size: number; readonly RefCount: number };
}

const inspectVolume = async (...words: string[]): Promise<InspectedVolume> =>
  (JSON.parse(await house.ok('volume', 'inspect', ...words)) as [InspectedVolume])[0];

describe('tscontain volume', () => {
  it('create, ls, inspect, rm', async () => {
    assert.equal(await house.ok('volume', 'create', '--label', 'tier=db', 'pgdata'), 'pgdata');
    assert.equal(await house.ok('volume', 'create', 'pgdata'), 'pgdata', 'again it is the same');
    const nameless = await house.ok('volume', 'create');
    assert.match(nameless, /^[0-9a-f]{64}$/);
    assert.match(await house.ok('volume', 'ls'), /^DRIVER +VOLUME NAME\nlocal +[0-9a-f]{64}\nlocal +pgdata$/);
    assert.equal(await house.ok('volume', 'ls', '-q', '--filter', 'label=tier=db'), 'pgdata');
    assert.equal(await house.ok('volume', 'ls', '-q', '--filter', 'name=pg', '--filter', 'dangling=true'), 'pgdata');
    assert.equal(
      await house.ok('volume', 'ls', '-f', 'label=tier', '--format', '{{.Name}} {{.Labels}} {{.Size}}'),
      'pgdata tier=db N/A',
    );
    const found = await inspectVolume('pgdata');
    assert.deepEqual([found.Name, found.Labels], ['pgdata', { tier: 'db' }]);
    assert.ok(existsSync(found.Mountpoint));
    assert.equal(
      (JSON.parse(await house.ok('inspect', 'pgdata')) as [InspectedVolume])[0].Mountpoint,
      found.Mountpoint,
    );
    assert.equal(await house.ok('volume', 'rm', 'pgdata', nameless), `pgdata\n${nameless}`);
    const twice = await house.run('volume', 'rm', '-f', 'pgdata');
    assert.deepEqual([twice.code, twice.stdout], [0, '']);
    assert.match(twice.stderr, /pgdata/);
  });

  it('keeps what a container wrote, until nobody has it any more', async () => {
    await house.ok('run', '--rm', '-v', 'data:/data', 'base', 'sh', '-c', 'echo kept > /data/f');
    assert.equal(await house.ok('run', '--rm', '-v', 'data:/data:ro', 'base', 'cat', '/data/f'), 'kept');
    await house.ok('create', '--name', 'user', '--mount', 'src=data,dst=/data', 'base', 'true');
    const refused = await house.run('volume', 'rm', 'data');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /volume data is that of user: /);
    const [mount] = JSON.parse(await house.ok('inspect', '-f', '{{json .Mounts}}', 'user')) as [
      Record<string, unknown>,
    ];
    assert.deepEqual(
      [mount['Type'], mount['Name'], mount['Destination'], mount['RW']],
      ['volume', 'data', '/data', true],
    );
    assert.equal(
      await house.ok('ps', '-a', '--filter', 'volume=data', '--format', '{{.Names}} {{.Mounts}}'),
      'user data',
    );
    assert.match(await house.ok('volume', 'ls', '--size'), /local +data +\S+B +user$/m);
    const { UsageData } = await inspectVolume('--size', 'data');
    assert.ok(UsageData !== undefined && UsageData.Size > 0 && UsageData.RefCount === 1);
    await house.ok('rm', '-v', 'user');
    assert.equal(await house.ok('volume', 'ls', '-q'), 'data', 'one with a name stays');
    assert.match(await house.ok('volume', 'prune', '--force'), /^0 removed/);
    assert.match(await house.ok('volume', 'prune', '-f', '--all', '--dry-run'), /^data\n1 would be removed/);
    assert.match(await house.ok('volume', 'prune', '-f', '--filter', 'all=1'), /^data\n1 removed, \S+B freed$/);
  });

  it('rm -v and --rm take along those without a name', async () => {
    await house.ok('run', '--rm', '-v', '/scratch', 'base', 'true');
    await house.ok('run', '--name', 'one', '-v', '/scratch', 'base', 'sh', '-c', 'echo x > /scratch/x');
    assert.equal(await house.ok('run', '--rm', '--volumes-from', 'one', 'base', 'cat', '/scratch/x'), 'x');
    const [name = ''] = (await house.ok('volume', 'ls', '-q')).split('\n');
    assert.match(name, /^[0-9a-f]{64}$/);
    await house.ok('rm', '-v', 'one');
    assert.equal(await house.ok('volume', 'ls', '-q'), '');
    const failed = await house.run('run', '-v', '/scratch', 'base', 'no-such-program');
    assert.equal(failed.code, 127);
    assert.equal(await house.ok('volume', 'ls', '-q'), '', 'what never ran leaves none');
  });

  it('-v makes a missing path of the host, and --mount does not', async () => {
    const path = join(house.root, 'made/here');
    await house.ok('run', '--rm', '-v', `${path}:/d`, 'base', 'sh', '-c', 'echo x > /d/x');
    assert.equal(readFileSync(join(path, 'x'), 'utf8'), 'x\n');
    assert.match(await house.ok('run', '--explain', '-v', 'unmade:/d', 'base', 'true'), /mount \/d/);
    assert.equal(await house.ok('volume', 'ls', '-q'), '');
  });

  it('tells of volumes among the events', async () => {
    await house.ok('volume', 'create', 'told');
    await house.ok('volume', 'rm', 'told');
    const lines = (await house.ok('events', '--since', '1m', '--until', '0s')).split('\n');
    assert.match(lines.join('\n'), /volume create told \(driver=local\)\n.*volume destroy told/);
  });
});
