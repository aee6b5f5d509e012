// One layer of an archive on its way into the store: its bytes become a blob and are unpacked while they come.
// Tests: test/container/image/archive-load.test.ts.
import { Growth } from '../content/growth.js';
import type { ContentStore, Ingest, UnpackedLayer } from '../content/model.js';
import { chainIdOf } from '../digest.js';
import { MEDIA, type Descriptor, type Digest } from '../oci.js';
import type { OnTransfer, TransferPhase } from '../transfer.js';
import { SpentBuffers } from '../layer/spent-buffers.js';
import { layerType, withHead } from '../packing.js';
import { Extent } from './extent.js';
import type { PlannedLayer } from './plan.js';
import { requireRoom } from './room.js';

export interface Carrier {
  readonly store: ContentStore;
  readonly signal: AbortSignal;
  readonly onTransfer: OnTransfer;
}

export interface BroughtLayer {
  /** as a manifest names it */
  readonly descriptor: Descriptor;
  readonly unpacked: UnpackedLayer;
}

/** One whose bytes have all been read; it may still be unpacked while the next one comes. */
export interface LayerUnderWay {
  readonly brought: Promise<BroughtLayer>;
}

interface Wanted {
  readonly descriptor: Descriptor;
  readonly diffId: Digest | undefined;
  /** chain id of the layer below */
  readonly parent: Digest | undefined;
}

/** Reads all of the bytes. When they cannot be unpacked it stops reading. */
export async function bringLayer(
  carrier: Carrier,
  { part, size, diffId, ...planned }: PlannedLayer,
  parent: Digest | undefined,
  bytes: AsyncIterable<Buffer>,
): Promise<LayerUnderWay> {
  const { head, whole, close } = await withHead(bytes);
  const mediaType = planned.mediaType ?? layerType(head);
  // What is not packed is its own plain tar, so that its digest is known before it has been read.
  const digest = planned.digest ?? (mediaType === MEDIA.layer ? diffId : undefined);
  if (digest === undefined || diffId === undefined) {
    requireRoom(carrier.store.directory, size, part);
    return unpackStored(carrier, { descriptor: { mediaType, ...(await keep(carrier, whole)) }, diffId, parent });
  }
  const wanted = { descriptor: { mediaType, digest, size }, diffId, parent };
  if (!carrier.store.blobs.has(digest)) requireRoom(carrier.store.directory, size, part);
  const ingest = await carrier.store.blobs.ingest(wanted.descriptor, carrier.signal);
  if (ingest !== undefined) {
    if (!(bytes instanceof Extent)) return copyAndUnpack(carrier, wanted, ingest, (to) => writeAll(whole, to));
    await close();
    return copyAndUnpack(carrier, wanted, ingest, ({ ingest: to, grew }) => bytes.copyTo(to, grew));
  }
  await close();
  tell(carrier, wanted.descriptor, 'there');
  return unpackStored(carrier, wanted);
}

/** One whose blob is in the store. */
export function unpackStored(carrier: Carrier, { descriptor, diffId, parent }: Wanted): LayerUnderWay {
  const source = {
    descriptor,
    ...(diffId === undefined ? {} : { diffId }),
    ...(parent === undefined ? {} : { parent }),
  };
  const onProgress = (current: number): void => tell(carrier, descriptor, 'unpacking', current);
  const unpacking = carrier.store.layers.unpack(source, { signal: carrier.signal, onProgress });
  const brought = unpacking.then((unpacked) => {
    tell(carrier, descriptor, 'done', descriptor.size);
    return { descriptor, unpacked };
  });
  return { brought: heard(brought) };
}

interface Filling {
  readonly ingest: Ingest;
  /** so many bytes more are there; throws when it is to stop */
  readonly grew: (bytes: number) => void;
}

async function writeAll(bytes: AsyncIterable<Buffer>, { ingest, grew }: Filling): Promise<void> {
  const spent = new SpentBuffers();
  for await (const chunk of bytes) {
    await ingest.write(chunk);
    grew(chunk.length);
    spent.add(chunk.length);
  }
}

async function copyAndUnpack(
  carrier: Carrier,
  { descriptor, diffId, parent }: Wanted & { readonly diffId: Digest },
  ingest: Ingest,
  fill: (to: Filling) => Promise<void>,
): Promise<LayerUnderWay> {
  const { layers } = carrier.store;
  const failed = new AbortController();
  const signal = AbortSignal.any([carrier.signal, failed.signal]);
  const growth = new Growth(ingest.path);
  let unpacking: Promise<UnpackedLayer> | undefined;
  try {
    // What an earlier try has left is as fast to write again as to verify.
    if (ingest.offset > 0) await ingest.restart();
    const there = layers.get(chainIdOf(parent, diffId));
    const source = { descriptor, diffId, ...(parent === undefined ? {} : { parent }), file: growth };
    unpacking = there === undefined ? layers.unpack(source, { signal }) : Promise.resolve(there);
    unpacking.catch((error: unknown) => failed.abort(error));
    const grew = (length: number): void => {
      signal.throwIfAborted();
      growth.add(length);
      tell(carrier, descriptor, 'moving', ingest.offset);
    };
    await fill({ ingest, grew });
    growth.finish();
    return { brought: heard(commit(carrier, descriptor, ingest, growth, unpacking)) };
  } catch (error) {
    growth.fail(error);
    await unpacking?.catch(() => undefined);
    await discard(ingest);
    throw error;
  }
}

async function commit(
  carrier: Carrier,
  descriptor: Descriptor,
  ingest: Ingest,
  growth: Growth,
  unpacking: Promise<UnpackedLayer>,
): Promise<BroughtLayer> {
  try {
    tell(carrier, descriptor, 'unpacking', descriptor.size);
    // Its file has to stay where it is until it has been unpacked. Who unpacked it has seen what its digest is.
    const unpacked = await unpacking;
    await ingest.commit(growth.isRead ? unpacked.digest : undefined);
    await ingest.close();
    tell(carrier, descriptor, 'done', descriptor.size);
    return { descriptor, unpacked };
  } catch (error) {
    await discard(ingest);
    throw error;
  }
}

/** One that is packed, and whose name does not say what it is. */
async function keep(
  { store, signal }: Carrier,
  bytes: AsyncIterable<Buffer>,
): Promise<{ readonly digest: Digest; readonly size: number }> {
  const blob = await store.blobs.create();
  try {
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      await blob.write(chunk);
    }
    return await blob.commit();
  } finally {
    await blob.close();
  }
}

/** Nothing of it is kept for a next try: the archive has it all. */
async function discard(ingest: Ingest): Promise<void> {
  await ingest.restart().catch(() => undefined);
  await ingest.close();
}

function tell({ onTransfer }: Carrier, { digest, size }: Descriptor, phase: TransferPhase, current = 0): void {
  onTransfer({ digest, what: 'layer', phase, current, total: size });
}

/** A failure is told to who awaits it, which may be later than it happens. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
