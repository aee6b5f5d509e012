// Every key of the dashboard, as a table. Help, the hints in borders, the palette and the docs page are made from it, so none
// of them can tell of a key that is not there. What a command does stands in reducers/; the compiler sees to it that each has one.
import type { Shell, State } from './state.js';

/** Where a binding holds. The first context of `contextsOf` that knows a key decides. */
export const CONTEXTS = {
  empty: 'With nothing to show',
  table: 'Containers',
  graphs: 'Graphs',
  logs: 'Logs',
  processes: 'Processes',
  inspect: 'Inspect',
  launch: 'Launch',
  shell: 'A shell, after ctrl-]',
  typing: 'Inside a shell',
  grid: 'All containers',
  neighbours: 'Who hurts whom',
  compare: 'Two moments',
  images: 'Images',
  events: 'Events',
  container: 'The selected container, or the marked ones',
  global: 'Everywhere',
} as const;
export type Context = keyof typeof CONTEXTS;

export interface Binding<Name extends string = string> {
  readonly command: Name;
  readonly in: Context;
  /** Names as the input parser gives them; the first is the one that hints show. */
  readonly keys: readonly string[];
  /** One or two words for borders and menus. */
  readonly word: string;
  /** What it does, for the help and the palette. */
  readonly help: string;
  /** Place among the hints in the border, lowest first; without one it is in the help only. */
  readonly hint?: number;
  /** Not offered in the palette: moving about, and what only makes sense where it is. */
  readonly local?: true;
}

const bind = <const Name extends string>(
  context: Context,
  command: Name,
  keys: readonly string[],
  word: string,
  help: string,
  extra: { hint?: number; local?: true } = {},
): Binding<Name> => ({ command, in: context, keys, word, help, ...extra });

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const ALT_DIGITS = DIGITS.map((digit) => `alt-${digit}`);
const local = { local: true } as const;

export const BINDINGS = [
  // The empty table: what a first visitor can press.
  bind('empty', 'demo', ['d'], 'demo', 'Start the demo: three services, and a noisy one that wakes after ten seconds', {
    hint: 3,
  }),
  bind('empty', 'images', ['i'], 'images', 'List images, import a tarball or a directory', { hint: 4, local: true }),

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
  bind(
    'container',
    'remove',
    ['d', 'delete'],
    'remove',
    'Remove it; says first what goes with it, and for ten minutes it can be taken back',
  ),
  bind('container', 'rename', ['R'], 'Rename', 'Give it another name'),
  bind('container', 'copy-id', ['y'], 'copy id', 'Copy its id to the clipboard'),
  bind('container', 'copy', ['c'], 'copy', 'Copy what the pane shows: the name, the log lines, the JSON'),

  // Tabs.
  bind('graphs', 'time-in', ['+'], 'zoom time', 'A shorter stretch of time', { hint: 1, local: true }),
  bind('graphs', 'time-out', ['-', '_'], 'zoom out', 'A longer stretch of time, up to 30 days', local),
  bind('graphs', 'time-reset', ['='], 'back to now', 'Back to now, and to the usual stretch of time', local),
  bind('graphs', 'scrub-back', ['left'], 'scrub', 'Go back in time: the table and everything else show that moment', {
    hint: 2,
    local: true,
  }),
  bind('graphs', 'scrub-forward', ['right'], 'forward', 'Go forward in time, up to now', local),
  bind('graphs', 'freeze', ['f'], 'freeze', 'Hold everything still at this moment, or follow the clock again', {
    hint: 3,
    local: true,
  }),

  bind('logs', 'follow', ['f'], 'follow', 'Stay at the newest line, or stop here', { hint: 1, local: true }),
  bind('logs', 'wrap', ['w'], 'wrap', 'Wrap long lines, or cut them (← → then move sideways)', {
    hint: 2,
    local: true,
  }),
  bind('logs', 'timestamps', ['t'], 'timestamps', 'Show when each line was written: not, the time, how long ago', {
    hint: 3,
    local: true,
  }),
  bind('logs', 'search', ['/'], 'search', 'Search for text, or for re: and a regular expression', {
    hint: 4,
    local: true,
  }),
  bind('logs', 'search-next', ['n'], 'next', 'The next match, towards the end', { hint: 5, local: true }),
  bind(
    'logs',
    'log-filter',
    ['F', '&'],
    'Filter',
    'Show only lines with this text; !text hides them, re: takes a regular expression, level:warn what is as grave, stream:stderr what went there',
    { hint: 6, local: true },
  ),
  bind(
    'logs',
    'log-range',
    ['T'],
    'Time',
    'Show a stretch of time: 5m, 14:00-14:30, 2026-11-21 14:02; @14:02 goes there',
    { hint: 7, local: true },
  ),
  bind(
    'logs',
    'open-line',
    ['enter'],
    'line in full',
    'The line that was found, or the newest in sight, in full; JSON over several lines',
    {
      hint: 8,
      local: true,
    },
  ),
  bind(
    'logs',
    'structured',
    ['J'],
    'JSON',
    'Show lines that are JSON as time, level, message and the rest, or as they were written',
    {
      hint: 9,
      local: true,
    },
  ),
  bind('logs', 'export-logs', ['s'], 'save', 'Write the lines that are shown to a file', { hint: 10, local: true }),
  bind('logs', 'search-previous', ['N'], 'previous', 'The match before', local),
  bind('logs', 'scroll-left', ['left'], 'left', 'Move sideways in lines that are cut', local),
  bind('logs', 'scroll-right', ['right'], 'right', 'Move sideways in lines that are cut', local),

  bind('processes', 'process-sort', ['s'], 'sort', 'Sort by CPU, by memory or by number', { hint: 1, local: true }),

  bind('inspect', 'fold-branch', ['enter', 'space'], 'fold', 'Fold or unfold this branch', { hint: 1, local: true }),
  bind('inspect', 'inspect-as', ['t'], 'tree or JSON', 'Show a tree, or JSON in the shape of Docker', {
    hint: 2,
    local: true,
  }),
  bind('inspect', 'search', ['/'], 'search', 'Search', { hint: 3, local: true }),
  bind('inspect', 'search-next', ['n'], 'next', 'The next match', local),
  bind('inspect', 'search-previous', ['N'], 'previous', 'The match before', local),

  bind(
    'launch',
    'open-step',
    ['enter'],
    'the step: arguments, what it is for, the man page',
    'What this step is, and what it is for',
    {
      hint: 1,
      local: true,
    },
  ),

  bind('shell', 'type', ['enter'], 'type again', 'Give the keys back to the shell', { hint: 1, local: true }),
  bind('shell', 'send-escape-key', ['ctrl-]'], 'send ctrl-]', 'Send ctrl-] itself to the shell', {
    hint: 2,
    local: true,
  }),
  bind(
    'shell',
    'close-shell',
    ['w'],
    'close',
    'Close this tab; a program that still runs in it is hung up, after a question',
    {
      hint: 3,
    },
  ),
  bind(
    'shell',
    'mark-shell',
    ['space'],
    'mark',
    'Mark or unmark this shell, to show it beside others or type into all',
    {
      hint: 4,
      local: true,
    },
  ),
  bind(
    'shell',
    'broadcast',
    ['B'],
    'Broadcast',
    'Type into all marked shells, or all of the split, at once; asks first',
    {
      hint: 5,
    },
  ),
  bind('typing', 'next-split', ['alt-o'], 'other pane', 'The next pane of the split', { hint: 3, local: true }),
  bind(
    'typing',
    'release',
    ['ctrl-]'],
    'leaves the keys to the dashboard',
    'Give the keys to the dashboard; twice sends ctrl-] itself',
    {
      hint: 1,
      local: true,
    },
  ),
  bind('typing', 'pane', ALT_DIGITS, 'other tab', 'Go to the tab with that number', { hint: 2, local: true }),

  // Other pages.
  bind('grid', 'tile-left', ['left'], 'left', 'The container to the left', local),
  bind('grid', 'tile-right', ['right'], 'right', 'The container to the right', local),
  bind('grid', 'zoom-tile', ['enter'], 'zoom', 'This container alone, on the whole screen', { hint: 1, local: true }),
  bind('grid', 'same-scale', ['='], 'same scale', 'One scale for all, so that heights can be compared', {
    hint: 2,
    local: true,
  }),
  bind('grid', 'own-scale', ['o'], 'own scale', 'Each graph fills its own height', { hint: 3, local: true }),
  bind('grid', 'mark', ['space'], 'pick for comparison', 'Pick or unpick this container', { hint: 4, local: true }),
  bind('grid', 'only-picked', ['f'], 'only the picked', 'Show only the picked containers, or all', {
    hint: 5,
    local: true,
  }),

  bind('neighbours', 'go-to-side', ['enter'], 'go to it', 'Go to the tabs of the container in focus', {
    hint: 1,
    local: true,
  }),
  bind('neighbours', 'quieten', ['u', 'U'], 'quieten', 'Open the limits of whoever has most of it, set to be quiet', {
    hint: 2,
    local: true,
  }),
  bind('neighbours', 'victim-side', ['left'], 'who suffers', 'The one who suffers', { hint: 3, local: true }),
  bind('neighbours', 'suspect-side', ['right'], 'who does it', 'The one who has most of it', local),

  bind('compare', 'leave-compare', ['D'], 'compare again', 'Let the pinned moment go', { hint: 1, local: true }),

  bind('images', 'run-image', ['enter', 'r'], 'run', 'Run a container from this image', { hint: 1, local: true }),
  bind('images', 'import-image', ['i'], 'import', 'Import a tarball or a directory as an image', { hint: 2 }),
  bind('images', 'remove-image', ['d', 'delete'], 'remove', 'Remove this image; refused while a container uses it', {
    hint: 3,
    local: true,
  }),

  // Everywhere.
  bind('global', 'new', ['n'], 'new', 'Run a new container', { hint: 2 }),
  bind('global', 'grid', ['m'], 'all containers', 'The graphs of all containers at once', { hint: 21 }),
  bind('global', 'who', ['w', '!'], 'who hurts whom', 'Who suffers, from what, and who has most of it, side by side'),
  bind('global', 'quieten', ['U'], 'quieten', 'Open the limits of whoever has most of what a container suffers from'),
  bind('global', 'scrub-back', ['<', 'shift-left'], 'back in time', 'Go back in time: everything shows that moment'),
  bind('global', 'scrub-forward', ['>', 'shift-right'], 'forward in time', 'Go forward in time, up to now'),
  bind(
    'global',
    'notice-before',
    [','],
    'notice before',
    'Go to the moment when somebody began to suffer, before this one',
  ),
  bind('global', 'notice-after', ['.'], 'notice after', 'Go to the next moment when somebody began to suffer'),
  bind('global', 'to-now', ['0'], 'now', 'Back to now'),
  bind('global', 'compare', ['D'], 'Difference', 'Pin this moment; at another moment, compare the two'),
  bind('global', 'images', ['I'], 'Images', 'List images, import a tarball or a directory'),
  bind('global', 'events', ['v'], 'events', 'What happened, newest last'),
  bind('global', 'zoom', ['z'], 'whole screen', 'Give the pane in focus the whole screen, or take it back', {
    hint: 20,
  }),
  bind(
    'global',
    'split-side',
    ['|'],
    'split',
    'A new shell beside this pane; where shells are marked, those side by side',
  ),
  bind('global', 'split-below', ['"'], 'split below', 'The same, one above the other'),
  bind('global', 'next-split', ['o', 'alt-o'], 'other pane', 'The next pane of the split', local),
  bind('global', 'unsplit', ['O'], 'One pane', 'Show this pane alone; the others go on in their tabs'),
  bind('global', 'next-pane', ['tab'], 'next pane', 'The other pane', local),
  bind('global', 'previous-pane', ['shift-tab'], 'pane before', 'The other pane', local),
  bind('global', 'pane', [...DIGITS, ...ALT_DIGITS], 'pane', 'The pane or tab with that number in the border', local),
  bind('global', 'next-tab', [']'], 'next tab', 'The tab to the right', local),
  bind('global', 'previous-tab', ['['], 'tab before', 'The tab to the left', local),
  bind('global', 'up', ['up', 'k'], 'up', 'One line up', local),
  bind('global', 'down', ['down', 'j'], 'down', 'One line down', local),
  bind('global', 'page-up', ['pageup', 'ctrl-u'], 'page up', 'One page up', local),
  bind('global', 'page-down', ['pagedown', 'ctrl-d'], 'page down', 'One page down', local),
  bind('global', 'first', ['g', 'home'], 'first', 'To the beginning', local),
  bind('global', 'last', ['G', 'end'], 'last', 'To the end', local),
  bind('global', 'back', ['escape'], 'back', 'Back: close, clear the filter, leave the page', {
    hint: 30,
    local: true,
  }),
  bind('global', 'undo', ['ctrl-z'], 'undo', 'Take back the last thing done: limits, pause, stop, rename, remove'),
  bind('global', 'guard', [], 'guard', 'Arm the guard or disarm it; it is given with --guard FILE, and asks first'),
  bind('global', 'wake-noisy', ['W'], 'wake', 'Wake the noisy one of the demo again'),
  bind('global', 'prune', [], 'prune', 'Remove every container that is not running; asks first'),
  bind('global', 'palette', [':', 'ctrl-p'], 'palette', 'Search everything that can be done', { hint: 40 }),
  bind('global', 'help', ['?', 'h', 'f1'], 'keys', 'The keys of this pane, then those that hold everywhere', {
    hint: 41,
  }),
  bind('global', 'themes', [], 'themes', 'Choose a theme; each is shown while it is selected'),
  bind('global', 'layouts', [], 'layouts', 'Choose a saved layout'),
  bind('global', 'save-layout', [], 'save layout', 'Save what is on the screen as a layout, under a name'),
  bind('global', 'config', [], 'config', 'The settings in force, and what is wrong with the config file'),
  bind('global', 'save-settings', [], 'save settings', 'Write what was changed here into the config file'),
  bind('global', 'redraw', ['ctrl-l'], 'redraw', 'Draw the whole screen again', local),
  bind('global', 'quit', ['q', 'ctrl-c'], 'quit', 'Leave the dashboard; containers run on'),
] as const satisfies readonly Binding[];

export type CommandName = (typeof BINDINGS)[number]['command'];
/** Whether a shell's tab can be typed into; what is typed while it opens waits for it. */
export const takesKeys = ({ status, input }: Shell): boolean => status !== 'ended' && input;

/** Which contexts hold now, the most particular first. */
export function contextsOf(state: State): readonly Context[] {
  const { page, focus, tab } = state.view;
  if (page === 'grid') return ['grid', 'container', 'global'];
  if (page === 'neighbours') return ['neighbours', 'container', 'global'];
  if (page === 'compare') return ['compare', 'container', 'global'];
  if (page === 'images') return ['images', 'global'];
  if (page === 'events') return ['events', 'global'];
  if (focus === 'table') {
    return state.containers.list.length === 0 ? ['empty', 'global'] : ['table', 'container', 'global'];
  }
  if (!tab.startsWith('shell:')) return [tab as Context, 'container', 'global'];
  const shell = state.shells.list.find(({ number }) => tab === `shell:${number}`);
  return state.shells.captured && shell !== undefined && takesKeys(shell)
    ? ['typing']
    : ['shell', 'container', 'global'];
}
