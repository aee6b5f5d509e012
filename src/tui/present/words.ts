// A line of text to words as a shell splits it: spaces separate, quotes and backslashes keep them.

/** @returns the words, or the sentence that says what is wrong */
export function splitWords(text: string): readonly string[] | { readonly problem: string } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const ch = text[i]!;
    if (ch === '\\' && quote !== "'") {
      i += 1;
      if (i === text.length) return { problem: 'a backslash at the end has nothing to keep' };
      word = (word ?? '') + text[i]!;
    } else if (quote !== '') {
      if (ch === quote) quote = '';
      else word = (word ?? '') + ch;
    } else if (ch === '"' || ch === "'") {
      quote = ch;
      word ??= '';
    } else if (/\s/.test(ch)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + ch;
    }
  }
  if (quote !== '') return { problem: `the quote ${quote} is not closed` };
  if (word !== undefined) words.push(word);
  return words;
}
