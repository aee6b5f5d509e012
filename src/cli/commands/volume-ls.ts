// tscontain volume ls
import { hasLabel, isTscontainError, TscontainError, type Engine, type ListedVolume } from '../../engine/index.js';
import { flag, list, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { matcher, type Filters } from '../filters.js';
import { bytes, printable, render, type Row } from '../output.js';

const UNKNOWN = 'N/A';

function toRow(volume: ListedVolume, sizeBytes: number | undefined): Row {
  const { name, driver, labels, mountpoint, created, usedBy } = volume;
  return {
    Driver: driver,
    Name: name,
    Labels: Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .join(','),
    Mountpoint: mountpoint,
    Scope: 'local',
    CreatedAt: created,
    Links: usedBy.length,
    UsedBy: usedBy.map((user) => (user.isRemoved ? `${user.name} (removed)` : user.name)).join(','),
    Size: sizeBytes === undefined ? UNKNOWN : bytes(sizeBytes),
  };
}

const isTrue = (value: string): boolean => {
  if (/^(true|1)$/.test(value)) return true;
  if (/^(false|0)$/.test(value)) return false;
  throw new TscontainError('INVALID_VALUE', `--filter "dangling=${value}" is not known`, {
    hint: 'use dangling=true or dangling=false',
  });
};

const FILTERS: Filters<ListedVolume> = {
  dangling: (value) => {
    const wanted = isTrue(value);
    return ({ usedBy }) => (usedBy.length === 0) === wanted;
  },
  driver: (value) => (volume) => volume.driver === value,
  label: (value) => (volume) => hasLabel(volume.labels, value),
  name: (value) => (volume) => volume.name.includes(value),
};

/** One that is removed meanwhile has none. */
async function sizeOf(engine: Engine, name: string): Promise<number | undefined> {
  try {
    return (await engine.volumes.size(name)).bytes;
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_VOLUME')) return undefined;
    throw error;
  }
}

export const volumeLs: Command = {
  name: 'volume ls',
  aliases: ['list'],
  summary: 'List volumes',
  description: 'Filters: dangling=true (no container has it), driver=NAME, label=NAME or NAME=VALUE, name=PART.',
  arguments: [],
  options: [
    { flags: '-q, --quiet', description: 'names only' },
    { flags: '-s, --size', description: 'also what each takes on the disk, and whose it is' },
    { flags: '-f, --filter <name=value>', description: 'only those that match', repeat: true },
    { flags: '--format <format>', description: 'table, json, or a template', complete: ['table', 'json'] },
  ],
  examples: [
    { command: 'tscontain volume ls --filter dangling=true', what: 'those that no container has' },
    { command: "tscontain volume ls --size --format '{{.Name}}\\t{{.Size}}'", what: 'columns of your own' },
  ],
  async run(context, _args, values) {
    const matches = matcher(list(values, 'filter'), FILTERS);
    const engine = await context.engine();
    const volumes = (await engine.volumes.list()).filter(matches);
    for (const { name, note } of volumes) if (note !== undefined) context.warn(printable(`volume ${name}: ${note}`));
    if (flag(values, 'quiet')) {
      for (const { name } of volumes) context.print(name);
      return EXIT.ok;
    }
    const rows: Row[] = [];
    for (const volume of volumes)
      rows.push(toRow(volume, flag(values, 'size') ? await sizeOf(engine, volume.name) : undefined));
    const output = render(rows, {
      columns: ['Driver', 'Name', ...(flag(values, 'size') ? ['Size', 'UsedBy'] : [])],
      titles: { Name: 'VOLUME NAME' },
      format: text(values, 'format'),
    });
    if (output !== '') context.print(output);
    return EXIT.ok;
  },
};
