// The test levels (docs/ARCHITECTURE.md): what each needs of the machine, and how it is run.
import { runInCgroup2Machine } from './cgroup2.mjs';
import { cannotBoot } from './machine.mjs';
import { cannotFetch, runOnNewestNode } from './newest-node.mjs';

const notLinux = () => (process.platform === 'linux' ? undefined : 'it needs Linux');
const notRoot = () => (process.getuid() === 0 ? undefined : 'it needs root');

/**
 * name: what one types; folder: below test/; files: which of them, all when absent; cannotRun: the reason on one line, or undefined;
 * needsProducts: whether dist/ must be built; concurrency: files at once; run: how, when not by Node's runner here.
 */
export const levels = [
  { name: 'pure', folder: 'pure', cannotRun: () => undefined, concurrency: 2 },
  { name: 'screen', folder: 'screen', cannotRun: () => notLinux() ?? notRoot(), needsProducts: true, concurrency: 1 },
  {
    name: 'container',
    folder: 'container',
    cannotRun: () => notLinux() ?? notRoot(),
    needsProducts: true,
    concurrency: 2,
  },
  {
    name: 'newest-node',
    folder: 'container',
    // What is long and about the dashboard was seen on the Node that is here.
    files: /container\/(?!dashboard-soak)/,
    cannotRun: () => notLinux() ?? notRoot() ?? cannotFetch(),
    needsProducts: true,
    concurrency: 2,
    run: runOnNewestNode,
  },
  { name: 'package', folder: 'package', cannotRun: () => notLinux() ?? notRoot(), needsProducts: true, concurrency: 1 },
  // Alone: what the demo tells is what else the machine does, too.
  { name: 'story', folder: 'story', cannotRun: () => notLinux() ?? notRoot(), needsProducts: true, concurrency: 1 },
  {
    name: 'cgroup2',
    folder: 'container',
    // What differs with the cgroup version; the rest of the container level would say the same, ten times slower.
    files: /container\/(cgroup-|metrics|engine\/verbs|supervisor\/ends|launch\/world)/,
    cannotRun: () => notLinux() ?? cannotBoot(),
    needsProducts: true,
    run: runInCgroup2Machine,
  },
  {
    name: 'story-cgroup2',
    folder: 'story',
    cannotRun: () => notLinux() ?? cannotBoot(),
    needsProducts: true,
    run: runInCgroup2Machine,
  },
];
