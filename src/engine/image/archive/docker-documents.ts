// The documents of `docker save`: manifest.json, which names the parts of each image, and those of before Docker 1.10, where a
// layer is a directory with its own description. Pure. Tests: test/pure/engine/image/archive-plan.test.ts.
import { readJson, type Fields } from '../json-document.js';
import type { Digest } from '../oci.js';

/** One image of manifest.json; its parts by their names in the archive. */
export interface DockerItem {
  readonly config: string;
  /** as they stand */
  readonly repoTags: readonly string[];
  /** lowest first */
  readonly layers: readonly string[];
}

/** @throws TscontainError INVALID_VALUE */
export function readItem(fields: Fields): DockerItem {
  return {
    config: fields.required('Config', fields.text('Config')),
    repoTags: fields.texts('RepoTags'),
    layers: fields.texts('Layers'),
  };
}

export const itemJson = ({ config, repoTags, layers }: DockerItem): object => ({
  Config: config,
  // As Go writes an empty list.
  RepoTags: repoTags.length === 0 ? null : repoTags,
  Layers: layers,
});

const LAYER_ID = /^[0-9a-f]{64}$/;

/** `{"debian": {"12": "<id>"}}`: names with the layer on top of each. @throws TscontainError INVALID_VALUE */
export function readRepositories(fields: Fields): { readonly name: string; readonly id: string }[] {
  return fields.names().flatMap((name) =>
    Object.entries(fields.record(name)).map(([tag, id]) => {
      if (!LAYER_ID.test(id)) throw fields.wrong('a name in it stands for no layer');
      return { name: `${name}:${tag}`, id };
    }),
  );
}

/** What a layer of old says of itself in `<id>/json`. */
export interface OldLayer {
  readonly parent?: string;
  /** all of it: what is not read here goes into the configuration as it stands */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly created?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly command: readonly string[];
}

/** @throws TscontainError INVALID_VALUE */
export function readOldLayer(bytes: Uint8Array, what: string): OldLayer {
  const fields = readJson(bytes, what);
  const parent = fields.text('parent') ?? '';
  if (parent !== '' && !LAYER_ID.test(parent)) throw fields.wrong('what it stands on is no layer');
  const texts = Object.fromEntries(
    ['created', 'author', 'comment']
      .map((name) => [name, fields.text(name) ?? ''] as const)
      .filter(([, text]) => text !== ''),
  );
  return {
    ...(parent === '' ? {} : { parent }),
    fields: JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>,
    ...texts,
    command: fields.object('container_config')?.texts('Cmd') ?? [],
  };
}

/** What belongs to one layer and not to the image; Docker leaves the same out. */
const OF_THE_LAYER = new Set(['id', 'parent', 'parent_id', 'layer_id', 'Size', 'throwaway']);

/** The configuration of an image of old. `layers` and `diffIds` are lowest first. */
export function configurationOfOld(layers: readonly OldLayer[], diffIds: readonly Digest[]): Buffer {
  const kept = Object.entries(layers.at(-1)?.fields ?? {}).filter(([key]) => !OF_THE_LAYER.has(key));
  const history = layers.map(({ created, author, command, comment }) => ({
    created,
    author,
    created_by: command.length === 0 ? undefined : command.join(' '),
    comment,
  }));
  const whole = [...kept, ['history', history], ['rootfs', { type: 'layers', diff_ids: diffIds }]] as [
    string,
    unknown,
  ][];
  // In the order of names, so that the same archive is the same image whatever wrote its descriptions.
  return Buffer.from(JSON.stringify(Object.fromEntries(whole.sort(([a], [b]) => (a < b ? -1 : 1)))));
}
