// The dashboard on the made-up machine, whose clock stands still: it is measured again and again, and every number is what it was.
// How often that was and how often a number was read for a frame is written to the file that is named.
import { writeFileSync } from 'node:fs';
import type { Sampler } from '../../src/metrics/index.js';
import { runDashboard } from '../../src/tui/index.js';
import { demoWorld } from '../support/demo-world.js';

const [path] = process.argv.slice(2);
const world = demoWorld();
let samples = 0;
let reads = 0;
const sampler = new Proxy<Sampler>(world.sampler, {
  get(target, name) {
    if (name === 'latestHost') reads += 1;
    const value = Reflect.get(target, name, target) as unknown;
    return typeof value === 'function' ? (value.bind(target) as unknown) : value;
  },
});
setInterval(() => {
  samples += 1;
  world.sampler.sample();
  if (path !== undefined) writeFileSync(path, `${samples} ${reads}`);
}, 50);

void runDashboard({
  input: process.stdin,
  output: process.stdout,
  env: process.env,
  clock: world.clock,
  open: () => Promise.resolve({ engine: world.engine, sampler }),
}).then(() => process.exit(0));
