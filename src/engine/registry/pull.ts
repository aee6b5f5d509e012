// pull: an image from a registry into the store. Its layers come at the same time and are unpacked while they come; the name is
// given last, so that an image that has one is whole. What a pull that ended early leaves is continued by the next.
// Tests: test/container/registry.
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { ContentStore, Lease } from '../image/content/model.js';
import { chainIdsOf, hexOf } from '../image/digest.js';
import { readConfiguration, readManifestOrIndex, requireFit, requireImage } from '../image/oci-read.js';
import type { Descriptor, Digest, ImageConfiguration, Index, Manifest, Platform } from '../image/oci.js';
import { originOf, takenFrom } from '../image/origin.js';
import {
  canRunOn,
  choosePlatform,
  formatPlatform,
  hostPlatform,
  noSuchPlatform,
  parsePlatform,
} from '../image/platform.js';
import {
  BASE,
  familiarName,
  fullName,
  imageName,
  parseReference,
  withDefaultTag,
  type Reference,
} from '../image/reference.js';
import type { OnTransfer } from '../image/transfer.js';
import type { RegistryClient } from './client.js';
import { fetchDocument } from './download.js';
import { allOrNone, Places } from './in-parallel.js';
import { currentDigest, fetchManifest, mismatch, type Document } from './manifests.js';
import { pullLayer } from './pull-layer.js';
import { Reporter } from './reporter.js';
import { openSession, type RegistryOptions, type Session } from './session.js';
import { fetchTags } from './tags.js';

/** As Docker's: more make none of them faster on most lines. */
const DOWNLOADS_AT_ONCE = 3;
/** Indexes in one another: the specification allows it and nobody needs more. */
const MAX_INDEX_DEPTH = 3;

export interface PullWishes {
  /** "linux/arm64"; that of this host when absent */
  readonly platform?: string;
  readonly onTransfer?: OnTransfer;
  readonly signal?: AbortSignal;
  readonly registry?: RegistryOptions;
}

export interface Pulled {
  /** as people write it */
  readonly name: string;
  /** of the image: that of its configuration */
  readonly id: string;
  /** what the name stands for in the registry: of an index or of a manifest */
  readonly digest: Digest;
  readonly platform: Platform;
  /** it was here already, and is what the registry has */
  readonly isUpToDate: boolean;
}

/** @throws TscontainError NO_SUCH_IMAGE, NO_SUCH_REGISTRY, UNAUTHORIZED, DIGEST_MISMATCH, NOT_SUPPORTED … and the signal's reason */
export async function pull(content: ContentStore, text: string, wishes: PullWishes = {}): Promise<Pulled> {
  const reference = wantedReference(text);
  const session = openSession(reference.registry, 'pull', wishes.registry);
  try {
    return await pullOne({ content, session, wishes }, reference);
  } finally {
    session.close();
  }
}

/** Every tag of a repository, one after the other. @returns them as they come */
export async function* pullAllTags(
  content: ContentStore,
  text: string,
  wishes: PullWishes = {},
): AsyncGenerator<Pulled, void> {
  const reference = wantedReference(text, 'all tags');
  const session = openSession(reference.registry, 'pull', wishes.registry);
  try {
    const tags = await session.first((client) => fetchTags(client, reference, wishes.signal), {
      signal: wishes.signal,
    });
    for (const tag of tags) yield await pullOne({ content, session, wishes }, { ...reference, tag });
  } finally {
    session.close();
  }
}

function wantedReference(text: string, which: 'one' | 'all tags' = 'one'): Reference {
  if (text === BASE) {
    throw new TscontainError(
      'INVALID_VALUE',
      `"${BASE}" is made from the programs of this host and comes from no registry`,
      {
        hint: `Docker Hub's image of that name is library/${BASE}:latest`,
      },
    );
  }
  const reference = parseReference(text);
  if (which === 'one') return withDefaultTag(reference);
  if (reference.tag === undefined && reference.digest === undefined) return reference;
  throw new TscontainError('INVALID_VALUE', `${shown(text)} names one image, and all tags were asked for`, {
    hint: 'leave out the tag, or leave out --all-tags',
  });
}

interface Pull {
  readonly content: ContentStore;
  readonly session: Session;
  readonly wishes: PullWishes;
}

/** What is known of an image before its layers come. */
interface Found {
  readonly from: RegistryClient;
  /** of what the name stands for */
  readonly digest: Digest;
  readonly document: Document;
  readonly manifest: Manifest;
}

async function pullOne(pull: Pull, reference: Reference): Promise<Pulled> {
  const { content, session, wishes } = pull;
  const { signal } = wishes;
  const name = imageName(fullName(reference));
  const wanted = wishes.platform === undefined ? hostPlatform() : parsePlatform(wishes.platform);
  const here = await whatIsHere(content, name, wanted, wishes.platform !== undefined);
  if (here !== undefined && (await isCurrent(pull, reference, here.digests))) {
    const { id, platform, digests } = here;
    return { name: familiarName(name), id, digest: digests[0]!, platform, isUpToDate: true };
  }
  const lease = await content.lease();
  try {
    const found = await session.first((client) => find(client, reference, wanted, signal), { signal });
    const { document, manifest, digest } = found;
    await lease.add(document.digest, manifest.config.digest, ...manifest.layers.map((layer) => layer.digest));
    const { bytes, configuration } = await fetchConfiguration(pull, found, reference);
    requirePlatform(name, configuration.platform, wanted, wishes.platform !== undefined);
    await fetchLayers(pull, found, reference, configuration, lease);
    await content.blobs.put(bytes);
    await content.blobs.put(document.bytes);
    signal?.throwIfAborted();
    await content.references.set(name, descriptorOf(found, configuration));
    return {
      name: familiarName(name),
      id: hexOf(manifest.config.digest),
      digest,
      platform: configuration.platform,
      isUpToDate: false,
    };
  } finally {
    await lease.close();
  }
}

function descriptorOf({ document, manifest, digest }: Found, { platform }: ImageConfiguration): Descriptor {
  return takenFrom(digest, {
    mediaType: manifest.mediaType,
    digest: document.digest,
    size: document.bytes.length,
    platform,
  });
}

/** The manifest that is meant, through an index where the name stands for one. */
async function find(
  client: RegistryClient,
  reference: Reference,
  wanted: Platform,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const name = familiarName(fullName(reference));
  const what = `the manifest of ${name}`;
  const top = await fetchManifest(client, reference, signal);
  let document = top;
  for (let depth = 0; ; depth++) {
    const read = readManifestOrIndex(document.bytes, what, document.mediaType);
    if (read.kind === 'manifest') {
      requireImage(read, name);
      return { from: client, digest: top.digest, document, manifest: read };
    }
    if (depth === MAX_INDEX_DEPTH) {
      throw new TscontainError('INVALID_VALUE', `${name} is an index in an index, ${MAX_INDEX_DEPTH} times over`);
    }
    const chosen = choose(read, name, wanted);
    document = await fetchManifest(client, { ...withoutTag(reference), digest: chosen.digest }, signal);
    requireAsNamed(document, chosen, name);
  }
}

function choose({ manifests }: Index, name: string, wanted: Platform): Descriptor {
  const chosen = choosePlatform(manifests, wanted);
  if (chosen !== undefined) return chosen;
  throw noSuchPlatform(
    name,
    wanted,
    manifests.flatMap(({ platform }) => (platform === undefined ? [] : [platform])),
  );
}

/** An index says of each manifest how large it is and of which kind: another kind would be read another way (CVE-2021-41190). */
function requireAsNamed(
  { bytes, mediaType }: Document,
  { size, mediaType: named, digest }: Descriptor,
  name: string,
): void {
  if (bytes.length !== size)
    throw mismatch(`${digest} of ${name} has ${bytes.length} bytes, and its index says ${size}`);
  if (mediaType !== named) {
    throw new TscontainError(
      'INVALID_VALUE',
      `${digest} of ${name} comes as ${shown(mediaType)}, and its index says ${shown(named)}`,
    );
  }
}

const withoutTag = ({ registry, repository }: Reference): Reference => ({ registry, repository });

async function fetchConfiguration(
  { content, session, wishes: { onTransfer, signal } }: Pull,
  { from, manifest }: Found,
  reference: Reference,
): Promise<{ bytes: Buffer; configuration: ImageConfiguration }> {
  const what = `the configuration of ${familiarName(fullName(reference))}`;
  const report = new Reporter(onTransfer, manifest.config, 'configuration');
  const isHere = content.blobs.has(manifest.config.digest);
  const bytes = isHere
    ? await content.blobs.read(manifest.config.digest)
    : await session.first((client) => fetchDocument(client, reference.repository, manifest.config, what, signal), {
        from,
        signal,
        onRetry: (why, delay) => report.retrying(why, delay),
      });
  const configuration = readConfiguration(bytes, what);
  requireFit(manifest, configuration, familiarName(fullName(reference)));
  report.phase(isHere ? 'there' : 'done');
  return { bytes, configuration };
}

/** An image of one platform is taken for another machine only by who asks for it. */
function requirePlatform(name: string, platform: Platform, wanted: Platform, wasAsked: boolean): void {
  if (canRunOn(platform, wanted)) return;
  const familiar = familiarName(name);
  if (wasAsked) throw noSuchPlatform(familiar, wanted, [platform]);
  throw new TscontainError(
    'NOT_SUPPORTED',
    `${familiar} is for ${formatPlatform(platform)} and this host is ${formatPlatform(wanted)}`,
    {
      hint: `to have it all the same: --platform ${formatPlatform(platform)}`,
    },
  );
}

async function fetchLayers(
  { content, session, wishes: { onTransfer, signal } }: Pull,
  { from, manifest }: Found,
  { repository }: Reference,
  { diffIds }: ImageConfiguration,
  lease: Lease,
): Promise<void> {
  const chainIds = chainIdsOf(diffIds);
  await lease.add(...chainIds);
  const places = new Places(DOWNLOADS_AT_ONCE);
  await allOrNone(manifest.layers, signal, (descriptor, stop, index) =>
    pullLayer(
      { content, session, from, repository, places, signal: stop },
      { descriptor, diffId: diffIds[index]!, chainId: chainIds[index]!, parent: chainIds[index - 1] },
      new Reporter(onTransfer, descriptor, 'layer'),
    ),
  );
}

interface Here {
  readonly id: string;
  readonly platform: Platform;
  /** what the name stands for in the registry, then the manifest itself */
  readonly digests: readonly Digest[];
}

/** What the name stands for here, when all of it is there and it is for the platform that is wanted. */
async function whatIsHere(
  content: ContentStore,
  name: string,
  wanted: Platform,
  wasAsked: boolean,
): Promise<Here | undefined> {
  const descriptor = content.references.get(name);
  if (descriptor === undefined || !content.blobs.has(descriptor.digest)) return undefined;
  try {
    const read = readManifestOrIndex(await content.blobs.read(descriptor.digest), name, descriptor.mediaType);
    if (read.kind === 'index' || !content.blobs.has(read.config.digest)) return undefined;
    const { platform, diffIds } = readConfiguration(await content.blobs.read(read.config.digest), name);
    const isWhole =
      read.layers.every(({ digest }) => content.blobs.has(digest)) &&
      chainIdsOf(diffIds).every((chainId) => content.layers.get(chainId) !== undefined);
    const fits = canRunOn(platform, wanted) && (!wasAsked || formatPlatform(platform) === formatPlatform(wanted));
    if (!isWhole || !fits) return undefined;
    const digests = [originOf(descriptor), descriptor.digest];
    return { id: hexOf(read.config.digest), platform, digests };
  } catch {
    // What is damaged is fetched again.
    return undefined;
  }
}

/** By digest nothing can have changed; by tag the registry is asked what it stands for now. */
async function isCurrent(
  { session, wishes: { signal } }: Pull,
  reference: Reference,
  digests: readonly Digest[],
): Promise<boolean> {
  if (reference.digest !== undefined) return digests.includes(reference.digest);
  const current = await session.first((client) => currentDigest(client, reference, signal), { signal });
  return current !== undefined && digests.includes(current);
}
