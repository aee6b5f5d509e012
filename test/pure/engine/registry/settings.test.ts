// registries.json: what it can say, and what it says when it cannot be.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { endpointsOf } from '../../../../src/engine/registry/endpoints.js';
import { parseSettings, readSettings } from '../../../../src/engine/registry/settings.js';
import { refusal } from '../../../support/refusal.js';
import { stateDirectory } from '../../../support/state-directory.js';

describe('the settings of registries', () => {
  it('are mirrors, plain http and certificates by name', () => {
    const text = JSON.stringify({
      'docker.io': { mirrors: ['https://mirror.example', 'http://10.0.0.1:5000/'] },
      'registry.local:5000': { plainHttp: true },
      'registry.corp': { ca: '/etc/ssl/corp.pem' },
    });
    const settings = parseSettings(text, 'f');
    assert.deepEqual(
      settings.get('docker.io')?.mirrors.map(({ href }) => href),
      ['https://mirror.example/', 'http://10.0.0.1:5000/'],
    );
    assert.equal(settings.get('registry.local:5000')?.plainHttp, true);
    assert.equal(settings.get('registry.corp')?.ca, '/etc/ssl/corp.pem');
    assert.equal(settings.get('registry.corp')?.plainHttp, false);
  });

  it('that cannot be are told with what would be right', () => {
    for (const [text, words] of [
      ['[]', /no JSON object/],
      ['{', /no JSON object/],
      ['{"https://x.org": {}}', /no registry/],
      ['{"debian": {}}', /no registry/],
      ['{"x.org": []}', /no object/],
      ['{"x.org": {"insecure": true}}', /"insecure", which is not known/],
      ['{"x.org": {"plainHttp": "yes"}}', /neither true nor false/],
      ['{"x.org": {"ca": "ca.pem"}}', /no absolute path/],
      ['{"x.org": {"mirrors": "https://m"}}', /no list/],
      ['{"x.org": {"mirrors": ["m.org"]}}', /no address/],
      ['{"x.org": {"mirrors": ["https://m.org/path"]}}', /no address/],
      ['{"x.org": {"mirrors": ["ftp://m.org"]}}', /no address/],
      ['{"x.org": {"mirrors": [7]}}', /no address/],
    ] as const) {
      assert.throws(() => parseSettings(text, 'registries.json'), refusal('INVALID_VALUE', words), text);
    }
  });

  it('are the file that is named, else the user’s', (t) => {
    const home = stateDirectory(t);
    assert.equal(readSettings({ HOME: home }).registries.size, 0);
    assert.equal(readSettings({ HOME: home }).file, join(home, '.config/tscontain/registries.json'));
    mkdirSync(join(home, 'tscontain'));
    writeFileSync(join(home, 'tscontain/registries.json'), '{"x.org": {"plainHttp": true}}');
    assert.equal(readSettings({ XDG_CONFIG_HOME: home }).registries.size, 1);
    writeFileSync(join(home, 'named.json'), '{}');
    assert.equal(
      readSettings({ XDG_CONFIG_HOME: home, TSCONTAIN_REGISTRIES: join(home, 'named.json') }).registries.size,
      0,
    );
    assert.throws(
      () => readSettings({ TSCONTAIN_REGISTRIES: join(home, 'absent.json') }),
      refusal('IO_ERROR', /ENOENT/),
    );
  });
});

describe('where a registry is spoken to', () => {
  const settings = {
    file: 'f',
    registries: parseSettings('{"docker.io": {"mirrors": ["https://m.org"]}, "plain.org": {"plainHttp": true}}', 'f'),
  };
  const bases = (registry: string, use: 'pull' | 'push' = 'pull'): string[][] =>
    endpointsOf(registry, settings, use).map((endpoint) => endpoint.bases.map(({ origin }) => origin));

  it('is Docker Hub’s own address, and a mirror first for a pull alone', () => {
    assert.deepEqual(bases('docker.io'), [['https://m.org'], ['https://registry-1.docker.io']]);
    assert.deepEqual(bases('docker.io', 'push'), [['https://registry-1.docker.io']]);
  });

  it('is https, but on loopback or where a setting says so', () => {
    assert.deepEqual(bases('ghcr.io'), [['https://ghcr.io']]);
    assert.deepEqual(bases('plain.org'), [['http://plain.org']]);
    for (const host of ['localhost:5000', '127.0.0.1:5000', '127.9.9.9:5000', '[::1]:5000']) {
      assert.deepEqual(bases(host), [[`https://${host}`, `http://${host}`]]);
    }
    assert.deepEqual(bases('localhost.example:5000'), [['https://localhost.example:5000']]);
    assert.deepEqual(bases('10.0.0.1:5000'), [['https://10.0.0.1:5000']]);
  });
});
