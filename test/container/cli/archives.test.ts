// The commands that write and read archives, as they are typed: to files and pipes, never to a terminal, and in one sentence
// when something cannot be.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { House, outcome, product, type Outcome } from '../../support/house.js';

let house: House;
const at = (name: string): string => join(house.root, name);

before(async () => {
  house = new House();
  await house.ok('run', '--name', 'web', 'base', 'sh', '-c', 'echo written > /file');
  await house.ok('commit', '-m', 'first', 'web', 'web:1');
});
after(() => house.close());

/** Runs `tscontain WORDS` with a file as its input. */
async function fed(path: string, ...words: string[]): Promise<Outcome> {
  const child = house.start(...words);
  createReadStream(path).pipe(child.stdin!.on('error', () => undefined));
  return outcome(child, words.join(' '));
}

function assertRefused({ code, stdout, stderr }: Outcome, words: RegExp): void {
  assert.equal(code, 1, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, words);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

/** What a command says in a terminal. */
function inTerminal(words: string): { status: number | null; output: string } {
  const command = `${process.execPath} -- ${product('tscontain')} ${words}`;
  const { status, stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    env: { ...process.env, TSCONTAIN_ROOT: house.root },
    input: '',
  });
  return { status, output: stdout };
}

describe('save and load', () => {
  it('go through a pipe and back, and say what was loaded', async () => {
    const archive = at('web.tar');
    await house.ok('save', '-o', archive, 'web:1');
    await house.ok('rmi', 'web:1');
    assert.deepEqual((await fed(archive, 'load')).stdout, 'Loaded image: web:1\n');
    assert.equal(await house.ok('run', '--rm', 'web:1', 'cat', '/file'), 'written');
    assert.equal(await house.ok('image', 'load', '-q', '-i', archive), 'Loaded image: web:1');
    assert.equal(statSync(archive).mode & 0o777, 0o600);
  });

  it('write the same bytes for the same images, to a file and to a pipe', async () => {
    await house.ok('save', '-o', at('one.tar'), 'web:1', 'base');
    await house.ok('save', '-o', at('two.tar'), 'web:1', 'base');
    const one = readFileSync(at('one.tar'));
    assert.ok(one.equals(readFileSync(at('two.tar'))));
    const child = house.start('save', 'web:1', 'base');
    const chunks: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk));
    await outcome(child, 'save');
    assert.ok(one.equals(Buffer.concat(chunks)));
    const names = execFileSync('tar', ['-tf', at('one.tar')]).toString();
    assert.match(names, /^oci-layout\nindex\.json\nmanifest\.json\nblobs\/\n/);
    const layers = (
      JSON.parse(execFileSync('tar', ['-xOf', at('one.tar'), 'manifest.json']).toString()) as { Layers: string[] }[]
    ).map(({ Layers }) => Layers);
    assert.deepEqual(layers[0]!.slice(0, layers[1]!.length), layers[1], 'they share the layers of base');
  });

  it('have other forms', async () => {
    await house.ok('save', '--format', 'oci-archive', '-o', at('oci.tar'), 'web:1');
    assert.ok(
      !execFileSync('tar', ['-tf', at('oci.tar')])
        .toString()
        .includes('manifest.json'),
    );
    await house.ok('save', '--format', 'oci-dir', '-o', at('layout'), 'web:1');
    assert.deepEqual(readdirSync(at('layout')).sort(), ['blobs', 'index.json', 'oci-layout']);
    assert.equal(await house.ok('load', '-i', at('layout')), 'Loaded image: web:1');
    assertRefused(await house.run('save', '--format', 'oci-dir', '-o', at('layout'), 'web:1'), /is there already/);
    assertRefused(await house.run('save', '--format', 'oci-dir', 'web:1'), /-o DIRECTORY/);
    assertRefused(
      await house.run('save', '--format', 'zip', '-o', at('x'), 'web:1'),
      /"zip".*docker-archive, oci-archive, oci-dir/,
    );
  });

  it('of a name without a tag are of all its tags, and of an id of none', async () => {
    await house.ok('tag', 'web:1', 'several:1');
    await house.ok('tag', 'base', 'several:2');
    await house.ok('save', '-o', at('several.tar'), 'several');
    const items = (path: string) =>
      JSON.parse(execFileSync('tar', ['-xOf', path, 'manifest.json']).toString()) as { RepoTags: string[] | null }[];
    assert.deepEqual(
      items(at('several.tar'))
        .flatMap(({ RepoTags }) => RepoTags)
        .sort(),
      ['several:1', 'several:2'],
    );
    const id = (await house.ok('image', 'inspect', 'web:1', '--format', '{{.Id}}')).replace('sha256:', '');
    await house.ok('save', '-o', at('id.tar'), id.slice(0, 12));
    assert.deepEqual(
      items(at('id.tar')).map(({ RepoTags }) => RepoTags),
      [null],
    );
    await house.ok('rmi', 'several:1', 'several:2');
    assert.equal(await house.ok('load', '-i', at('id.tar')), `Loaded image ID: sha256:${id}`);
  });

  it('have nothing to do with a terminal', () => {
    for (const words of ['save web:1', 'export web']) {
      const { status, output } = inTerminal(words);
      assert.equal(status, 1);
      assert.match(output, /not written to a terminal/);
      assert.ok(output.length < 300, 'and no byte of it came');
    }
    assert.match(inTerminal('load').output, /not read from a terminal/);
    assert.match(inTerminal('import - x').output, /not read from a terminal/);
  });

  it('leave no file behind that is not whole', async () => {
    assertRefused(await house.run('save', '-o', at('none.tar'), 'web:1', 'no-such-image'), /no-such-image/);
    assertRefused(await house.run('save', '-o', '/no/such/directory/x.tar', 'web:1'), /\/no\/such\/directory/);
    assertRefused(await house.run('save', '-o', house.root, 'web:1'), /is a directory/);
    const layer = readdirSync(at('images/blobs/sha256'))
      .map((name) => at(`images/blobs/sha256/${name}`))
      .sort((a, b) => statSync(b).size - statSync(a).size)[0]!;
    const whole = readFileSync(layer);
    writeFileSync(layer, Buffer.from(whole).fill(0, 5000, 6000));
    assertRefused(await house.run('save', '-o', at('none.tar'), 'base'), /damaged on the disk.*image check/);
    writeFileSync(layer, whole);
    assert.ok(!existsSync(at('none.tar')));
    assert.deepEqual(
      readdirSync(house.root).filter((name) => name.includes('none')),
      [],
    );
  });

  it('of what is no image say so', async () => {
    writeFileSync(at('text'), 'no archive'.repeat(100));
    assertRefused(await house.run('load', '-i', at('text')), /cannot be loaded/);
    assertRefused(await house.run('load', '-i', '/no/such/file'), /there is no "\/no\/such\/file"/);
    assertRefused(await house.runWith('', 'load'), /piped in is empty/);
    assertRefused(await house.run('load', '-i', at('web.tar'), '--platform', 'linux/s390x'), /linux\/s390x/);
  });
});

describe('export, import and commit', () => {
  it('make a flat image of a container', async () => {
    await house.ok('export', '-o', at('flat.tar'), 'web');
    const id = await house.ok(
      'import',
      '-c',
      'CMD ["cat", "/file"]',
      '-c',
      'ENV PATH=/usr/bin:/bin',
      '-m',
      'flat',
      at('flat.tar'),
      'flat:1',
    );
    assert.match(id, /^sha256:[0-9a-f]{64}$/);
    assert.equal(await house.ok('run', '--rm', 'flat:1'), 'written');
    const piped = await fed(at('flat.tar'), 'image', 'import', '--platform', 'linux/arm64', '-', 'piped:1');
    assert.equal(piped.code, 0, piped.stderr);
    assert.equal(await house.ok('image', 'inspect', 'piped:1', '--format', '{{.Architecture}}'), 'arm64');
    mkdirSync(at('tree/bin'), { recursive: true });
    writeFileSync(at('tree/bin/x'), 'x');
    assert.match(await house.ok('import', at('tree')), /^sha256:/);
  });

  it('refuse what they cannot do', async () => {
    assertRefused(await house.run('import', 'https://registry.example/rootfs.tar', 'x'), /fetches nothing.*curl/);
    assertRefused(await house.run('import', '-c', 'RUN ls', at('flat.tar'), 'x'), /RUN ls/);
    assertRefused(await house.run('import', at('web.tar'), 'x'), /saved image.*tscontain load/);
    assertRefused(await house.run('commit', '-c', 'EXPOSE http', 'web'), /EXPOSE "http"/);
    assertRefused(await house.run('export', 'nobody'), /nobody/);
  });

  it('commit says the id and what it is like', async () => {
    const id = await house.ok(
      'commit',
      '-a',
      'Ada',
      '-m',
      'patched',
      '-c',
      'LABEL x=1',
      '--pause=false',
      'web',
      'web:2',
    );
    assert.match(id, /^sha256:[0-9a-f]{64}$/);
    assert.match(await house.ok('history', 'web:2'), /patched/);
    assert.equal(await house.ok('image', 'inspect', 'web:2', '--format', '{{.Author}}'), 'Ada');
    assert.equal(await house.ok('diff', 'web'), 'A /file');
  });
});
