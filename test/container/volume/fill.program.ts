// Makes a container with a volume that its image fills, in a state directory: to be killed in the middle of it. Says "filling" first.
import { openEngine } from '../../../src/engine/index.js';

const [root = '', image = '', volume = '', target = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const engine = await openEngine({ root, supervisorEntry: '/nowhere' });
  process.stdout.write('filling\n');
  await engine.create({ image, cmd: ['true'], mounts: [{ type: 'volume', source: volume, target, readOnly: false }] });
  process.stdout.write('made\n');
}

void main();
