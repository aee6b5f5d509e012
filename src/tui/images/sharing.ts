// Which layers several images share, and so what goes when some of them go. Pure; reckoned once a list.
import type { Container } from '../../engine/index.js';
import type { ImageRow, Prunable } from './port.js';

/** What a row of the table stands for. */
export const keyOf = ({ name, id }: Pick<ImageRow, 'name' | 'id'>): string => name ?? id;

export const shortId = (id: string): string => id.slice(0, 12);

export const nameOf = ({ name, id }: Pick<ImageRow, 'name' | 'id'>): string => name ?? shortId(id);

interface Sharing {
  /** ids of the images that have a layer, by its id */
  readonly users: ReadonlyMap<string, ReadonlySet<string>>;
  readonly byId: ReadonlyMap<string, readonly ImageRow[]>;
}

const known = new WeakMap<readonly ImageRow[], Sharing>();

function sharingOf(list: readonly ImageRow[]): Sharing {
  const before = known.get(list);
  if (before !== undefined) return before;
  const users = new Map<string, Set<string>>();
  const byId = new Map<string, ImageRow[]>();
  for (const image of list) {
    byId.set(image.id, [...(byId.get(image.id) ?? []), image]);
    for (const { id } of image.layers) {
      const having = users.get(id) ?? new Set();
      having.add(image.id);
      users.set(id, having);
    }
  }
  const sharing = { users, byId };
  known.set(list, sharing);
  return sharing;
}

/** Bytes of its layers that others have too. */
export function sharedBytes(list: readonly ImageRow[], image: ImageRow): number {
  const { users } = sharingOf(list);
  return image.layers.reduce((sum, { id, sizeBytes }) => sum + ((users.get(id)?.size ?? 0) > 1 ? sizeBytes : 0), 0);
}

/** Names of the other images that have a layer. */
export function sharersOf(list: readonly ImageRow[], layer: string, image: Pick<ImageRow, 'id'>): readonly string[] {
  const { users, byId } = sharingOf(list);
  const others = [...(users.get(layer) ?? [])].filter((id) => id !== image.id);
  return others.map((id) => nameOf(byId.get(id)![0]!));
}

/** All names of an image. */
export const namesOfImage = (list: readonly ImageRow[], id: string): readonly string[] =>
  (sharingOf(list).byId.get(id) ?? []).flatMap(({ name }) => name ?? []);

/** Ids of the images that are gone once these rows are: those that no other name leads to. */
export function goneWith(list: readonly ImageRow[], rows: readonly ImageRow[]): ReadonlySet<string> {
  const keys = new Set(rows.map(keyOf));
  const { byId } = sharingOf(list);
  return new Set(
    rows.map(({ id }) => id).filter((id) => (byId.get(id) ?? []).every((image) => keys.has(keyOf(image)))),
  );
}

/** Bytes of disk that are free once these rows are gone: layers that nobody else has. */
export function freedBytes(list: readonly ImageRow[], rows: readonly ImageRow[]): number {
  const { users, byId } = sharingOf(list);
  const gone = goneWith(list, rows);
  const layers = new Map<string, number>();
  for (const id of gone) for (const layer of byId.get(id)?.[0]?.layers ?? []) layers.set(layer.id, layer.sizeBytes);
  let freed = 0;
  for (const [id, sizeBytes] of layers)
    if ([...(users.get(id) ?? [])].every((user) => gone.has(user))) freed += sizeBytes;
  return freed;
}

/** Bytes that all of them take together: a layer counts once. */
export function totalBytes(list: readonly ImageRow[]): number {
  const layers = new Map(list.flatMap((image) => image.layers.map(({ id, sizeBytes }) => [id, sizeBytes] as const)));
  return [...layers.values()].reduce((sum, bytes) => sum + bytes, 0);
}

export const usersOf = (containers: readonly Container[], id: string): readonly Container[] =>
  containers.filter(({ config }) => config.image.id === id);

/** Names of containers that are removed and still kept, so that they can be brought back: they keep the image too. */
export const keepersOf = ({ usedBy }: ImageRow, containers: readonly Container[]): readonly string[] =>
  usedBy.filter((name) => !containers.some(({ config }) => config.name === name));

/** What a prune would take: rows without a name, or all rows of images that no container uses. */
export function prunable(
  list: readonly ImageRow[],
  containers: readonly Container[],
  which: Prunable,
): readonly ImageRow[] {
  const used = new Set(containers.map(({ config }) => config.image.id));
  return list.filter(
    (image) =>
      !used.has(image.id) &&
      keepersOf(image, containers).length === 0 &&
      (which === 'unused' || image.name === undefined),
  );
}
