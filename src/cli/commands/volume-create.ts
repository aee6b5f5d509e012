// tscontain volume create
import { parseLabel, TscontainError } from '../../engine/index.js';
import { list, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

const pairs = (values: readonly string[], what: string): Record<string, string> =>
  Object.fromEntries(values.map((value) => parseLabel(value, what)));

export const volumeCreate: Command = {
  name: 'volume create',
  summary: 'Make a volume',
  description:
    'A volume is a directory that outlives containers. One that is there already is left as it is. Without a name it gets one of 64 digits, and "volume prune" takes it once no container has it.',
  arguments: [{ name: 'name', optional: true }],
  options: [
    { flags: '-l, --label <name=value>', description: 'a label', repeat: true },
    {
      flags: '-o, --opt <name=value>',
      description: 'size=10g: the most that it may take, on a file system that counts by project (prjquota)',
      repeat: true,
    },
    { flags: '-d, --driver <driver>', description: 'accepted as docker does: local', complete: ['local'] },
  ],
  examples: [
    { command: 'tscontain volume create data', what: 'made, empty; prints its name' },
    { command: 'tscontain run -d -v data:/var/lib/data base sleep inf', what: 'a container that has it' },
  ],
  async run(context, [name], values) {
    const driver = text(values, 'driver') ?? 'local';
    if (driver !== 'local')
      throw new TscontainError('NOT_SUPPORTED', `--driver ${driver} is not known`, { hint: 'local is what there is' });
    const labels = pairs(list(values, 'label'), 'the label');
    const options = pairs(list(values, 'opt'), 'the option');
    const engine = await context.engine();
    const volume = await engine.volumes.create({ ...(name === undefined ? {} : { name }), labels, options });
    context.print(volume.name);
    return EXIT.ok;
  },
};
