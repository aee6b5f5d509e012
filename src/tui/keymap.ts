// Every key of the dashboard, as a table. Help, the hints in borders, the palette and the docs page are made from it, so none
// of them can tell of a key that is not there. What a command does stands in reducers/; the compiler sees to it that each has one.
import type { Binding } from './keymap/binding.js';
import { CONTAINER_BINDINGS } from './keymap/containers.js';
import { GLOBAL_BINDINGS } from './keymap/everywhere.js';
import { IMAGE_BINDINGS } from './keymap/images.js';
import { NETWORK_BINDINGS } from './keymap/networks.js';
import { PAGE_BINDINGS } from './keymap/pages.js';
import { SHELL_BINDINGS } from './keymap/shells.js';
import { TAB_BINDINGS } from './keymap/tabs.js';
import { VOLUME_BINDINGS } from './keymap/volumes.js';

export { CONTEXTS, type Binding, type Context } from './keymap/binding.js';
export { contextsOf, takesKeys } from './keymap/contexts.js';

/** In the order of the help and the palette. */
export const BINDINGS = [
  ...CONTAINER_BINDINGS,
  ...TAB_BINDINGS,
  ...SHELL_BINDINGS,
  ...PAGE_BINDINGS,
  ...IMAGE_BINDINGS,
  ...NETWORK_BINDINGS,
  ...VOLUME_BINDINGS,
  ...GLOBAL_BINDINGS,
] as const satisfies readonly Binding[];

export type CommandName = (typeof BINDINGS)[number]['command'];
