// Keys of the fixed tabs: what is known of the selected container.
import { bind, local } from './binding.js';

export const TAB_BINDINGS = [
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
] as const;
