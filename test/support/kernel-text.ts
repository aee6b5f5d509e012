// Kernel files as the parsers get them: captured ones, written ones, and always with another file's leftovers behind the end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Text } from '../../src/metrics/proc.js';

export const FIXTURES = join(process.cwd(), 'test/pure/metrics/fixtures');

/** The buffer is shared between files: what a longer one left behind must never be read. */
const LEFTOVERS = '9\n254:0 Read 99 oom_kill 99 total=99 rbytes=99 99 99 99 99 99 99 99 99 99\n';

export function text(content: string): Text {
  return { bytes: Buffer.from(content + LEFTOVERS), length: Buffer.byteLength(content) };
}

export const fixture = (path: string): Text => text(readFileSync(join(FIXTURES, path), 'latin1'));
