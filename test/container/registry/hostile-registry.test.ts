// Registries that lie, send what nobody asked for, or never end. Whatever they do: one sentence, and nothing half-made is kept.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MEDIA } from '../../../src/engine/image/oci.js';
import { bytesOf, descriptorOf, imageBytes, indexOf } from '../../support/image-bytes.js';
import { MadeUpRegistry } from '../../support/made-up-registry.js';
import { patience } from '../../support/patience.js';
import { NOTHING, Pulling } from '../../support/pulling.js';
import { refusal } from '../../support/refusal.js';

describe('a registry that lies', () => {
  it('about a layer: other bytes of the same length, fewer, or more', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    const name = registry.put('team/web', '1', image);
    const right = image.layers[1]!;
    const other = Buffer.from(right.bytes);
    other[other.length - 9]! ^= 1;
    for (const [what, bytes] of [
      ['other bytes', other],
      ['another archive', gzipSync(randomBytes(right.bytes.length))],
      ['fewer', right.bytes.subarray(0, -1)],
      ['more', Buffer.concat([right.bytes, right.bytes])],
      ['none', Buffer.alloc(0)],
    ] as const) {
      registry.blobs.set(right.digest, bytes);
      const pulling = new Pulling(t);
      await assert.rejects(pulling.pull(name), refusal('DIGEST_MISMATCH', /./), what);
      const { names, leases } = pulling.stored();
      assert.deepEqual({ names, leases }, { names: [], leases: [] }, what);
      assert.ok(!pulling.content.blobs.has(right.digest), what);
      // It is mended, and the next pull is none the worse.
      registry.blobs.set(right.digest, right.bytes);
      await pulling.pull(name);
    }
  });

  it('about a layer’s length only when it has sent it, without saying how long it is', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    const name = registry.put('team/web', '1', image);
    const right = image.layers[0]!;
    registry.instead = (request, response) => {
      if (request.url?.endsWith(right.digest) !== true) return false;
      response.writeHead(200);
      response.write(right.bytes);
      // Without end.
      const more = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
      response.once('close', () => clearInterval(more));
      return true;
    };
    await assert.rejects(new Pulling(t).pull(name), refusal('DIGEST_MISMATCH', /more of sha256/));
  });

  it('about a configuration or a manifest', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    const name = registry.put('team/web', '1', image);
    registry.blobs.set(image.config.digest, Buffer.from(image.config.bytes.toString().replace('sh', 'su')));
    const pulling = new Pulling(t);
    await assert.rejects(pulling.pull(name), refusal('DIGEST_MISMATCH', /the configuration of 127/));
    const other = await imageBytes({ config: { Cmd: ['other'] } });
    registry.manifests.set(`team/web@${image.manifest.digest}`, other.manifest);
    const byDigest = `${registry.host}/team/web@${image.manifest.digest}`;
    await assert.rejects(pulling.pull(byDigest), refusal('DIGEST_MISMATCH', /that 127.0.0.1:\d+ gives is sha256/));
    assert.deepEqual(pulling.stored(), NOTHING);
  });

  it('about a digest in its Docker-Content-Digest', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    const name = registry.put('team/web', '1', image);
    const lie = `sha256:${createHash('sha256').update('a lie').digest('hex')}`;
    const ofManifest: MadeUpRegistry['instead'] = (request, response) => {
      if (request.url?.includes('/manifests/') !== true) return false;
      response
        .writeHead(200, { 'content-type': MEDIA.manifest, 'docker-content-digest': lie })
        .end(image.manifest.bytes);
      return true;
    };
    const ofBlob: MadeUpRegistry['instead'] = (request, response) => {
      if (request.url?.endsWith(image.layers[0]!.digest) === true) response.setHeader('docker-content-digest', lie);
      return false;
    };
    for (const [instead, words] of [
      [ofManifest, /says that the manifest/],
      [ofBlob, /says that what was asked for/],
    ] as const) {
      registry.instead = instead;
      const pulling = new Pulling(t);
      await assert.rejects(pulling.pull(name), refusal('DIGEST_MISMATCH', words));
      assert.deepEqual(pulling.stored().names, []);
    }
  });

  it('about a range: from somewhere else, of something else', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes({ layers: [[{ path: 'noise', content: randomBytes(200_000).toString('hex') }]] });
    const name = registry.put('team/web', '1', image);
    const layer = image.layers[0]!;
    for (const range of [
      `bytes 0-${layer.bytes.length - 1}/${layer.bytes.length}`,
      'bytes 100000-199999/200000',
      'nonsense',
    ]) {
      const pulling = new Pulling(t);
      let count = 0;
      registry.instead = (request, response) => {
        if (request.url?.endsWith(layer.digest) !== true) return false;
        count += 1;
        if (count === 1) {
          response.writeHead(200, { 'content-length': layer.bytes.length });
          response.write(layer.bytes.subarray(0, 100_000), () => response.socket?.end());
        } else response.writeHead(206, { 'content-range': range }).end(layer.bytes.subarray(100_000));
        return true;
      };
      await assert.rejects(pulling.pull(name), refusal('DIGEST_MISMATCH', /./), range);
      assert.equal(pulling.content.references.list().length, 0);
    }
  });
});

describe('a registry that sends too much', () => {
  it('a manifest of 100 MB, said or not said before', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    const name = registry.put('team/web', '1', image);
    let sent = 0;
    for (const isSaid of [true, false]) {
      registry.instead = (request, response) => {
        if (request.url?.includes('/manifests/') !== true) return false;
        const size = 100 * 1024 * 1024;
        response.writeHead(200, { 'content-type': MEDIA.manifest, ...(isSaid ? { 'content-length': size } : {}) });
        const piece = Buffer.alloc(1024 * 1024, ' ');
        const more = (): void => {
          while (sent < size && !response.destroyed) {
            sent += piece.length;
            if (!response.write(piece)) return void response.once('drain', more);
          }
        };
        more();
        return true;
      };
      sent = 0;
      const before = process.memoryUsage().rss;
      const pulling = new Pulling(t);
      await assert.rejects(pulling.pull(name), refusal('INVALID_VALUE', /larger than 4 MiB/));
      assert.ok(sent < 40 * 1024 * 1024, `it was left alone after ${sent} bytes`);
      assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024, 'and none of it was kept');
      assert.deepEqual(pulling.stored(), NOTHING);
    }
  });

  it('a configuration that says it has 100 MB is not even asked for', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    const manifest = bytesOf(MEDIA.manifest, {
      schemaVersion: 2,
      mediaType: MEDIA.manifest,
      config: { ...descriptorOf(image.config), size: 100 * 1024 * 1024 },
      layers: image.layers.map(descriptorOf),
    });
    const name = registry.put('team/web', '1', { ...image, manifest });
    await assert.rejects(new Pulling(t).pull(name), refusal('INVALID_VALUE', /104857600 bytes/));
    assert.equal(registry.askedFor('/blobs/').length, 0);
  });

  it('a refusal without end, and one that would steer a terminal', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    registry.instead = (request, response) => {
      if (request.url?.includes('/manifests/') !== true) return false;
      response.writeHead(400);
      response.write(JSON.stringify({ errors: [{ message: `\u001b]0;owned\u0007 ${'x'.repeat(500)}` }] }));
      response.end();
      return true;
    };
    await assert.rejects(new Pulling(t).pull(`${registry.host}/team/web:1`), (error: Error) => {
      refusal('IO_ERROR', /\\u001b\]0;owned/)(error);
      assert.doesNotMatch(error.message, /[\u0000-\u001f\u007f-\u009f]/);
      assert.ok(error.message.length < 400, error.message);
      return true;
    });
    registry.instead = (request, response) => {
      if (request.url?.includes('/manifests/') !== true) return false;
      response.writeHead(403);
      const more = setInterval(() => response.write(Buffer.alloc(65_536, 'x')), 1);
      response.once('close', () => clearInterval(more));
      return true;
    };
    await assert.rejects(new Pulling(t).pull(`${registry.host}/team/web:1`), refusal('UNAUTHORIZED', /403/));
  });

  it('tags without end, or a next page that is somebody else’s', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const other = await MadeUpRegistry.open(t);
    registry.instead = (request, response) => {
      if (request.url?.includes('/tags/list') !== true) return false;
      response.writeHead(200, { link: `<http://${other.host}/v2/team/web/tags/list>; rel="next"` });
      response.end(JSON.stringify({ name: 'team/web', tags: ['not a tag', '../x', 7] }));
      return true;
    };
    assert.deepEqual(await new Pulling(t).pullAll(`${registry.host}/team/web`), []);
    assert.deepEqual(other.asked, []);
  });
});

describe('a registry that sends us away', () => {
  it('to a file, to nowhere, in a circle', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    const name = registry.put('team/web', '1', image);
    for (const [location, words] of [
      ['file:///etc/passwd', /only web addresses/],
      ['data:text/plain,hello', /only web addresses/],
      ['http://', /no address/],
      ['/v2/team/web/blobs/again', /from one place to the next/],
    ] as const) {
      registry.instead = (request, response) => {
        if (request.url?.includes('/blobs/') !== true) return false;
        response.writeHead(307, { location }).end();
        return true;
      };
      const pulling = new Pulling(t);
      await assert.rejects(pulling.pull(name), (error: Error) => {
        assert.match(error.message, words);
        return true;
      });
      assert.deepEqual(pulling.stored(), NOTHING);
    }
  });
});

describe('a registry that keeps us waiting', () => {
  it('is left when nothing comes, or next to nothing, of an answer or of a blob', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    const name = registry.put('team/web', '1', image);
    const layer = image.layers[0]!;
    const silences: Record<string, MadeUpRegistry['instead']> = {
      'no answer': (request) => request.url?.includes('/manifests/') === true,
      'no byte of a blob': (request, response) => {
        if (request.url?.endsWith(layer.digest) !== true) return false;
        response.writeHead(200, { 'content-length': layer.bytes.length });
        response.flushHeaders();
        return true;
      },
      'a byte now and then': (request, response) => {
        if (request.url?.endsWith(layer.digest) !== true) return false;
        response.writeHead(200, { 'content-length': layer.bytes.length });
        let at = 0;
        const more = setInterval(() => void response.write(layer.bytes.subarray(at, (at += 1))), 30);
        response.once('close', () => clearInterval(more));
        return true;
      },
      'a header now and then': (request, response) => {
        if (request.url?.includes('/manifests/') !== true) return false;
        const { socket } = response;
        socket?.write('HTTP/1.1 200 OK\r\n');
        const more = setInterval(() => void socket?.write('x-more: 1\r\n'), 30);
        socket?.once('close', () => clearInterval(more));
        return true;
      },
    };
    for (const [what, instead] of Object.entries(silences)) {
      registry.instead = instead;
      const pulling = new Pulling(t);
      pulling.patience = {
        ...pulling.patience,
        tries: 2,
        silenceMs: patience(250),
        answerMs: patience(250),
        documentMs: patience(500),
      };
      const before = Date.now();
      await assert.rejects(pulling.pull(name), refusal('TIMEOUT', /nothing came for/), what);
      assert.ok(Date.now() - before < patience(10_000), what);
      assert.deepEqual(pulling.stored().names, [], what);
    }
  });

  it('is not left when it is slow and steady, nor when it is we who are slow', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes({ layers: [[{ path: 'noise', content: randomBytes(20_000).toString('hex') }]] });
    const name = registry.put('team/web', '1', image);
    const layer = image.layers[0]!;
    registry.instead = (request, response) => {
      if (request.url?.endsWith(layer.digest) !== true) return false;
      response.writeHead(200, { 'content-length': layer.bytes.length });
      let at = 0;
      const more = setInterval(() => {
        response.write(layer.bytes.subarray(at, (at += 1500)));
        if (at >= layer.bytes.length) {
          clearInterval(more);
          response.end();
        }
      }, 40);
      return true;
    };
    const pulling = new Pulling(t);
    pulling.patience = { ...pulling.patience, tries: 1, silenceMs: patience(400) };
    await pulling.pull(name);
  });
});

describe('a tag that is moved between two requests', () => {
  it('gives the image that the manifest which came is of, whole', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const [before, after] = [await imageBytes(), await imageBytes({ config: { Cmd: ['after'] } })];
    registry.put('team/web', 'other', after);
    const name = registry.put('team/web', '1', before);
    const pulling = new Pulling(t);
    await pulling.pull(name);
    // What HEAD says is neither of the two that GET gives then.
    registry.instead = (request, response) => {
      if (request.method !== 'HEAD') return false;
      response.writeHead(200, { 'docker-content-digest': indexOf({}).digest }).end();
      registry.name('team/web', '1', after.manifest);
      return true;
    };
    const pulled = await pulling.pull(name);
    assert.equal(pulled.digest, after.manifest.digest);
    assert.equal(pulling.content.references.get(name)?.digest, after.manifest.digest);
  });

  it('of an index that names a manifest which is gone is told as what it is', async (t) => {
    const registry = await MadeUpRegistry.open(t);
    const image = await imageBytes();
    registry.name(
      'team/web',
      '1',
      indexOf({ [image.config.bytes.toString().includes('arm64') ? 'arm64' : 'amd64']: image }),
    );
    const pulling = new Pulling(t);
    await assert.rejects(pulling.pull(`${registry.host}/team/web:1`), refusal('NO_SUCH_IMAGE', /has no image/));
    assert.deepEqual(pulling.stored(), NOTHING);
  });
});
