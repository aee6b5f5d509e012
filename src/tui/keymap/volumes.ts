// Keys of the Volumes view: of its list, its panes, and what can be done to volumes in either.
import { bind, local } from './binding.js';

export const VOLUME_BINDINGS = [
  bind('volumes', 'open', ['enter'], 'open', 'Go to the pane below: its files, and what is known of it', {
    hint: 1,
    local: true,
  }),
  bind('volumes', 'mark', ['space'], 'mark', 'Mark or unmark this volume; what follows applies to all marked ones', {
    hint: 5,
    local: true,
  }),
  bind('volumes', 'clear-marks', ['ctrl-\\'], 'clear marks', 'Clear all marks', local),
  bind(
    'volumes',
    'filter',
    ['/'],
    'filter',
    'Show only names, labels and users with this text; !text hides them, re: takes a regular expression',
    {
      hint: 6,
      local: true,
    },
  ),
  bind('volumes', 'sort', ['s'], 'sort', 'Choose the column to sort by, or reverse the order', local),
  bind('volumes', 'columns', ['C'], 'columns', 'Choose the columns of the table and their order', local),

  bind(
    'files',
    'open-file',
    ['enter', 'right'],
    'open',
    'Into this directory, or the beginning of this file; nothing is changed',
    {
      hint: 1,
      local: true,
    },
  ),
  bind('files', 'leave-directory', ['left', 'backspace'], 'up', 'To the directory above', { hint: 2, local: true }),
  bind('about', 'open-fact', ['enter'], 'in full', 'The whole value of this line', { hint: 1, local: true }),

  bind('volume', 'create-volume', ['n'], 'new', 'Make a volume', { hint: 2 }),
  bind(
    'volume',
    'remove-volume',
    ['d', 'delete'],
    'remove',
    'Remove this volume or the marked ones; says what that frees',
    {
      hint: 3,
      local: true,
    },
  ),
  bind(
    'volume',
    'prune-volumes',
    ['X'],
    'prune',
    'Remove volumes without a name, or all that no container uses; says what that frees',
    {
      hint: 4,
    },
  ),
  bind('volume', 'copy-volume', ['y'], 'copy path', 'Copy where its files are on the host', local),
  bind('volume', 'copy', ['c'], 'copy', 'Copy what the pane shows: the name, the path of the file, the facts', local),
] as const;
