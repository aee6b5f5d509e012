// Tar archives block by block, for what no honest writer would write.
import { checksum } from '../../src/engine/rootfs/tar-header.js';

export interface RawHeader {
  readonly name?: string | Buffer;
  readonly flag?: string;
  readonly link?: string | Buffer;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** what it says; by default what the content has */
  readonly size?: number;
  /** s */
  readonly modified?: number;
  readonly major?: number;
  readonly minor?: number;
  /** Anything else, before the sum is taken. */
  readonly change?: (block: Buffer) => void;
}

const octal = (block: Buffer, value: number, at: number, digits: number): void => {
  block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
};

/** A header and its content, filled to whole blocks. */
export function raw(header: RawHeader, content: Buffer | string = ''): Buffer {
  const body = Buffer.from(content);
  const block = Buffer.alloc(512);
  Buffer.from(header.name ?? 'file').copy(block, 0, 0, 100);
  Buffer.from(header.link ?? '').copy(block, 157, 0, 100);
  octal(block, header.mode ?? 0o644, 100, 7);
  octal(block, header.uid ?? 0, 108, 7);
  octal(block, header.gid ?? 0, 116, 7);
  octal(block, header.size ?? body.length, 124, 11);
  octal(block, header.modified ?? 1_700_000_000, 136, 11);
  block.write(header.flag ?? '0', 156, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  octal(block, header.major ?? 0, 329, 7);
  octal(block, header.minor ?? 0, 337, 7);
  header.change?.(block);
  block.fill(0, 148, 156);
  octal(block, checksum(block), 148, 6);
  return Buffer.concat([block, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** "LENGTH KEY=VALUE\n" after one another, as the content of an extended header. */
export function pax(
  records: readonly (readonly [key: string, value: string | Buffer])[],
  flag: 'x' | 'g' = 'x',
): Buffer {
  const lines = records.map(([key, value]) => {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
    let length = rest.length + 1;
    while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
    return Buffer.concat([Buffer.from(String(length)), rest]);
  });
  return raw({ name: 'PaxHeaders/x', flag }, Buffer.concat(lines));
}

/** GNU's way of a long name ("L") or link ("K"). */
export const gnuLong = (flag: 'L' | 'K', text: string): Buffer =>
  raw({ name: '././@LongLink', flag }, Buffer.concat([Buffer.from(text), Buffer.alloc(1)]));

export const END = Buffer.alloc(1024);

export const archiveOf = (...parts: readonly Buffer[]): Buffer => Buffer.concat([...parts, END]);
