// Keys of the table, and of what can be done to containers wherever one is selected.
import { bind, local } from './binding.js';

export const CONTAINER_BINDINGS = [
  // The empty table: what a first visitor can press.
  bind('empty', 'demo', ['d'], 'demo', 'Start the demo: three services, and a noisy one that wakes after ten seconds', {
    hint: 3,
  }),
  bind('empty', 'images', ['i'], 'images', 'Images: pull one, build one, import a tarball', { hint: 4, local: true }),

  // The table of containers.
  bind('table', 'open', ['enter'], 'open', 'Go to the tabs of this container; on a project, fold or unfold it', {
    hint: 1,
    local: true,
  }),
  bind('table', 'mark', ['space'], 'mark', 'Mark or unmark this container; what follows applies to all marked ones', {
    hint: 7,
  }),
  bind('table', 'clear-marks', ['ctrl-\\'], 'clear marks', 'Clear all marks'),
  bind('table', 'bulk', ['b'], 'bulk', 'What can be done to all marked containers'),
  bind(
    'table',
    'filter',
    ['/'],
    'filter',
    'Show only names, images and projects with this text; !text hides them, re: takes a regular expression',
    {
      hint: 8,
    },
  ),
  bind('table', 'sort', ['s'], 'sort', 'Choose the column to sort by, or reverse the order'),
  bind('table', 'columns', ['C'], 'columns', 'Choose the columns of the table and their order'),
  bind('table', 'group', ['P'], 'Project', 'Group by project, with sums, or list flat'),
  bind('table', 'show-stopped', ['A'], 'All', 'Show or hide containers that are not running'),
  bind('table', 'fold', ['left'], 'fold', 'Fold this project', local),
  bind('table', 'unfold', ['right'], 'unfold', 'Unfold this project', local),

  // What can be done to containers.
  bind('container', 'shell', ['e', 'E', 'x'], 'shell', 'Open a shell inside, in a tab of its own', { hint: 3 }),
  bind(
    'container',
    'attach',
    ['a'],
    'attach',
    "Watch the container's own terminal, in a tab; read-only until you ask for the keys",
  ),
  bind('container', 'logs', ['l'], 'logs', 'Show its logs', { hint: 4 }),
  bind('container', 'inspect', ['i'], 'inspect', 'Show everything that is known of it'),
  bind('container', 'limits', ['u'], 'limits', 'Change its limits while it runs; of all marked ones at once', {
    hint: 5,
  }),
  bind('container', 'restart', ['r'], 'restart', 'Start it, or restart it when it runs'),
  bind('container', 'pause', ['p'], 'pause', 'Freeze it, or let it go on'),
  bind('container', 'stop', ['t', 'S'], 'stop', 'Stop it: its stop signal, then SIGKILL when the grace is over', {
    hint: 6,
  }),
  bind('container', 'kill', ['ctrl-k'], 'kill', 'Kill it now; asks first'),
  bind('container', 'remove', ['d', 'delete'], 'remove', 'Remove it; says what goes with it, keeps it for ten minutes'),
  bind('container', 'connect', ['J'], 'Join', 'Connect it to a network or disconnect it from one, running or not'),
  bind(
    'container',
    'publish',
    ['F'],
    'Forward ports',
    'Have ports of the host lead into it, as -p does; it is made anew for that, after a question',
  ),
  bind('container', 'rename', ['R'], 'Rename', 'Give it another name'),
  bind('container', 'copy-id', ['y'], 'copy id', 'Copy its id to the clipboard'),
  bind('container', 'copy', ['c'], 'copy', 'Copy what the pane shows: the name, the log lines, the JSON'),
] as const;
