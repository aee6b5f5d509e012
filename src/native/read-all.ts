// Many small files read by one call. Reading a file of the kernel from JavaScript costs more than a microsecond before the kernel is even
// asked; a container has a dozen of them, and they are read every second. So a few dozen bytes of machine code walk a table
// and do one pread(2) a record, from each file's beginning (read-all.*.S, assembled below).
import { closeSync } from 'node:fs';
import { koffi } from './kernel.js';
import { mapCode, sealedCode } from './machine-code.js';
import { architecture, type Architecture } from './syscalls.js';

export const readAllCode: Readonly<Record<Architecture, string>> = {
  x64: '534989f84989f14889d34d85c97425b811000000418b38418b70044801de418b50084531d20f054189400c4983c01049ffc9ebd65bc3',
  arm64:
    'e90300aaea0301aaeb0302aa8a0100b4680880d2200140b9210540b921000b8b220940b9030080d2010000d4200d00b92941' +
    '00914a0500d1f5ffff17c0035fd6',
};

/** 32-bit words of a record: descriptor, place in the buffer, bytes that may be read there, result (bytes, or -errno). */
export const READ_RECORD_WORDS = 4;

/** Reads `count` files into the buffer as the table says, and puts the results into it. It must have room for all of them. */
export type ReadAll = (table: Int32Array, count: number, buffer: Uint8Array) => void;

let found: { readonly readAll: ReadAll | undefined } | undefined;

/** undefined where machine code of ours cannot run: another processor, or a kernel that forbids it. Then readSync must do. */
export function readAll(): ReadAll | undefined {
  found ??= { readAll: load() };
  return found.readAll;
}

function load(): ReadAll | undefined {
  try {
    const code = Buffer.from(readAllCode[architecture()], 'hex');
    const fd = sealedCode('tscontain-read', code);
    try {
      const prototype = koffi().proto('void', ['void *', 'int64', 'void *']);
      return koffi().decode(mapCode(fd, code.length), prototype) as ReadAll;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
