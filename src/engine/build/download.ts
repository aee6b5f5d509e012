// ADD of http:// and https://: fetched once, and asked for again only whether it has changed. What came is checked against
// --checksum before anything is made of it.
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { atomicWrite } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { digestOf, hexOf } from '../image/digest.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import type { LooseFile } from './copy-layer.js';
import { get } from './get.js';

/** What was known of it at the last time. */
interface Known {
  readonly digest: string;
  readonly etag?: string;
  readonly lastModified?: string;
}

/** Docker's mode of what it has fetched. */
const MODE = 0o600;

export class Download {
  readonly #file: string;
  #fetched: { size: number; modifiedNs: bigint } | undefined;

  constructor(
    private readonly root: string,
    directory: string,
    readonly url: string,
    private readonly options: { readonly checksum?: string; readonly signal?: AbortSignal },
  ) {
    this.#file = join(directory, `download-${hexOf(digestOf(url))}`);
  }

  get #memory(): string {
    return layout.buildDownload(this.root, hexOf(digestOf(this.url)));
  }

  /** sha256 of its content, hexadecimal, without fetching it again where the server says that it is as it was. */
  async digest(): Promise<string> {
    const { checksum } = this.options;
    if (checksum !== undefined) return checksum.slice('sha256:'.length);
    const known = readKnown(this.#memory);
    return this.#fetch(known);
  }

  /** @throws TscontainError IO_ERROR, DIGEST_MISMATCH */
  async file(): Promise<LooseFile> {
    if (this.#fetched === undefined) await this.#fetch(undefined);
    const { size, modifiedNs } = this.#fetched!;
    return { name: nameOf(this.url), mode: MODE, size, modifiedNs, body: () => createReadStream(this.#file) };
  }

  async #fetch(known: Known | undefined): Promise<string> {
    const { signal, checksum } = this.options;
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (known?.etag !== undefined) headers['if-none-match'] = known.etag;
    else if (known?.lastModified !== undefined) headers['if-modified-since'] = known.lastModified;
    const response = await get(this.url, { headers, signal }).catch((cause: unknown) => {
      throw this.#unreachable(cause);
    });
    const { statusCode = 0, statusMessage = '' } = response;
    if (statusCode === 304 && known !== undefined) {
      response.destroy();
      return known.digest;
    }
    if (statusCode < 200 || statusCode > 299) {
      response.destroy();
      const said = `${statusCode} ${statusMessage.replaceAll(/[^ -~]/g, '')}`.trim();
      throw new TscontainError('IO_ERROR', `${shown(this.url)} answers ${said}`, {
        hint: 'look whether the address is right',
      });
    }
    const { digest, size } = await this.#save(response);
    if (checksum !== undefined && checksum !== `sha256:${digest}`) {
      throw new TscontainError(
        'DIGEST_MISMATCH',
        `${shown(this.url)} is sha256:${digest} and not ${checksum}, as --checksum says`,
        {
          hint: 'it has changed since the Dockerfile was written: look at it before you trust it',
        },
      );
    }
    const { 'last-modified': lastModified, etag } = response.headers;
    const time = lastModified === undefined ? NaN : Date.parse(lastModified);
    this.#fetched = { size, modifiedNs: BigInt(Number.isNaN(time) ? 0 : time) * 1_000_000n };
    await this.#remember({
      digest,
      ...(etag === undefined ? {} : { etag }),
      ...(lastModified === undefined ? {} : { lastModified }),
    });
    return digest;
  }

  async #save(body: AsyncIterable<Uint8Array>): Promise<{ digest: string; size: number }> {
    const hash = createHash('sha256');
    let size = 0;
    const file = await open(this.#file, 'w', 0o600);
    try {
      for await (const chunk of body) {
        hash.update(chunk);
        size += chunk.length;
        await file.writeFile(chunk);
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOSPC') throw fileError(error, `fetch ${this.url}`);
      throw this.#unreachable(error);
    } finally {
      await file.close();
    }
    return { digest: hash.digest('hex'), size };
  }

  #unreachable(cause: unknown): TscontainError {
    if (this.options.signal?.aborted === true) return new TscontainError('BUILD_FAILED', 'the build was stopped');
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const why = errnoOf(inner) ?? (inner instanceof Error ? inner.message : String(inner));
    return new TscontainError('IO_ERROR', `${shown(this.url)} cannot be fetched: ${why}`, {
      cause,
      hint: 'look whether the address is right and its host can be reached',
    });
  }

  /** Without it, it is fetched once more: no failure is worth telling. */
  async #remember(known: Known): Promise<void> {
    if (known.etag === undefined && known.lastModified === undefined) return;
    try {
      mkdirSync(dirname(this.#memory), { recursive: true, mode: 0o700 });
      await atomicWrite(this.#memory, JSON.stringify({ schema: 1, ...known }));
    } catch {
      return;
    }
  }
}

function readKnown(path: string): Known | undefined {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<Known> & { schema?: unknown };
    if (value.schema !== 1 || typeof value.digest !== 'string' || !/^[0-9a-f]{64}$/.test(value.digest))
      return undefined;
    return {
      digest: value.digest,
      ...(typeof value.etag === 'string' ? { etag: value.etag } : {}),
      ...(typeof value.lastModified === 'string' ? { lastModified: value.lastModified } : {}),
    };
  } catch {
    return undefined;
  }
}

/** The last part of its path; "" where that is no name for a file. */
function nameOf(url: string): string {
  try {
    const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
    return name === '.' || name === '..' || /[/\0]/.test(name) ? '' : name;
  } catch {
    return '';
  }
}
