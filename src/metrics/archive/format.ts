// The bytes of a ring file (docs/adr/0005): a header of one page that says what the records are, then a fixed number of
// records of equal size, written round and round. Everything is little-endian.
//
//   header  +0 "TSCRING\n"  +8 version  +12 length of the text  +16 CRC-32 of the text  +24 the text: Shape as JSON
//   record  +0 CRC-32 of the rest  +4 its number, from 1 on  +8 from  +16 to (ms since the epoch)  +24 what it holds
//
// Record n lies at place (n - 1) modulo the number of records. A write that was torn spoils the CRC of the records that it
// was at, and nothing else. What cannot be understood is no record, whoever wrote it: sizes are checked before they are used.
import { crc32 } from 'node:zlib';

export interface Shape {
  /** rows: a number (32 bits) a column, then their peaks if there are any. processes: see processes.ts */
  readonly holds: 'rows' | 'processes';
  /** ms that a record usually stands for */
  readonly stepMs: number;
  readonly records: number;
  /** bytes of what a record holds */
  readonly bodyBytes: number;
  /** names of the numbers, in their order */
  readonly columns: readonly string[];
  readonly peaks: boolean;
}

export const HEADER_BYTES = 4096;
export const RECORD_HEAD_BYTES = 24;
const MAGIC = Buffer.from('TSCRING\n');
const VERSION = 1;
const TEXT_AT = 24;

/** No ring of ours comes near; a header that says more is not ours. */
const MAX_FILE_BYTES = 64 * 2 ** 20;
const MAX_COLUMNS = 512;
const COLUMN_NAME = /^[A-Za-z0-9.]{1,40}$/;

/** A multiple of 8, so that numbers of 64 bits lie as a processor likes them. */
export const recordBytes = ({ bodyBytes }: Shape): number => Math.ceil((RECORD_HEAD_BYTES + bodyBytes) / 8) * 8;

export const fileBytes = (shape: Shape): number => HEADER_BYTES + shape.records * recordBytes(shape);

export const placeOf = (shape: Shape, number: number): number =>
  HEADER_BYTES + ((number - 1) % shape.records) * recordBytes(shape);

/** The shape of a ring of rows. */
export function rowsShape(columns: readonly string[], stepMs: number, spanMs: number, peaks: boolean): Shape {
  const bodyBytes = columns.length * 4 * (peaks ? 2 : 1);
  return { holds: 'rows', stepMs, records: Math.ceil(spanMs / stepMs), bodyBytes, columns, peaks };
}

export function encodeHeader(shape: Shape): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const text = Buffer.from(JSON.stringify(shape));
  if (text.length > HEADER_BYTES - TEXT_AT) throw new RangeError(`${shape.columns.length} columns do not fit a header`);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(text.length, 12);
  header.writeUInt32LE(crc32(text), 16);
  text.copy(header, TEXT_AT);
  return header;
}

/** @returns undefined for what is no header of this version */
export function decodeHeader(header: Buffer): Shape | undefined {
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (header.readUInt32LE(8) !== VERSION) return undefined;
  const length = header.readUInt32LE(12);
  if (length > HEADER_BYTES - TEXT_AT) return undefined;
  const text = header.subarray(TEXT_AT, TEXT_AT + length);
  if (crc32(text) !== header.readUInt32LE(16)) return undefined;
  try {
    return checkShape(JSON.parse(text.toString('utf8')));
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function checkShape(value: unknown): Shape | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { holds, stepMs, records, bodyBytes, columns, peaks } = value as Record<string, unknown>;
  if (holds !== 'rows' && holds !== 'processes') return undefined;
  if (!isCount(stepMs) || !isCount(records) || !isCount(bodyBytes) || typeof peaks !== 'boolean') return undefined;
  if (!Array.isArray(columns) || columns.length > MAX_COLUMNS) return undefined;
  const names = columns.filter((name): name is string => typeof name === 'string' && COLUMN_NAME.test(name));
  if (names.length !== columns.length || new Set(names).size !== names.length) return undefined;
  const shape: Shape = { holds, stepMs, records, bodyBytes, columns: names, peaks };
  if (fileBytes(shape) > MAX_FILE_BYTES) return undefined;
  return holds === 'rows' && bodyBytes !== names.length * 4 * (peaks ? 2 : 1) ? undefined : shape;
}

/** Makes a record of the bytes at `at`, whose body is there already. */
export function sealRecord(bytes: Buffer, at: number, shape: Shape, number: number, from: number, to: number): void {
  bytes.writeUInt32LE(number, at + 4);
  bytes.writeDoubleLE(from, at + 8);
  bytes.writeDoubleLE(to, at + 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(at + 4, at + recordBytes(shape))), at);
}

export interface RecordHead {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** @param place which place of the ring the bytes are from @returns undefined where no whole record is that belongs there */
export function readHead(bytes: Buffer, at: number, shape: Shape, place: number): RecordHead | undefined {
  const end = at + recordBytes(shape);
  if (end > bytes.length) return undefined;
  const number = bytes.readUInt32LE(at + 4);
  if (number === 0 || (number - 1) % shape.records !== place) return undefined;
  if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32LE(at)) return undefined;
  const from = bytes.readDoubleLE(at + 8);
  const to = bytes.readDoubleLE(at + 16);
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? { number, from, to } : undefined;
}

/** The numbers that the body of a record of rows holds, as they lie there: means, then peaks. */
export function readRow(bytes: Buffer, at: number, shape: Shape, into: Float32Array): void {
  for (let i = 0; i < shape.bodyBytes / 4; i++) into[i] = bytes.readFloatLE(at + RECORD_HEAD_BYTES + 4 * i);
}
