// Archives that ADD unpacks: tar, plain or compressed. What is compressed and holds no tar is a file like any other, as Docker has
// it. gzip is read here, the others by their own programs, which get the bytes and give bytes back.
import { spawn } from 'node:child_process';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Item } from '../rootfs/entry.js';
import { BLOCK, isHeader, TarError } from '../rootfs/tar-header.js';
import { readTar } from '../rootfs/tar-read.js';

type Bytes = AsyncIterable<Uint8Array>;

const PACKINGS: readonly (readonly [program: string, beginning: Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['bzip2', Buffer.from('BZh')],
];

/**
 * @param name for sentences
 * @returns undefined for what is no archive; then nothing of `bytes` should be used any more
 */
export async function openArchive(bytes: Bytes, name: string): Promise<AsyncIterable<Item> | undefined> {
  const raw = await peeked(bytes);
  const program = PACKINGS.find(([, beginning]) => raw.head.subarray(0, beginning.length).equals(beginning))?.[0];
  const plain = program === undefined ? raw : await peeked(unpacked(raw.whole, program, name)).catch(notPacked);
  if (plain !== undefined && isTar(plain.head)) return saying(readTar(plain.whole), name);
  await (plain ?? raw).close();
  return undefined;
}

/** What begins like it and is not, is no archive; a program that is missing is another matter. */
function notPacked(error: unknown): undefined {
  if (error instanceof TscontainError) throw error;
  return undefined;
}

const isTar = (head: Buffer): boolean => head.length >= BLOCK && isHeader(head);

async function* saying(items: AsyncIterable<Item>, name: string): AsyncGenerator<Item> {
  try {
    yield* items;
  } catch (error) {
    if (!(error instanceof TarError) && !isDamage(error)) throw error;
    throw new TscontainError('INVALID_VALUE', `the archive ${shown(name)} cannot be unpacked: ${error.message}`, {
      cause: error,
    });
  }
}

const isDamage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');

interface Peeked {
  /** the first block, or all where there is less */
  readonly head: Buffer;
  /** head included */
  readonly whole: AsyncIterable<Buffer>;
  close(): Promise<void>;
}

async function peeked(bytes: Bytes): Promise<Peeked> {
  const chunks = bytes[Symbol.asyncIterator]();
  const seen: Buffer[] = [];
  let length = 0;
  while (length < BLOCK) {
    const next = await chunks.next();
    if (next.done === true) break;
    seen.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
    length += next.value.length;
  }
  const close = async (): Promise<void> => {
    await chunks.return?.();
  };
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      yield* seen;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
        yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    } finally {
      await close();
    }
  }
  return { head: Buffer.concat(seen).subarray(0, BLOCK), whole: whole(), close };
}

async function* unpacked(bytes: Bytes, program: string, name: string): AsyncGenerator<Buffer> {
  const output = program === 'gzip' ? gunzip(bytes) : byProgram(bytes, program, name);
  for await (const chunk of output) yield chunk as Buffer;
}

function gunzip(bytes: Bytes): Readable {
  const filter = createGunzip({ chunkSize: 256 * 1024 });
  // Errors of either end reach the reader through the filter, which pipeline destroys.
  pipeline(Readable.from(bytes), filter, () => undefined);
  return filter;
}

function byProgram(bytes: Bytes, program: string, name: string): Readable {
  const output = new PassThrough();
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const fail = (error: Error): void => void output.destroy(error);
  child.once('error', () => {
    fail(
      new TscontainError(
        'NOT_SUPPORTED',
        `${shown(name)} is compressed with ${program}, and this host has no ${program}`,
        {
          hint: `install ${program}, or decompress the file beforehand`,
        },
      ),
    );
  });
  child.stdout.pipe(output, { end: false });
  // Its end is whole only when the program says so too.
  child.once('close', (code) => {
    if (code === 0) output.end();
    else fail(Object.assign(new Error(`${program} cannot read it`), { code: 'Z_PROGRAM' }));
  });
  pipeline(Readable.from(bytes), child.stdin, () => undefined);
  output.once('close', () => child.kill());
  return output;
}
