// Lets the bundles load at start what every command needs, and the rest when it is first used: a command that lists
// containers pays for no ciphers and no decompression.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Modules of Node's own that take 0.5 to 2 ms each and that most commands do without. */
const BUILTINS = ['child_process', 'crypto', 'fs/promises', 'http', 'https', 'perf_hooks', 'readline/promises', 'tls'];

/** The same exports (those of the Node that builds), each got from the module when it is asked for. */
const lazily = (name) => `
let loaded;
for (const key of ${JSON.stringify(Object.keys(require(name)))}) {
  Object.defineProperty(exports, key, { enumerable: true, get: () => (loaded ??= require('${name}'))[key] });
}
`;

// When it is loaded it compiles a regular expression of every emoji and makes a segmenter, 20 ms of each command and of the
// first paint; most of what is printed is plain.
const stringWidth = `
let widthOf;
export default (text, options) => (widthOf ??= require('string-width').default)(text, options);
`;

export const lazyPlugin = {
  name: 'lazy',
  setup(build) {
    build.onResolve({ filter: /^(node:|string-width$)/ }, ({ path, kind, namespace }) => {
      if (kind !== 'import-statement' || namespace === 'lazy') return undefined;
      const isLazy = path === 'string-width' || BUILTINS.includes(path.replace(/^node:/, ''));
      return isLazy ? { path, namespace: 'lazy' } : undefined;
    });
    build.onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
      contents: path === 'string-width' ? stringWidth : lazily(path),
      resolveDir: import.meta.dirname,
    }));
  },
};
