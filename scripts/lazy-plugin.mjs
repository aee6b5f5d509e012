// Lets the bundles load at start what every command needs, and the rest when it is first used: a command that lists
// containers pays for no ciphers and no decompression.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Modules of Node's own that take 0.5 to 2 ms each and that most commands do without. */
const BUILTINS = [
  'child_process',
  'crypto',
  'dgram',
  'fs/promises',
  'http',
  'https',
  'perf_hooks',
  'readline',
  'readline/promises',
  'stream/promises',
  'tls',
  'v8',
  'worker_threads',
  'zlib',
];

/** The same exports (those of the Node that builds), each got from the module when it is asked for. */
const lazily = (name) => `
let loaded;
for (const key of ${JSON.stringify(Object.keys(require(name)))}) {
  Object.defineProperty(exports, key, { enumerable: true, get: () => (loaded ??= require('${name}'))[key] });
}
`;

/**
 * Those that dozens of files import: of the above each of them would have a copy, key by key, 5 ms in all. Here every function is one
 * that asks for its original when it is called. Classes are left out: whoever imports one finds no export of that name in the build.
 */
const MUCH_USED = ['crypto', 'fs/promises'];
const calledLazily = (name) => {
  const entries = Object.entries(require(name)).filter(([key, value]) => /^[a-z]/.test(key) && value !== null);
  return `
let loaded;
const load = () => (loaded ??= require('${name}'));
const of = (object) => new Proxy({}, { get: (_, key) => {
  const value = object()[key];
  return typeof value === 'function' ? value.bind(object()) : value;
} });
${entries
  .map(([key, value]) =>
    typeof value === 'function'
      ? `export const ${key} = (...words) => load().${key}(...words);`
      : `export const ${key} = /* @__PURE__ */ of(() => load().${key});`,
  )
  .join('\n')}
`;
};

// When it is loaded it compiles a regular expression of every emoji and makes a segmenter, 20 ms of each command and of the
// first paint; most of what is printed is plain.
const stringWidth = `
let widthOf;
export default (text, options) => (widthOf ??= require('string-width').default)(text, options);
`;

function contentsOf(path) {
  if (path === 'string-width') return stringWidth;
  return MUCH_USED.includes(path.replace(/^node:/, '')) ? calledLazily(path) : lazily(path);
}

export const lazyPlugin = {
  name: 'lazy',
  setup(build) {
    build.onResolve({ filter: /^(node:|string-width$)/ }, ({ path, kind, namespace }) => {
      // commander has a child_process, for commands that are programs of their own, of which there are none here.
      if (!['import-statement', 'require-call'].includes(kind) || namespace === 'lazy') return undefined;
      const isLazy = path === 'string-width' || BUILTINS.includes(path.replace(/^node:/, ''));
      return isLazy ? { path, namespace: 'lazy' } : undefined;
    });
    build.onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
      contents: contentsOf(path),
      resolveDir: import.meta.dirname,
    }));
  },
};
