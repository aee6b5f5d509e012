// One layer: its bytes as they came are read, checked, decompressed, checked again, taken apart and put into its tree, all of it as
// a stream. Runs in a thread of its own (thread.ts).
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../../native/index.js';
import { TscontainError } from '../../errors.js';
import { TarError } from '../../rootfs/tar-header.js';
import { TarParser } from '../../rootfs/tar-parse.js';
import { Unpacker } from '../../rootfs/unpack.js';
import type { Digest } from '../oci.js';
import { compressionOf, SEEN_BYTES, type Compression } from './compression.js';
import { DamagedError, decompressed } from './decompress.js';
import type { GrowingReader } from './growing-reader.js';
import { checkGrowth, LimitedSink } from './limited-sink.js';
import type { LayerFacts } from './model.js';
import type { UnpackJob } from './protocol.js';
import { SpentBuffers } from './spent-buffers.js';

/** Without the first digits nobody could tell two layers apart; all of them would be most of the sentence. */
const shortened = (digest: Digest): string => digest.slice(0, 'sha256:'.length + 12);

const mismatch = (message: string): TscontainError =>
  new TscontainError('DIGEST_MISMATCH', message, {
    hint: 'try again; if it stays so, what it comes from is damaged or lies',
  });

/** @throws TscontainError DIGEST_MISMATCH, INVALID_VALUE, NOT_SUPPORTED, NO_SPACE; SyscallError and node:fs errors */
export async function putLayer(job: UnpackJob, reader: GrowingReader, onProgress: () => void): Promise<LayerFacts> {
  const treeFd = openSync(job.tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    return await put(job, reader, treeFd, onProgress);
  } catch (error) {
    if (!(error instanceof TarError || error instanceof DamagedError)) throw error;
    // Damage on the way is told as that, whatever it did to the archive.
    for await (const _ of reader.pieces());
    checkBytes(job, reader);
    throw new TscontainError('INVALID_VALUE', `the layer${named(job)} cannot be unpacked: ${error.message}`, {
      cause: error,
      hint: 'whoever made the image made it so: ask for another build of it',
    });
  } finally {
    closeSync(treeFd);
  }
}

const named = ({ digest }: UnpackJob): string => (digest === undefined ? '' : ` ${shortened(digest)}`);

async function put(job: UnpackJob, reader: GrowingReader, treeFd: number, onProgress: () => void): Promise<LayerFacts> {
  const { limits } = job;
  const pieces = reader.pieces();
  const unpacker = new Unpacker(treeFd, {
    applyToTop: true,
    replaceKinds: true,
    devices: 'make',
    isFresh: true,
    whiteouts: 'keep',
  });
  try {
    const sink = new LimitedSink(unpacker, limits, () => reader.size ?? job.size);
    const parser = new TarParser(sink, { extensionBytes: limits.header, entries: limits.entries });
    const { compression, bytes: cameBytes } = await beginning(job, pieces);
    // What is plain has one digest.
    const plain = compression === 'plain' ? undefined : createHash('sha256');
    let plainBytes = 0;
    let cameBefore = 0;
    const spent = new SpentBuffers();
    for await (const piece of decompressed(cameBytes, compression, limits.window)) {
      plain?.update(piece);
      checkGrowth(limits, reader.position, (plainBytes += piece.length));
      parser.push(piece);
      spent.add(compression === 'plain' ? piece.length : piece.length + reader.position - cameBefore);
      cameBefore = reader.position;
      onProgress();
    }
    parser.finish();
    const digest = checkBytes(job, reader);
    const diffId: Digest = plain === undefined ? digest : `sha256:${plain.digest('hex')}`;
    if (job.diffId !== undefined && job.diffId !== diffId) {
      throw mismatch(
        `the layer${named(job)} unpacks to ${shortened(diffId)}, and the image says ${shortened(job.diffId)}`,
      );
    }
    const { entries, bytes, implied } = unpacker.finish();
    return { digest, size: reader.position, diffId, sizeBytes: bytes, entries, implied };
  } finally {
    unpacker.close();
    await pieces.return(undefined);
  }
}

/** @throws TscontainError DIGEST_MISMATCH */
function checkBytes({ digest: wanted, size }: UnpackJob, reader: GrowingReader): Digest {
  const what = wanted === undefined ? 'the layer' : `the layer ${shortened(wanted)}`;
  if (size !== undefined && size !== reader.position)
    throw mismatch(`${what} has ${reader.position} bytes instead of ${size}`);
  const digest = reader.digest();
  if (wanted !== undefined && wanted !== digest) throw mismatch(`${what} has come as ${shortened(digest)}`);
  return digest;
}

interface Beginning {
  readonly compression: Compression;
  /** all of them, those that were looked at too */
  readonly bytes: AsyncIterable<Buffer>;
}

async function beginning(job: UnpackJob, pieces: AsyncGenerator<Buffer>): Promise<Beginning> {
  const head: Buffer[] = [];
  for (let bytes = 0; bytes < SEEN_BYTES; bytes += head.at(-1)!.length) {
    const next = await pieces.next();
    if (next.done === true) break;
    head.push(next.value);
  }
  const compression = compressionOf(Buffer.concat(head).subarray(0, SEEN_BYTES), job.mediaType);
  return { compression, bytes: rejoined(head, pieces) };
}

async function* rejoined(head: readonly Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  yield* rest;
}
