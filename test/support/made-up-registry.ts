// A registry of a test's own, in its own process: honest unless it is told what to answer instead. It writes down what it was asked.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Bytes, ImageBytes } from './image-bytes.js';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** @returns true when it has answered, or never will */
export type Instead = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export class MadeUpRegistry {
  readonly asked: Asked[] = [];
  readonly blobs = new Map<string, Buffer>();
  /** by "repository:tag" and "repository@digest" */
  readonly manifests = new Map<string, Bytes>();
  instead: Instead = () => false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(tls?: { readonly key: string; readonly cert: string }) {
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      this.asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
      void this.#answer(request, response);
    };
    this.#server = tls === undefined ? createServer(handle) : createSecureServer(tls, handle);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async open(
    test: Pick<TestContext, 'after'>,
    tls?: { readonly key: string; readonly cert: string },
  ): Promise<MadeUpRegistry> {
    const registry = new MadeUpRegistry(tls);
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    registry.#port = (registry.#server.address() as AddressInfo).port;
    test.after(() => {
      registry.#server.close();
      for (const socket of registry.#sockets) socket.destroy();
    });
    return registry;
  }

  /** "127.0.0.1:PORT" */
  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Keeps an image under a name, and gives the name. */
  put(repository: string, tag: string, image: ImageBytes): string {
    for (const { digest, bytes } of [image.config, ...image.layers]) this.blobs.set(digest, bytes);
    this.name(repository, tag, image.manifest);
    return `${this.host}/${repository}:${tag}`;
  }

  name(repository: string, tag: string, document: Bytes): void {
    this.manifests.set(`${repository}:${tag}`, document);
    this.manifests.set(`${repository}@${document.digest}`, document);
  }

  /** What was asked for by GET or HEAD below a path that has these words. */
  askedFor(words: string): Asked[] {
    return this.asked.filter(({ path }) => path.includes(words));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await this.instead(request, response)) return;
    const [, repository = '', kind = '', name = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    if (request.url === '/v2/') {
      response.writeHead(200).end('{}');
    } else if (kind === 'manifests') {
      this.#giveManifest(request, response, `${repository}${name.includes(':') ? '@' : ':'}${name}`);
    } else if (kind === 'blobs' && this.blobs.has(name)) {
      giveBytes(request, response, this.blobs.get(name)!);
    } else {
      response.writeHead(404).end(JSON.stringify({ errors: [{ code: 'NOT_FOUND', message: 'not found' }] }));
    }
  }

  #giveManifest(request: IncomingMessage, response: ServerResponse, name: string): void {
    const found = this.manifests.get(name);
    if (found === undefined) {
      response
        .writeHead(404)
        .end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }));
      return;
    }
    response.writeHead(200, {
      'content-type': found.mediaType,
      'content-length': found.bytes.length,
      'docker-content-digest': found.digest,
    });
    response.end(request.method === 'HEAD' ? undefined : found.bytes);
  }
}

/** As a file is given over HTTP, a range of it too. */
export function giveBytes(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const part = bytes.subarray(Number(from ?? 0));
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': part.length,
    ...(from === undefined ? {} : { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
  });
  response.end(request.method === 'HEAD' ? undefined : part);
}
