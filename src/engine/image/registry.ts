// image pull and image push: what registries do for the store, told as events. All of it stands in ../registry.
import { appendEvent } from '../events.js';
import {
  pull,
  pullAllTags,
  push,
  type Pulled,
  type Pushed,
  type PullWishes,
  type PushWishes,
} from '../registry/index.js';
import { reachOf } from './content/reach.js';
import { discardUnneeded } from './discard.js';
import type { Descriptor, Digest } from './oci.js';
import { imageName } from './reference.js';
import type { ImageParts } from './store.js';

export async function pullImage(parts: ImageParts, name: string, wishes?: PullWishes): Promise<Pulled> {
  return told(parts, await pull(parts.content, name, wishes));
}

export async function* pullTags(parts: ImageParts, name: string, wishes?: PullWishes): AsyncGenerator<Pulled, void> {
  for await (const pulled of pullAllTags(parts.content, name, wishes)) yield told(parts, pulled);
}

function told({ root }: ImageParts, pulled: Pulled): Pulled {
  const { id, name, digest } = pulled;
  if (!pulled.isUpToDate) appendEvent(root, { type: 'image', action: 'pull', id, attributes: { name, digest } });
  return pulled;
}

/** What the name stood for goes where the registry now has its layers compressed: it was the same image. */
export async function pushImage(parts: ImageParts, name: string, wishes?: PushWishes): Promise<Pushed> {
  const { root, content, summaries } = parts;
  const was = content.references.get(imageName(name));
  const pushed = await push(content, name, wishes);
  if (was !== undefined && was.digest !== pushed.digest) await discardUnneeded(parts, reachedFrom(content, was));
  const id = summaries.all().find(({ entry }) => entry.descriptor.digest === pushed.digest)?.summary.id ?? '';
  appendEvent(root, { type: 'image', action: 'push', id, attributes: { name: pushed.name, digest: pushed.digest } });
  return pushed;
}

function reachedFrom(content: ImageParts['content'], descriptor: Descriptor): ReadonlySet<Digest> {
  const { blobs, chainIds } = reachOf(content, [descriptor]);
  return new Set([...blobs, ...chainIds]);
}
