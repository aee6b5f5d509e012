// Ways to a registry: over a mirror that is asked first, and through a proxy.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request as requestHttp, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { makeAuthority } from '../../support/authority.js';
import { imageBytes } from '../../support/image-bytes.js';
import { MadeUpRegistry } from '../../support/made-up-registry.js';
import { Pulling } from '../../support/pulling.js';
import { refusal } from '../../support/refusal.js';

const settle = (pulling: Pulling, settings: object): void => {
  pulling.environment['TSCONTAIN_REGISTRIES'] = join(pulling.root, 'settings.json');
  writeFileSync(pulling.environment['TSCONTAIN_REGISTRIES'], JSON.stringify(settings));
};

describe('a mirror', () => {
  it('is asked first, with credentials of its own, and gives all of it', async (t) => {
    const [registry, mirror] = [await MadeUpRegistry.open(t), await MadeUpRegistry.open(t)];
    const image = await imageBytes();
    mirror.put('team/web', '1', image);
    const pulling = new Pulling(t);
    settle(pulling, { [registry.host]: { mirrors: [`http://${mirror.host}`] } });
    writeFileSync(
      join(pulling.root, 'docker', 'config.json'),
      JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from('me:secret').toString('base64') } } }),
    );
    mirror.instead = (request, response) => {
      if (request.url !== '/v2/') return false;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="a mirror"' }).end();
      return true;
    };
    const name = `${registry.host}/team/web:1`;
    await pulling.pull(name);
    assert.deepEqual(registry.asked, []);
    for (const { headers } of mirror.asked) assert.equal(headers.authorization, undefined);
    assert.ok(pulling.content.references.get(name));
  });

  it('that is not there, has it not, or loses a layer is passed over', async (t) => {
    const [registry, mirror] = [await MadeUpRegistry.open(t), await MadeUpRegistry.open(t)];
    const image = await imageBytes();
    const name = registry.put('team/web', '1', image);
    const ends: (() => unknown)[] = [];
    const absent = await MadeUpRegistry.open({ after: (end) => void ends.push(end as () => unknown) });
    for (const end of ends) end();
    for (const mirrors of [
      [`http://${absent.host}`],
      [`http://${mirror.host}`],
      [`http://${absent.host}`, `http://${mirror.host}`],
    ]) {
      const pulling = new Pulling(t);
      settle(pulling, { [registry.host]: { mirrors } });
      await pulling.pull(name);
      assert.equal((await pulling.trees(name)).length, 2);
    }
    mirror.put('team/web', '1', image);
    mirror.blobs.delete(image.layers[1]!.digest);
    registry.asked.length = 0;
    const pulling = new Pulling(t);
    settle(pulling, { [registry.host]: { mirrors: [`http://${mirror.host}`] } });
    await pulling.pull(name);
    assert.deepEqual(
      registry.asked.map(({ path }) => path),
      ['/v2/', `/v2/team/web/blobs/${image.layers[1]!.digest}`],
    );
  });
});

interface Proxy {
  readonly url: string;
  readonly asked: { readonly what: string; readonly headers: IncomingHttpHeaders }[];
}

/** Leads everything to one host, whatever was asked for; with `wants`, only those who say who they are. */
async function openProxy(t: TestContext, target: string, wants?: string): Promise<Proxy> {
  const asked: Proxy['asked'] = [];
  const [host = '', port = ''] = target.split(':');
  const isWelcome = (headers: IncomingHttpHeaders): boolean =>
    wants === undefined || headers['proxy-authorization'] === wants;
  const server = createServer((request, response) => {
    asked.push({ what: `${request.method} ${request.url}`, headers: request.headers });
    const { pathname } = new URL(request.url ?? '');
    requestHttp({ host, port, path: pathname, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  server.on('connect', (request, socket, head) => {
    asked.push({ what: `CONNECT ${request.url}`, headers: request.headers });
    if (!isWelcome(request.headers)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => undefined);
    t.after(() => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('a proxy', () => {
  it('opens a tunnel for https, and sees nothing of what passes', async (t) => {
    const pulling = new Pulling(t);
    mkdirSync(join(pulling.root, 'tls'));
    const authority = makeAuthority(join(pulling.root, 'tls'), 'DNS:registry.example');
    const registry = await MadeUpRegistry.open(t, authority.server);
    registry.put('team/web', '1', await imageBytes());
    const wants = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
    const proxy = await openProxy(t, registry.host, wants);
    pulling.environment['SSL_CERT_FILE'] = authority.ca;
    pulling.environment['HTTPS_PROXY'] = `http://me:pass%20word@${proxy.url}`;
    await pulling.pull('registry.example/team/web:1', { credentials: { username: 'visitor', password: 'secret' } });
    assert.ok(proxy.asked.length > 0);
    assert.ok(proxy.asked.every(({ what }) => what === 'CONNECT registry.example:443'));
    for (const { headers } of registry.asked) assert.equal(headers['proxy-authorization'], undefined);

    pulling.environment['HTTPS_PROXY'] = proxy.url;
    await assert.rejects(
      pulling.pull('registry.example/team/web:2'),
      refusal('NO_SUCH_REGISTRY', /the proxy 127.*407/),
    );
  });

  it('is told the whole address of plain http', async (t) => {
    const pulling = new Pulling(t);
    const registry = await MadeUpRegistry.open(t);
    registry.put('team/web', '1', await imageBytes());
    const proxy = await openProxy(t, registry.host);
    settle(pulling, { 'registry.example': { plainHttp: true } });
    pulling.environment['http_proxy'] = proxy.url;
    await pulling.pull('registry.example/team/web:1');
    assert.ok(proxy.asked.some(({ what }) => what === 'GET http://registry.example/v2/team/web/manifests/1'));
    assert.ok(registry.asked.every(({ headers }) => headers.host === 'registry.example'));
  });

  it('is not asked for what is on this host', async (t) => {
    const pulling = new Pulling(t);
    const registry = await MadeUpRegistry.open(t);
    const name = registry.put('team/web', '1', await imageBytes());
    const proxy = await openProxy(t, registry.host);
    pulling.environment['HTTP_PROXY'] = pulling.environment['HTTPS_PROXY'] = proxy.url;
    await pulling.pull(name);
    assert.deepEqual(proxy.asked, []);
  });

  it('that is not there is named', async (t) => {
    const pulling = new Pulling(t);
    pulling.environment['HTTPS_PROXY'] = '127.0.0.1:1';
    await assert.rejects(
      pulling.pull('registry.example/team/web:1'),
      refusal('NO_SUCH_REGISTRY', /the proxy 127\.0\.0\.1:1: nothing listens/),
    );
  });
});
