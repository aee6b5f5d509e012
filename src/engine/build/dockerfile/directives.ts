// Parser directives: the comments at the top of a Dockerfile that say how it is to be read. Pure.
import { faultAt, type Position, type Source, type Warning } from './position.js';

export interface Directives {
  /** of lines, words and quotes */
  readonly escape: '\\' | '`';
  /** names a program that reads the file instead of us, which is not done */
  readonly syntax?: { readonly image: string; readonly position: Position };
  readonly check: Check;
  /** index of the first line that is none */
  readonly end: number;
}

/** Which warnings are wanted. */
export interface Check {
  readonly skips: 'all' | readonly string[];
  /** a warning ends the build */
  readonly isError: boolean;
}

const DIRECTIVE = /^\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;

/** The first line that is no directive ends them: from there on all of it is comment. @throws BuildError */
export function readDirectives(source: Source): Directives {
  const found = new Map<string, { value: string; position: Position }>();
  let end = 0;
  for (const [index, line] of source.lines.entries()) {
    const match = DIRECTIVE.exec(line);
    const key = match?.[1]!.toLowerCase();
    if (!match || (key !== 'escape' && key !== 'syntax' && key !== 'check')) break;
    const position = { line: index + 1, column: line.indexOf('#') + 1 };
    if (found.has(key))
      throw faultAt(source, position, `the parser directive "${key}" stands here for the second time`);
    found.set(key, { value: match[2]!, position });
    end = index + 1;
  }
  const escape = found.get('escape');
  if (escape !== undefined && escape.value !== '\\' && escape.value !== '`') {
    throw faultAt(
      source,
      escape.position,
      `the escape character cannot be ${JSON.stringify(escape.value.slice(0, 20))}`,
      {
        hint: 'it is \\ or `',
      },
    );
  }
  const syntax = found.get('syntax');
  const check = found.get('check');
  return {
    escape: escape?.value === '`' ? '`' : '\\',
    check: check === undefined ? { skips: [], isError: false } : readCheck(source, check),
    end,
    ...(syntax === undefined ? {} : { syntax: { image: syntax.value, position: syntax.position } }),
  };
}

/** "skip=JSONArgsRecommended,StageNameCasing;error=true" */
function readCheck(source: Source, { value, position }: { value: string; position: Position }): Check {
  let check: Check = { skips: [], isError: false };
  for (const part of value.split(';').map((each) => each.trim())) {
    const [key, wish = ''] = part.split('=', 2).map((each) => each.trim());
    if (key === 'skip')
      check = { ...check, skips: wish === 'all' ? 'all' : wish.split(',').map((rule) => rule.trim()) };
    else if (key === 'error' && /^(true|false)$/i.test(wish)) check = { ...check, isError: /^true$/i.test(wish) };
    else {
      throw faultAt(source, position, `the parser directive "check" has no ${JSON.stringify(part.slice(0, 40))}`, {
        hint: 'give skip=RULE,RULE or skip=all, and after a semicolon error=true',
      });
    }
  }
  return check;
}

export function isWanted({ skips }: Check, { rule }: Pick<Warning, 'rule'>): boolean {
  return skips !== 'all' && !skips.includes(rule);
}
