// login and logout, with a real registry that asks for a password, and with helpers that keep it.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { login, logout } from '../../../src/engine/registry/index.js';
import { noDockerRegistry, startDockerRegistry, VISITOR } from '../../support/docker-registry.js';
import { MadeUpRegistry } from '../../support/made-up-registry.js';
import { Pulling } from '../../support/pulling.js';
import { refusal } from '../../support/refusal.js';

describe('a login', { skip: noDockerRegistry }, () => {
  it('is tried, kept where Docker keeps it, used, and forgotten', async (t) => {
    const { host } = await startDockerRegistry(t, { withPassword: true });
    const pulling = new Pulling(t);
    const options = { registry: pulling.registry };
    const path = join(pulling.root, 'docker', 'config.json');
    const name = `${host}/team/web:1`;
    await assert.rejects(pulling.pull(name), refusal('UNAUTHORIZED', /401/));
    await assert.rejects(
      login(host, { ...VISITOR, password: 'wrong' }, options),
      refusal('UNAUTHORIZED', /does not know "visitor" with this password/),
    );
    assert.ok(!existsSync(path), 'a wrong one is not kept');

    writeFileSync(path, JSON.stringify({ auths: { 'other.example': { auth: 'eDp5' } }, psFormat: 'table {{.ID}}' }), {
      mode: 0o644,
    });
    assert.deepEqual(await login(`http://${host}/v2/`, VISITOR, options), { registry: host, keptAt: path });
    const kept = JSON.parse(readFileSync(path, 'utf8')) as {
      auths: Record<string, { auth: string }>;
      psFormat: string;
    };
    assert.equal(kept.psFormat, 'table {{.ID}}');
    assert.deepEqual(Object.keys(kept.auths).sort(), [host, 'other.example'].sort());
    assert.equal(Buffer.from(kept.auths[host]!.auth, 'base64').toString(), 'visitor:open sesame');
    assert.equal(statSync(path).mode & 0o777, 0o600);

    // It lets us in: now it is the image that is not there.
    await assert.rejects(pulling.pull(name), refusal('NO_SUCH_IMAGE'));
    assert.deepEqual(await logout(host, options), { registry: host, wasKnown: true });
    assert.deepEqual(await logout(host, options), { registry: host, wasKnown: false });
    assert.deepEqual(Object.keys((JSON.parse(readFileSync(path, 'utf8')) as typeof kept).auths), ['other.example']);
    await assert.rejects(pulling.pull(name), refusal('UNAUTHORIZED'));
  });

  it('is kept by the helper that the file names, and the file has no secret', async (t) => {
    const { host } = await startDockerRegistry(t, { withPassword: true });
    const { pulling, path } = withHelper(t, 'keeps', KEEPS);
    writeFileSync(path, JSON.stringify({ credHelpers: { [host]: 'keeps' } }));
    const { keptAt } = await login(host, VISITOR, { registry: pulling.registry });
    assert.equal(keptAt, 'docker-credential-keeps');
    assert.ok(!readFileSync(path, 'utf8').includes(Buffer.from('open sesame').toString('base64').slice(0, 8)));
    assert.ok(!readFileSync(path, 'utf8').includes('open sesame'));
    await assert.rejects(pulling.pull(`${host}/team/web:1`), refusal('NO_SUCH_IMAGE'));
    assert.equal((await logout(host, { registry: pulling.registry })).wasKnown, true);
    await assert.rejects(pulling.pull(`${host}/team/web:1`), refusal('UNAUTHORIZED'));
  });
});

/** A helper that keeps in a file what it is told. */
const KEEPS = `
kept="$HOME/kept"
case "$1" in
  store) cat > "$kept" ;;
  get) if [ -f "$kept" ]; then cat "$kept"; else echo "credentials not found in native keychain"; exit 1; fi ;;
  erase) rm "$kept" ;;
esac
`;

function withHelper(t: TestContext, name: string, script: string): { pulling: Pulling; path: string } {
  const pulling = new Pulling(t);
  const program = join(pulling.root, `docker-credential-${name}`);
  writeFileSync(program, `#!/bin/sh\n${script}`);
  chmodSync(program, 0o755);
  pulling.environment['PATH'] = `${pulling.root}:${pulling.environment['PATH']}`;
  return { pulling, path: join(pulling.root, 'docker', 'config.json') };
}

describe('a helper', () => {
  it('that is not there, fails, or answers nonsense is told, and nothing is asked of the registry in its stead', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    registry.instead = (_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="a test"' }).end();
      return true;
    };
    const name = `${registry.host}/team/web:1`;
    for (const [helper, script, words] of [
      ['absent', undefined, /docker-credential-absent cannot be run: ENOENT/],
      ['fails', 'echo "the key is locked"; exit 2', /fails: "the key is locked"/],
      ['nonsense', 'echo hello', /no credentials/],
    ] as const) {
      const { pulling, path } = withHelper(t, script === undefined ? 'other' : helper, script ?? '');
      writeFileSync(path, JSON.stringify({ credsStore: helper }));
      await assert.rejects(pulling.pull(name), refusal('UNAUTHORIZED', words));
    }
  });

  it('is never a path', async (t) => {
    const { pulling, path } = withHelper(t, 'x', 'echo');
    writeFileSync(path, JSON.stringify({ credsStore: '../../bin/sh' }));
    await assert.rejects(
      logout('ghcr.io', { registry: pulling.registry }),
      refusal('INVALID_VALUE', /which cannot be/),
    );
  });
});

describe('the file of credentials', () => {
  it('that is no JSON is left as it is', async (t) => {
    const pulling = new Pulling(t);
    const path = join(pulling.root, 'docker', 'config.json');
    writeFileSync(path, '{ "auths": ');
    await assert.rejects(
      logout('ghcr.io', { registry: pulling.registry }),
      refusal('INVALID_VALUE', /is no JSON object/),
    );
    assert.equal(readFileSync(path, 'utf8'), '{ "auths": ');
  });

  it('that is a link is written where it leads', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const pulling = new Pulling(t);
    const [path, real] = [join(pulling.root, 'docker', 'config.json'), join(pulling.root, 'real.json')];
    writeFileSync(real, '{}');
    symlinkSync(real, path);
    await login(registry.host, VISITOR, { registry: pulling.registry });
    assert.match(readFileSync(real, 'utf8'), /auths/);
    assert.equal(readFileSync(path, 'utf8'), readFileSync(real, 'utf8'));
  });

  it('has no place for a name with a colon or a password of two lines', async (t) => {
    const { registry } = new Pulling(t);
    for (const credentials of [
      { username: 'a:b', password: 'c' },
      { username: 'a', password: 'b\nc' },
      { username: '', password: 'c' },
      { username: 'a', password: '' },
    ]) {
      await assert.rejects(login('127.0.0.1:1', credentials, { registry }), refusal('INVALID_VALUE'));
    }
  });
});
