// What is known of an unpacked layer: layer.json when its tree is whole, and a mark beside it when all of it is on the disk.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { TscontainError } from '../../errors.js';
import { bootId } from '../../state/boot.js';
import { FileCache } from '../../state/file-cache.js';
import { isDigest } from '../digest.js';
import type { Digest } from '../oci.js';
import { places } from './places.js';
import type { Survey } from './survey.js';

export interface LayerRecord {
  readonly schema: 1;
  readonly chainId: Digest;
  readonly diffId: Digest;
  /** of the bytes that were read */
  readonly digest: Digest;
  readonly parent?: Digest;
  /** of the files in it */
  readonly sizeBytes: number;
  /** directories that it has only because something is in them (layer/model.ts) */
  readonly implied: readonly string[];
  /** in which boot it was unpacked: a power cut since then may have taken some of it */
  readonly boot: string;
}

export class LayerRecords {
  readonly #files = new FileCache(parseRecord);
  /** Marks that were seen stay. */
  readonly #durable = new Set<Digest>();

  constructor(private readonly images: string) {}

  /** undefined when it is not there, cannot be read, or was cut short by the end of an earlier boot */
  trusted(chainId: Digest): LayerRecord | undefined {
    const record = this.read(chainId);
    if (record === undefined || record.chainId !== chainId) return undefined;
    return record.boot === bootId() || this.isDurable(chainId) ? record : undefined;
  }

  read(chainId: Digest): LayerRecord | undefined {
    try {
      return this.#files.read(places.layerRecord(this.images, chainId), chainId);
    } catch {
      this.#durable.delete(chainId);
      return undefined;
    }
  }

  isDurable(chainId: Digest): boolean {
    if (this.#durable.has(chainId)) return true;
    const isThere = existsSync(places.layerMark(this.images, chainId));
    if (isThere) this.#durable.add(chainId);
    return isThere;
  }

  /** After all of it has reached the disk. */
  mark(chainId: Digest, survey: Survey): void {
    writeFileSync(places.layerMark(this.images, chainId), JSON.stringify(survey), { mode: 0o600 });
    this.#durable.add(chainId);
  }

  /** As it was when it was marked. */
  survey(chainId: Digest): Survey | undefined {
    try {
      const value = JSON.parse(readFileSync(places.layerMark(this.images, chainId), 'utf8')) as Partial<Survey> | null;
      const isWhole =
        typeof value?.digest === 'string' && typeof value.entries === 'number' && typeof value.sizeBytes === 'number';
      return isWhole ? (value as Survey) : undefined;
    } catch {
      return undefined;
    }
  }

  forget(chainId: Digest): void {
    this.#durable.delete(chainId);
  }
}

function parseRecord(text: string, path: string): LayerRecord {
  const value = JSON.parse(text) as Partial<Record<keyof LayerRecord, unknown>> | null;
  const isWhole =
    value?.schema === 1 &&
    [value.chainId, value.diffId, value.digest].every((digest) => typeof digest === 'string' && isDigest(digest)) &&
    (value.parent === undefined || (typeof value.parent === 'string' && isDigest(value.parent))) &&
    Number.isSafeInteger(value.sizeBytes) &&
    typeof value.boot === 'string' &&
    Array.isArray(value.implied);
  if (isWhole) return value as LayerRecord;
  throw new TscontainError('STATE_CORRUPT', `${path} cannot be understood`);
}
