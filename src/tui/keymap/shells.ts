// Keys of shell tabs: those of the dashboard, and the few that are not typed into the shell.
import { ALT_DIGITS, bind } from './binding.js';

export const SHELL_BINDINGS = [
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
] as const;
