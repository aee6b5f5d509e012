// What scripts/docs.mjs bundles: every generated page.
import { commands } from './commands/index.js';
import { bashCompletion, fishCompletion, zshCompletion } from './completion.js';
import { pages, type Page } from './manual.js';
import { configurationMarkdown, glyphsFor, keysMarkdown } from '../tui/index.js';
import { version } from './version.js';

export function allPages(): Page[] {
  return [
    ...pages(commands, version),
    { file: 'docs/configuration.md', content: configurationMarkdown() },
    { file: 'docs/keys.md', content: keysMarkdown(glyphsFor(false)) },
    { file: 'completions/tscontain.bash', content: bashCompletion(commands) },
    { file: 'completions/_tscontain', content: zshCompletion(commands) },
    { file: 'completions/tscontain.fish', content: fishCompletion(commands) },
  ];
}
