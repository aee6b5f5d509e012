// tscontain image ls, tscontain images
import { hasLabel, formatPlatform, TscontainError, type ListedImage } from '../../engine/index.js';
import { flag, list, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { matcher, type Filters, type Test } from '../filters.js';
import { age, bytes, render, type Row } from '../output.js';

const NONE = '<none>';

/** "registry.example:5000/team/web:1.2@sha256:…" in Docker's three columns. */
function partsOf({ name, reference, digest }: ListedImage): { Repository: string; Tag: string; Digest: string } {
  if (reference === undefined) return { Repository: NONE, Tag: NONE, Digest: digest };
  const [bare = ''] = name.split('@');
  const colon = bare.lastIndexOf(':');
  const hasTag = colon > bare.lastIndexOf('/');
  return {
    Repository: hasTag ? bare.slice(0, colon) : bare,
    Tag: hasTag ? bare.slice(colon + 1) : NONE,
    Digest: digest,
  };
}

function toRow(image: ListedImage, { full, now }: { full: boolean; now: number }): Row {
  return {
    Name: image.reference === undefined ? NONE : image.name,
    ...partsOf(image),
    ID: full ? `sha256:${image.id}` : image.id.slice(0, 12),
    CreatedSince: `${age(now - Date.parse(image.created))} ago`,
    CreatedAt: image.created,
    Size: bytes(image.sizeBytes),
    SharedSize: bytes(image.sharedBytes),
    UniqueSize: bytes(image.sizeBytes - image.sharedBytes),
    Platform: formatPlatform(image.platform),
    Containers: image.usedBy.length,
  };
}

/** A glob as Docker's filepath.Match has it, on the name with and without its tag. */
function matchesReference(pattern: string): Test<ListedImage> {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`);
  } catch {
    throw new TscontainError('INVALID_VALUE', `--filter "reference=${pattern}" is no pattern`);
  }
  return (image) => {
    const { Repository } = partsOf(image);
    return (
      image.reference !== undefined && [image.name, Repository, image.reference].some((name) => expression.test(name))
    );
  };
}

function createdAround(
  value: string,
  all: readonly ListedImage[],
  compare: (created: number, other: number) => boolean,
): Test<ListedImage> {
  return (image) => {
    const other = all.find(
      ({ name, reference, id }) =>
        name === value || reference === value || id.startsWith(value) || name === `${value}:latest`,
    );
    if (other === undefined)
      throw new TscontainError('NO_SUCH_IMAGE', `there is no image "${value}" to compare with`, {
        hint: 'see "tscontain image ls"',
      });
    return compare(Date.parse(image.created), Date.parse(other.created));
  };
}

/** @param all those that an image is compared with */
const filtersAmong = (all: readonly ListedImage[]): Filters<ListedImage> => ({
  dangling: (value) => (image) => (image.reference === undefined) === /^(true|1)$/.test(value),
  reference: matchesReference,
  label:
    (value) =>
    ({ config: { labels } }) =>
      hasLabel(labels, value),
  before: (value) => createdAround(value, all, (created, other) => created < other),
  since: (value) => createdAround(value, all, (created, other) => created > other),
});

export const imageLs: Command = {
  name: 'image ls',
  aliases: ['list'],
  summary: 'List images',
  description:
    'One that has lost its name to a newer one stands there as <none>; "image prune" removes such ones. Filters: dangling=true, reference=PATTERN, label=NAME or NAME=VALUE, before=IMAGE, since=IMAGE.',
  arguments: [{ name: 'name', optional: true, complete: 'image' }],
  options: [
    { flags: '-a, --all', description: 'accepted as docker does: there are no images that are not shown' },
    { flags: '-q, --quiet', description: 'ids only' },
    { flags: '--digests', description: 'also the digest that the name stands for' },
    { flags: '--no-trunc', description: 'nothing shortened' },
    { flags: '-f, --filter <name=value>', description: 'only those that match', repeat: true },
    { flags: '--format <format>', description: 'table, json, or a template', complete: ['table', 'json'] },
  ],
  examples: [
    {
      command: "tscontain image ls --format '{{.Repository}}\\t{{.Tag}}\\t{{.UniqueSize}}'",
      what: 'columns of your own',
    },
    { command: 'tscontain image ls --filter dangling=true', what: 'those without a name' },
  ],
  async run(context, [wanted], values) {
    const engine = await context.engine();
    const all = await engine.images.list();
    const asked = [...list(values, 'filter'), ...(wanted === undefined ? [] : [`reference=${wanted}`])];
    const options = { full: values['trunc'] === false, now: Date.now() };
    const rows = all.filter(matcher(asked, filtersAmong(all))).map((image) => toRow(image, options));
    if (flag(values, 'quiet')) {
      for (const id of new Set(rows.map((row) => String(row['ID'])))) context.print(id);
      return EXIT.ok;
    }
    const output = render(rows, {
      columns: ['Name', ...(flag(values, 'digests') ? ['Digest'] : []), 'ID', 'CreatedSince', 'Size'],
      titles: { ID: 'IMAGE ID', CreatedSince: 'CREATED' },
      format: text(values, 'format'),
    });
    if (output !== '') context.print(output);
    return EXIT.ok;
  },
};

/** Docker's short form. */
export const images: Command = { ...imageLs, name: 'images', aliases: [] };
