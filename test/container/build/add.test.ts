// ADD: archives that are unpacked, addresses that are fetched. The server is one of the test's own on loopback.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildIn, buildOf, contextIn } from '../../support/builds.js';
import { EngineHouse } from '../../support/engine-house.js';
import { refusal } from '../../support/refusal.js';
import { directory, file, hardlink, symlink, tarBytes } from '../../support/trees.js';

let house: EngineHouse;
before(async () => (house = await EngineHouse.open()));
after(() => house.close());

async function contextWith(dockerfile: string, files: Record<string, Buffer>): Promise<string> {
  const at = contextIn(house.root, { Dockerfile: dockerfile });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(at, name), bytes);
  return Promise.resolve(at);
}

const TREE = [directory('a'), file('a/f', 'content'), hardlink('a/h', 'a/f'), symlink('a/l', 'f')] as const;

describe('ADD of an archive', () => {
  it('unpacks it, whatever it is called and however it is compressed', async () => {
    const tar = await tarBytes(...TREE);
    const at = await contextWith(
      'FROM base\nADD plain /p/\nADD packed /g/\nADD xz.bin /x\nRUN cat /p/a/l /g/a/h /x/a/f',
      {
        plain: tar,
        packed: gzipSync(tar),
      },
    );
    mkdirSync(join(at, 'tree/a'), { recursive: true });
    writeFileSync(join(at, 'tree/a/f'), 'content');
    execFileSync('tar', ['-cJf', join(at, 'xz.bin'), '-C', join(at, 'tree'), 'a']);
    assert.equal((await buildIn(house.engine, at)).output, 'contentcontentcontent');
  });

  it('copies what is compressed and no archive, and what COPY is asked for', async () => {
    const packed = gzipSync('just text');
    const at = await contextWith('FROM base\nADD text.gz /\nCOPY plain /\nRUN wc -c < /text.gz; wc -c < /plain', {
      'text.gz': packed,
      plain: await tarBytes(...TREE),
    });
    const { output } = await buildIn(house.engine, at);
    assert.deepEqual(output.trim().split('\n').map(Number), [packed.length, (await tarBytes(...TREE)).length]);
  });

  it('refuses one that leads out', async () => {
    const at = await contextWith('FROM base\nADD bad /', { bad: await tarBytes(file('../../escaped', 'x')) });
    await assert.rejects(buildIn(house.engine, at), refusal('INVALID_VALUE', /Dockerfile:2:1: .*leads out/));
  });
});

interface Serving {
  readonly url: string;
  /** "GET /f 200" */
  readonly answers: string[];
}

async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Serving> {
  const answers: string[] = [];
  const server = createServer((request, response) => {
    response.on('finish', () => answers.push(`${request.method ?? ''} ${request.url ?? ''} ${response.statusCode}`));
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, answers };
}

/** An address at which nobody answers. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe('ADD of an address', () => {
  it('fetches it once, and asks whether it has changed', async (t) => {
    let content = 'first';
    const { url, answers } = await serve(t, (request, response) => {
      const etag = `"${createHash('sha256').update(content).digest('hex')}"`;
      response.setHeader('etag', etag);
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.end(content);
    });
    const text = `FROM base\nADD ${url}/f /d/\nADD ${url}/f /named\nRUN cat /d/f /named; stat -c %a /named`;
    assert.equal((await buildOf(house, text)).output, 'firstfirst600\n');
    const again = await buildOf(house, text);
    assert.equal(again.cached, again.steps);
    assert.deepEqual(answers.slice(-2), ['GET /f 304', 'GET /f 304']);
    content = 'second';
    assert.equal((await buildOf(house, text)).output, 'secondsecond600\n');
  });

  it('checks what came', async (t) => {
    const { url, answers } = await serve(t, (_request, response) => response.end('content'));
    const right = createHash('sha256').update('content').digest('hex');
    await buildOf(house, `FROM base\nADD --checksum=sha256:${right} ${url}/f /f`);
    const before = answers.length;
    const again = await buildOf(house, `FROM base\nADD --checksum=sha256:${right} ${url}/f /f`);
    assert.equal(again.cached, 1);
    assert.equal(answers.length, before, 'what it is is known: nothing has to be asked');
    await assert.rejects(
      buildOf(house, `FROM base\nADD --checksum=sha256:${'0'.repeat(64)} ${url}/f /f`),
      refusal('DIGEST_MISMATCH', /Dockerfile:2:1: .*sha256:/),
    );
  });

  it('says what the server says, and when there is none', async (t) => {
    const { url } = await serve(t, (_request, response) => response.writeHead(404).end());
    await assert.rejects(buildOf(house, `FROM base\nADD ${url}/f /f`), refusal('IO_ERROR', /Dockerfile:2:1: .*404/));
    await assert.rejects(buildOf(house, `FROM base\nADD ${await nobody()}/f /f`), refusal('IO_ERROR', /ECONNREFUSED/));
  });

  it('goes where it is sent, and no further than the web', async (t) => {
    const { url } = await serve(t, (request, response) => {
      if (request.url === '/f') response.end('there');
      else response.writeHead(302, { location: request.url === '/file' ? 'file:///etc/passwd' : '/f' }).end();
    });
    assert.equal((await buildOf(house, `FROM base\nADD ${url}/moved /f\nRUN cat /f`)).output, 'there');
    await assert.rejects(buildOf(house, `FROM base\nADD ${url}/file /f`), refusal('IO_ERROR', /no web address/));
  });

  it('asks the proxy of the environment', async (t) => {
    const { url, answers } = await serve(t, (_request, response) => response.end('by proxy'));
    process.env['HTTP_PROXY'] = url;
    t.after(() => delete process.env['HTTP_PROXY']);
    const text = 'FROM base\nADD http://files.example/f /f\nRUN cat /f';
    assert.equal((await buildOf(house, text)).output, 'by proxy');
    assert.deepEqual(answers, ['GET http://files.example/f 200']);
  });

  it('does not unpack what came, unless it is asked to', async (t) => {
    const tar = await tarBytes(...TREE);
    const { url } = await serve(t, (_request, response) => response.end(tar));
    const { output } = await buildOf(
      house,
      `FROM base\nADD ${url}/x.tar /\nADD --unpack=true ${url}/x.tar /u/\nRUN wc -c < /x.tar; cat /u/a/f`,
    );
    assert.equal(output, `${tar.length}\ncontent`);
  });
});

describe('the context', () => {
  it('may come as an archive, its Dockerfile and .dockerignore in it', async () => {
    const tar = await tarBytes(
      file('Dockerfile', 'FROM base\nCOPY . /x/\nRUN ls /x'),
      file('.dockerignore', 'no\nDockerfile'),
      file('no'),
      file('yes'),
    );
    const bytes = gzipSync(tar);
    const { output } = await buildIn(house.engine, '', { context: { kind: 'archive', bytes: once(bytes) } });
    assert.equal(output, 'yes\n');
  });

  it('may be nothing but a Dockerfile', async () => {
    const dockerfile = { name: '-', text: 'FROM base\nRUN echo alone' };
    const { output } = await buildIn(house.engine, '', { context: { kind: 'none' }, dockerfile });
    assert.equal(output, 'alone\n');
    const copying = { name: '-', text: 'FROM base\nCOPY a /' };
    await assert.rejects(
      buildIn(house.engine, '', { context: { kind: 'none' }, dockerfile: copying }),
      refusal('INVALID_VALUE', /-:2:1: .*no files to copy/),
    );
  });

  it('may have others beside it', async () => {
    const other = contextIn(house.root, { f: 'other' });
    const text = 'FROM base\nCOPY --from=more f /f\nRUN --mount=from=more,source=f,target=/g cat /f /g';
    const { output } = await buildOf(house, text, {}, { contexts: new Map([['more', other]]) });
    assert.equal(output, 'otherother');
  });
});

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
