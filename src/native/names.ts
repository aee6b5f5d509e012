// The names of files are bytes, in JavaScript they are text. Bytes that are not UTF-8 become halves of surrogate pairs, U+DC80
// to U+DCFF, which no text from elsewhere has, and the same bytes again on their way to the kernel: nothing of a name is lost.
// (Python does the same and calls it surrogateescape.) Pure. Tests: test/pure/native/names.test.ts.

/** Halves that stand alone: with the flag u, those of a whole pair do not match. */
const ESCAPED = /[\udc80-\udcff]/u;
const ESCAPES = /([\udc80-\udcff])/u;
const REPLACEMENT = '\ufffd';
const FIRST_ESCAPE = 0xdc00;

/** A name that the kernel or an archive gave. */
export function nameOfBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes(REPLACEMENT) ? escaped(bytes) : text;
}

/** How long the UTF-8 character is that begins here, bytes; 0 where none does. */
function characterBytes(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length < 2) return length;
  const character = bytes.subarray(at, at + length);
  return Buffer.from(character.toString('utf8')).equals(character) ? length : 0;
}

function escaped(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterBytes(bytes, at);
    text += length === 0 ? String.fromCharCode(FIRST_ESCAPE + bytes[at]!) : bytes.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** Whether a name holds bytes that are not UTF-8. */
export const isEscaped = (name: string): boolean => ESCAPED.test(name);

/** The bytes of a name, as the kernel and archives have it. */
export function bytesOfName(name: string): Buffer {
  if (!isEscaped(name)) return Buffer.from(name);
  // What was caught by the pattern stands at the odd places.
  const pieces = name
    .split(ESCAPES)
    .map((piece, i) => (i % 2 === 0 ? Buffer.from(piece) : Buffer.from([piece.charCodeAt(0) - FIRST_ESCAPE])));
  return Buffer.concat(pieces);
}
