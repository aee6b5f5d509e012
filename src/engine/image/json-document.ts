// Reading JSON that somebody else wrote: how long and how deep it is comes first, then each field by its kind. Pure.
// Tests: test/pure/engine/image/oci-read.test.ts.
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { isDigest } from './digest.js';
import { MAX_DOCUMENT_BYTES, type Digest } from './oci.js';

/** Manifests need 4, configurations with all that builders put into them a few more. */
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

type JsonObject = Readonly<Record<string, unknown>>;

/** What is wrong with a document, as one sentence. `what` names it: "the manifest sha256:…". */
export function wrongDocument(what: string, why: string): TscontainError {
  return new TscontainError('INVALID_VALUE', `${what} ${why}`, {
    hint: 'it is damaged, or was made to do harm: get it again, or ask whoever made it',
  });
}

/** @throws TscontainError INVALID_VALUE for what is too long, too deep, or no JSON object */
export function readJson(bytes: Uint8Array, what: string, maxBytes = MAX_DOCUMENT_BYTES): Fields {
  const value = parse(bytes, what, maxBytes);
  if (!isObject(value)) throw wrongDocument(what, 'is not a JSON object');
  return new Fields(value, what);
}

/** The same of a list of objects. */
export function readJsonList(bytes: Uint8Array, what: string, maxBytes = MAX_DOCUMENT_BYTES): Fields[] {
  const value = parse(bytes, what, maxBytes);
  if (!Array.isArray(value) || !value.every(isObject)) throw wrongDocument(what, 'is not a list of JSON objects');
  return value.map((item, i) => new Fields(item, what, `[${i}].`));
}

function parse(bytes: Uint8Array, what: string, maxBytes: number): unknown {
  if (bytes.length > maxBytes) throw wrongDocument(what, `has ${bytes.length} bytes: up to ${maxBytes} are read`);
  if (isDeep(bytes)) throw wrongDocument(what, `is nested more than ${MAX_DEPTH} deep`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw wrongDocument(what, bytes.length === 0 ? 'is empty' : 'is not JSON');
  }
}

/** Counted on the bytes: a parser that nests with the document may not live to tell. */
function isDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return shown(String(value));
  return Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : String(value);
}

/** The fields of an object. What is null is absent, as Go's programs write it. Each throws TscontainError INVALID_VALUE. */
export class Fields {
  constructor(
    private readonly value: JsonObject,
    private readonly what: string,
    private readonly place = '',
  ) {}

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  names(): string[] {
    return Object.keys(this.value);
  }

  wrong(why: string): TscontainError {
    return wrongDocument(this.what, `cannot be: ${why}`);
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.unfit(name, value, 'a text');
  }

  flag(name: string): boolean {
    const value = this.get(name) ?? false;
    if (typeof value === 'boolean') return value;
    throw this.unfit(name, value, 'true or false');
  }

  /** A whole number from 0 on that can be counted with. */
  count(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0))
      return value as number | undefined;
    throw this.unfit(name, value, 'a count');
  }

  digest(name: string): Digest {
    const value = this.required(name, this.text(name));
    if (isDigest(value)) return value;
    throw this.unfit(name, value, '"sha256:" and 64 hexadecimal digits');
  }

  texts(name: string): string[] {
    const value = this.get(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw this.unfit(name, value, 'a list of texts');
  }

  digests(name: string): Digest[] {
    return this.texts(name).map((text, i) => {
      if (isDigest(text)) return text;
      throw this.unfit(`${name}[${i}]`, text, '"sha256:" and 64 hexadecimal digits');
    });
  }

  object(name: string): Fields | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (isObject(value)) return this.inside(name, value);
    throw this.unfit(name, value, 'an object');
  }

  objects(name: string): Fields[] {
    const value = this.get(name) ?? [];
    if (!Array.isArray(value)) throw this.unfit(name, value, 'a list of objects');
    return value.map((item: unknown, i) => {
      if (isObject(item)) return this.inside(`${name}[${i}]`, item);
      throw this.unfit(`${name}[${i}]`, item, 'an object');
    });
  }

  /** Names, each with a text. */
  record(name: string): Record<string, string> {
    const fields = this.object(name);
    if (fields === undefined) return {};
    return Object.fromEntries(fields.names().map((key) => [key, fields.text(key) ?? '']));
  }

  /** The names of an object that stands for a set: { "80/tcp": {} }. */
  keys(name: string): string[] {
    return this.object(name)?.names() ?? [];
  }

  required<T>(name: string, value: T | undefined): T {
    if (value !== undefined) return value;
    throw this.wrong(`it has no ${this.place}${name}`);
  }

  private get(name: string): unknown {
    // Of its own only: a document may leave out what every object inherits.
    return Object.hasOwn(this.value, name) ? (this.value[name] ?? undefined) : undefined;
  }

  private inside(name: string, value: JsonObject): Fields {
    return new Fields(value, this.what, `${this.place}${name}.`);
  }

  private unfit(name: string, value: unknown, right: string): TscontainError {
    return this.wrong(`${this.place}${shown(name).slice(1, -1)} is ${kindOf(value)}, not ${right}`);
  }
}

/** Of a file of ours, which is as long and as deep as we have made it. @throws TscontainError INVALID_VALUE */
export function readOwnJson(text: string, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrongDocument(what, 'is not JSON');
  }
  if (!isObject(value)) throw wrongDocument(what, 'is not a JSON object');
  return new Fields(value, what);
}
