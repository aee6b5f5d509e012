// What is cut on its way goes on where it ended; what may pass is tried again, and what does not is not.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { imageBytes, type ImageBytes } from '../../support/image-bytes.js';
import { giveBytes, MadeUpRegistry } from '../../support/made-up-registry.js';
import { eventually } from '../../support/patience.js';
import { NOTHING, Pulling } from '../../support/pulling.js';
import { refusal } from '../../support/refusal.js';

/**
 * An image of one layer of some 1.5 MB that nothing compresses. Of what came before a cut Node throws away what was not read yet, up
 * to twice 64 KiB: what is cut here is more than that.
 */
const noisyImage = (): Promise<ImageBytes> =>
  imageBytes({ layers: [[{ path: 'noise', content: randomBytes(1_500_000).toString('base64') }]] });

describe('a blob that is cut', () => {
  it('goes on where it ended, as often as it takes, while each try brings something', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await noisyImage();
    const name = registry.put('team/web', '1', image);
    const layer = image.layers[0]!;
    const piece = 300_000;
    registry.instead = (request, response) => {
      if (request.url?.endsWith(layer.digest) !== true) return false;
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const left = layer.bytes.length - from;
      if (left <= piece) return false;
      response.writeHead(from === 0 ? 200 : 206, {
        'content-length': left,
        ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${layer.bytes.length - 1}/${layer.bytes.length}` }),
      });
      response.write(layer.bytes.subarray(from, from + piece), () => response.socket?.end());
      return true;
    };
    const pulling = new Pulling(t);
    await pulling.pull(name);
    const asked = registry.askedFor(layer.digest).map(({ headers }) => headers.range);
    assert.equal(asked[0], undefined);
    assert.ok(asked.length >= 5, `${asked.length} tries, more than would be made without progress`);
    const offsets = asked.slice(1).map((range) => Number(/\d+/.exec(range ?? '')?.[0]));
    assert.deepEqual(
      [...offsets].sort((a, b) => a - b),
      offsets,
      'never from further back',
    );
    assert.ok(new Set(offsets).size === offsets.length);
    assert.ok(pulling.events.some(({ phase, why }) => phase === 'retrying' && /cut/.test(why ?? '')));
  });

  it('is left after some tries that bring nothing, and what came is kept for the next pull', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await noisyImage();
    const name = registry.put('team/web', '1', image);
    const layer = image.layers[0]!;
    registry.instead = (request, response) => {
      if (request.url?.endsWith(layer.digest) !== true) return false;
      if (request.headers.range !== undefined) response.destroy();
      else {
        response.writeHead(200, { 'content-length': layer.bytes.length });
        response.write(layer.bytes.subarray(0, 400_000), () => response.socket?.end());
      }
      return true;
    };
    const pulling = new Pulling(t);
    await assert.rejects(pulling.pull(name), refusal('IO_ERROR', /cut/));
    assert.deepEqual(pulling.stored().names, []);
    assert.deepEqual(pulling.stored().layers, []);
    assert.equal(pulling.stored().ingests.length, 1);
    registry.instead = () => false;
    registry.asked.length = 0;
    await pulling.pull(name);
    const [again] = registry.askedFor(layer.digest);
    assert.match(again?.headers.range ?? '', /^bytes=[1-9]\d*-$/);
    assert.deepEqual(pulling.stored().ingests, []);
    assert.equal((await pulling.trees(name)).length, 1);
  });

  it('is not taken twice from a registry that knows of no ranges', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await noisyImage();
    const name = registry.put('team/web', '1', image);
    const layer = image.layers[0]!;
    let count = 0;
    registry.instead = (request, response) => {
      if (request.url?.endsWith(layer.digest) !== true) return false;
      count += 1;
      response.writeHead(200, { 'content-length': layer.bytes.length });
      if (count === 1) response.write(layer.bytes.subarray(0, 400_000), () => response.socket?.end());
      else response.end(layer.bytes);
      return true;
    };
    const pulling = new Pulling(t);
    await pulling.pull(name);
    assert.equal(count, 2);
    assert.equal(pulling.content.blobs.size(layer.digest), layer.bytes.length);
  });

  it('whose beginning was damaged by then is fetched anew, once', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await noisyImage();
    const name = registry.put('team/web', '1', image);
    const layer = image.layers[0]!;
    const pulling = new Pulling(t);
    const ingest = (await pulling.content.blobs.ingest({ digest: layer.digest, size: layer.bytes.length }))!;
    await ingest.write(randomBytes(100_000));
    await ingest.close();
    await pulling.pull(name);
    const ranges = registry.askedFor(layer.digest).map(({ headers }) => headers.range);
    assert.deepEqual(ranges, ['bytes=100000-', undefined]);
    assert.equal((await pulling.trees(name)).length, 1);
  });

  it('by who pulls is kept too, and goes on', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await noisyImage();
    const name = registry.put('team/web', '1', image);
    const layer = image.layers[0]!;
    registry.instead = (request, response) => {
      if (request.url?.endsWith(layer.digest) !== true) return false;
      response.writeHead(200, { 'content-length': layer.bytes.length });
      response.write(layer.bytes.subarray(0, 400_000));
      return true;
    };
    const pulling = new Pulling(t);
    const stop = new AbortController();
    const pull = pulling.pull(name, { signal: stop.signal });
    pull.catch(() => undefined);
    await eventually(() => {
      assert.ok(pulling.events.some(({ phase, current }) => phase === 'moving' && current > 200_000));
    });
    stop.abort(new Error('enough'));
    await assert.rejects(pull, /enough/);
    const { names, ingests, leases, layers } = pulling.stored();
    assert.deepEqual({ names, leases, layers, count: ingests.length }, { names: [], leases: [], layers: [], count: 1 });
    registry.instead = () => false;
    await pulling.pull(name);
    assert.match(registry.askedFor(layer.digest).at(-1)?.headers.range ?? '', /^bytes=/);
  });
});

describe('a registry that has too much to do', () => {
  it('is asked again when it says so, and told about', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const name = registry.put('team/web', '1', await imageBytes());
    const times: number[] = [];
    registry.instead = (request, response) => {
      if (request.url?.includes('/manifests/') !== true) return false;
      times.push(Date.now());
      if (times.length > 1) return false;
      response.writeHead(429, { 'retry-after': '1' }).end();
      return true;
    };
    await new Pulling(t).pull(name);
    assert.ok(times[1]! - times[0]! >= 950, `after ${times[1]! - times[0]!} ms`);
  });

  it('is left at once when it asks for hours', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    registry.instead = (request, response) => {
      if (request.url?.includes('/manifests/') !== true) return false;
      response
        .writeHead(429, { 'retry-after': '21600' })
        .end(JSON.stringify({ errors: [{ message: 'pull rate limit' }] }));
      return true;
    };
    await assert.rejects(
      new Pulling(t).pull(`${registry.host}/team/web:1`),
      refusal('IO_ERROR', /429.*pull rate limit/),
    );
    assert.equal(registry.askedFor('/manifests/').length, 1);
  });

  it('is asked again after 500, 502, 503 and 504, and not without end', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const name = registry.put('team/web', '1', await imageBytes());
    for (const status of [500, 502, 503, 504]) {
      registry.asked.length = 0;
      registry.instead = (request, response) => {
        if (request.url?.includes('/manifests/') !== true) return false;
        response.writeHead(status).end('<html>');
        return true;
      };
      const pulling = new Pulling(t);
      await assert.rejects(pulling.pull(name), refusal('IO_ERROR', new RegExp(`${status}$`)));
      assert.equal(registry.askedFor('/manifests/').length, pulling.patience.tries);
    }
  });

  it('is not asked again after what does not pass', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    for (const [status, code] of [
      [400, 'IO_ERROR'],
      [401, 'UNAUTHORIZED'],
      [403, 'UNAUTHORIZED'],
      [404, 'NO_SUCH_IMAGE'],
      [405, 'IO_ERROR'],
      [501, 'IO_ERROR'],
    ] as const) {
      registry.asked.length = 0;
      registry.instead = (request, response) => {
        if (request.url?.includes('/manifests/') !== true) return false;
        response.writeHead(status).end();
        return true;
      };
      const pulling = new Pulling(t);
      await assert.rejects(pulling.pull(`${registry.host}/team/web:1`), refusal(code), String(status));
      assert.equal(registry.askedFor('/manifests/').length, 1, String(status));
      assert.deepEqual(pulling.stored(), NOTHING);
    }
  });
});

describe('layers', () => {
  it('come three at a time, and a failed one stops the others', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const layers = Array.from({ length: 8 }, (_, i) => [
      { path: `noise${i}`, content: randomBytes(2000).toString('hex') },
    ]);
    const image = await imageBytes({ layers });
    const name = registry.put('team/web', '1', image);
    let now = 0;
    let most = 0;
    registry.instead = async (request, response) => {
      const digest = /sha256:[0-9a-f]{64}/.exec(request.url ?? '')?.[0] ?? '';
      if (!image.layers.some((layer) => layer.digest === digest) || request.url?.includes('/blobs/') !== true)
        return false;
      most = Math.max(most, (now += 1));
      await new Promise((resolve) => setTimeout(resolve, 150));
      now -= 1;
      giveBytes(request, response, registry.blobs.get(digest)!);
      return true;
    };
    const pulling = new Pulling(t);
    await pulling.pull(name);
    assert.equal(most, 3);
    assert.equal((await pulling.trees(name)).length, 8);

    registry.asked.length = 0;
    const second = new Pulling(t);
    registry.instead = (request, response) => {
      if (request.url?.endsWith(image.layers[0]!.digest) !== true) return false;
      response.writeHead(403).end();
      return true;
    };
    await assert.rejects(second.pull(name), refusal('UNAUTHORIZED'));
    const { names, leases } = second.stored();
    assert.deepEqual({ names, leases }, { names: [], leases: [] });
  });

  it('that two pulls want at the same time come once', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await noisyImage();
    const name = registry.put('team/web', '1', image);
    registry.put('team/web', '2', image);
    const pulling = new Pulling(t);
    await Promise.all([pulling.pull(name), pulling.pull(name.replace(/1$/, '2'))]);
    assert.equal(registry.askedFor(image.layers[0]!.digest).length, 1);
    assert.deepEqual(pulling.stored().names.length, 2);
  });

  it('of which an image has the same twice come once and are there twice', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const same = [{ path: 'same', content: 'x' }];
    const image = await imageBytes({ layers: [same, [{ path: 'other', content: 'y' }], same] });
    const pulling = new Pulling(t);
    const name = registry.put('team/web', '1', image);
    await pulling.pull(name);
    assert.equal(registry.askedFor(`/blobs/${image.layers[0]!.digest}`).length, 1);
    assert.deepEqual(await pulling.trees(name), [['f same x'], ['f other y'], ['f same x']]);
  });
});
