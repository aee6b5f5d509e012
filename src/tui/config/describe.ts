// Settings written out: a config file with a comment for each, and the docs page. Both come from the schema and the keymap.
import { ABOUT_COLUMNS, COLUMN_NAMES } from '../columns.js';
import { BINDINGS, CONTEXTS, type Binding, type Context } from '../keymap.js';
import { aboutTheme, THEME_NAMES } from '../screen/index.js';
import {
  CONFIRMATIONS,
  DEFAULT_SETTINGS,
  SCHEMA,
  SETTING_NAMES,
  type Kind,
  type SettingName,
  type Settings,
} from './schema.js';

/** A word as YAML takes it: in quotes where it would be read as something else. */
export function yamlWord(word: string): string {
  const isPlain =
    /^[A-Za-z][\w./ -]*$/.test(word) && word === word.trim() && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(word);
  return isPlain ? word : JSON.stringify(word);
}

const yamlList = (words: readonly string[]): string => `[${words.map(yamlWord).join(', ')}]`;

function valueLines(name: SettingName, settings: Settings): readonly string[] {
  switch (name) {
    case 'columns':
      return [`columns: ${yamlList(settings.columns)}`];
    case 'confirm':
      return ['confirm:', ...CONFIRMATIONS.map((action) => `  ${action}: ${settings.confirm[action]}`)];
    case 'layouts':
      return settings.layouts.size === 0
        ? ['layouts: {}']
        : [
            'layouts:',
            ...[...settings.layouts].flatMap(([title, layout]) => [
              `  ${yamlWord(title)}:`,
              ...Object.entries(layout).map(([field, value]) => `    ${field}: ${String(value)}`),
            ]),
          ];
    case 'keys':
      return keyLines(settings);
    default: {
      const value = settings[name];
      const isWord = typeof value === 'string' && !/^\d+$/.test(value);
      return [`${name}: ${isWord ? yamlWord(value) : String(value)}`];
    }
  }
}

function keyLines({ keys }: Settings): readonly string[] {
  if (keys.size === 0) return ['keys: {}'];
  const contexts = [...new Set([...keys.keys()].map((place) => place.split(' ')[0]!))];
  return [
    'keys:',
    ...contexts.flatMap((context) => [
      `  ${context}:`,
      ...[...keys]
        .filter(([place]) => place.startsWith(`${context} `))
        .map(([place, own]) => `    ${place.slice(context.length + 1)}: ${yamlList(own)}`),
    ]),
  ];
}

/** What a value may be, in words. */
function kindWords(kind: Kind): string {
  switch (kind.is) {
    case 'choice':
      return kind.of.join(', ');
    case 'number':
      return `${kind.least} to ${kind.most} ${kind.unit}`;
    case 'boolean':
      return 'true or false';
    case 'list':
      return `any of ${kind.of.join(', ')}`;
    case 'switches':
      return `true, false, or one of them for each of ${kind.of.join(', ')}`;
    case 'key':
      return 'ctrl and a letter, ctrl-], ctrl-\\, ctrl-^ or ctrl-_';
    case 'name':
      return 'a name';
    case 'layouts':
    case 'keys':
      return '';
  }
}

/** The settings in force as a file that could be saved as it is. */
export function configText(settings: Settings): string {
  const parts = SETTING_NAMES.map((name) => {
    const { help, kind } = SCHEMA[name];
    const words = kindWords(kind);
    const comment = [`# ${help}.`, ...(words === '' ? [] : [`# ${words}`])];
    return [...comment, ...valueLines(name, settings)].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

const bindings: readonly Binding[] = BINDINGS;

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** docs/configuration.md */
export function configurationMarkdown(): string {
  const rows = SETTING_NAMES.map((name) => {
    const { help, kind } = SCHEMA[name];
    const [first = ''] = valueLines(name, DEFAULT_SETTINGS);
    const usual = name === 'confirm' ? 'true' : first.slice(name.length + 2);
    return `| \`${name}\` | ${cell(help)} | ${cell(kindWords(kind))} | \`${usual}\` |`;
  });
  const commands = (Object.keys(CONTEXTS) as Context[]).map((context) => {
    const names = [...new Set(bindings.filter((binding) => binding.in === context).map(({ command }) => command))];
    return names.length === 0
      ? ''
      : `| \`${context}\` | ${CONTEXTS[context]} | ${names.map((name) => `\`${name}\``).join(' ')} |\n`;
  });
  return `# Configuration of the dashboard

\`tscontain-tui\` reads \`config.yaml\` from \`$XDG_CONFIG_HOME/tscontain\` (\`~/.config/tscontain\`), or the file that \`--config FILE\` or
\`TSCONTAIN_CONFIG\` names. No file is needed. A line of a file that cannot be is told with its line and column, and the rest of
the file is used; when the file is saved it is read again, and what has changed is applied at once. Options of the command line
come before the file.

\`tscontain-tui --print-config\` prints what is in force, with a comment for each setting. In the dashboard, “save settings” in the
palette writes what was changed there into the file and leaves its comments alone; nothing else ever writes it.

| setting | what it is | values | without it |
|---|---|---|---|
${rows.join('\n')}

## Themes

| theme | |
|---|---|
${THEME_NAMES.map((name) => `| \`${name}\` | ${cell(aboutTheme(name))} |`).join('\n')}

The palette lists them as “theme: …” and shows each while it is selected. With 256 colours the nearest ones are taken; the 16 of a
terminal are its owner’s, and there themes differ little. NO_COLOR, \`colours: none\` and the theme \`plain\` do without colours.

## Columns

| column | what it shows |
|---|---|
${COLUMN_NAMES.map((name) => `| \`${name}\` | ${ABOUT_COLUMNS[name]} |`).join('\n')}

## Layouts

\`\`\`yaml
layout: watch
layouts:
  watch: { page: grid }
  logs: { focus: tabs, tab: logs, table: 30 }
\`\`\`

## Keys

A key is a character (\`x\`, \`"?"\`), \`ctrl-x\`, \`alt-x\`, or a name: \`enter\`, \`space\`, \`tab\`, \`up\`, \`pageup\`, \`f5\` … An empty list leaves a
command to the palette. A key does one thing in a context; who is given one takes it from whoever had it there.

\`\`\`yaml
keys:
  global:
    palette: [ctrl-space, ":"]
  container:
    stop: s
\`\`\`

| context | where it holds | commands |
|---|---|---|
${commands.join('')}
\`ctrl-c\` and \`escape\` keep their meaning, and digits go to the pane with that number. Inside a shell only \`ctrl\`, \`alt\` and function
keys can be bound: every other one is the shell’s.
`;
}
