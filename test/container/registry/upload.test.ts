// Giving a blob to registries that cut, forget, and send us elsewhere.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { imageName } from '../../../src/engine/image/reference.js';
import { descriptorOf, imageBytes, type ImageBytes } from '../../support/image-bytes.js';
import { MadeUpRegistry } from '../../support/made-up-registry.js';
import { Pulling } from '../../support/pulling.js';
import { refusal } from '../../support/refusal.js';

const PIECE = 50_000;

/** A registry that takes uploads, and what has come of each. */
class Taking {
  readonly uploads = new Map<string, Buffer>();
  /** bytes of a piece */
  least = 0;
  /** @returns true when it has answered a piece or an end itself */
  trouble: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean> = () => false;

  constructor(
    readonly registry: MadeUpRegistry,
    readonly place: () => string = () => '',
  ) {
    registry.instead = (request, response) => this.#answer(request, response);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '', 'http://x');
    if (request.method === 'POST') {
      const id = String(this.uploads.size);
      this.uploads.set(id, Buffer.alloc(0));
      const least = this.least === 0 ? {} : { 'oci-chunk-min-length': this.least };
      response.writeHead(202, { location: `${this.place()}/uploads/${id}`, ...least }).end();
      return true;
    }
    if (request.method === 'PUT' && url.pathname.includes('/manifests/')) {
      for await (const _ of request);
      response.writeHead(201).end();
      return true;
    }
    const id = /^\/uploads\/(.+)$/.exec(url.pathname)?.[1];
    if (id === undefined) return false;
    if (await this.trouble(request, response)) return true;
    const before = this.uploads.get(id)!;
    if (request.method === 'GET') {
      response.writeHead(204, { range: `0-${before.length - 1}`, location: request.url }).end();
      return true;
    }
    const chunks: Buffer[] = [before];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const now = Buffer.concat(chunks);
    this.uploads.set(id, now);
    const digest = url.searchParams.get('digest');
    if (digest !== null) this.registry.blobs.set(digest, now);
    response.writeHead(digest === null ? 202 : 201, { location: request.url }).end();
    return true;
  }
}

async function ready(
  t: TestContext,
): Promise<{ here: Pulling; registry: MadeUpRegistry; image: ImageBytes; name: string }> {
  const here = new Pulling(t);
  here.pieceBytes = PIECE;
  const registry = await MadeUpRegistry.open(t);
  const image = await imageBytes({ layers: [[{ path: 'noise', content: randomBytes(150_000).toString('base64') }]] });
  for (const { bytes } of [image.manifest, image.config, ...image.layers]) await here.content.blobs.put(bytes);
  const name = `${registry.host}/team/web:1`;
  await here.content.references.set(imageName(name), descriptorOf(image.manifest));
  return { here, registry, image, name };
}

describe('an upload', () => {
  it('that is cut goes on behind what the registry has', async (t) => {
    const { here, registry, image, name } = await ready(t);
    const taking = new Taking(registry);
    let pieces = 0;
    taking.trouble = (request) => {
      if (request.method !== 'PATCH' || (pieces += 1) !== 2) return false;
      request.socket.destroy();
      return true;
    };
    await here.push(name);
    const layer = image.layers[0]!;
    assert.ok(registry.blobs.get(layer.digest)?.equals(layer.bytes));
    assert.equal(
      registry.asked.filter(({ method, path }) => method === 'GET' && path.startsWith('/uploads/')).length,
      1,
    );
    assert.equal(pieces, Math.ceil(layer.bytes.length / PIECE) + 1);
  });

  it('that the registry has forgotten begins anew', async (t) => {
    const { here, registry, image, name } = await ready(t);
    const taking = new Taking(registry);
    let pieces = 0;
    taking.trouble = (request, response) => {
      if (request.method !== 'PATCH' || (pieces += 1) !== 2) return false;
      request.resume();
      response.writeHead(404).end();
      return true;
    };
    await here.push(name);
    const layer = image.layers[0]!;
    assert.ok(registry.blobs.get(layer.digest)?.equals(layer.bytes));
  });

  it('goes in one piece to a registry that takes no pieces, and in larger ones to one that wants them', async (t) => {
    const { here, registry, image, name } = await ready(t);
    const taking = new Taking(registry);
    const layer = image.layers[0]!;
    const pieces = (): number => registry.asked.filter(({ method }) => method === 'PATCH').length;
    taking.trouble = (request, response) => {
      if (request.method !== 'PATCH') return false;
      request.resume();
      response.writeHead(405).end();
      return true;
    };
    await here.push(name);
    assert.equal(pieces(), 1);
    assert.ok(registry.blobs.get(layer.digest)?.equals(layer.bytes));
    registry.blobs.clear();
    registry.asked.length = 0;
    taking.trouble = () => false;
    taking.least = 90_000;
    await here.push(name);
    assert.equal(pieces(), Math.ceil(layer.bytes.length / 90_000));
    assert.ok(registry.blobs.get(layer.digest)?.equals(layer.bytes));
  });

  it('that goes to another host takes no credentials there', async (t) => {
    const { here, registry, image, name } = await ready(t);
    const other = await MadeUpRegistry.open(t);
    const elsewhere = new Taking(other);
    new Taking(registry, () => `http://${other.host}`);
    elsewhere.uploads.set('0', Buffer.alloc(0));
    elsewhere.uploads.set('1', Buffer.alloc(0));
    const { instead } = registry;
    registry.instead = (request, response) => {
      if (request.headers.authorization !== undefined) return instead(request, response);
      request.resume();
      response.writeHead(401, { 'www-authenticate': 'Basic realm="a test"' }).end();
      return true;
    };
    await here.push(name, { username: 'visitor', password: 'secret' });
    assert.ok(other.blobs.get(image.config.digest)?.equals(image.config.bytes));
    for (const { headers } of other.asked) assert.equal(headers.authorization, undefined);
  });

  it('that is sent to a file, or refused, is told', async (t) => {
    const { here, registry, name } = await ready(t);
    new Taking(registry, () => 'file:///tmp');
    await assert.rejects(here.push(name), refusal('INVALID_VALUE', /only web addresses/));
    registry.instead = (request, response) => {
      if (request.method !== 'POST') return false;
      response.writeHead(403).end(JSON.stringify({ errors: [{ message: 'requested access is denied' }] }));
      return true;
    };
    await assert.rejects(here.push(name), refusal('UNAUTHORIZED', /requested access is denied/));
  });
});
