// Extended headers of a tar archive: records of any length for what a header has no room for (pax(1)). Pure.
// Tests: test/pure/engine/rootfs-tar.test.ts.
import { TarError } from './tar-header.js';

/** Values are kept as bytes: attributes and names can hold any. */
export type Records = ReadonlyMap<string, Buffer>;

/** The first form of GNU's sparse files repeats two keys; together they are what its second form has under this one. */
export const SPARSE_MAP = 'GNU.sparse.map';
const SPARSE_NUMBERS = new Set(['GNU.sparse.offset', 'GNU.sparse.numbytes']);

const MAX_LENGTH_DIGITS = 10;

/** "LENGTH KEY=VALUE\n" after one another; LENGTH counts all of it. @throws TarError */
export function parsePax(bytes: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  const sparse: string[] = [];
  for (let at = 0; at < bytes.length && bytes[at] !== 0;) {
    const space = bytes.subarray(at, at + MAX_LENGTH_DIGITS + 1).indexOf(0x20) + at;
    const digits = bytes.toString('latin1', at, Math.max(space, at));
    const length = /^\d+$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = length === 0 || end > bytes.length ? -1 : bytes.subarray(0, end).indexOf(0x3d, space);
    if (equals <= space + 1 || bytes[end - 1] !== 0x0a)
      throw new TarError('an extended header of the archive is damaged');
    const key = bytes.toString('utf8', space + 1, equals);
    const value = bytes.subarray(equals + 1, end - 1);
    if (SPARSE_NUMBERS.has(key)) sparse.push(value.toString('latin1'));
    else records.set(key, value);
    at = end;
  }
  if (sparse.length > 0) records.set(SPARSE_MAP, Buffer.from(sparse.join(',')));
  return records;
}

/** @throws TarError */
export function paxInteger(records: Records, key: string): number | undefined {
  const text = records.get(key)?.toString();
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new TarError(`${JSON.stringify(text.slice(0, 40))} is no ${key} of a tar archive`);
  return Number(text);
}

/** "1700000000.25" in ns. @throws TarError */
export function parsePaxTime(text: string): bigint {
  const match = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(text);
  if (match === null) throw new TarError(`${JSON.stringify(text.slice(0, 40))} is no time of a tar archive`);
  const [, sign, seconds, fraction = ''] = match;
  const ns = BigInt(seconds!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
  return sign === '-' ? -ns : ns;
}

/** The inverse: as few digits as say it all. */
export function paxTime(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  const fraction = (size % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${ns < 0n ? '-' : ''}${size / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
}

/** "LENGTH KEY=VALUE\n", where LENGTH counts its own digits too. */
export function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
