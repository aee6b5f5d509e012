// Keys of the Images view: of its list, its panes, and what can be done to images in either.
import { bind, local } from './binding.js';

export const IMAGE_BINDINGS = [
  bind('images', 'open', ['enter'], 'open', 'Go to the pane below: layers, configuration, transfers, builds', {
    hint: 1,
    local: true,
  }),
  bind('images', 'mark', ['space'], 'mark', 'Mark or unmark this image; what follows applies to all marked ones', {
    hint: 8,
    local: true,
  }),
  bind('images', 'clear-marks', ['ctrl-\\'], 'clear marks', 'Clear all marks', local),
  bind('images', 'filter', ['/'], 'filter', 'Show only names, ids and platforms with this text; !text hides them, re: takes a regular expression', {
    hint: 9,
    local: true,
  }), // prettier-ignore
  bind('images', 'sort', ['s'], 'sort', 'Choose the column to sort by, or reverse the order', local),
  bind('images', 'columns', ['C'], 'columns', 'Choose the columns of the table and their order', local),

  bind('layers', 'open-layer', ['enter'], 'in full', 'The whole instruction, and who else has the layer', {
    hint: 1,
    local: true,
  }),
  bind('config', 'open-fact', ['enter'], 'in full', 'The whole value of this line', { hint: 1, local: true }),
  bind('transfers', 'cancel-job', ['x'], 'call off', 'Call this transfer off; what came is kept', {
    hint: 1,
    local: true,
  }),
  bind('transfers', 'again', ['r'], 'again', 'Do the same once more, from where it stopped', { hint: 2, local: true }),
  bind('builds', 'follow', ['f'], 'follow', 'Stay at the newest line, or stop here', { hint: 1, local: true }),
  bind('builds', 'search', ['/'], 'search', 'Search the output for text, or for re: and a regular expression', {
    hint: 2,
    local: true,
  }),
  bind('builds', 'search-next', ['n'], 'next', 'The next match, towards the end', { hint: 3, local: true }),
  bind('builds', 'search-previous', ['N'], 'previous', 'The match before', local),
  bind('builds', 'wrap', ['w'], 'wrap', 'Wrap long lines, or cut them', local),
  bind('builds', 'cancel-job', ['x'], 'call off', 'Call this build off; steps that are done are kept', {
    hint: 4,
    local: true,
  }),
  bind('builds', 'again', ['r'], 'again', 'Build the same once more', { hint: 5, local: true }),
  bind('builds', 'earlier-build', ['left'], 'other build', 'The build before this one', { hint: 6, local: true }),
  bind('builds', 'later-build', ['right'], 'later build', 'The build after this one', local),

  bind('image', 'pull-image', ['p'], 'pull', 'Pull an image from its registry; it goes on while you look at something else', {
    hint: 2,
  }), // prettier-ignore
  bind('image', 'run-image', ['r'], 'run', 'Run a container from this image', { hint: 3, local: true }),
  bind('image', 'build-image', ['b'], 'build', 'Build an image of a directory and its Dockerfile', { hint: 4 }),
  bind('image', 'tag-image', ['t'], 'tag', 'Give the image another name', { hint: 5, local: true }),
  bind('image', 'remove-image', ['d', 'delete'], 'remove', 'Remove this image or the marked ones; says what that frees', {
    hint: 6,
    local: true,
  }), // prettier-ignore
  bind('image', 'prune-images', ['X'], 'prune images', 'Remove images without a name, or all that no container uses; says what that frees', {
    hint: 7,
  }), // prettier-ignore
  bind('image', 'push-image', ['P'], 'Push', 'Push the image to the registry that its name says', local),
  bind('image', 'save-image', ['S'], 'Save', 'Save the image or the marked ones to an archive', local),
  bind('image', 'load-image', ['L'], 'Load', 'Load the images of an archive'),
  bind('image', 'import-image', ['i'], 'import', 'Import a tarball or a directory as an image'),
  bind('image', 'copy-image', ['y'], 'copy id', 'Copy its id to the clipboard', local),
  bind('image', 'copy', ['c'], 'copy', 'Copy what the pane shows: the name, the history, the facts', local),
] as const;
