// DNS messages (RFC 1035, RFC 6891) as the resolver takes and gives them. Pure. What comes in is hostile: it is a query that can
// be answered, or something that is refused by its own bytes, or nothing that an answer would do any good to.
//
// The question goes back byte by byte as it came: who asks in letters of changing size (0x20) looks whether they are the same.
import { decode, encode, type Answer as PacketRecord, type DecodedPacket, type Packet } from 'dns-packet';
import type { NameRecord } from './answer.js';

export type Transport = 'udp' | 'tcp';

export interface Query {
  readonly id: number;
  /** lower case, without a dot at its end; undefined for one that cannot be ours: the root, or with bytes that our names have not */
  readonly name: string | undefined;
  /** as it was written */
  readonly written: string;
  /** "A", "AAAA", …, "UNKNOWN_65" */
  readonly type: string;
  /** what it asks for at its end is understood */
  readonly hasEdns: boolean;
  /** most that an answer by UDP may have */
  readonly udpBytes: number;
  readonly bytes: Buffer;
  /** where its question ends in `bytes`, which begins at HEADER_BYTES */
  readonly questionEnd: number;
}

export type Received =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'refused'; readonly reply: Buffer }
  | { readonly kind: 'ignored' };

export const HEADER_BYTES = 12;
/** Without EDNS no more than this may come by UDP. */
const PLAIN_UDP_BYTES = 512;
/** What we say that we take, and the most that we send of our own: it is not fragmented on any link. */
const OWN_UDP_BYTES = 1232;
const TCP_BYTES = 65_535;
const TYPE_AND_CLASS_BYTES = 4;
const CLASS_IN = 1;
/** Of names that move when a container is started again: nobody shall keep them. */
const TTL_SECONDS = 1;

const QR = 0x8000;
const OPCODE = 0x7800;
const AA = 0x0400;
const TC = 0x0200;
const RD = 0x0100;
const RA = 0x0080;
const CD = 0x0010;
const RCODE_BITS = 0x000f;
export const RCODE = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  noSuchName: 3,
  notImplemented: 4,
  refused: 5,
} as const;
type Rcode = (typeof RCODE)[keyof typeof RCODE];
/** BADVERS is 16: its upper bits stand in the OPT record. */
const BAD_VERSION_UPPER_BITS = 1;

/** Letters, digits and what else names of containers, networks and services have: all that is printed in ASCII, but no dot in a label. */
const isPlainByte = (byte: number): boolean => byte > 0x20 && byte < 0x7f && byte !== 0x2e;

export function receive(bytes: Buffer): Received {
  // An answer to an answer could go back and forth for ever (and one without an id has nobody who waits for it).
  if (bytes.length < HEADER_BYTES || (flagsOf(bytes) & QR) !== 0) return { kind: 'ignored' };
  const question = readQuestion(bytes);
  const refuse = (rcode: Rcode): Received => ({ kind: 'refused', reply: refusal(bytes, question?.end, rcode) });
  if ((flagsOf(bytes) & OPCODE) !== 0) return refuse(RCODE.notImplemented);
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at));
  // Nobody asks two things at once, and what else could stand in a query is an OPT and a signature.
  if (question === undefined || questions !== 1 || answers !== 0 || authorities !== 0 || additionals! > 2)
    return refuse(RCODE.formatError);
  if (bytes.readUInt16BE(question.end - 2) !== CLASS_IN) return refuse(RCODE.refused);
  const packet = packetOf(bytes);
  const opts = packet?.additionals?.filter((record) => record.type === 'OPT') ?? [];
  const asked = packet?.questions?.[0];
  if (asked === undefined || opts.length > 1) return refuse(RCODE.formatError);
  const [opt] = opts;
  const query: Query = {
    id: bytes.readUInt16BE(0),
    name: question.isPlain && asked.name !== '.' ? asked.name.toLowerCase() : undefined,
    written: asked.name,
    type: asked.type,
    hasEdns: opt !== undefined,
    udpBytes: Math.max(PLAIN_UDP_BYTES, opt?.udpPayloadSize ?? 0),
    bytes,
    questionEnd: question.end,
  };
  if (opt !== undefined && opt.ednsVersion !== 0) return { kind: 'refused', reply: badVersion(query) };
  return { kind: 'query', query };
}

function flagsOf(bytes: Buffer): number {
  return bytes.readUInt16BE(2);
}

export function rcodeOf(bytes: Buffer): number {
  return flagsOf(bytes) & RCODE_BITS;
}

/** @returns undefined for what is no question: cut short, or with pointers, which in the first name of a message lead nowhere */
function readQuestion(bytes: Buffer): { readonly end: number; readonly isPlain: boolean } | undefined {
  let at = HEADER_BYTES;
  let isPlain = true;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || length > 63) return undefined;
    at += 1;
    if (length === 0) break;
    isPlain &&= bytes.subarray(at, at + length).every(isPlainByte);
    at += length;
  }
  const end = at + TYPE_AND_CLASS_BYTES;
  return end > bytes.length || at - HEADER_BYTES > 255 ? undefined : { end, isPlain };
}

/** undefined for what the library cannot read. */
function packetOf(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

/** Header, question as it came, and what the library makes of the rest. */
function reply(query: Pick<Query, 'bytes'>, questionEnd: number | undefined, flags: number, rest: Packet): Buffer {
  const asked = flagsOf(query.bytes) & (OPCODE | RD | CD);
  const id = query.bytes.readUInt16BE(0);
  const made = encode({ ...rest, type: 'response', id, flags: asked | flags | RA });
  if (questionEnd === undefined) return made;
  made.writeUInt16BE(1, 4);
  const question = query.bytes.subarray(HEADER_BYTES, questionEnd);
  return Buffer.concat([made.subarray(0, HEADER_BYTES), question, made.subarray(HEADER_BYTES)]);
}

function refusal(bytes: Buffer, questionEnd: number | undefined, rcode: Rcode): Buffer {
  return reply({ bytes }, questionEnd, rcode, {});
}

function ownOpt(extendedRcode = 0): PacketRecord {
  const rest = { extendedRcode, ednsVersion: 0, flags: 0, flag_do: false, options: [] };
  return { type: 'OPT', name: '.', udpPayloadSize: OWN_UDP_BYTES, ...rest };
}

function badVersion(query: Query): Buffer {
  return reply(query, query.questionEnd, RCODE.noError, { additionals: [ownOpt(BAD_VERSION_UPPER_BITS)] });
}

const edns = (query: Query): Packet => (query.hasEdns ? { additionals: [ownOpt()] } : {});

/** The answer that there is none. */
export function failureReply(query: Query, rcode: Rcode): Buffer {
  const isOurs = rcode === RCODE.noSuchName ? AA : 0;
  return reply(query, query.questionEnd, rcode | isOurs, edns(query));
}

/** As many of the records as there is room for; with TC where that is not all, so that who wants the others comes by TCP. */
export function recordsReply(query: Query, records: readonly NameRecord[], transport: Transport): Buffer {
  const most = transport === 'tcp' ? TCP_BYTES : Math.min(query.udpBytes, OWN_UDP_BYTES);
  const encoded = (count: number): Buffer => {
    const answers = records.slice(0, count).map(({ type, data }): PacketRecord => {
      return { type, name: query.written, ttl: TTL_SECONDS, class: 'IN', data };
    });
    const flags = count < records.length ? AA | TC : AA;
    return reply(query, query.questionEnd, flags, { answers, ...edns(query) });
  };
  const whole = encoded(records.length);
  if (whole.length <= most || records.length === 0) return whole;
  const none = encoded(0).length;
  const average = (whole.length - none) / records.length;
  for (let count = Math.floor((most - none) / average); count > 0; count -= 1) {
    const part = encoded(count);
    if (part.length <= most) return part;
  }
  return encoded(0);
}

/** Whether these bytes answer this query, which was sent on under an id of ours. */
export function isReplyTo(query: Query, sentId: number, bytes: Buffer): boolean {
  const { questionEnd } = query;
  if (bytes.length < questionEnd || bytes.readUInt16BE(0) !== sentId || (flagsOf(bytes) & (QR | OPCODE)) !== QR)
    return false;
  if (bytes.readUInt16BE(4) !== 1) return false;
  const typeAt = questionEnd - TYPE_AND_CLASS_BYTES;
  const name = (from: Buffer) => from.toString('latin1', HEADER_BYTES, typeAt).toLowerCase();
  return (
    name(bytes) === name(query.bytes) &&
    bytes.subarray(typeAt, questionEnd).equals(query.bytes.subarray(typeAt, questionEnd))
  );
}

/** What is sent on: the query as it came, under another id. */
export function underId(bytes: Buffer, id: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt16BE(id, 0);
  return copy;
}

/** The answer of another server as whoever asked can take it: under its id, and by UDP no longer than it said. */
export function passedOn(query: Query, answer: Buffer, transport: Transport): Buffer {
  const bytes = underId(answer, query.id);
  if (transport === 'tcp' || bytes.length <= query.udpBytes) return bytes;
  const short = reply(query, query.questionEnd, TC, edns(query));
  // What else the server said of it stays so.
  short.writeUInt16BE((flagsOf(answer) | TC) & 0xffff, 2);
  return short;
}

/** The two bytes of length that go before a message on a stream (RFC 1035 4.2.2). */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
