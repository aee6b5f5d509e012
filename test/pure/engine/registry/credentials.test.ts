// Docker's config.json as it is found on people's machines.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { configFile, findCredentials } from '../../../../src/engine/registry/credentials.js';
import { registryName } from '../../../../src/engine/registry/login.js';
import { refusal } from '../../../support/refusal.js';
import { stateDirectory } from '../../../support/state-directory.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function withConfig(t: TestContext, config: unknown): Record<string, string> {
  const directory = stateDirectory(t);
  writeFileSync(join(directory, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return { DOCKER_CONFIG: directory };
}

describe('credentials', () => {
  it('are found under the registry’s name, as old versions wrote it too', async (t) => {
    const environment = withConfig(t, {
      auths: {
        'https://index.docker.io/v1/': { auth: base64('hub:secret') },
        'https://old.example/v1/': { auth: base64('old:secret:with:colons') },
        'ghcr.io': { auth: base64('me:token\0\0') },
        'azure.example': { auth: base64('00000000:'), identitytoken: 'long' },
        'plain.example': { username: 'a', password: 'b' },
        'empty.example': {},
      },
    });
    const find = (registry: string) => findCredentials(registry, environment);
    assert.deepEqual(await find('docker.io'), { username: 'hub', password: 'secret' });
    assert.deepEqual(await find('old.example'), { username: 'old', password: 'secret:with:colons' });
    assert.deepEqual(await find('ghcr.io'), { username: 'me', password: 'token' });
    assert.deepEqual(await find('azure.example'), { identityToken: 'long' });
    assert.deepEqual(await find('plain.example'), { username: 'a', password: 'b' });
    for (const registry of ['empty.example', 'other.example', 'example', 'ghcr.io:443', 'evil.ghcr.io']) {
      assert.equal(await find(registry), undefined, registry);
    }
  });

  it('are none where there is no file, and told where it cannot be understood', async (t) => {
    const directory = stateDirectory(t);
    assert.equal(await findCredentials('ghcr.io', { DOCKER_CONFIG: directory }), undefined);
    assert.equal(configFile({ HOME: directory }), join(directory, '.docker/config.json'));
    for (const text of ['', '[]', '{', 'null']) {
      await assert.rejects(findCredentials('ghcr.io', withConfig(t, text)), refusal('INVALID_VALUE', /no JSON object/));
    }
    await assert.rejects(
      findCredentials('ghcr.io', withConfig(t, { auths: { 'ghcr.io': { auth: '!!!' } } })),
      refusal('UNAUTHORIZED', /cannot be read/),
    );
    mkdirSync(join(directory, 'config.json'));
    await assert.rejects(findCredentials('ghcr.io', { DOCKER_CONFIG: directory }), refusal('IO_ERROR', /EISDIR/));
  });
});

describe('the name of a registry to log in to', () => {
  it('is taken from an address too', () => {
    for (const [text, name] of [
      [undefined, 'docker.io'],
      ['', 'docker.io'],
      ['docker.io', 'docker.io'],
      ['https://index.docker.io/v1/', 'docker.io'],
      ['ghcr.io', 'ghcr.io'],
      ['https://ghcr.io/v2/', 'ghcr.io'],
      ['http://localhost:5000', 'localhost:5000'],
      ['[::1]:5000', '[::1]:5000'],
    ] as const) {
      assert.equal(registryName(text), name);
    }
    for (const text of ['ghcr', 'a b', 'x.org:99999', '../x', 'https://'])
      assert.throws(() => registryName(text), refusal('INVALID_VALUE', /no registry/), text);
  });
});
