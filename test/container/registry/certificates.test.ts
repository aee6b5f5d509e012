// Registries over TLS: whom we trust, whom we do not, and plain http only where it is said.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeAuthority } from '../../support/authority.js';
import { noDockerRegistry, startDockerRegistry } from '../../support/docker-registry.js';
import { imageBytes } from '../../support/image-bytes.js';
import { MadeUpRegistry } from '../../support/made-up-registry.js';
import { Pulling } from '../../support/pulling.js';
import { refusal } from '../../support/refusal.js';

const authorityIn = (pulling: Pulling, name: string, names?: string) => {
  mkdirSync(join(pulling.root, name));
  return makeAuthority(join(pulling.root, name), names);
};

describe('a registry over TLS', { skip: noDockerRegistry }, () => {
  it('is trusted by what stands in Docker’s directory for it, by a setting, or not at all', async (t) => {
    const pulling = new Pulling(t);
    const authority = authorityIn(pulling, 'tls');
    const { host } = await startDockerRegistry(t, { tls: authority });
    const name = `${host}/team/web:1`;
    await assert.rejects(pulling.pull(name), (error: Error & { hint?: string }) => {
      refusal(
        'NO_SUCH_REGISTRY',
        /its certificate is not trusted: it is signed by an authority that is not known/,
      )(error);
      assert.match(error.hint ?? '', new RegExp(`certs\\.d/${host}/ca\\.crt`));
      return true;
    });
    mkdirSync(join(pulling.root, 'certs.d', host), { recursive: true });
    copyFileSync(authority.ca, join(pulling.root, 'certs.d', host, 'ca.crt'));
    await assert.rejects(pulling.pull(name), refusal('NO_SUCH_IMAGE'));

    const other = new Pulling(t);
    other.environment['TSCONTAIN_REGISTRIES'] = join(other.root, 'settings.json');
    writeFileSync(other.environment['TSCONTAIN_REGISTRIES'], JSON.stringify({ [host]: { ca: authority.ca } }));
    await assert.rejects(other.pull(name), refusal('NO_SUCH_IMAGE'));

    const third = new Pulling(t);
    third.environment['SSL_CERT_FILE'] = authority.ca;
    await assert.rejects(third.pull(name), refusal('NO_SUCH_IMAGE'));
  });
});

describe('a certificate', () => {
  it('for another host is not trusted, whoever signed it', async (t) => {
    const pulling = new Pulling(t);
    const authority = authorityIn(pulling, 'tls', 'DNS:other.example');
    const registry = await MadeUpRegistry.open(t, authority.server);
    pulling.environment['SSL_CERT_FILE'] = authority.ca;
    await assert.rejects(
      pulling.pull(`${registry.host}/team/web:1`),
      refusal('NO_SUCH_REGISTRY', /it is for another host/),
    );
    assert.deepEqual(registry.asked, []);
  });

  it('that is not trusted is no reason to speak plain http', async (t) => {
    const pulling = new Pulling(t);
    const registry = await MadeUpRegistry.open(t, authorityIn(pulling, 'tls').server);
    await assert.rejects(pulling.pull(`${registry.host}/team/web:1`), refusal('NO_SUCH_REGISTRY', /not trusted/));
  });

  it('that is none, or a file that is not there, is told', async (t) => {
    const pulling = new Pulling(t);
    const registry = await MadeUpRegistry.open(t);
    const name = `${registry.host}/team/web:1`;
    const settings = join(pulling.root, 'settings.json');
    pulling.environment['TSCONTAIN_REGISTRIES'] = settings;
    writeFileSync(settings, JSON.stringify({ [registry.host]: { ca: '/nowhere/ca.pem' } }));
    await assert.rejects(pulling.pull(name), refusal('IO_ERROR', /ENOENT/));
    writeFileSync(settings, JSON.stringify({ [registry.host]: { ca: settings } }));
    await assert.rejects(pulling.pull(name), refusal('INVALID_VALUE', /no certificate in/));
  });
});

describe('plain http', () => {
  it('is spoken on loopback with who speaks no TLS, and elsewhere where a setting says so', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const name = registry.put('team/web', '1', await imageBytes());
    await new Pulling(t).pull(name);
    await new Pulling(t).pull(name.replace('127.0.0.1', 'localhost'));
    const pulling = new Pulling(t);
    const settings = join(pulling.root, 'settings.json');
    pulling.environment['TSCONTAIN_REGISTRIES'] = settings;
    writeFileSync(settings, JSON.stringify({ [registry.host]: { plainHttp: true } }));
    await pulling.pull(name);
  });
});

describe('a registry that is not there', () => {
  it('is told as what it is', async (t) => {
    const { port } = await new Promise<AddressInfo>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address() as AddressInfo;
        server.close(() => resolve(address));
      });
    });
    await assert.rejects(
      new Pulling(t).pull(`127.0.0.1:${port}/team/web:1`),
      refusal('NO_SUCH_REGISTRY', /nothing listens there/),
    );
  });

  it('but something else is: a web server, or what speaks no HTTP', async (t) => {
    const web = await MadeUpRegistry.open(t);
    web.instead = (_, response) => {
      response.writeHead(404).end('<html>');
      return true;
    };
    await assert.rejects(new Pulling(t).pull(`${web.host}/team/web:1`), refusal('NO_SUCH_REGISTRY', /is no registry/));
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await assert.rejects(new Pulling(t).pull(`127.0.0.1:${port}/team/web:1`), refusal('NO_SUCH_REGISTRY', /no HTTP/));
  });
});
