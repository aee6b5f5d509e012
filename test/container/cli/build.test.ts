// `tscontain build` as people type it: the forms of its context, what it prints, its exit codes, and other tools with its images.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { contextIn } from '../../support/builds.js';
import { cgroupsOf, House, outcome } from '../../support/house.js';

describe('tscontain build', () => {
  let house: House;
  before(() => {
    house = new House();
  });
  after(() => house.close());

  it('says every step, and that nothing had to be done the second time', async () => {
    const at = contextIn(house.root, {
      Dockerfile: 'FROM base\nCOPY f /f\nRUN cat /f\nCMD ["cat", "/f"]',
      f: 'hello\n',
    });
    const first = await house.run('build', '-t', 'said', at);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(first.stdout, '');
    assert.match(first.stderr, /^#\d+ \[2\/3\] COPY f \/f$/m);
    assert.match(first.stderr, /^#\d+ \d\.\d{3} hello$/m);
    assert.match(first.stderr, /^built sha256:[0-9a-f]{64} named said:latest$/m);
    const second = await house.run('build', '-t', 'said', at);
    assert.equal(second.stderr.match(/CACHED$/gm)?.length, 2);
    assert.match(second.stderr, /every step was in the cache \(2 CACHED\)/);
    assert.equal(await house.ok('run', '--rm', 'said'), 'hello');
  });

  it('-q prints the id, --iidfile writes it, --progress json tells programs', async () => {
    const at = contextIn(house.root, { Dockerfile: 'FROM base\nRUN echo words' });
    const iidfile = join(house.root, 'iid');
    const id = await house.ok('build', '-q', '--iidfile', iidfile, at);
    assert.match(id, /^sha256:[0-9a-f]{64}$/);
    assert.equal(readFileSync(iidfile, 'utf8'), id);
    const lines = (await house.ok('build', '--no-cache', '--progress', 'json', at))
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(lines.some(({ kind, data }) => kind === 'output' && data === 'words\n'));
    assert.equal(lines.at(-1)!['kind'], 'result');
  });

  it('takes its Dockerfile and its context from standard input', async () => {
    const alone = await house.runWith('FROM base\nRUN echo from-stdin', 'build', '-');
    assert.match(alone.stderr, /from-stdin/);
    const at = contextIn(house.root, { f: 'beside' });
    const beside = await house.runWith('FROM base\nCOPY f /\nRUN cat /f', 'build', '-f', '-', at);
    assert.match(beside.stderr, /beside/);
    writeFileSync(join(at, 'Dockerfile'), 'FROM base\nCOPY f /\nRUN cat /f; echo packed');
    const child = house.start('build', '-');
    child.stdin!.end(execFileSync('tar', ['-czf', '-', '-C', at, '.']));
    const packed = await outcome(child, 'build -');
    assert.equal(packed.code, 0, packed.stderr);
    assert.match(packed.stderr, /packed/);
  });

  it('a step that fails gives its own exit code, with its place drawn', async () => {
    const at = contextIn(house.root, { Dockerfile: 'FROM base\nRUN echo last words; exit 42' });
    const { code, stderr } = await house.run('build', at);
    assert.equal(code, 42);
    assert.match(stderr, /2 \| RUN echo last words; exit 42\n {2}\| \^\^\^\n/);
    assert.match(stderr, /tscontain: Dockerfile:2:1: .*ended with 42/);
    const wrong = await house.runWith('FROM base\nRNU x', 'build', '-');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /-:2:1: there is no instruction "RNU": did you mean RUN\?/);
    assert.match((await house.run('build', 'https://example.org/x.git')).stderr, /not supported/);
    assert.match((await house.run('build', '/no/such')).stderr, /there is no "\/no\/such"/);
    assert.match((await house.run('build', '-t', 'UPPER', at)).stderr, /UPPER/);
    assert.match((await house.run('build', '--progress', 'fancy', at)).stderr, /fancy/);
  });

  it('secrets, arguments and labels come from the command line', async () => {
    const at = contextIn(house.root, {
      Dockerfile: 'FROM base\nARG A\nRUN --mount=type=secret,id=s cat /run/secrets/s; echo " $A"',
      secret: 'hush',
    });
    const secret = `id=s,src=${join(at, 'secret')}`;
    const { stderr } = await house.run(
      'build',
      '--build-arg',
      'A=arg',
      '--secret',
      secret,
      '--label',
      'k=v',
      '-t',
      'labelled',
      at,
    );
    assert.match(stderr, /hush arg/);
    assert.match(await house.ok('image', 'inspect', 'labelled'), /"k": "v"/);
  });

  it('gives out what was built: files in a directory or a tar, and the image as an archive', async () => {
    const at = contextIn(house.root, {
      Dockerfile:
        'FROM scratch AS bin\nCOPY a gone /d/\nFROM base AS rest\nRUN false\nFROM bin\nCOPY b /d/gone\nCOPY b /d/b',
      a: 'one',
      b: 'two',
      gone: 'old',
    });
    const out = join(house.root, 'out');
    await house.ok('build', '-q', '-o', out, at);
    assert.deepEqual(readdirSync(join(out, 'd')).sort(), ['a', 'b', 'gone']);
    assert.equal(readFileSync(join(out, 'd/gone'), 'utf8'), 'two', 'as the layers are together');
    const tar = join(house.root, 'out.tar');
    await house.ok('build', '--output', `type=tar,dest=${tar}`, at);
    assert.match(execFileSync('tar', ['-tf', tar], { encoding: 'utf8' }), /^d\/b$/m);
    const piped = await house.run('build', '-o', '-', at);
    assert.equal(piped.code, 0, piped.stderr);
    assert.ok(piped.stdout.includes('ustar'));
    const archive = join(house.root, 'out.oci');
    await house.ok('build', '-t', 'out:1', '-o', `type=oci,dest=${archive}`, at);
    assert.match(execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }), /^index\.json$/m);
    assert.match((await house.run('build', '-o', 'type=cloud', at)).stderr, /there is no type "cloud"/);
    assert.deepEqual(
      readdirSync(house.root).filter((name) => name.startsWith('.empty')),
      [],
    );
  });

  it('ctrl-C stops it and leaves nothing', async () => {
    const at = contextIn(house.root, { Dockerfile: 'FROM base\nRUN echo begun; sleep 60' });
    const child = house.start('build', at);
    await new Promise<void>((resolve) => {
      child.stderr!.on('data', (chunk: Buffer) => {
        if (chunk.includes('begun')) resolve();
      });
    });
    await sleep(50);
    child.kill('SIGINT');
    const { code } = await outcome(child, 'build');
    assert.equal(code, 130);
    assert.deepEqual(readdirSync(join(house.root, 'containers')), []);
    assert.deepEqual(cgroupsOf(house.containerIds()), []);
  });

  it('podman loads what was built and runs the same', async (t) => {
    const podman = ['/usr/bin/podman', '/usr/local/bin/podman'].find((path) => existsSync(path));
    if (podman === undefined || spawnSync('skopeo', ['--version']).status !== 0) {
      t.skip('podman or skopeo is not installed');
      return;
    }
    const at = contextIn(house.root, {
      Dockerfile:
        'FROM base\nRUN mkdir /d && echo one > /d/a && echo two > /d/b\nRUN rm /d/a\nWORKDIR /d\nENV E=env\nENTRYPOINT ["sh", "-c", "ls; cat b; echo $E; pwd"]',
    });
    await house.ok('build', '-q', '-t', 'given:1', at);
    const ours = await house.ok('run', '--rm', 'given:1');
    const storage = [
      '--root',
      join(house.root, 'podman'),
      '--runroot',
      join(house.root, 'podman-run'),
      '--storage-driver',
      'vfs',
    ];
    const run = (...words: string[]) =>
      execFileSync(podman, [...storage, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const archive = join(house.root, 'given.tar');
    const copied = [
      'copy',
      '-q',
      `oci:${join(house.root, 'images')}:docker.io/library/given:1`,
      `docker-archive:${archive}:given:1`,
    ];
    execFileSync('skopeo', copied, { stdio: 'pipe' });
    run('load', '-q', '-i', archive);
    const id = 'given:1';
    const [image] = JSON.parse(run('image', 'inspect', id)) as [
      { Config: { Entrypoint: string[]; WorkingDir: string }; History: unknown[] },
    ];
    assert.deepEqual(image.Config.Entrypoint, ['sh', '-c', 'ls; cat b; echo $E; pwd']);
    assert.equal(image.Config.WorkingDir, '/d');
    const mounted = run('image', 'mount', id).trim();
    assert.equal(
      execFileSync('sh', ['-c', 'cd "$1/d" && ls && cat b', 'sh', mounted], { encoding: 'utf8' }),
      ours.split('\n').slice(0, 2).join('\n') + '\n',
    );
    run('image', 'umount', '-a');
    run('rmi', '-a', '-f');
  });
});
