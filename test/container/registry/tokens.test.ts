// Registries that want a token, and those who give them out: on the same host, on another, and where nobody should be told anything.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { makeAuthority } from '../../support/authority.js';
import { imageBytes } from '../../support/image-bytes.js';
import { MadeUpRegistry, type Instead } from '../../support/made-up-registry.js';
import { NOTHING, Pulling } from '../../support/pulling.js';
import { refusal } from '../../support/refusal.js';

const CREDENTIALS = { username: 'visitor', password: 'secret of the registry' };
const BASIC = `Basic ${Buffer.from(`${CREDENTIALS.username}:${CREDENTIALS.password}`).toString('base64')}`;

/** Lets in who has a token that counts. */
function wantsToken(realm: () => string, counts: (token: string) => boolean = () => true): Instead {
  return (request, response) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && counts(token)) return false;
    response
      .writeHead(401, { 'www-authenticate': `Bearer realm="${realm()}",service="a test",scope="nothing of use"` })
      .end();
    return true;
  };
}

/** Gives out tokens one after the other: token-1, token-2 … */
function givesTokens(more: object = {}, allows: (request: IncomingMessage) => boolean = () => true): Instead {
  let count = 0;
  return (request, response) => {
    if (!allows(request)) response.writeHead(401).end(JSON.stringify({ details: 'incorrect username or password' }));
    else response.writeHead(200).end(JSON.stringify({ token: `token-${(count += 1)}`, ...more }));
    return true;
  };
}

/** A registry over TLS that sends for tokens to another one, and a pull that trusts both. */
async function overTls(t: TestContext) {
  const pulling = new Pulling(t);
  mkdirSync(join(pulling.root, 'tls'));
  const authority = makeAuthority(join(pulling.root, 'tls'));
  const registry = await MadeUpRegistry.open(t, authority.server);
  const giver = await MadeUpRegistry.open(t, authority.server);
  const settings = Object.fromEntries([registry, giver].map(({ host }) => [host, { ca: authority.ca }]));
  pulling.environment['TSCONTAIN_REGISTRIES'] = join(pulling.root, 'registries.json');
  writeFileSync(pulling.environment['TSCONTAIN_REGISTRIES'], JSON.stringify(settings));
  return { pulling, registry, giver, name: registry.put('team/web', '1', await imageBytes()) };
}

describe('a token', () => {
  it('is asked for once for all layers, for what is wanted and no more, by name where there is a login', async (t) => {
    const { pulling, registry, giver, name } = await overTls(t);
    registry.instead = wantsToken(() => `https://${giver.host}/token`);
    giver.instead = givesTokens({ expires_in: 300 });
    await pulling.pull(name);
    assert.equal(giver.asked.length, 1);
    const anonymous = new URL(giver.asked[0]!.path, 'https://x');
    assert.deepEqual(anonymous.searchParams.getAll('scope'), ['repository:team/web:pull']);
    assert.equal(anonymous.searchParams.get('service'), 'a test');
    assert.equal(giver.asked[0]!.headers.authorization, undefined);

    const second = await overTls(t);
    second.registry.instead = wantsToken(() => `https://${second.giver.host}/token`);
    second.giver.instead = givesTokens({}, (request) => request.headers.authorization === BASIC);
    await second.pulling.pull(second.name, { credentials: CREDENTIALS });
    assert.equal(second.giver.asked.length, 1);
    assert.match(second.giver.asked[0]!.path, /account=visitor/);
    for (const { headers } of second.registry.asked) assert.notEqual(headers.authorization, BASIC);
  });

  it('that has ended is replaced by one new one, and the layers go on', async (t) => {
    const { pulling, registry, giver, name } = await overTls(t);
    let last = 'token-1';
    registry.instead = (request, response) => {
      if (request.url?.includes('/blobs/') === true) last = 'token-2';
      return wantsToken(
        () => `https://${giver.host}/token`,
        (token) => token === last,
      )(request, response);
    };
    giver.instead = givesTokens();
    await pulling.pull(name);
    assert.equal(giver.asked.length, 2);
  });

  it('that never counts is not asked for without end', async (t) => {
    const { pulling, registry, giver, name } = await overTls(t);
    registry.instead = (request, response) =>
      request.url === '/v2/'
        ? false
        : wantsToken(
            () => `https://${giver.host}/token`,
            () => false,
          )(request, response);
    giver.instead = givesTokens();
    await assert.rejects(pulling.pull(name), refusal('UNAUTHORIZED', /401/));
    assert.ok(registry.askedFor('/manifests/').length <= 3, 'the registry');
    assert.ok(giver.asked.length <= 2, 'who gives them');
    assert.deepEqual(pulling.stored(), NOTHING);
  });

  it('that is refused says whose password is wrong', async (t) => {
    const { pulling, registry, giver, name } = await overTls(t);
    registry.instead = wantsToken(() => `https://${giver.host}/token`);
    giver.instead = givesTokens({}, () => false);
    await assert.rejects(
      pulling.pull(name, { credentials: CREDENTIALS }),
      refusal('UNAUTHORIZED', /does not take the user name/),
    );
    await assert.rejects(pulling.pull(name), refusal('UNAUTHORIZED', /nobody without a login/));
  });

  it('that could not stand in a header is none', async (t) => {
    const { pulling, registry, giver, name } = await overTls(t);
    registry.instead = wantsToken(() => `https://${giver.host}/token`);
    for (const token of ['a\r\nx-more: 1', '', 7, null]) {
      giver.instead = givesTokens({ token });
      await assert.rejects(pulling.pull(name), refusal('UNAUTHORIZED', /a token that is none/));
    }
  });
});

describe('a password', () => {
  it('does not go over plain http for a registry over https, nor is a token taken there', async (t) => {
    const { pulling, registry, name } = await overTls(t);
    const plain = await MadeUpRegistry.open(t);
    plain.instead = givesTokens();
    registry.instead = wantsToken(() => `http://${plain.host}/token`);
    for (const wishes of [{ credentials: CREDENTIALS }, {}]) {
      await assert.rejects(pulling.pull(name, wishes), refusal('UNAUTHORIZED', /in plain text/));
    }
    assert.equal(plain.asked.length, 0);
  });

  it('does not go to another host that a registry over plain http names; without one, a token is asked for there', async (t) => {
    const [registry, other] = [await MadeUpRegistry.open(t), await MadeUpRegistry.open(t)];
    const name = registry.put('team/web', '1', await imageBytes());
    other.instead = givesTokens();
    registry.instead = wantsToken(() => `http://${other.host}/token`);
    await assert.rejects(
      new Pulling(t).pull(name, { credentials: CREDENTIALS }),
      refusal('UNAUTHORIZED', /another host/),
    );
    assert.equal(other.asked.length, 0);
    await new Pulling(t).pull(name);
    for (const { headers } of other.asked) assert.equal(headers.authorization, undefined);
  });

  it('does not follow where who gives tokens sends us', async (t) => {
    const { pulling, registry, giver, name } = await overTls(t);
    const thief = await MadeUpRegistry.open(t);
    registry.instead = wantsToken(() => `https://${giver.host}/token`);
    giver.instead = (_, response) => {
      response.writeHead(307, { location: `http://${thief.host}/token` }).end();
      return true;
    };
    await assert.rejects(pulling.pull(name, { credentials: CREDENTIALS }));
    assert.equal(thief.asked.length, 0);
  });

  it('does not go to a realm that is no web address, or has a name in it', async (t) => {
    const { pulling, registry, name } = await overTls(t);
    for (const realm of ['file:///etc/passwd', 'nonsense', '', 'https://me:too@example.com/token']) {
      registry.instead = wantsToken(() => realm);
      await assert.rejects(
        pulling.pull(name, { credentials: CREDENTIALS }),
        refusal('UNAUTHORIZED', /wants a token from/),
        realm,
      );
    }
  });
});

describe('a token that stands for a login', () => {
  it('is exchanged by POST, and is never in an address', async (t) => {
    const { pulling, registry, giver, name } = await overTls(t);
    registry.instead = wantsToken(() => `https://${giver.host}/token`);
    let form = '';
    giver.instead = async (request, response) => {
      for await (const chunk of request) form += String(chunk);
      response.writeHead(200).end(JSON.stringify({ access_token: 'good' }));
      return true;
    };
    writeFileSync(
      join(pulling.root, 'docker', 'config.json'),
      JSON.stringify({ auths: { [registry.host]: { identitytoken: 'long-lived' } } }),
    );
    await pulling.pull(name);
    const sent = new URLSearchParams(form);
    assert.equal(sent.get('grant_type'), 'refresh_token');
    assert.equal(sent.get('refresh_token'), 'long-lived');
    assert.equal(sent.get('scope'), 'repository:team/web:pull');
    assert.ok(!giver.asked.some(({ path }) => path.includes('long-lived')));
  });
});
