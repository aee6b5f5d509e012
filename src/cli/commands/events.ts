// tscontain events
import { parseTime } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { jsonText, printable } from '../output.js';

export const events: Command = {
  name: 'events',
  summary: 'What happens to containers, images and volumes, as it happens',
  arguments: [],
  options: [
    { flags: '--since <time>', description: 'also what happened since then: 10m, a date, seconds since 1970' },
    { flags: '--until <time>', description: 'end then' },
    { flags: '--format <format>', description: 'json for one object a line', complete: ['json'] },
  ],
  async run(context, _args, values) {
    const abort = new AbortController();
    process.once('SIGINT', () => abort.abort());
    process.once('SIGTERM', () => abort.abort());
    const since = text(values, 'since');
    const until = text(values, 'until');
    const engine = await context.engine();
    const stream = engine.events({
      signal: abort.signal,
      ...(since === undefined ? {} : { since: parseTime(since, '--since', Date.now()) }),
      ...(until === undefined ? {} : { until: parseTime(until, '--until', Date.now()) }),
    });
    for await (const event of stream) {
      if (text(values, 'format') === 'json') {
        context.print(jsonText(event));
        continue;
      }
      const attributes = Object.entries(event.attributes).map(([name, value]) => `${name}=${value}`);
      context.print(
        printable(
          `${new Date(event.time).toISOString()} ${event.type} ${event.action} ${event.id} (${attributes.join(', ')})`,
        ),
      );
    }
    return EXIT.ok;
  },
};
