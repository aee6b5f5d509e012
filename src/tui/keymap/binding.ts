// What a binding is: a key or several, where they hold, which command they are for and how that is said.

/** Where a binding holds. The first context of `contextsOf` that knows a key decides. */
export const CONTEXTS = {
  empty: 'With nothing to show',
  table: 'Containers',
  graphs: 'Graphs',
  logs: 'Logs',
  processes: 'Processes',
  inspect: 'Inspect',
  launch: 'Launch',
  network: 'Network of a container',
  shell: 'A shell, after ctrl-]',
  typing: 'Inside a shell',
  grid: 'All containers',
  neighbours: 'Who hurts whom',
  compare: 'Two moments',
  images: 'Images',
  layers: 'Layers and history of an image',
  config: 'Configuration of an image',
  transfers: 'Pulls, pushes and archives',
  builds: 'Builds',
  image: 'The selected image, or the marked ones',
  networks: 'Networks',
  members: 'Who is on a network',
  map: 'Who is connected to what',
  settings: 'Settings of a network',
  'one-network': 'The selected network, or the marked ones',
  volumes: 'Volumes',
  files: 'Files of a volume',
  about: 'What is known of a volume',
  volume: 'The selected volume, or the marked ones',
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

export const bind = <const Name extends string>(
  context: Context,
  command: Name,
  keys: readonly string[],
  word: string,
  help: string,
  extra: { hint?: number; local?: true } = {},
): Binding<Name> => ({ command, in: context, keys, word, help, ...extra });

export const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
export const ALT_DIGITS = DIGITS.map((digit) => `alt-${digit}`);
export const local = { local: true } as const;
