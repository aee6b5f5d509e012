// Themes as data: what each is for, and its colours. theme.ts makes attributes of them for the colours that the terminal has.
// test/pure/tui-screen/themes.test.ts holds every one of them to the contrasts of WCAG.

/** '#rrggbb' */
export type Hex = string;

export interface Palette {
  /** What it is like, for the palette and the docs. */
  readonly about: string;
  readonly light?: true;
  /** Painted behind everything; absent leaves the terminal's own background, which is taken for `assumed`. */
  readonly ground?: Hex;
  readonly assumed: Hex;
  readonly text: Hex;
  /** Secondary text. */
  readonly dim: Hex;
  /** Rules, tracks, unlit parts: seen, not read. */
  readonly faint: Hex;
  /** What stands out: the pane in focus, keys to press. */
  readonly bright: Hex;
  readonly border: Hex;
  readonly borderFocus: Hex;
  readonly cpu: Hex;
  readonly memory: Hex;
  readonly io: Hex;
  readonly net: Hex;
  readonly pids: Hex;
  /** Near a limit, and at it. */
  readonly warm: Hex;
  readonly hot: Hex;
  readonly good: Hex;
  /** Victims, suspects, warnings. */
  readonly notice: Hex;
  readonly error: Hex;
  /** Backgrounds: fields to write into, the selected row, with the focus and without. */
  readonly field: Hex;
  readonly fieldFocus: Hex;
  readonly selected: Hex;
  readonly selectedIdle: Hex;
  /** Hand-picked colours of the 256 where the nearest one is not the best one. */
  readonly at256?: Readonly<Partial<Record<ColourName, number>>>;
  /** The same for 16, which are the terminal's own: without it theme.ts has one set for dark themes and one for light ones. */
  readonly at16?: Readonly<Partial<Record<ColourName, number>>>;
}

export type ColourName = Exclude<keyof Palette, 'about' | 'light' | 'ground' | 'assumed' | 'at256' | 'at16'>;

export const PALETTES = {
  dark: {
    about: 'On the terminal’s own dark background; one hue a resource',
    assumed: '#16181d',
    text: '#d0d0d0',
    dim: '#949494',
    faint: '#4e4e4e',
    bright: '#ffffff',
    border: '#4e4e4e',
    borderFocus: '#bcbcbc',
    cpu: '#86d987',
    memory: '#62b0f5',
    io: '#d58ad6',
    net: '#5fd3d3',
    pids: '#bcbcbc',
    warm: '#f7d65c',
    hot: '#ff6259',
    good: '#86d987',
    notice: '#ffb05e',
    error: '#ff6a61',
    field: '#303030',
    fieldFocus: '#4e4e4e',
    selected: '#3a3a3a',
    selectedIdle: '#262626',
    at256: {
      text: 252, dim: 246, faint: 239, bright: 231, border: 239, borderFocus: 250, cpu: 114, memory: 75, io: 176, net: 80,
      pids: 250, warm: 221, hot: 203, good: 114, notice: 215, error: 203, field: 236, fieldFocus: 239, selected: 237,
      selectedIdle: 235,
    }, // prettier-ignore
  },
  light: {
    about: 'Dark ink on paper',
    light: true,
    ground: '#fafaf7',
    assumed: '#fafaf7',
    text: '#2c3038',
    dim: '#6c727c',
    faint: '#c4c8cf',
    bright: '#000000',
    border: '#c0c4cb',
    borderFocus: '#565c66',
    cpu: '#1b7a34',
    memory: '#1b62b8',
    io: '#94309a',
    net: '#0b7280',
    pids: '#565c66',
    warm: '#8f6200',
    hot: '#c8201c',
    good: '#1b7a34',
    notice: '#a44a00',
    error: '#c8201c',
    field: '#ebedf0',
    fieldFocus: '#d7dce4',
    selected: '#d9e4f5',
    selectedIdle: '#eceef1',
  },
  'high-contrast': {
    about: 'Pure colours on black, nothing faint',
    ground: '#000000',
    assumed: '#000000',
    text: '#ffffff',
    dim: '#d0d0d0',
    faint: '#8a8a8a',
    bright: '#ffff00',
    border: '#b0b0b0',
    borderFocus: '#ffff00',
    cpu: '#4dff4d',
    memory: '#6fc3ff',
    io: '#ff9cff',
    net: '#4dffff',
    pids: '#ffffff',
    warm: '#ffff00',
    hot: '#ff8080',
    good: '#4dff4d',
    notice: '#ffc04d',
    error: '#ff8080',
    field: '#262626',
    fieldFocus: '#00408a',
    selected: '#003a7d',
    selectedIdle: '#2b2b2b',
    at16: { dim: 7, faint: 7, border: 7, bright: 11, borderFocus: 11 },
  },
  'colour-blind': {
    about: 'For eyes that cannot tell red from green: blue to orange',
    ground: '#12151c',
    assumed: '#12151c',
    text: '#dcdfe6',
    dim: '#969dab',
    faint: '#4c5464',
    bright: '#ffffff',
    border: '#4c5464',
    borderFocus: '#c0c8d6',
    cpu: '#8ad0ff',
    memory: '#7591ff',
    io: '#d5a6d8',
    net: '#5ccbc0',
    pids: '#bfc6d2',
    warm: '#f0e442',
    hot: '#ff8a1f',
    good: '#8ad0ff',
    notice: '#f0e442',
    error: '#ff8a1f',
    field: '#272d3a',
    fieldFocus: '#3c465a',
    selected: '#30405c',
    selectedIdle: '#212734',
    at16: { cpu: 14, good: 14, hot: 15, error: 15 },
  },
  gruvbox: {
    about: 'Warm and earthy',
    ground: '#282828',
    assumed: '#282828',
    text: '#ebdbb2',
    dim: '#a89984',
    faint: '#5f564e',
    bright: '#fbf1c7',
    border: '#665c54',
    borderFocus: '#d5c4a1',
    cpu: '#b8bb26',
    memory: '#83a598',
    io: '#d3869b',
    net: '#8ec07c',
    pids: '#bdae93',
    warm: '#fabd2f',
    hot: '#ff6b57',
    good: '#b8bb26',
    notice: '#fe8019',
    error: '#ff6b57',
    field: '#3c3836',
    fieldFocus: '#504945',
    selected: '#464038',
    selectedIdle: '#343130',
    at256: { cpu: 142, memory: 109, net: 108, pids: 144 },
  },
  nord: {
    about: 'Cold and quiet',
    ground: '#2e3440',
    assumed: '#2e3440',
    text: '#dfe4ee',
    dim: '#9aa5ba',
    faint: '#56617a',
    bright: '#f4f7fb',
    border: '#566077',
    borderFocus: '#88c0d0',
    cpu: '#a8c795',
    memory: '#90b4da',
    io: '#c9a2c3',
    net: '#8fcfd0',
    pids: '#c6cedd',
    warm: '#f0d399',
    hot: '#f0919a',
    good: '#a8c795',
    notice: '#e8a88f',
    error: '#f0919a',
    field: '#3b4252',
    fieldFocus: '#4c566a',
    selected: '#434c5e',
    selectedIdle: '#373e4c',
  },
  dracula: {
    about: 'Violet dusk, neon signs',
    ground: '#282a36',
    assumed: '#282a36',
    text: '#f2f2ec',
    dim: '#9fa6c4',
    faint: '#555b78',
    bright: '#ffffff',
    border: '#5b638a',
    borderFocus: '#bd93f9',
    cpu: '#50fa7b',
    memory: '#a3b8ff',
    io: '#ff86cc',
    net: '#8be9fd',
    pids: '#cdd0e0',
    warm: '#f1fa8c',
    hot: '#ff7878',
    good: '#50fa7b',
    notice: '#ffb86c',
    error: '#ff7878',
    field: '#373a4b',
    fieldFocus: '#4d5272',
    selected: '#44475a',
    selectedIdle: '#323545',
  },
  'solarized-dark': {
    about: 'Deep sea; every colour of one lightness',
    ground: '#002b36',
    assumed: '#002b36',
    text: '#a3b3b5',
    dim: '#7c9198',
    faint: '#2f545e',
    bright: '#eee8d5',
    border: '#3a5f69',
    borderFocus: '#93a1a1',
    cpu: '#9db312',
    memory: '#56aee8',
    io: '#e87fb6',
    net: '#3fbbb0',
    pids: '#a3b3b5',
    warm: '#d9a816',
    hot: '#ff7d73',
    good: '#9db312',
    notice: '#f08a4b',
    error: '#ff7d73',
    field: '#073642',
    fieldFocus: '#114b58',
    selected: '#0d4350',
    selectedIdle: '#06333f',
    at256: { selected: 236, selectedIdle: 235 },
  },
  'solarized-light': {
    about: 'Old paper; every colour of one lightness',
    light: true,
    ground: '#fdf6e3',
    assumed: '#fdf6e3',
    text: '#47595f',
    dim: '#6f7d7e',
    faint: '#cfc8b4',
    bright: '#073642',
    border: '#c3bca8',
    borderFocus: '#586e75',
    cpu: '#5f6b00',
    memory: '#1a6ba3',
    io: '#b3256c',
    net: '#157069',
    pids: '#586e75',
    warm: '#8a6500',
    hot: '#c42622',
    good: '#5f6b00',
    notice: '#ae4010',
    error: '#c42622',
    field: '#eee8d5',
    fieldFocus: '#e0d9c2',
    selected: '#e6e4d2',
    selectedIdle: '#f3edda',
  },
  'tokyo-night': {
    about: 'A city after rain',
    ground: '#1a1b26',
    assumed: '#1a1b26',
    text: '#c0caf5',
    dim: '#858db5',
    faint: '#414868',
    bright: '#e9edff',
    border: '#454c6e',
    borderFocus: '#7aa2f7',
    cpu: '#9ece6a',
    memory: '#7aa2f7',
    io: '#bb9af7',
    net: '#7dcfff',
    pids: '#a9b1d6',
    warm: '#e8be6e',
    hot: '#f7768e',
    good: '#9ece6a',
    notice: '#ff9e64',
    error: '#f7768e',
    field: '#292e42',
    fieldFocus: '#3b4261',
    selected: '#2f3549',
    selectedIdle: '#222436',
  },
  catppuccin: {
    about: 'Soft pastels on plum',
    ground: '#1e1e2e',
    assumed: '#1e1e2e',
    text: '#cdd6f4',
    dim: '#959bb8',
    faint: '#494d64',
    bright: '#f5f7ff',
    border: '#4f536d',
    borderFocus: '#b4befe',
    cpu: '#a6e3a1',
    memory: '#89b4fa',
    io: '#f5c2e7',
    net: '#94e2d5',
    pids: '#bac2de',
    warm: '#f9e2af',
    hot: '#f38ba8',
    good: '#a6e3a1',
    notice: '#fab387',
    error: '#f38ba8',
    field: '#313244',
    fieldFocus: '#45475a',
    selected: '#3a3b50',
    selectedIdle: '#28283b',
  },
} as const satisfies Readonly<Record<string, Palette>>;

/** Every theme that has colours, and the one that has none. */
export const THEME_NAMES = [...(Object.keys(PALETTES) as (keyof typeof PALETTES)[]), 'plain'] as const;
export type ThemeName = (typeof THEME_NAMES)[number];

export const PLAIN_ABOUT = 'No colours: bold, underline, reverse and signs say it all';

export const aboutTheme = (name: ThemeName): string => (name === 'plain' ? PLAIN_ABOUT : PALETTES[name].about);
