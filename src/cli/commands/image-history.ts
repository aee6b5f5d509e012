// tscontain image history, tscontain history
import type { ImageHistoryLine } from '../../engine/index.js';
import { flag, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { age, bytes, render, type Row } from '../output.js';

const MISSING = '<missing>';
const COMMAND_WIDTH = 45;
/** Written by builders in front of every command that is no file. */
const SHELL = /^(\/bin\/sh -c #\(nop\) +|RUN )?/;

function shorten(words: string): string {
  const line = Array.from(words.replace(/\s+/g, ' ').trim());
  return line.length <= COMMAND_WIDTH ? line.join('') : `${line.slice(0, COMMAND_WIDTH - 1).join('')}…`;
}

function toRow(line: ImageHistoryLine, { full, human, now }: { full: boolean; human: boolean; now: number }): Row {
  const createdBy = line.createdBy ?? '';
  const id = line.id ?? MISSING;
  const created = line.created ?? '';
  return {
    ID: full || line.id === undefined ? id : id.slice(0, 12),
    CreatedSince: created === '' ? '' : human ? `${age(now - Date.parse(created))} ago` : created,
    CreatedAt: created,
    CreatedBy: full ? createdBy : shorten(createdBy.replace(SHELL, '')),
    Size: human ? bytes(line.sizeBytes) : String(line.sizeBytes),
    Comment: line.comment ?? '',
  };
}

export const imageHistory: Command = {
  name: 'image history',
  summary: 'How an image came to be, the newest first, and what each step has added',
  arguments: [{ name: 'image', complete: 'image' }],
  options: [
    { flags: '-q, --quiet', description: 'ids only' },
    { flags: '--no-human', description: 'dates and bytes instead of how long ago and how much' },
    { flags: '--no-trunc', description: 'nothing shortened' },
    { flags: '--format <format>', description: 'table, json, or a template', complete: ['table', 'json'] },
  ],
  async run(context, [name = ''], values) {
    const engine = await context.engine();
    const options = { full: values['trunc'] === false, human: values['human'] !== false, now: Date.now() };
    const rows = (await engine.images.history(name)).map((line) => toRow(line, options));
    if (flag(values, 'quiet')) {
      for (const row of rows) context.print(String(row['ID']));
      return EXIT.ok;
    }
    const output = render(rows, {
      columns: ['ID', 'CreatedSince', 'CreatedBy', 'Size', 'Comment'],
      titles: { ID: 'IMAGE', CreatedSince: 'CREATED' },
      format: text(values, 'format'),
    });
    if (output !== '') context.print(output);
    return EXIT.ok;
  },
};

/** Docker's short form. */
export const history: Command = { ...imageHistory, name: 'history' };
