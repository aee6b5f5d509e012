// Netlink messages as bytes, and back (netlink(7)): a header, the fixed struct of its kind, then attributes, each of a type and a
// length, some of them made of further ones; all of it in the byte order of the machine, padded to four bytes. Pure.
import { NLA_TYPE_MASK, NLM_F_ACK_TLVS, NLM_F_CAPPED, NLMSGERR_ATTR_MSG } from './constants.js';

/** A number is one of 32 bits; text gets its NUL; a list is nested attributes. */
export type Attribute = readonly [type: number, value: number | string | Uint8Array | readonly Attribute[]];

export interface Request {
  /** RTM_* */
  readonly type: number;
  /** NLM_F_* */
  readonly flags: number;
  /** struct ifinfomsg, ifaddrmsg, rtmsg … */
  readonly body: Uint8Array;
  readonly attributes?: readonly Attribute[];
}

export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** what follows the header: a view of the bytes that were decoded */
  readonly payload: Buffer;
}

const HEADER_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;

const aligned = (length: number): number => (length + 3) & ~3;

function padded(bytes: Uint8Array): Uint8Array {
  const padding = aligned(bytes.length) - bytes.length;
  return padding === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(padding)]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function valueBytes(value: Attribute[1]): Uint8Array {
  if (typeof value === 'number') return u32(value);
  if (typeof value === 'string') return Buffer.from(`${value}\0`);
  return value instanceof Uint8Array ? value : encodeAttributes(value);
}

export function encodeAttributes(attributes: readonly Attribute[]): Buffer {
  return Buffer.concat(
    attributes.flatMap(([type, value]) => {
      const bytes = valueBytes(value);
      const header = Buffer.alloc(ATTRIBUTE_HEADER_BYTES);
      header.writeUInt16LE(ATTRIBUTE_HEADER_BYTES + bytes.length, 0);
      header.writeUInt16LE(type, 2);
      return [header, padded(bytes)];
    }),
  );
}

export function encodeRequest({ type, flags, body, attributes = [] }: Request, sequence: number): Buffer {
  const rest = Buffer.concat([padded(body), encodeAttributes(attributes)]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(HEADER_BYTES + rest.length, 0);
  header.writeUInt16LE(type, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt32LE(sequence, 8);
  return Buffer.concat([header, rest]);
}

/** @throws RangeError for bytes that no kernel writes */
export function decodeMessages(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + HEADER_BYTES <= bytes.length ? bytes.readUInt32LE(at) : 0;
    if (length < HEADER_BYTES || at + length > bytes.length)
      throw new RangeError(`a netlink message of ${length} bytes among ${bytes.length - at}`);
    messages.push({
      type: bytes.readUInt16LE(at + 4),
      flags: bytes.readUInt16LE(at + 6),
      sequence: bytes.readUInt32LE(at + 8),
      payload: bytes.subarray(at + HEADER_BYTES, at + length),
    });
    at += aligned(length);
  }
  return messages;
}

/** By type; of a type that comes twice the last. @throws RangeError */
export function decodeAttributes(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + ATTRIBUTE_HEADER_BYTES <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    if (length < ATTRIBUTE_HEADER_BYTES || at + length > bytes.length)
      throw new RangeError(`a netlink attribute of ${length} bytes among ${bytes.length - at}`);
    found.set(bytes.readUInt16LE(at + 2) & NLA_TYPE_MASK, bytes.subarray(at + ATTRIBUTE_HEADER_BYTES, at + length));
    at += aligned(length);
  }
  return found;
}

export function textOf(value: Buffer | undefined): string | undefined {
  return value?.toString('latin1').replace(/\0.*$/s, '');
}

export function numberOf(value: Buffer | undefined): number | undefined {
  return value === undefined || value.length < 4 ? undefined : value.readUInt32LE(0);
}

/** What a message of type NLMSG_ERROR or NLMSG_DONE says: errno, 0 where all is well, and the kernel's own words if it has some. */
export function decodeOutcome({ payload, flags }: Message): { readonly errno: number; readonly said?: string } {
  const errno = payload.length < 4 ? 0 : Math.abs(payload.readInt32LE(0));
  if ((flags & NLM_F_ACK_TLVS) === 0 || payload.length < 4 + HEADER_BYTES) return { errno };
  const repeated = (flags & NLM_F_CAPPED) === 0 ? aligned(payload.readUInt32LE(4)) : HEADER_BYTES;
  const said = textOf(decodeAttributes(payload.subarray(4 + repeated)).get(NLMSGERR_ATTR_MSG));
  return { errno, ...(said === undefined ? {} : { said }) };
}
