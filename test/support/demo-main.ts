// The dashboard on the made-up machine of demo-world.ts: for looking at screens while working on them, without root.
import { runDashboard, THEME_NAMES } from '../../src/tui/index.js';
import { demoWorld } from './demo-world.js';

const words = process.argv.slice(2);
const crowd = words.includes('--nothing') ? 'nothing' : Number(words.find((word) => /^\d+$/.test(word)) ?? NaN);
const theme = THEME_NAMES.find((name) => words.includes(`--${name}`));
const world = demoWorld(crowd === 'nothing' || crowd > 0 ? { crowd } : {});
if (!words.includes('--frozen')) setInterval(() => world.advance(1000), 1000);

void runDashboard({
  input: process.stdin,
  output: process.stdout,
  env: process.env,
  clock: world.clock,
  flags: {
    ...(words.includes('--ascii') ? { glyphs: 'ascii' } : {}),
    ...(words.includes('--16') ? { colours: '16' } : {}),
    ...(theme === undefined ? {} : { theme }),
  },
  open: () => {
    setImmediate(() => world.sampler.sample());
    const { engine, sampler, images, networks, volumes } = world;
    return Promise.resolve({ engine, sampler, images, networks, volumes });
  },
}).then(() => process.exit(0));
