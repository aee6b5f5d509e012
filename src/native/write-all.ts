// Many small writes done by one call, in the background: each that goes to Node's thread pool by itself costs ten times what
// the kernel needs for it. So a few dozen bytes of machine code walk a table on one thread of the pool and do one pwrite(2) a
// record (write-all.*.S, assembled below).
import { closeSync } from 'node:fs';
import type { KoffiFunc } from 'koffi';
import { errnoMeaning, errnoName, SyscallError } from './errno.js';
import { koffi } from './kernel.js';
import { mapCode, sealedCode } from './machine-code.js';
import { architecture, type Architecture } from './syscalls.js';

export const writeAllCode: Readonly<Record<Architecture, string>> = {
  x64: '534989f84989f14889d34d85c97426b812000000418b38418b70044801de418b50084d8b50100f054189400c4983c01849ffc9ebd55bc3',
  arm64:
    'e90300aaea0301aaeb0302aa8a0100b4880880d2200140b9210540b921000b8b220940b9230940f9010000d4200d00b92961' +
    '00914a0500d1f5ffff17c0035fd6',
};

/** Bytes that belong at a place of an open file. */
export interface PlacedBytes {
  readonly fd: number;
  readonly bytes: Uint8Array;
  /** bytes from the beginning of the file */
  readonly place: number;
}

/** 32-bit words of a record: descriptor, place in the buffer, bytes, result (bytes, or -errno), place in the file (two). */
const RECORD_WORDS = 6;
const WORD = 2 ** 32;

type Code = KoffiFunc<(table: Int32Array, count: number, buffer: Uint8Array) => void>;
let found: { readonly code: Code | undefined } | undefined;

/**
 * Writes them in their order, none left out for the failure of another.
 * @returns for each why it was not written whole; undefined where it was
 */
export type WriteAll = (writes: readonly PlacedBytes[]) => Promise<(SyscallError | undefined)[]>;

/** undefined where machine code of ours cannot run: another processor, or a kernel that forbids it. Then write() must do. */
export function writeAll(): WriteAll | undefined {
  found ??= { code: load() };
  const { code } = found;
  return code && ((writes) => withCode(code, writes));
}

async function withCode(code: Code, writes: readonly PlacedBytes[]): Promise<(SyscallError | undefined)[]> {
  const tableBytes = writes.length * RECORD_WORDS * 4;
  // In one piece: the table is looked at when all is done, so what is written stays where it is until then.
  const memory = new ArrayBuffer(writes.reduce((sum, { bytes }) => sum + bytes.length, tableBytes));
  const table = new Int32Array(memory, 0, writes.length * RECORD_WORDS);
  const buffer = new Uint8Array(memory, tableBytes);
  let end = 0;
  writes.forEach(({ fd, bytes, place }, i) => {
    buffer.set(bytes, end);
    table.set([fd, end, bytes.length, 0, place % WORD, Math.floor(place / WORD)], i * RECORD_WORDS);
    end += bytes.length;
  });
  await new Promise<void>((resolve, reject) => {
    code.async(table, writes.length, buffer, (error: unknown) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
  const failures = writes.map((_, i) => failureOf(table[i * RECORD_WORDS + 3]!));
  // A disk that is nearly full takes a part of it, and says why with the next.
  const cut = writes.flatMap(({ fd, bytes, place }, index) => {
    const done = table[index * RECORD_WORDS + 3]!;
    return done > 0 && done < bytes.length
      ? [{ index, rest: { fd, bytes: bytes.subarray(done), place: place + done } }]
      : [];
  });
  if (cut.length === 0) return failures;
  const later = await withCode(
    code,
    cut.map(({ rest }) => rest),
  );
  cut.forEach(({ index }, i) => (failures[index] = later[i]));
  return failures;
}

/** In Node's words for a write that fails: whoever reads them need not know how it was done. */
function failureOf(result: number): SyscallError | undefined {
  if (result >= 0) return undefined;
  return new SyscallError('write', -result, undefined, `${errnoName(-result)}: ${errnoMeaning(-result)}, write`);
}

function load(): Code | undefined {
  try {
    const bytes = Buffer.from(writeAllCode[architecture()], 'hex');
    const fd = sealedCode('tscontain-write', bytes);
    try {
      const prototype = koffi().proto('void', ['void *', 'int64', 'void *']);
      return koffi().decode(mapCode(fd, bytes.length), prototype) as Code;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
