// The whole dashboard on the made-up machine, for ending it in every way. With BROKEN=1 a widget throws as soon as there is a
// container called "broken": what it wants to paint of the host is not to be had.
import { runDashboard } from '../../src/tui/index.js';
import { demoWorld } from '../support/demo-world.js';

const world = demoWorld();
const { sampler, engine } = world;
const latestHost = sampler.latestHost.bind(sampler);
let isBroken = false;
sampler.latestHost = () => {
  if (isBroken) throw new Error('thrown in a widget on purpose');
  return latestHost();
};
engine.watch(() => {
  void engine.list().then((list) => {
    isBroken = process.env['BROKEN'] === '1' && list.some(({ config }) => config.name === 'broken');
  });
});

void runDashboard({
  input: process.stdin,
  output: process.stdout,
  env: process.env,
  clock: world.clock,
  open: () => {
    setImmediate(() => sampler.sample());
    return Promise.resolve({ engine, sampler });
  },
}).then(() => process.exit(0));
