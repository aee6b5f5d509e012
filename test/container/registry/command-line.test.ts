// pull, push, login and run as people type them.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { noDockerRegistry, startDockerRegistry, VISITOR } from '../../support/docker-registry.js';
import { Emulator } from '../../support/emulator.js';
import { House, outcome, product } from '../../support/house.js';
import { imageBytes } from '../../support/image-bytes.js';
import { MadeUpRegistry } from '../../support/made-up-registry.js';
import { eventually, patience } from '../../support/patience.js';

let house: House;

before(() => {
  house = new House();
  mkdirSync(join(house.root, 'docker'));
  process.env['DOCKER_CONFIG'] = join(house.root, 'docker');
  process.env['XDG_CONFIG_HOME'] = house.root;
});
after(() => house.close());

describe('run', { skip: noDockerRegistry }, () => {
  it('pulls what is missing, what is newer when it is told to, and nothing when it is told not to', async (t) => {
    const { host } = await startDockerRegistry(t);
    const name = `${host}/team/tools:1`;
    await house.ok('run', '--rm', 'base', 'true');
    await house.ok('tag', 'base', name);
    const pushed = await house.ok('push', name);
    assert.match(pushed, new RegExp(`^${name}: digest: sha256:[0-9a-f]{64} size: \\d+$`));

    const other = new House();
    t.after(() => other.close());
    const never = await other.run('run', '--rm', '--pull', 'never', name, 'true');
    assert.equal(never.code, 125);
    assert.match(never.stderr, /there is no image/);
    const first = await other.run('run', '--rm', name, 'sh', '-c', 'echo it runs');
    assert.equal(first.stdout, 'it runs\n', first.stderr);
    assert.equal(first.code, 0);
    assert.match(first.stderr, /there is no image ".*" here: it is pulled\n/);
    assert.match(first.stderr, /[0-9a-f]{12}: downloading/);
    assert.match(first.stderr, /[0-9a-f]{12}: done\n/);
    const second = await other.run('run', '--rm', name, 'sh', '-c', 'exit 7');
    assert.deepEqual([second.code, second.stderr], [7, '']);
    assert.equal((await other.run('run', '--rm', '--pull', 'always', name, 'true')).code, 0);
    const bogus = await other.run('run', '--pull', 'sometimes', name, 'true');
    assert.match(bogus.stderr, /--pull "sometimes" is not known: use always, missing, never/);
    assert.equal(bogus.code, 125);
    const alien = await other.run('create', '--platform', 'linux/s390x', name, 'true');
    assert.match(alien.stderr, /has no image for linux\/s390x/);

    const again = await other.run('pull', name);
    assert.match(
      again.stdout,
      new RegExp(`^Digest: sha256:[0-9a-f]{64}\nStatus: Image is up to date for ${name} .*\n${name}\n$`),
    );
    assert.equal((await other.run('image', 'pull', '-q', name)).stdout, `${name}\n`);
    const missing = await other.run('pull', `${host}/team/nothing:1`);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^tscontain: 127.* has no image/);
    assert.equal(missing.stderr.split('\n').length, 2, 'one line');
    // The same layer is the same tree.
    assert.match(await other.ok('image', 'check'), /./);
  });
});

describe('a pull', () => {
  it('that is interrupted keeps what came, says so, and goes on the next time', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes({ layers: [[{ path: 'noise', content: randomBytes(400_000).toString('base64') }]] });
    const layer = image.layers[0]!;
    const name = registry.put('team/web', '1', image);
    const halfway: MadeUpRegistry['instead'] = (request, response) => {
      if (request.url?.endsWith(layer.digest) !== true) return false;
      response.writeHead(200, { 'content-length': layer.bytes.length });
      response.write(layer.bytes.subarray(0, 200_000));
      return true;
    };
    const ingest = join(house.root, 'images', 'ingest', layer.digest.slice('sha256:'.length));
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGKILL', null],
    ] as const) {
      registry.instead = halfway;
      const child = house.start('pull', name);
      const end = outcome(child, 'pull');
      await eventually(() => assert.ok(existsSync(ingest) && readFileSync(ingest).length >= 200_000));
      child.kill(signal);
      const { code: ended, stderr } = await end;
      assert.equal(ended, code, stderr);
      if (code !== null) assert.match(stderr, /tscontain: interrupted: what came of the image is kept/);
      assert.equal((await house.run('image', 'inspect', name)).code, 1);
      registry.asked.length = 0;
      registry.instead = () => false;
      await house.ok('pull', name);
      assert.match(registry.askedFor(layer.digest)[0]?.headers.range ?? '', /^bytes=\d{6}-$/);
      await house.ok('image', 'check');
      await house.ok('image', 'rm', name);
    }
  });

  it('of a name that is none is refused before anything is asked', async () => {
    for (const [name, words] of [
      ['Debian', /use small letters: debian/],
      ['https://ghcr.io/a/b', /leave out "https:\/\/"/],
      ['base', /comes from no registry/],
      ['a\u001b[2J', /no name for an image/],
    ] as const) {
      const { code, stderr } = await house.run('pull', name);
      assert.equal(code, 1);
      assert.match(stderr, words);
      assert.ok(!stderr.includes('\u001b'));
    }
  });
});

describe('login', { skip: noDockerRegistry }, () => {
  it('takes the password from standard input, or asks for it without showing it', async (t) => {
    const { host } = await startDockerRegistry(t, { withPassword: true });
    const { username, password } = VISITOR;
    const wrong = await house.runWith('not it\n', 'login', host, '-u', username, '--password-stdin');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /does not know "visitor" with this password/);
    const right = await house.runWith(`${password}\n`, 'login', host, '-u', username, '--password-stdin');
    assert.match(right.stdout, /^Login Succeeded/, right.stderr);
    assert.match(await house.ok('logout', host), /^Removing login credentials/);
    assert.match(await house.ok('logout', host), /^Not logged in/);
    const nobody = await house.run('login', host);
    assert.match(nobody.stderr, /no terminal to ask on/);

    const emulator = new Emulator({
      command: [process.execPath, '--', product('tscontain'), 'login', host],
      env: { TSCONTAIN_ROOT: house.root, DOCKER_CONFIG: process.env['DOCKER_CONFIG']!, XDG_CONFIG_HOME: house.root },
    });
    t.after(() => emulator.close());
    await emulator.waitFor('User name:', patience(10_000));
    emulator.type(`${username}\r`);
    await emulator.waitFor('Password:', patience(10_000));
    emulator.type(`mistaken\u0015${password}x\u007f\r`);
    await emulator.waitFor('Login Succeeded', patience(10_000));
    assert.equal((await emulator.ended).code, 0);
    assert.ok(!emulator.transcript().includes('sesame'));
    assert.ok(!emulator.transcript().includes('mistaken'));
  });
});
