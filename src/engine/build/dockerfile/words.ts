// How a line is cut into words. Quotes and escapes stay in a word: what they mean is known when its variables are replaced. Pure.

export interface Word {
  readonly text: string;
  /** where it begins in its line */
  readonly at: number;
}

/** Blanks separate, nothing else counts: COPY, EXPOSE, FROM. */
export function plainWords(text: string, at: number): Word[] {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: at + match.index }));
}

/** Blanks separate unless they are quoted or escaped: ENV, LABEL, ARG. */
export function quotedWords(text: string, at: number, escape: string): Word[] {
  const words: Word[] = [];
  let begin: number | undefined;
  let quote = '';
  const end = (index: number) => {
    if (begin !== undefined) words.push({ text: text.slice(begin, index), at: at + begin });
    begin = undefined;
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (quote === '' && /\s/.test(character)) {
      end(index);
      continue;
    }
    begin ??= index;
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === escape && quote === '"') index += 1;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === escape) index += 1;
  }
  end(text.length);
  return words;
}

/** A word without its quotes and escapes, nothing replaced. */
export function unquoted(text: string, escape: string): string {
  let result = '';
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else if (character === escape && quote !== "'" && index + 1 < text.length) {
      index += 1;
      const next = text[index]!;
      if (quote === '"' && next !== '"' && next !== '$' && next !== escape) result += escape;
      result += next;
    } else result += character;
  }
  return result;
}

/** The JSON form of a command or of paths: ["a", "b"]; undefined for what is none. Blanks may stand before and behind it. */
export function jsonWords(text: string): readonly string[] | 'not strings' | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const words: readonly unknown[] = value;
  return words.every((word) => typeof word === 'string') ? words : 'not strings';
}
