// The test levels (docs/ARCHITECTURE.md): what each needs of the machine, and how it is run.
const isRoot = () => (process.getuid?.() === 0 ? undefined : 'it needs root');
const isLinux = () => (process.platform === 'linux' ? undefined : 'it needs Linux');

/**
 * name: what one types; folder: below test/; cannotRun: the reason on one line, or undefined;
 * needsProducts: whether dist/ must be built; concurrency: files at once.
 */
export const levels = [
  { name: 'pure', folder: 'pure', cannotRun: () => undefined, concurrency: 2 },
  { name: 'screen', folder: 'screen', cannotRun: () => isLinux() ?? isRoot(), needsProducts: true, concurrency: 1 },
  {
    name: 'container',
    folder: 'container',
    cannotRun: () => isLinux() ?? isRoot(),
    needsProducts: true,
    concurrency: 2,
  },
];
