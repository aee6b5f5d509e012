// tscontain image ls
import { flag, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { age, bytes, render } from '../output.js';

export const imageLs: Command = {
  name: 'image ls',
  aliases: ['list'],
  summary: 'List images',
  arguments: [],
  options: [
    { flags: '-q, --quiet', description: 'ids only' },
    { flags: '--format <format>', description: 'table, json, or a template', complete: ['table', 'json'] },
  ],
  async run(context, _args, values) {
    const engine = await context.engine();
    const rows = (await engine.images.list()).map((image) => ({
      Name: image.name,
      ID: image.id.slice(0, 12),
      CreatedSince: `${age(Date.now() - Date.parse(image.created))} ago`,
      CreatedAt: image.created,
      Size: bytes(image.sizeBytes),
    }));
    if (flag(values, 'quiet')) {
      for (const row of rows) context.print(row.ID);
      return EXIT.ok;
    }
    const columns = ['Name', 'ID', 'CreatedSince', 'Size'];
    const output = render(rows, {
      columns,
      titles: { ID: 'IMAGE ID', CreatedSince: 'CREATED' },
      format: text(values, 'format'),
    });
    if (output !== '') context.print(output);
    return EXIT.ok;
  },
};
