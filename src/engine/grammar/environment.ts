// Environment variables and labels, in Docker's grammar. Pure.
import { wrong } from './wrong.js';

/**
 * "NAME=value" as it stands; "NAME" takes the value of the host's own variable, and nothing when it has none.
 * @returns "NAME=value", or undefined
 */
export function parseEnv(text: string, host: Readonly<Record<string, string | undefined>>): string | undefined {
  const equals = text.indexOf('=');
  if (equals === 0 || text === '') throw wrong('the variable', text, 'give NAME=value, or NAME to pass on your own');
  if (text.includes('\0')) throw wrong('the variable', text, 'it has a zero byte, which no program can be given');
  if (equals > 0) return text;
  const value = host[text];
  return value === undefined ? undefined : `${text}=${value}`;
}

/** The lines of an env file: "NAME=value" or "NAME", # begins a comment, nothing is unquoted or expanded. */
export function parseEnvFile(
  content: string,
  host: Readonly<Record<string, string | undefined>>,
  path: string,
): string[] {
  return linesOf(content).flatMap(({ line, number }) => {
    const name = line.split('=', 1)[0]!;
    if (name === '' || /\s/.test(name))
      throw wrong(`line ${number} of ${path}`, line, 'a variable has a name without spaces, then = and its value');
    return parseEnv(line, host) ?? [];
  });
}

/** "key=value" or "key"; the key holds no = and no control characters. */
export function parseLabel(text: string, what = 'the label'): [key: string, value: string] {
  const equals = text.indexOf('=');
  const key = equals < 0 ? text : text.slice(0, equals);

  if (key === '' || /[\x00-\x20\x7f]/.test(key)) throw wrong(what, text, 'give key=value with no space in the key');
  return [key, equals < 0 ? '' : text.slice(equals + 1)];
}

function linesOf(content: string): { line: string; number: number }[] {
  return content
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line, index) => ({ line: line.replace(/\r$/, '').trimStart(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
}
