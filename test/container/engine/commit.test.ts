// A container becomes an image: what it has written and nothing else, with what it was told; and all its files as an archive.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readTar } from '../../../src/engine/rootfs/tar-read.js';
import { EngineHouse } from '../../support/engine-house.js';
import { refusal } from '../../support/refusal.js';
import { linesOf } from '../../support/trees.js';

let house: EngineHouse;
before(async () => {
  house = await EngineHouse.open();
});
after(() => house.close());

/** What `sh -c SCRIPT` says in a container of an image. */
async function said(image: string, script: string): Promise<string> {
  const { id } = await house.engine.create({ image, cmd: ['sh', '-c', script], entrypoint: [] });
  await house.engine.start(id);
  const { exitCode } = await house.engine.wait(id);
  assert.equal(exitCode, 0, house.log(id));
  const lines = house.lines(id, 'stdout').join('\n');
  await house.engine.remove(id);
  return lines;
}

async function paths(stream: NodeJS.ReadableStream): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { entry, body } of readTar(stream as AsyncIterable<Buffer>)) {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    found.set(entry.path, entry.type === 'file' ? Buffer.concat(chunks).toString('latin1') : entry.type);
  }
  return found;
}

const FILES =
  'mkdir /d; echo new > /d/new; chown 7:8 /d/new; chmod 4755 /d/new; ln /d/new /d/hard; ln -s new /d/soft; rm -r /usr/share/terminfo /etc/os-release 2>/dev/null; mkfifo /d/p; :';

describe('commit', () => {
  it('keeps what was written, and it is there in a container of the image', async () => {
    const { id } = await house.run(`${FILES}; mkdir -p /root/gone; echo x > /etc/marker`);
    const image = await house.engine.commit(id, { name: 'written:1', author: 'Ada', message: 'first' });
    assert.equal(image.name, 'written:1');
    const listed = await said(
      'written:1',
      'stat -c "%n %a %u:%g %h" /d/new /d/soft; cat /d/soft /etc/marker; test -p /d/p && echo pipe',
    );
    assert.deepEqual(listed.split('\n'), ['/d/new 4755 7:8 2', '/d/soft 777 0:0 1', 'new', 'x', 'pipe']);
    const [line] = await house.engine.images.history('written:1');
    assert.deepEqual([line?.author, line?.comment], ['Ada', 'first']);
    const base = await house.engine.images.get('base');
    assert.deepEqual(image.layers.slice(0, -1), base.layers, 'the layers below are the same');
  });

  it('keeps that something is gone', async () => {
    const first = await house.run('mkdir /a /b; echo 1 > /a/f; echo 2 > /a/g; echo 3 > /b/f');
    await house.engine.commit(first.id, { name: 'full:1' });
    const { id } = await house.engine.create({
      image: 'full:1',
      cmd: ['sh', '-c', 'rm /a/f; rm -r /b; mkdir /b; echo 4 > /b/n'],
    });
    await house.engine.start(id);
    await house.engine.wait(id);
    const image = await house.engine.commit(id, { name: 'emptied:1' });
    assert.deepEqual(linesOf(image.layers.at(-1)!), ['d a/', 'c a/f', 'd b/', 'f b/n 4']);
    assert.equal(await said('emptied:1', 'cd /; find a b | sort'), 'a\na/g\nb\nb/n');
  });

  it('has what the container was told, and what is changed of that', async () => {
    const { id } = await house.run('true', { env: ['A=1'], labels: { who: 'me' }, user: '7', workingDir: '/tmp' });
    const { config } = await house.engine.commit(id, { changes: ['CMD ["echo", "hi"]', 'ENV B=$A$A', 'EXPOSE 80'] });
    assert.deepEqual([config.user, config.workingDir, config.labels['who']], ['7', '/tmp', 'me']);
    assert.ok(config.env.includes('A=1') && config.env.includes('B=11'));
    assert.deepEqual([config.cmd, config.exposedPorts], [['echo', 'hi'], ['80/tcp']]);
  });

  it('of one that has written nothing adds no layer, and only what the launch made is nothing', async () => {
    const { id } = await house.run('true', { mounts: [{ type: 'tmpfs', target: '/tmp', readOnly: false }] });
    const base = await house.engine.images.get('base');
    const image = await house.engine.commit(id);
    assert.deepEqual(image.layers, base.layers);
    assert.equal(image.name, image.id, 'without a name it goes by its id');
    const written = await house.run('echo 1 > /one');
    assert.deepEqual(linesOf((await house.engine.commit(written.id)).layers.at(-1)!), ['f one 1']);
  });

  it('leaves out what is mounted into it', async () => {
    const { id } = await house.run('echo secret > /data/f; echo open > /f', {
      mounts: [{ type: 'tmpfs', target: '/data', readOnly: false }],
    });
    const image = await house.engine.commit(id, { name: 'mounted:1' });
    assert.equal(await said('mounted:1', 'cat /f; ls -A /data'), 'open');
    assert.ok(!linesOf(image.layers.at(-1)!).some((line) => line.includes('secret')));
  });

  it('pauses one that runs, lets it go on, and both only where it is wanted', async () => {
    const { id } = await house.start('while :; do echo x >> /log; sleep 0.01; done');
    const since = Date.now();
    await house.engine.commit(id, { name: 'running:1' });
    assert.equal((await house.engine.get(id)).state.status, 'running');
    const actions = async () => {
      const found: string[] = [];
      for await (const event of house.engine.events({ since, until: Date.now() }))
        if (event.id === id) found.push(event.action);
      return found;
    };
    assert.deepEqual(
      (await actions()).filter((action) => ['pause', 'unpause', 'commit'].includes(action)),
      ['pause', 'unpause', 'commit'],
    );
    await house.engine.commit(id, { pause: false });
    assert.equal((await actions()).filter((action) => action === 'pause').length, 1);
    assert.deepEqual(await house.engine.holds(), []);
    const before = (await said('running:1', 'wc -l < /log')).trim();
    assert.ok(Number(before) > 0);
    await house.engine.remove(id, { force: true });
  });

  it('leaves one that was paused as it is', async () => {
    const { id } = await house.start('echo 1 > /f; exec sleep 1000');
    await sleep(100);
    await house.engine.pause(id);
    await house.engine.commit(id, { name: 'paused:1' });
    assert.equal((await house.engine.get(id)).state.status, 'paused');
    await house.engine.remove(id, { force: true });
    assert.equal(await said('paused:1', 'cat /f'), '1');
  });

  it('says what cannot be before it does anything', async () => {
    const { id } = await house.run('echo 1 > /f');
    const before = (await house.engine.images.list()).length;
    await assert.rejects(house.engine.commit(id, { name: 'Not A Name' }), refusal('INVALID_VALUE', /Not A Name/));
    await assert.rejects(house.engine.commit(id, { changes: ['RUN ls'] }), refusal('INVALID_VALUE', /RUN ls/));
    await assert.rejects(house.engine.commit('nobody'), refusal('NO_SUCH_CONTAINER'));
    assert.equal((await house.engine.images.list()).length, before);
  });

  it('of a name that begins like a mark of a layer is refused', async () => {
    const { id } = await house.run('echo 1 > /.wh.trick');
    await assert.rejects(house.engine.commit(id), refusal('NOT_SUPPORTED', /\.wh\./));
  });

  it('can be saved and loaded somewhere else', async () => {
    const { id } = await house.run('echo moved > /f; rm /etc/hostname 2>/dev/null; :');
    await house.engine.commit(id, { name: 'moved:1' });
    const other = await EngineHouse.open();
    try {
      const [loaded] = await other.engine.images.load(
        (await house.engine.images.save(['moved:1'])) as AsyncIterable<Buffer>,
      );
      assert.deepEqual(loaded?.names, ['moved:1']);
      const image = await other.engine.images.get('moved:1');
      const original = await house.engine.images.get('moved:1');
      assert.equal(image.id, original.id);
      assert.deepEqual(linesOf(image.layers.at(-1)!), linesOf(original.layers.at(-1)!));
    } finally {
      await other.close();
    }
  });
});

describe('export', () => {
  for (const state of ['ended', 'running'] as const) {
    it(`gives all files of a container that has ${state === 'ended' ? 'ended' : 'not ended'}`, async () => {
      const script = `${FILES}; echo secret > /data/f`;
      const spec = { mounts: [{ type: 'tmpfs' as const, target: '/data', readOnly: false }] };
      const { id } =
        state === 'ended'
          ? await house.run(script, spec)
          : await house.start(`${script}; echo > /ready; exec sleep 1000`, spec);
      for (let i = 0; state === 'running' && (await house.engine.stat(id, '/ready')) === undefined && i < 500; i++)
        await sleep(10);
      const files = await paths(await house.engine.export(id));
      assert.equal(files.get('d/soft'), 'symlink');
      assert.deepEqual([files.get('d/hard'), files.get('d/new')], ['new\n', 'hardlink']);
      assert.ok(
        [...files.keys()].some((path) => path.startsWith('usr/bin/')),
        'the files of its image are among them',
      );
      assert.ok(!files.has('data/f'), 'what is mounted is not');
      for (const path of files.keys()) assert.ok(!path.startsWith('proc/self') && !/(^|\/)\.wh\./.test(path), path);
      await house.engine.remove(id, { force: true });
    });
  }

  it('is what an import makes the same files of', async () => {
    const { id } = await house.run(`${FILES}; rm -r /root`);
    const image = await house.engine.images.import((await house.engine.export(id)) as AsyncIterable<Buffer>, 'flat:1', {
      changes: ['ENV PATH=/usr/bin:/bin', 'CMD ["sh"]'],
      message: 'flattened',
    });
    assert.equal(image.layers.length, 1);
    assert.deepEqual(image.config.cmd, ['sh']);
    assert.equal(await said('flat:1', 'stat -c "%a %u:%g %h" /d/new; test -e /root || echo gone'), '4755 7:8 2\ngone');
    const [line] = await house.engine.images.history('flat:1');
    assert.equal(line?.comment, 'flattened');
  });

  it('and commit do without overlay', async (t) => {
    // A state directory on an overlay can have no overlay of its own.
    const top = mkdtempSync('/dev/shm/tscontain-test-');
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(top, name));
    const options = `lowerdir=${top}/lower,upperdir=${top}/upper,workdir=${top}/work`;
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, `${top}/merged`]);
    const temporary = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(top, 'merged');
    const other = await EngineHouse.open();
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
    t.after(async () => {
      await other.close();
      execFileSync('sh', ['-c', `umount ${top}/merged; rm -rf ${top}`]);
    });
    const { id } = await other.run('mkdir /d; echo 1 > /d/f; ln /d/f /d/g; ln /usr/bin/sh /again; :');
    assert.equal((await paths(await other.engine.export(id))).get('d/f'), '1\n');
    const image = await other.engine.commit(id, { name: 'copied:1' });
    const lines = linesOf(image.layers.at(-1)!).map((line) => line.slice(0, 40));
    for (const line of ['f d/f 1', 'f d/g 1']) assert.ok(lines.includes(line), lines.join('\n'));
    assert.ok(
      lines.some((line) => line.startsWith('f again ')),
      'a new name of a file that was there',
    );
    assert.ok(!lines.some((line) => /^f usr\/bin\/(cat|ls) /.test(line)), 'what did not change stays below');
  });
});
