// push: an image from the store to a registry. What the registry has is not sent, what it has in another repository is taken over
// there; the manifest comes last, so that nobody ever sees a name that leads to half an image. Tests: test/container/registry.
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { ContentStore } from '../image/content/model.js';
import { readManifestOrIndex } from '../image/oci-read.js';
import type { Descriptor, Digest, Index, Manifest } from '../image/oci.js';
import { BASE, familiarName, fullName, parseReference, withDefaultTag, type Reference } from '../image/reference.js';
import type { OnTransfer, TransferEvent } from '../image/transfer.js';
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
    await pushDocument(
      { content, session, wishes, places: new Places(UPLOADS_AT_ONCE) },
      reference,
      descriptor,
      reference,
    );
    return { name: familiarName(fullName(reference)), digest: descriptor.digest, size: descriptor.size };
  } finally {
    await lease.close();
    session.close();
  }
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

/** A manifest and what it leads to. @param as the tag, or the digest of one that an index leads to */
async function pushDocument(push: Push, reference: Reference, descriptor: Descriptor, as: Reference): Promise<void> {
  const { content, wishes } = push;
  const name = familiarName(fullName(reference));
  const bytes = await content.blobs.read(descriptor.digest);
  const read = readManifestOrIndex(bytes, `the manifest of ${name}`, descriptor.mediaType);
  if (read.kind === 'index') await pushIndex(push, reference, read);
  else await pushBlobs(push, reference, read);
  wishes.signal?.throwIfAborted();
  const report = new Reporter(wishes.onTransfer, descriptor, 'manifest');
  report.moved(0);
  await giveManifest(push, as, { bytes, mediaType: read.mediaType, digest: descriptor.digest }, report);
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

/** Layers at the same time, the configuration with them: it is the manifest that makes an image of them. */
async function pushBlobs(push: Push, reference: Reference, { config, layers }: Manifest): Promise<void> {
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
  await allOrNone([...wanted.values()], wishes.signal, ({ blob, what }, signal) =>
    places.with(() => {
      const report = new Reporter(wishes.onTransfer, blob, what);
      return pushBlob(push, reference, blob, elsewhere, report, signal);
    }),
  );
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
