// push: an image from the store to a registry. What the registry has is not sent, what it has in another repository is taken over
// there, what is plain is compressed first; the manifest comes last, so that nobody ever sees a name that leads to half an image.
// Tests: test/container/registry.
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { ContentStore } from '../image/content/model.js';
import { readManifestOrIndex } from '../image/oci-read.js';
import type { Descriptor, Digest, Index, Manifest } from '../image/oci.js';
import { withoutOrigin } from '../image/origin.js';
import { BASE, familiarName, fullName, parseReference, withDefaultTag, type Reference } from '../image/reference.js';
import type { OnTransfer, TransferEvent } from '../image/transfer.js';
import { digestOf } from '../image/digest.js';
import { compressLayer, isPlain, withLayers } from './compress-layer.js';
import { allOrNone, Places } from './in-parallel.js';
import { hasManifest, putManifest, type Document } from './manifests.js';
import { Reporter } from './reporter.js';
import { openSession, type RegistryOptions, type Session } from './session.js';
import { hasBlob, Upload } from './upload.js';

/** As Docker's. */
const UPLOADS_AT_ONCE = 5;

export interface PushWishes {
  readonly onTransfer?: OnTransfer;
  readonly signal?: AbortSignal;
  readonly registry?: RegistryOptions;
}

export interface Pushed {
  /** as people write it */
  readonly name: string;
  /** what it is in the registry now */
  readonly digest: Digest;
  /** bytes of the manifest */
  readonly size: number;
}

/** @throws TscontainError NO_SUCH_IMAGE, NO_SUCH_REGISTRY, UNAUTHORIZED … and the signal's reason */
export async function push(content: ContentStore, text: string, wishes: PushWishes = {}): Promise<Pushed> {
  const reference = wantedReference(text);
  const descriptor = content.references.get(fullName(reference));
  if (descriptor === undefined) {
    throw new TscontainError('NO_SUCH_IMAGE', `there is no image ${shown(familiarName(fullName(reference)))} here`, {
      hint: 'give one that you have this name first: tscontain image tag IMAGE NAME',
    });
  }
  const session = openSession(reference.registry, 'push', wishes.registry);
  const lease = await content.lease();
  try {
    await lease.add(descriptor.digest);
    const push = { content, session, wishes, places: new Places(UPLOADS_AT_ONCE) };
    const pushed = await pushDocument(push, reference, descriptor, reference);
    await follow(content, fullName(reference), descriptor, pushed);
    return { name: familiarName(fullName(reference)), digest: pushed.digest, size: pushed.size };
  } finally {
    await lease.close();
    session.close();
  }
}

/** The name stands for what the registry has, unless somebody has given it to another image meanwhile. */
async function follow({ references }: ContentStore, name: string, was: Descriptor, is: Descriptor): Promise<void> {
  if (was.digest !== is.digest && references.get(name)?.digest === was.digest)
    await references.set(name, withoutOrigin(is));
}

function wantedReference(text: string): Reference {
  if (text === BASE) {
    throw new TscontainError(
      'INVALID_VALUE',
      `"${BASE}" is made from the programs of this host and has no place in a registry`,
      {
        hint: `give it a name first: tscontain image tag ${BASE} REGISTRY/NAME`,
      },
    );
  }
  const reference = withDefaultTag(parseReference(text));
  if (reference.digest === undefined) return reference;
  throw new TscontainError('INVALID_VALUE', `${shown(text)} names an image by its digest, which is no name to give`, {
    hint: 'push it by a tag',
  });
}

interface Push {
  readonly content: ContentStore;
  readonly session: Session;
  readonly wishes: PushWishes;
  readonly places: Places;
}

/**
 * A manifest and what it leads to.
 * @param as the tag, or the digest of one that an index leads to, which has to stay what it is
 * @returns what was given
 */
async function pushDocument(
  push: Push,
  reference: Reference,
  descriptor: Descriptor,
  as: Reference,
): Promise<Descriptor> {
  const { content, wishes } = push;
  const name = familiarName(fullName(reference));
  let bytes = await content.blobs.read(descriptor.digest);
  const read = readManifestOrIndex(bytes, `the manifest of ${name}`, descriptor.mediaType);
  if (read.kind === 'index') await pushIndex(push, reference, read);
  else {
    const compressed = await pushBlobs(push, reference, read, as.digest === undefined);
    if (compressed.size > 0) await content.blobs.put((bytes = withLayers(bytes, compressed)));
  }
  wishes.signal?.throwIfAborted();
  const given = { ...descriptor, mediaType: read.mediaType, digest: digestOf(bytes), size: bytes.length };
  const report = new Reporter(wishes.onTransfer, given, 'manifest');
  report.moved(0);
  await giveManifest(push, as, { bytes, mediaType: read.mediaType, digest: given.digest }, report);
  return given;
}

/** All that it leads to: a registry refuses an index whose manifests it does not have. */
async function pushIndex(push: Push, reference: Reference, { manifests }: Index): Promise<void> {
  const missing = manifests.find(({ digest }) => !push.content.blobs.has(digest));
  if (missing !== undefined) {
    throw new TscontainError(
      'NO_SUCH_IMAGE',
      `of ${familiarName(fullName(reference))} only a part is here: not ${missing.digest}`,
      {
        hint: 'pull the image of one platform and push that',
      },
    );
  }
  for (const descriptor of manifests) {
    const { registry, repository } = reference;
    await pushDocument(push, reference, descriptor, { registry, repository, digest: descriptor.digest });
  }
}

async function giveManifest(
  { session, wishes: { signal } }: Push,
  as: Reference,
  document: Document,
  report: Reporter,
): Promise<void> {
  await session.first(
    async (client) => {
      const isThere = as.digest !== undefined && (await hasManifest(client, as.repository, as.digest, signal));
      if (isThere) report.phase('there');
      else {
        await putManifest(client, as, document, signal);
        report.phase('done');
      }
    },
    { signal, onRetry: (why, delay) => report.retrying(why, delay) },
  );
}

/**
 * Layers at the same time, the configuration with them: it is the manifest that makes an image of them.
 * @returns the layers that were given in another form than the manifest says, by the digests that it has for them
 */
async function pushBlobs(
  push: Push,
  reference: Reference,
  { config, layers }: Manifest,
  mayCompress: boolean,
): Promise<ReadonlyMap<Digest, Descriptor>> {
  const { content, places, wishes } = push;
  const wanted = new Map<Digest, { blob: Descriptor; what: TransferEvent['what'] }>();
  for (const blob of layers) wanted.set(blob.digest, { blob, what: 'layer' });
  wanted.set(config.digest, { blob: config, what: 'configuration' });
  for (const { blob, what } of wanted.values()) {
    if (content.blobs.size(blob.digest) === blob.size) continue;
    throw new TscontainError(
      'STATE_CORRUPT',
      `${blob.digest}, a ${what} of ${familiarName(fullName(reference))}, is not whole here`,
      {
        hint: '"tscontain image check" says what else is damaged; pull or build that image again',
      },
    );
  }
  const elsewhere = new Elsewhere(content, reference);
  const compressed = new Map<Digest, Descriptor>();
  await allOrNone([...wanted.values()], wishes.signal, ({ blob, what }, signal) =>
    places.with(async () => {
      const report = new Reporter(wishes.onTransfer, blob, what);
      let given = blob;
      if (mayCompress && what === 'layer' && isPlain(blob)) {
        given = await compressLayer(content, blob, { signal, onRead: (bytes) => report.compressed(bytes) });
        compressed.set(blob.digest, given);
        report.becomes(given);
      }
      await pushBlob(push, reference, given, elsewhere, report, signal);
    }),
  );
  return compressed;
}

async function pushBlob(
  { content, session }: Push,
  { repository }: Reference,
  blob: Descriptor,
  elsewhere: Elsewhere,
  report: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const [client] = session.clients;
  if (client === undefined) return;
  report.phase('waiting');
  const upload = new Upload(client, repository, blob, content.blobs.path(blob.digest), session.pieceBytes);
  const how = await session.retry(
    client,
    async () => {
      if (await hasBlob(client, repository, blob, signal)) return 'there';
      return upload.run(await elsewhere.find(blob.digest), { signal, onProgress: (bytes) => report.moved(bytes) });
    },
    { signal, progress: () => upload.taken, onRetry: (why, delay) => report.retrying(why, delay) },
  );
  report.phase(how === 'sent' ? 'done' : 'there');
}

/** Other repositories of the same registry of which we know what they have: what was pulled from there, or pushed there, with its layers. */
class Elsewhere {
  readonly #content: ContentStore;
  readonly #reference: Reference;
  #repositories: Promise<ReadonlyMap<Digest, string>> | undefined;

  constructor(content: ContentStore, reference: Reference) {
    this.#content = content;
    this.#reference = reference;
  }

  async find(digest: Digest): Promise<string | undefined> {
    return (await (this.#repositories ??= this.#gather())).get(digest);
  }

  async #gather(): Promise<ReadonlyMap<Digest, string>> {
    const { references, blobs } = this.#content;
    const found = new Map<Digest, string>();
    for (const { name, descriptor } of references.list()) {
      if (name === BASE) continue;
      const { registry, repository } = parseReference(name);
      if (registry !== this.#reference.registry || repository === this.#reference.repository) continue;
      try {
        const read = readManifestOrIndex(await blobs.read(descriptor.digest), name, descriptor.mediaType);
        for (const { digest } of read.kind === 'manifest' ? read.layers : []) found.set(digest, repository);
      } catch {
        // It is only a guess that saves sending.
      }
    }
    return found;
  }
}
