// tscontain export
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { requireNoTerminal, writeArchive } from '../output-file.js';

export const exportContainer: Command = {
  name: 'export',
  summary: 'Write all files of a container as a tar archive, running or not',
  description: 'What is mounted into it stays out. The archive goes to the output, or with -o to a file.',
  arguments: [{ name: 'container', complete: 'container' }],
  options: [{ flags: '-o, --output <file>', description: 'write to this file', complete: 'file' }],
  examples: [
    { command: 'tscontain export web -o web.tar', what: 'then: tscontain import web.tar web:kept' },
    { command: 'tscontain export web | tar -t', what: 'what files it has' },
  ],
  async run(context, [ref = ''], values) {
    const path = text(values, 'output');
    requireNoTerminal(context, path);
    const engine = await context.engine();
    await writeArchive(context, await engine.export(ref), path);
    return EXIT.ok;
  },
};
