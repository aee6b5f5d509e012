// tscontain ps
import {
  hasLabel,
  healthWords,
  portWords,
  TscontainError,
  type Attachment,
  type Container,
  type Engine,
} from '../../engine/index.js';
import { flag, list, text, type Command, type Values } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { matcher, type Filters } from '../filters.js';
import { age, bytes, render, type Row } from '../output.js';

/** "Up 3 minutes (healthy)", "Exited (137) 2 hours ago": Docker's STATUS. */
export function statusText({ state, config }: Container, now: number): string {
  const since = (iso: string | undefined) => age(now - Date.parse(iso ?? config.created));
  switch (state.status) {
    case 'created':
      return 'Created';
    case 'running':
      return `Up ${since(state.startedAt)}${state.health === undefined ? '' : ` (${healthWords(state.health)})`}`;
    case 'paused':
      return `Up ${since(state.startedAt)} (Paused)`;
    case 'restarting':
      return `Restarting (${state.exitCode ?? 'unknown'}) ${since(state.finishedAt)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'exited':
      return `Exited (${state.exitCode ?? 'unknown'}) ${since(state.finishedAt)} ago${state.oomKilled ? ', OOM-killed' : ''}`;
  }
}

function shorten(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** Who is on which network now, by container; nothing is read where no container of the list can be on one. */
async function attachmentsOf(
  engine: Engine,
  containers: readonly Container[],
): Promise<ReadonlyMap<string, readonly Attachment[]>> {
  const found = new Map<string, Attachment[]>();
  if (!containers.some(({ config, state }) => config.network === 'bridge' && RUNNING.has(state.status))) return found;
  for (const attachment of await engine.networks.attachments()) {
    const { container } = attachment.endpoint;
    found.set(container, [...(found.get(container) ?? []), attachment]);
  }
  return found;
}

interface RowOptions {
  readonly full: boolean;
  readonly now: number;
  /** the networks that it is on */
  readonly attachments: readonly Attachment[];
}

function toRow(container: Container, options: RowOptions): Row {
  const { config, state } = container;
  const command = config.argv.join(' ');
  return {
    ID: options.full ? container.id : container.id.slice(0, 12),
    Image: config.image.name,
    Command: `"${options.full ? command : shorten(command, 20)}"`,
    CreatedAt: config.created,
    RunningFor: `${age(options.now - Date.parse(config.created))} ago`,
    Status: statusText(container, options.now),
    State: state.status,
    Names: config.name,
    Project: config.project ?? '',
    Labels: Object.entries(config.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    Networks:
      options.attachments.length === 0
        ? config.network
        : options.attachments.map(({ network }) => network.name).join(','),
    Ports: portWords(
      options.attachments.flatMap(({ endpoint }) => endpoint.ports),
      RUNNING.has(state.status) && config.network !== 'host' ? (config.exposedPorts ?? []) : [],
    ),
    Mounts: config.mounts.map((mount) => (mount.type === 'tmpfs' ? mount.target : mount.source)).join(','),
  };
}

const FILTERS: Filters<Container> = {
  id: (value) => (container) => container.id.startsWith(value),
  name: (value) => (container) => container.config.name.includes(value.replace(/^\//, '')),
  status: (value) => (container) => container.state.status === value,
  ancestor: (value) => (container) =>
    container.config.image.name === value || container.config.image.id.startsWith(value),
  project: (value) => (container) => container.config.project === value,
  volume: (value) => (container) =>
    container.config.mounts.some(
      (mount) => mount.target === value || (mount.type !== 'tmpfs' && mount.source === value),
    ),
  health: (value) => (container) => (container.state.health?.status ?? 'none') === value,
  exited: (value) => (container) => container.state.status === 'exited' && String(container.state.exitCode) === value,
  label: (value) => (container) => hasLabel(container.config.labels, value),
};

const RUNNING = new Set(['running', 'paused', 'restarting']);

/** What can still be brought back, for how long, and what it takes until then. */
async function listRemoved(
  context: Context,
  engine: Engine,
  { full, values }: { full: boolean; values: Values },
): Promise<number> {
  const now = Date.now();
  const rows = (await engine.removed()).map(({ id, config, keptUntil, sizeBytes }) => ({
    ID: full ? id : id.slice(0, 12),
    Image: config.image.name,
    Names: config.name,
    Project: config.project ?? '',
    KeptUntil: new Date(keptUntil).toISOString(),
    Left: age(Math.max(0, keptUntil - now)),
    Size: bytes(sizeBytes),
  }));
  if (flag(values, 'quiet')) {
    for (const row of rows) context.print(row.ID);
    return EXIT.ok;
  }
  const output = render(rows, {
    columns: ['ID', 'Image', 'Left', 'Size', 'Names'],
    titles: { ID: 'CONTAINER ID', Left: 'KEPT FOR' },
    format: text(values, 'format'),
  });
  if (output !== '') context.print(output);
  return EXIT.ok;
}

export const ps: Command = {
  name: 'ps',
  aliases: ['ls'],
  summary: 'List containers',
  arguments: [],
  options: [
    { flags: '-a, --all', description: 'also those that do not run' },
    {
      flags: '--removed',
      description: 'those that were removed and can still be brought back, with the disk they take',
    },
    { flags: '-q, --quiet', description: 'ids only' },
    { flags: '-n, --last <number>', description: 'the newest ones, running or not' },
    { flags: '-l, --latest', description: 'the newest one, running or not' },
    { flags: '-f, --filter <name=value>', description: 'only those that match', repeat: true },
    { flags: '--no-trunc', description: 'nothing shortened' },
    { flags: '--format <format>', description: 'table, json, or a template', complete: ['table', 'json'] },
  ],
  examples: [{ command: "tscontain ps -a --format '{{.Names}}\\t{{.Status}}'", what: 'two columns of your own' }],
  async run(context, _args, values) {
    const matches = matcher(list(values, 'filter'), FILTERS);
    const last = flag(values, 'latest') ? '1' : text(values, 'last');
    if (last !== undefined && !/^\d+$/.test(last)) {
      throw new TscontainError('INVALID_VALUE', `--last "${last}" is no number`, { hint: 'give how many to list' });
    }
    const everything =
      flag(values, 'all') ||
      last !== undefined ||
      list(values, 'filter').some((filter) => /^(status|exited)=/.test(filter));
    const engine = await context.engine();
    const full = values['trunc'] === false;
    if (flag(values, 'removed')) return listRemoved(context, engine, { full, values });
    const containers = (await engine.list())
      .filter((container) => everything || RUNNING.has(container.state.status))
      .filter(matches)
      .slice(0, last === undefined ? undefined : Number(last));
    const attached = await attachmentsOf(engine, containers);
    const rows = containers.map((container) =>
      toRow(container, { full, now: Date.now(), attachments: attached.get(container.id) ?? [] }),
    );
    if (flag(values, 'quiet')) {
      for (const row of rows) context.print(String(row['ID']));
      return EXIT.ok;
    }
    const output = render(rows, {
      columns: ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Ports', 'Names'],
      titles: { ID: 'CONTAINER ID', RunningFor: 'CREATED' },
      format: text(values, 'format'),
    });
    if (output !== '') context.print(output);
    return EXIT.ok;
  },
};
