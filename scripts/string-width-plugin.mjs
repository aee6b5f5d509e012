// string-width compiles a regular expression of every emoji and makes a segmenter when it is loaded, 20 ms of each command
// and of the first paint, and most of what is printed is plain: it is loaded by the first string that is not.
const lazily = `
let widthOf;
export default (text, options) => (widthOf ??= require('string-width').default)(text, options);
`;

export const stringWidthPlugin = {
  name: 'string-width',
  setup(build) {
    build.onResolve({ filter: /^string-width$/ }, ({ namespace }) =>
      namespace === 'lazily' ? undefined : { path: 'string-width', namespace: 'lazily' },
    );
    build.onLoad({ filter: /^string-width$/, namespace: 'lazily' }, () => ({
      contents: lazily,
      resolveDir: import.meta.dirname,
    }));
  },
};
