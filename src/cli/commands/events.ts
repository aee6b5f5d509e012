// tscontain events
import { parseTime, type EngineEvent } from '../../engine/index.js';
import { list, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { matcher, type Filters } from '../filters.js';
import { jsonText, printable, render, type Row } from '../output.js';

/** By name, or by the beginning of its id. */
const isOf = (type: EngineEvent['type'], attribute: string) => (value: string) => (event: EngineEvent) =>
  (event.type === type && (event.attributes['name'] === value || (value !== '' && event.id.startsWith(value)))) ||
  event.attributes[attribute] === value;

const FILTERS: Filters<EngineEvent> = {
  type: (value) => (event) => event.type === value,
  // "health_status" is every word that begins so.
  event: (value) => (event) => event.action === value || event.action.startsWith(`${value}:`),
  container: isOf('container', 'container'),
  image: isOf('image', 'image'),
  volume: isOf('volume', 'volume'),
};

function toRow({ time, type, action, id, attributes }: EngineEvent): Row {
  return {
    Time: new Date(time).toISOString(),
    Type: type,
    Action: action,
    ID: id,
    Name: attributes['name'] ?? '',
    Attributes: Object.entries(attributes)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
  };
}

function line({ time, type, action, id, attributes }: EngineEvent): string {
  const said = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
  return printable(`${new Date(time).toISOString()} ${type} ${action} ${id} (${said.join(', ')})`);
}

export const events: Command = {
  name: 'events',
  summary: 'What happens to containers, images, networks and volumes, as it happens',
  description:
    'Filters: type=container, image, network or volume, event=start (health_status for every status), container=NAME or ID, image=NAME or ID, network=NAME, volume=NAME. Fields of a template: Time, Type, Action, ID, Name, Attributes.',
  arguments: [],
  options: [
    { flags: '--since <time>', description: 'also what happened since then: 10m, a date, seconds since 1970' },
    { flags: '--until <time>', description: 'end then' },
    { flags: '-f, --filter <name=value>', description: 'only those that match', repeat: true },
    { flags: '--format <format>', description: 'json for one object a line, or a template', complete: ['json'] },
  ],
  async run(context, _args, values) {
    const abort = new AbortController();
    process.once('SIGINT', () => abort.abort());
    process.once('SIGTERM', () => abort.abort());
    const matches = matcher(list(values, 'filter'), FILTERS);
    const format = text(values, 'format');
    const since = text(values, 'since');
    const until = text(values, 'until');
    const engine = await context.engine();
    const stream = engine.events({
      signal: abort.signal,
      ...(since === undefined ? {} : { since: parseTime(since, '--since', Date.now()) }),
      ...(until === undefined ? {} : { until: parseTime(until, '--until', Date.now()) }),
    });
    for await (const event of stream) {
      if (!matches(event)) continue;
      if (format === undefined) context.print(line(event));
      else if (format === 'json') context.print(jsonText(event));
      else context.print(render([toRow(event)], { columns: [], format }));
    }
    return EXIT.ok;
  },
};
