// A blob from a registry into the store: resumed where an earlier try ended, after a cut as well as in another process.
// What comes is counted and appended; whether it is what its digest says is found out by who reads all of it.
import { TscontainError } from '../errors.js';
import type { Ingest } from '../image/content/model.js';
import { digestOf } from '../image/digest.js';
import { SpentBuffers } from '../image/layer/spent-buffers.js';
import { MAX_DOCUMENT_BYTES, type Descriptor } from '../image/oci.js';
import type { RegistryClient } from './client.js';
import type { Answer } from './exchange.js';
import { Temporary } from './failure.js';
import { mismatch, pullScope, requireHonesty } from './manifests.js';

export type BlobName = Pick<Descriptor, 'digest' | 'size'>;

export interface DownloadWishes {
  readonly signal: AbortSignal | undefined;
  /** bytes more that can be read in the file */
  readonly onBytes: (count: number) => void;
}

/** One try. What was written stays for the next. @throws Temporary, TscontainError DIGEST_MISMATCH, UNAUTHORIZED, NO_SPACE … */
export async function download(
  client: RegistryClient,
  repository: string,
  blob: BlobName,
  ingest: Ingest,
  { signal, onBytes }: DownloadWishes,
): Promise<void> {
  if (ingest.offset >= blob.size) return;
  const answer = await askForBlob(client, repository, blob, ingest.offset, signal);
  // Who does not know of ranges sends all of it: what is there is not taken twice.
  let skipped = answer.status === 206 ? 0 : ingest.offset;
  const spent = new SpentBuffers();
  for await (const chunk of answer.body()) {
    const fresh = chunk.subarray(Math.min(skipped, chunk.length));
    skipped -= chunk.length - fresh.length;
    if (fresh.length === 0) continue;
    if (ingest.offset + fresh.length > blob.size) throw tooMuch(answer, blob);
    await ingest.write(fresh);
    onBytes(fresh.length);
    spent.add(chunk.length);
  }
  if (ingest.offset < blob.size) {
    const why = `${answer.url.host} ended after ${ingest.offset} of ${blob.size} bytes`;
    throw new Temporary(mismatch(`of ${blob.digest}: ${why}`), why);
  }
}

/** A small one as a whole, its digest checked. @throws Temporary, TscontainError DIGEST_MISMATCH, INVALID_VALUE, UNAUTHORIZED */
export async function fetchDocument(
  client: RegistryClient,
  repository: string,
  blob: BlobName,
  what: string,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  if (blob.size > MAX_DOCUMENT_BYTES) {
    throw new TscontainError(
      'INVALID_VALUE',
      `${what} has ${blob.size} bytes, and up to ${MAX_DOCUMENT_BYTES} are read`,
    );
  }
  const answer = await askForBlob(client, repository, blob, 0, signal);
  const bytes = await answer.read(MAX_DOCUMENT_BYTES, what);
  if (bytes.length !== blob.size || digestOf(bytes) !== blob.digest) {
    throw mismatch(`${what} from ${answer.url.host} is not ${blob.digest} with ${blob.size} bytes`);
  }
  return bytes;
}

async function askForBlob(
  client: RegistryClient,
  repository: string,
  { digest, size }: BlobName,
  offset: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const answer = await client.ask({
    method: 'GET',
    to: `/v2/${repository}/blobs/${digest}`,
    scope: pullScope(repository),
    ...(offset === 0 ? {} : { headers: { range: `bytes=${offset}-` } }),
    signal,
  });
  // It has less than came before: what it has is something else.
  if (answer.status === 416) {
    answer.discard();
    throw mismatch(`${answer.url.host} has less of ${digest} than the ${size} bytes that it should have`);
  }
  if (answer.status !== 200 && answer.status !== 206) {
    throw await client.refusal(answer, `give ${digest}`, {
      code: 'NO_SUCH_IMAGE',
      message: `${client.registry} has no ${digest}, which its own manifest names`,
      hint: 'whoever pushed this image should push it again',
    });
  }
  requireHonesty(answer, digest, 'what was asked for');
  requireRange(answer, digest, size, offset);
  return answer;
}

function requireRange(answer: Answer, digest: string, size: number, offset: number): void {
  const { headers, status, url } = answer;
  const wrong = (what: string): TscontainError => {
    answer.discard();
    return mismatch(`${url.host} gives ${what} of ${digest}, which has ${size} bytes`);
  };
  if (status === 206) {
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (Number(from) !== offset) throw wrong(`bytes from ${from ?? 'nowhere'} instead of ${offset}`);
    if (total !== '*' && Number(total) !== size) throw wrong(`a part of ${total} bytes`);
    return;
  }
  const length = headers['content-length'];
  if (length !== undefined && Number(length) !== size) throw wrong(`${length} bytes`);
}

function tooMuch({ url }: Answer, { digest, size }: BlobName): TscontainError {
  return mismatch(`${url.host} gives more of ${digest} than the ${size} bytes that it has`);
}
