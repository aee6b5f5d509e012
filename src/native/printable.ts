// Text of unknown origin (paths, arguments) in sentences for people.

/** Control characters, invisible ones, halves of pairs and what has no character: all that could steer a terminal. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text with every such character written as \u00XX. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
