// Keys of the Networks view: of its list, its panes, and what can be done to networks in either; and of the network of a container.
import { bind, local } from './binding.js';

export const NETWORK_BINDINGS = [
  bind('networks', 'open', ['enter'], 'open', 'Go to the pane below: who is on it, the map, its settings', {
    hint: 1,
    local: true,
  }),
  bind('networks', 'mark', ['space'], 'mark', 'Mark or unmark this network; what follows applies to all marked ones', {
    hint: 7,
    local: true,
  }),
  bind('networks', 'clear-marks', ['ctrl-\\'], 'clear marks', 'Clear all marks', local),
  bind(
    'networks',
    'filter',
    ['/'],
    'filter',
    'Show only names, subnets and members with this text; !text hides them, re: takes a regular expression',
    {
      hint: 8,
      local: true,
    },
  ),
  bind('networks', 'sort', ['s'], 'sort', 'Choose the column to sort by, or reverse the order', local),
  bind('networks', 'columns', ['C'], 'columns', 'Choose the columns of the table and their order', local),

  bind('members', 'go-to-member', ['enter'], 'go to it', 'Go to this container and its network', {
    hint: 1,
    local: true,
  }),
  bind('map', 'go-to-member', ['enter'], 'go to it', 'Go to this container and its network', { hint: 1, local: true }),
  bind('settings', 'open-fact', ['enter'], 'in full', 'The whole value of this line', { hint: 1, local: true }),

  bind('one-network', 'create-network', ['n'], 'new', 'Make a network', { hint: 2 }),
  bind(
    'one-network',
    'connect-container',
    ['a'],
    'add a container',
    'Connect a container to the network, running or not',
    {
      hint: 3,
      local: true,
    },
  ),
  bind(
    'one-network',
    'disconnect-container',
    ['x'],
    'disconnect',
    'Disconnect a container from the network; says what breaks',
    {
      hint: 4,
      local: true,
    },
  ),
  bind(
    'one-network',
    'remove-network',
    ['d', 'delete'],
    'remove',
    'Remove this network or the marked ones; asks first',
    {
      hint: 5,
      local: true,
    },
  ),
  bind(
    'one-network',
    'prune-networks',
    ['X'],
    'prune',
    'Remove networks that nobody is on and nobody asks for; says which',
    {
      hint: 6,
    },
  ),
  bind('one-network', 'copy-network', ['y'], 'copy id', 'Copy its id to the clipboard', local),
  bind('one-network', 'copy', ['c'], 'copy', 'Copy what the pane shows: the name, who is on it, the settings', local),

  bind(
    'network',
    'open-connection',
    ['enter'],
    'the other end',
    'Go to the container at the other end; of any other connection all that is known',
    {
      hint: 1,
      local: true,
    },
  ),
  bind(
    'network',
    'connect',
    ['J'],
    'join or leave a network',
    'Connect it to a network or disconnect it from one, running or not',
    {
      hint: 2,
      local: true,
    },
  ),
  bind('network', 'publish', ['F'], 'forward ports', 'Have ports of the host lead into it, as -p does', {
    hint: 3,
    local: true,
  }),
] as const;
