// The patterns of ${name#pattern}, ${name%pattern} and ${name/pattern/text}: * and ? as a shell has them. Matched without going
// back, in time in proportion to pattern times text, whatever the pattern is (adr 9). Pure.

type Token = '*' | '?' | { readonly literal: string };

/** A backslash takes the meaning from what follows. */
function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index]!;
    if (character === '\\' && index + 1 < pattern.length) tokens.push({ literal: pattern[(index += 1)]! });
    else if (character === '*' || character === '?') tokens.push(character);
    else tokens.push({ literal: character });
  }
  return tokens;
}

/** Where a match that begins at `from` can end, the nearest and the farthest; undefined where there is none. */
function endsOf(tokens: readonly Token[], text: string, from: number): { least: number; most: number } | undefined {
  let reached = new Set([from]);
  for (const token of tokens) {
    const next = new Set<number>();
    if (token === '*') for (let at = Math.min(...reached); at <= text.length; at++) next.add(at);
    else {
      for (const at of reached) if (at < text.length && (token === '?' || text[at] === token.literal)) next.add(at + 1);
    }
    if (next.size === 0) return undefined;
    reached = next;
  }
  let least = Infinity;
  let most = -1;
  for (const at of reached) {
    least = Math.min(least, at);
    most = Math.max(most, at);
  }
  return { least, most };
}

/** ${name#pattern}; `longest`: ## */
export function withoutPrefix(text: string, pattern: string, longest: boolean): string {
  const ends = endsOf(tokensOf(pattern), text, 0);
  return ends === undefined ? text : text.slice(longest ? ends.most : ends.least);
}

/** ${name%pattern}; `longest`: %% */
export function withoutSuffix(text: string, pattern: string, longest: boolean): string {
  const backwards = text.split('').reverse().join('');
  const ends = endsOf(tokensOf(pattern).reverse(), backwards, 0);
  if (ends === undefined) return text;
  return text.slice(0, text.length - (longest ? ends.most : ends.least));
}

/** ${name/pattern/text}: the first match, as long as it can be; `all`: //, each of them. */
export function replaced(text: string, pattern: string, by: string, all: boolean): string {
  const tokens = tokensOf(pattern);
  const [first] = tokens;
  if (first === undefined) return text;
  let result = '';
  let at = 0;
  while (at < text.length) {
    const canBegin = typeof first === 'string' || text[at] === first.literal;
    const end = canBegin ? endsOf(tokens, text, at)?.most : undefined;
    if (end === undefined || end === at) {
      result += text[at]!;
      at += 1;
      continue;
    }
    result += by;
    at = end;
    if (!all) break;
  }
  return result + text.slice(at);
}
