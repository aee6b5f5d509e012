// tscontain port
import { parseExpose, publishedWords, TscontainError } from '../../engine/index.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

export const port: Command = {
  name: 'port',
  summary: 'Where the ports of a container are reached on the host',
  arguments: [
    { name: 'container', complete: 'running' },
    { name: 'port', optional: true },
  ],
  options: [],
  examples: [{ command: 'tscontain port web 80/tcp', what: 'of one port only: 0.0.0.0:8080' }],
  async run(context, [ref = '', wanted]) {
    const asked = wanted === undefined ? undefined : parseExpose(wanted)[0];
    const engine = await context.engine();
    const { id, config } = await engine.get(ref);
    const ports = (await engine.networks.attachments(id)).flatMap(({ endpoint }) => endpoint.ports);
    const keyed = ports.map((each) => ({ key: `${each.containerPort}/${each.protocol}`, words: publishedWords(each) }));
    const found = asked === undefined ? keyed : keyed.filter(({ key }) => key === asked);
    if (asked !== undefined && found.length === 0)
      throw new TscontainError('INVALID_VALUE', `no port of the host leads to ${asked} of container ${config.name}`, {
        hint: `tscontain port ${config.name} lists those that there are`,
      });
    for (const { key, words } of found)
      for (const word of words) context.print(asked === undefined ? `${key} -> ${word}` : word);
    return EXIT.ok;
  },
};
