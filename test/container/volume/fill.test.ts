// First use: what the image has at the place comes into an empty volume, all of it or nothing, whoever is killed in the middle.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Mount } from '../../../src/engine/model.js';
import { layout } from '../../../src/engine/state/layout.js';
import { chance, rounds } from '../../support/chance.js';
import { EngineHouse, outputOf } from '../../support/engine-house.js';
import { eventually, patience } from '../../support/patience.js';
import { smallDisk } from '../../support/mounted.js';
import { linesOf } from '../../support/trees.js';
import { volumeMount as volume } from '../../support/volume-mount.js';

const PROGRAM = join(__dirname, 'fill.program.cjs');
const MANY = 400;

let house: EngineHouse;
before(async () => {
  house = await EngineHouse.open();
  const tree = mkdtempSync(join(house.root, 'tree-'));
  mkdirSync(join(tree, 'full/deep'), { recursive: true });
  writeFileSync(join(tree, 'full/f'), 'of the image');
  writeFileSync(join(tree, 'full/deep/set'), '', { mode: 0o644 });
  chownSync(join(tree, 'full/deep/set'), 7, 8);
  chmodSync(join(tree, 'full/deep/set'), 0o4755);
  linkSync(join(tree, 'full/f'), join(tree, 'full/hard'));
  symlinkSync('/etc/passwd', join(tree, 'full/link'));
  chownSync(join(tree, 'full'), 70, 71);
  chmodSync(join(tree, 'full'), 0o1750);
  mkdirSync(join(tree, 'empty'));
  chownSync(join(tree, 'empty'), 70, 70);
  chmodSync(join(tree, 'empty'), 0o700);
  for (let d = 0; d < MANY / 20; d += 1) {
    mkdirSync(join(tree, `many/d${d}`), { recursive: true });
    for (let f = 0; f < 20; f += 1) writeFileSync(join(tree, `many/d${d}/f${f}`), `${d} ${f}\n`.repeat(200));
  }
  const { config } = await house.engine.images.get('base');
  await house.engine.images.import(tree, 'filled', { config: { ...config, volumes: ['/full', '/nowhere'] } });
  rmSync(tree, { recursive: true });
});
after(() => house.close());

const data = (name: string) => layout.volumeData(house.root, name);
const make = (mounts: Mount[], image = 'filled') => house.engine.create({ image, cmd: ['true'], mounts });
const asItStands = (path: string) => {
  const { mode, uid, gid } = lstatSync(path);
  return [(mode & 0o7777).toString(8), uid, gid];
};
const left = (name: string) => readdirSync(layout.volume(house.root, name)).sort();

describe('an empty volume', () => {
  it('gets what the image has there, with owners, modes and links', async () => {
    const { id } = await make([volume('first', '/full')]);
    assert.deepEqual(linesOf(data('first')), [
      'd deep/',
      'f deep/set',
      'f f of the image',
      'f hard of the image',
      'l link -> /etc/passwd',
    ]);
    assert.deepEqual(asItStands(data('first')), ['1750', 70, 71]);
    assert.deepEqual(asItStands(join(data('first'), 'deep/set')), ['4755', 7, 8]);
    assert.equal(statSync(join(data('first'), 'f')).ino, statSync(join(data('first'), 'hard')).ino);
    assert.deepEqual(left('first'), ['_data', 'lock', 'volume.json']);
    await house.engine.remove(id);
  });

  it('gets the owner and the mode of an empty directory, and of one that is not there nothing', async () => {
    await make([volume('owned', '/empty'), volume('plain', '/no/such')]);
    assert.deepEqual([asItStands(data('owned')), readdirSync(data('owned'))], [['700', 70, 70], []]);
    assert.deepEqual(asItStands(data('plain')), ['755', 0, 0]);
  });

  it('without a name is made for each place that the image names, and filled', async () => {
    const { config } = await make([]);
    const mounts = config.mounts.flatMap((mount) => (mount.type === 'volume' ? [mount] : []));
    assert.deepEqual(
      mounts.map(({ target }) => target),
      ['/full', '/nowhere'],
    );
    assert.ok(mounts.every(({ anonymous }) => anonymous));
    assert.ok(existsSync(join(data(mounts[0]!.source), 'f')));
  });

  it('stays empty where that is asked for', async () => {
    await make([volume('bare', '/full', { noCopy: true })]);
    assert.deepEqual(readdirSync(data('bare')), []);
    await make([volume('bare', '/full')]);
    assert.ok(readdirSync(data('bare')).length > 0, 'and is filled by the next that does not ask for it');
  });
});

describe('a volume with something in it', () => {
  it('stays as it is', async () => {
    await house.engine.volumes.create({ name: 'mine' });
    writeFileSync(join(data('mine'), 'own'), '');
    await make([volume('mine', '/full')]);
    assert.deepEqual([readdirSync(data('mine')), asItStands(data('mine'))], [['own'], ['755', 0, 0]]);
  });

  it('of a container that runs is filled under it, and what that writes meanwhile stays', async () => {
    const { id } = await house.start('while :; do sleep 0.05; done', {
      mounts: [volume('live', '/there', { noCopy: true })],
    });
    const { id: other } = await make([volume('live', '/many')]);
    const { stdout } = await outputOf(
      await house.engine.exec(id, {
        argv: ['sh', '-c', 'find /there -type f | wc -l; echo x > /there/own && cat /there/own'],
      }),
    );
    assert.deepEqual(stdout.split(/\s+/).filter(Boolean), [String(MANY), 'x']);
    for (const each of [id, other]) await house.engine.remove(each, { force: true });
  });
});

/** Killed after so many ms; undefined when it was faster. */
async function killed(name: string, ms: number): Promise<boolean> {
  const child = spawn(process.execPath, [PROGRAM, house.root, 'filled', name, '/many'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await eventually(() => assert.match(text, /filling/));
  await delay(ms);
  child.kill('SIGKILL');
  await ended;
  return !text.includes('made');
}

describe('whoever fills a volume and is killed', () => {
  it('leaves it as it was or filled, at whatever moment', async (t) => {
    const luck = chance();
    t.diagnostic(`TEST_SEED=${luck.seed}`);
    let inTheMiddle = 0;
    for (let round = 0; round < rounds(12, 80); round += 1) {
      const name = `killed-${round}`;
      const wasKilled = await killed(name, luck.below(patience(120)));
      const found = existsSync(layout.volume(house.root, name)) ? left(name) : [];
      if (found.includes('filling') || found.includes('full')) inTheMiddle += 1;
      await house.engine.recover();
      const count = existsSync(data(name)) ? linesOf(data(name)).filter((line) => line.startsWith('f ')).length : 0;
      assert.ok(count === 0 || count === MANY, `${count} files after it was ${wasKilled ? 'killed' : 'done'}`);
      if (existsSync(data(name))) assert.deepEqual(left(name), ['_data', 'lock', 'volume.json']);
      const { id } = await make([volume(name, '/many')]);
      assert.equal(
        linesOf(data(name)).filter((line) => line.startsWith('f ')).length,
        MANY,
        'the next one has it whole',
      );
      await house.engine.remove(id);
    }
    t.diagnostic(`${inTheMiddle} were killed in the middle`);
    assert.deepEqual(
      readdirSync(layout.volumes(house.root)).filter((entry) => entry.startsWith('.')),
      [],
    );
  });

  it('after all was copied has it finished by the next who comes, and loses nothing that is there', async () => {
    await house.engine.volumes.create({ name: 'half' });
    const full = layout.volumeFull(house.root, 'half');
    mkdirSync(join(full, 'dir'), { recursive: true });
    writeFileSync(join(full, 'dir/f'), 'image');
    writeFileSync(join(full, 'same'), 'image');
    writeFileSync(join(data('half'), 'same'), 'container');
    mkdirSync(layout.volumeFilling(house.root, 'half'));
    chmodSync(full, 0o770);
    const { actions } = await house.engine.recover();
    assert.match(actions.map(({ what }) => what).join(), /filling was cut short, and is done now/);
    assert.deepEqual(linesOf(data('half')), ['d dir/', 'f dir/f image', 'f same container']);
    assert.deepEqual([left('half'), asItStands(data('half'))[0]], [['_data', 'lock', 'volume.json'], '770']);
    assert.deepEqual((await house.engine.recover()).actions, []);
  });

  it('for a volume without a name leaves none', async () => {
    const before_ = (await house.engine.volumes.list()).map(({ name }) => name);
    for (const ms of [0, 20, 40, 60, 80]) {
      await killed('', patience(ms));
      await house.engine.recover();
      const containers = await house.engine.list();
      for (const { name, usedBy } of await house.engine.volumes.list())
        assert.ok(before_.includes(name) || usedBy.length > 0, 'one that nobody has was left');
      for (const { id, config } of containers)
        if (config.image.name === 'filled') await house.engine.remove(id, { volumes: true });
    }
  });
});

describe('a disk that is full', () => {
  it('makes no container and leaves no half of a volume', async (t) => {
    const disk = smallDisk(t, '8m');
    const small = await EngineHouse.open();
    t.after(() => small.close());
    const tree = mkdtempSync(join(disk.path, 'tree-'));
    mkdirSync(join(tree, 'd'));
    writeFileSync(join(tree, 'd/f'), Buffer.alloc(64 * 1024));
    const { config } = await small.engine.images.get('base');
    await small.engine.images.import(tree, 'big', { config });
    // The volumes alone lie on it.
    mkdirSync(join(disk.path, 'volumes'));
    symlinkSync(join(disk.path, 'volumes'), layout.volumes(small.root));
    disk.fill();
    await assert.rejects(
      small.engine.create({ image: 'big', cmd: ['true'], mounts: [volume('full', '/d')] }),
      (error: { code?: string }) => error.code === 'NO_SPACE',
    );
    assert.deepEqual([readdirSync(join(disk.path, 'volumes')), (await small.engine.list()).length], [[], 0]);
    disk.empty();
  });
});
