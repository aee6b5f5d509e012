// Which log lines are shown: "text" or "re:…" those that match, "!text" all others; before it, "level:warn" what is as grave as
// that or graver, "stream:stderr" what was written there.
import { filterPattern } from '../filter.js';
import type { LogLine } from './buffer.js';
import { LEVELS, levelIn, levelNamed, type Level } from '../present/log-line.js';
import { styledLine } from '../screen/index.js';

export interface LogFilter {
  passes(line: LogLine): boolean;
  /** why the text is no filter: nothing passes then but what tells of gaps */
  readonly problem?: string;
}

const KEYED = /^(level|stream):(\S*)\s*/;

/** A line as a person sees it: without escape sequences, and what stands after the last carriage return. */
export function seenText(text: string): string {
  if (!/[\x1b\x80-\x9f\r\t]/.test(text)) return text;
  return styledLine(text)
    .spans.map((span) => span.text)
    .join('');
}

export function logFilter(text: string): LogFilter {
  let rest = text;
  let level: Level | undefined;
  let stream: string | undefined;
  for (let match = KEYED.exec(rest); match; match = KEYED.exec(rest)) {
    rest = rest.slice(match[0].length);
    const value = match[2]!;
    if (match[1] === 'level') {
      level = levelNamed(value);
      if (level === undefined && value !== '') return wrong(`level:${value} is none of ${LEVELS.join(', ')}`);
    } else {
      if (value !== '' && value !== 'stdout' && value !== 'stderr')
        return wrong(`stream:${value} is neither stdout nor stderr`);
      stream = value === '' ? undefined : value;
    }
  }
  const pattern = rest === '' ? undefined : filterPattern(rest);
  if (pattern?.problem !== undefined) return wrong(pattern.problem);
  const least = level === undefined ? -1 : LEVELS.indexOf(level);
  return {
    passes: (line) =>
      // What is missing is told whatever is filtered.
      line.stream === 'gap' ||
      ((stream === undefined || line.stream === stream) &&
        (level === undefined || rankOf(line.text) >= least) &&
        (pattern === undefined || pattern.matches(seenText(line.text)))),
  };
}

const wrong = (problem: string): LogFilter => ({ passes: ({ stream }) => stream === 'gap', problem });

const rankOf = (text: string): number => {
  const found = levelIn(seenText(text));
  return found === undefined ? -1 : LEVELS.indexOf(found.level);
};
