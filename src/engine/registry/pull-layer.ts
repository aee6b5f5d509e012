// One layer of an image that is pulled: downloaded, and unpacked while it comes.
import { TscontainError, isTscontainError } from '../errors.js';
import { Growth } from '../image/content/growth.js';
import type { ContentStore, Ingest, LayerSource } from '../image/content/model.js';
import type { Descriptor, Digest } from '../image/oci.js';
import type { RegistryClient } from './client.js';
import { download } from './download.js';
import type { Places } from './in-parallel.js';
import type { Reporter } from './reporter.js';
import type { Session } from './session.js';

export interface LayerPull {
  readonly content: ContentStore;
  readonly session: Session;
  /** who gave the manifest */
  readonly from: RegistryClient;
  readonly repository: string;
  /** where downloads wait for their turn */
  readonly places: Places;
  readonly signal: AbortSignal;
}

export interface WantedLayer {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  readonly chainId: Digest;
  readonly parent: Digest | undefined;
}

/** Afterwards its blob is in the store and its tree is unpacked. */
export async function pullLayer(pull: LayerPull, wanted: WantedLayer, report: Reporter): Promise<void> {
  const { blobs, layers } = pull.content;
  const { digest } = wanted.descriptor;
  if (blobs.has(digest) && layers.get(wanted.chainId) !== undefined) {
    report.phase('there');
    return;
  }
  report.phase('waiting');
  if ((await fetchOnce(pull, wanted, report, true)) === 'again') await fetchOnce(pull, wanted, report, false);
  report.phase('done');
}

/**
 * @returns 'again' when what came does not fit and begins with what an earlier try left: that may have been the fault, so
 * all of it is to be fetched anew, once
 */
async function fetchOnce(
  pull: LayerPull,
  wanted: WantedLayer,
  report: Reporter,
  mayAgain: boolean,
): Promise<'done' | 'again'> {
  const { content, places, signal } = pull;
  const { descriptor } = wanted;
  // The place is for the download; unpacking goes on behind it.
  const begun = await places.with(async () => {
    const ingest = await content.blobs.ingest(descriptor, signal);
    if (ingest === undefined) return undefined;
    const isResumed = ingest.offset > 0;
    const growth = new Growth(ingest.path, ingest.offset);
    const unpacked = unpack(pull, wanted, report, growth);
    // What cannot be unpacked need not come to its end.
    const stop = new AbortController();
    unpacked.catch((error: unknown) => stop.abort(error));
    const both = AbortSignal.any([signal, stop.signal]);
    const downloaded = await settled(downloadInto(pull, descriptor, ingest, growth, report, both));
    return { ingest, isResumed, growth, unpacked, downloaded };
  });
  if (begun === undefined) {
    await unpack(pull, wanted, report);
    return 'done';
  }
  const { ingest, isResumed, growth, unpacked, downloaded } = begun;
  try {
    const layer = await settled(unpacked);
    // Of two failures the download's is the cause: the other was told of it.
    if ('error' in downloaded) throw downloaded.error;
    if ('error' in layer) throw layer.error;
    report.phase('verifying');
    await ingest.commit(growth.isRead ? layer.value.digest : undefined);
    return 'done';
  } catch (error) {
    // What does not fit is of no use to the next try; what was cut or stopped is.
    if (!doesNotFit(error)) throw error;
    await ingest.restart().catch(() => undefined);
    if (!isResumed || !mayAgain) throw error;
    return 'again';
  } finally {
    await ingest.close();
  }
}

const doesNotFit = (error: unknown): boolean =>
  isTscontainError(error, 'DIGEST_MISMATCH') || isTscontainError(error, 'INVALID_VALUE');

async function downloadInto(
  { session, from, repository }: LayerPull,
  descriptor: Descriptor,
  ingest: Ingest,
  growth: Growth,
  report: Reporter,
  signal: AbortSignal,
): Promise<void> {
  report.moved(ingest.offset);
  try {
    await session.first(
      (client) =>
        download(client, repository, descriptor, ingest, {
          signal,
          onBytes(count) {
            growth.add(count);
            report.moved(ingest.offset);
          },
        }),
      { from, signal, progress: () => ingest.offset, onRetry: (why, delay) => report.retrying(why, delay) },
    );
    growth.finish();
    report.phase('unpacking');
  } catch (error) {
    growth.fail(error instanceof Error ? error : new TscontainError('IO_ERROR', String(error)));
    throw error;
  }
}

function unpack(
  { content, signal }: LayerPull,
  { descriptor, diffId, parent }: WantedLayer,
  report: Reporter,
  file?: Growth,
): ReturnType<ContentStore['layers']['unpack']> {
  const source: LayerSource = {
    descriptor,
    diffId,
    ...(parent === undefined ? {} : { parent }),
    ...(file === undefined ? {} : { file }),
  };
  if (file === undefined) report.phase('unpacking');
  return content.layers.unpack(source, { signal, onProgress: (bytes) => report.unpacked(bytes) });
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}
