// The plain bytes of a compressed layer, as they come. Whatever decompresses, a stream that ends early or goes on after its end
// is refused. Tests: test/container/layer/decompress.test.ts.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Transform, Writable } from 'node:stream';
import type * as Zlib from 'node:zlib';
import type { Compression } from './compression.js';
import { ZstdError, ZstdFrames } from './zstd-frames.js';

type Bytes = AsyncIterable<Buffer>;

/** What a decompressor gives at a time, and how much of it may be waiting: it goes on meanwhile. */
const PIECE_BYTES = 256 * 1024;
const OPTIONS = { chunkSize: PIECE_BYTES, readableHighWaterMark: 2 * PIECE_BYTES };

/** Node knows zstd from 22.15 on. */
type Decompression = typeof Zlib & { readonly createZstdDecompress?: (options: object) => Transform };

/** Why a layer cannot be decompressed, as a clause. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

/** @throws DamagedError, TscontainError */
export async function* decompressed(bytes: Bytes, compression: Compression, maxWindow: number): AsyncGenerator<Buffer> {
  if (compression === 'plain') yield* bytes;
  else if (compression === 'gzip') yield* gunzipped(bytes);
  else yield* unzstd(bytes, maxWindow);
}

async function* gunzipped(bytes: Bytes): AsyncGenerator<Buffer> {
  const { createGunzip }: Decompression = await import('node:zlib');
  const gunzip = createGunzip(OPTIONS);
  let given = 0;
  yield* through(bytes, gunzip, (piece) => {
    given += piece.length;
    return [piece];
  });
  // One member may follow another; zlib stops in silence at what is none.
  if (gunzip.bytesWritten !== given) throw new DamagedError('something else follows what was compressed');
}

/** A decompressor of Node's own, or one that looks like it. @param cut what is written at a time */
async function* through(
  bytes: Bytes,
  filter: Transform,
  cut: (piece: Buffer) => Iterable<Buffer>,
): AsyncGenerator<Buffer> {
  const feeding = feed(bytes, filter, cut);
  // A failure of it reaches the reader through the filter, which it destroys.
  feeding.catch(() => undefined);
  try {
    for await (const piece of filter) yield piece as Buffer;
  } catch (error) {
    throw isDamage(error) ? new DamagedError(wordsOf(error), { cause: error }) : error;
  } finally {
    filter.destroy();
    // Whoever reads on from the same source must not do so beside it.
    await feeding.catch(() => undefined);
  }
}

async function feed(bytes: Bytes, filter: Writable, cut: (piece: Buffer) => Iterable<Buffer>): Promise<void> {
  try {
    for await (const piece of bytes) {
      for (const part of cut(piece)) if (!(await written(filter, part))) return;
    }
    filter.end();
  } catch (error) {
    filter.destroy(error as Error);
    throw error;
  }
}

/** @returns whether it was taken: false when nobody reads any more */
function written(filter: Writable, part: Buffer): Promise<boolean> {
  if (filter.destroyed || filter.writableEnded) return Promise.resolve(false);
  return new Promise((resolve) => {
    const gone = () => resolve(false);
    filter.once('close', gone);
    filter.write(part, (error) => {
      filter.off('close', gone);
      resolve(error === null || error === undefined);
    });
  });
}

const isDamage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && /^(Z_|ZSTD_)/.test(String(error.code));

const wordsOf = (error: Error): string =>
  /unexpected end/.test(error.message) ? 'it ends in the middle' : `it is damaged (${error.message})`;

async function* unzstd(bytes: Bytes, maxWindow: number): AsyncGenerator<Buffer> {
  const frames = new ZstdFrames(maxWindow);
  try {
    yield* await decompressorOfZstd(bytes, frames);
    frames.finish();
  } catch (error) {
    throw error instanceof ZstdError ? new DamagedError(error.message, { cause: error }) : error;
  }
}

/** Node's own where it has one, else the program, else the one in JavaScript, which takes eight times as long. */
async function decompressorOfZstd(bytes: Bytes, frames: ZstdFrames): Promise<AsyncIterable<Buffer>> {
  const { createZstdDecompress }: Decompression = await import('node:zlib');
  if (createZstdDecompress !== undefined) {
    return through(bytes, createZstdDecompress(OPTIONS), (piece) => frames.split(piece));
  }
  const program = await startProgram();
  return program === undefined ? inJavaScript(bytes, frames) : throughProgram(bytes, frames, program);
}

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

/** @returns undefined where there is none */
async function startProgram(): Promise<Program | undefined> {
  // The window was looked at already, and this program takes 128 MiB at most unless it is told more.
  const program = spawn('zstd', ['-d', '-c', '-q', '--no-progress'], { stdio: ['pipe', 'pipe', 'pipe'] });
  try {
    await once(program, 'spawn');
    return program;
  } catch {
    return undefined;
  }
}

async function* throughProgram(bytes: Bytes, frames: ZstdFrames, program: Program): AsyncGenerator<Buffer> {
  let complaint = '';
  program.stderr.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(0, 200)));
  program.stdin.on('error', () => undefined);
  const ended = once(program, 'close') as Promise<[number | null]>;
  const feeding = feed(bytes, program.stdin, (piece) => frames.split(piece));
  let failure: Error | undefined;
  feeding.catch((error: unknown) => {
    failure = error as Error;
    program.kill('SIGKILL');
  });
  try {
    for await (const piece of program.stdout) yield piece as Buffer;
    const [code] = await ended;
    if (failure !== undefined) throw failure;
    if (code !== 0) throw new DamagedError(`it is damaged (${complaint.trim().split('\n')[0] ?? ''})`);
  } finally {
    program.kill('SIGKILL');
    await feeding.catch(() => undefined);
  }
}

async function* inJavaScript(bytes: Bytes, frames: ZstdFrames): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  const made: Buffer[] = [];
  const decompress = new Decompress((piece) =>
    made.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)),
  );
  for await (const piece of bytes) {
    for (const part of frames.split(piece)) {
      try {
        decompress.push(part);
      } catch (error) {
        throw new DamagedError(`it is damaged (${(error as Error).message})`, { cause: error });
      }
      yield* made.splice(0);
    }
  }
  frames.finish();
  decompress.push(Buffer.alloc(0), true);
  yield* made.splice(0);
}
