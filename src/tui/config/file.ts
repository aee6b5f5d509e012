// Where the config file lies, and what it says. A file that is not there is no problem; one that cannot be read is told.
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Problem } from './read.js';
import { DEFAULT_SETTINGS, type Settings } from './schema.js';

export interface LoadedConfig {
  readonly path: string;
  readonly settings: Settings;
  /** "config.yaml:3:8: …", one sentence each */
  readonly problems: readonly string[];
}

/** @param flag the value of --config */
export function configPath(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  const named = flag ?? env['TSCONTAIN_CONFIG'];
  if (named !== undefined && named !== '') return named;
  const home = env['XDG_CONFIG_HOME'];
  const base = home !== undefined && home.startsWith('/') ? home : join(env['HOME'] ?? homedir(), '.config');
  return join(base, 'tscontain', 'config.yaml');
}

const sentence = (path: string, { line, column, text }: Problem): string =>
  `${basename(path)}:${line}:${column}: ${text}`;

/** @param named whether a person has named the file: then it has to be there */
export async function loadConfig(path: string, named = false): Promise<LoadedConfig> {
  if (!named && !existsSync(path)) return { path, settings: DEFAULT_SETTINGS, problems: [] };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    const problem = `${path} cannot be read (${reason}): the usual settings are used`;
    return { path, settings: DEFAULT_SETTINGS, problems: [problem] };
  }
  // Loaded where there is a file: the parser takes 10 ms of the first paint.
  const { readConfig } = await import('./read.js');
  const { settings, problems } = readConfig(text);
  return { path, settings, problems: problems.map((problem) => sentence(path, problem)) };
}

/** @throws Error with one sentence where the file cannot be written, or is broken and must not be touched */
export async function saveConfig(path: string, settings: Settings): Promise<void> {
  const [{ savedText }, { readConfig }] = await Promise.all([import('./save.js'), import('./read.js')]);
  // Config files are often links into a repository: what the link means is written, and the link stays.
  const file = existsSync(path) ? realpathSync(path) : path;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const saved = savedText(text, readConfig(text).settings, settings);
  if (saved === undefined) throw new Error(`${path} is broken: mend it first, so that nothing of it gets lost`);
  if (saved === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, saved, { mode: statSync(file, { throwIfNoEntry: false })?.mode ?? 0o644 });
  renameSync(aside, file);
}
