// Lets esbuild bundle blessed and blessed-contrib's line chart, and no more of them than is used. blessed's index loads every
// widget by a computed name, two of them need packages that nobody can install any more, and unicode.js loads the index back.
// The chart uses one function of lodash, and a Buffer constructor about which Node complains in the middle of the screen.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const widgets = dirname(createRequire(import.meta.url).resolve('blessed/lib/widgets/screen.js'));

/** What `require('blessed')` gives: the screen, and what blessed-contrib's charts are made of. */
const parts = `
exports.screen = exports.Screen = require('./screen.js');
exports.node = exports.Node = require('./node.js');
exports.box = exports.Box = require('./box.js');
`;

export const blessedPlugin = {
  name: 'blessed',
  setup(build) {
    build.onResolve({ filter: /^blessed$/ }, () => ({ path: 'blessed', namespace: 'blessed-parts' }));
    build.onResolve({ filter: /^\.\.\/$/ }, ({ importer }) =>
      importer.endsWith('/blessed/lib/unicode.js') ? { path: 'blessed', namespace: 'blessed-parts' } : undefined,
    );
    // The screen is given a program of ours (src/tui/screen/blessed-program.ts): blessed's own, with terminfo, its key and
    // its mouse reader, is never made.
    build.onResolve({ filter: /^\.\.\/program$/ }, ({ importer }) =>
      importer.endsWith('/blessed/lib/widgets/screen.js') ? { path: 'program', namespace: 'blessed-parts' } : undefined,
    );
    build.onLoad({ filter: /^program$/, namespace: 'blessed-parts' }, () => ({ contents: '' }));
    build.onResolve({ filter: /^lodash$/ }, ({ importer }) =>
      importer.includes('/blessed-contrib/') ? { path: 'lodash', namespace: 'blessed-parts' } : undefined,
    );
    build.onLoad({ filter: /^lodash$/, namespace: 'blessed-parts' }, () => ({
      contents: `exports.max = require('lodash/max.js');`,
      resolveDir: widgets,
    }));
    build.onLoad({ filter: /[/\\]drawille-blessed-contrib[/\\]index\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace('new Buffer(', 'Buffer.alloc('),
    }));
    build.onLoad({ filter: /^blessed$/, namespace: 'blessed-parts' }, () => ({ contents: parts, resolveDir: widgets }));
  },
};
