// Strings to cells: which characters stand alone, how wide each is, which vanish. Every character that reaches the screen
// goes through here, so this is also the last guard against hostile text: nothing that a terminal could act on passes.
import stringWidth from 'string-width';

const NARROW = 1;
const WIDE = 2;
const MARK = 3;
const DROPPED = 4;
const REPLACED = 5;

/** Marks that one character may carry; more is an attack on the line above ("zalgo"), not a language. */
const MARKS_PER_CELL = 3;

const mark = /[\p{Mn}\p{Me}]/u;
// Zero-width joiners, variation selectors, bidirectional controls, tags, fillers: they change how a terminal lays out what
// stands beside them, and terminals disagree on how.
const dropped = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u;
const replaced = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;

/** What was found out about code points below 0x20000 (0: not yet asked). */
const known = new Uint8Array(0x20000);
// Asking the first time compiles regular expressions over all of Unicode, 15 ms before the first paint. So what the dashboard
// itself draws with is known: Latin, punctuation, arrows, box drawing, blocks, shapes, braille.
for (const [first, last] of [
  [0x20, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
  [0x2010, 0x2027],
  [0x2030, 0x205e],
  [0x2070, 0x2079],
  [0x2190, 0x21ff],
  [0x23ce, 0x23ce],
  [0x2400, 0x2426],
  [0x2500, 0x25fc],
  [0x266a, 0x266a],
  [0x2713, 0x2716],
  [0x2800, 0x28ff],
] as const) {
  known.fill(NARROW, first, last + 1);
}
// Vowels and finals that complete a Hangul syllable stand in the cell of the consonant before them (wcwidth has them at 0).
known.fill(MARK, 0x1161, 0x1200);
known.fill(NARROW, 0x2500, 0x25a0);
known.fill(NARROW, 0x2800, 0x2900);

function classify(codePoint: number): number {
  const ch = String.fromCodePoint(codePoint);
  if (replaced.test(ch)) return REPLACED;
  if (dropped.test(ch)) return DROPPED;
  if (mark.test(ch)) return MARK;
  return stringWidth(ch) === 2 ? WIDE : NARROW;
}

function kindOf(codePoint: number): number {
  if (codePoint >= known.length) return classify(codePoint);
  const kind = known[codePoint]!;
  if (kind !== 0) return kind;
  return (known[codePoint] = classify(codePoint));
}

/**
 * Cells that a code point takes when a program prints it, as wcwidth(3) has it: 0 for marks and what cannot be seen. The
 * terminal in a shell tab reckons by this, so that it agrees with the program in it and with the canvas it is painted on.
 */
export function cellWidth(codePoint: number): 0 | 1 | 2 {
  // The C library gives the soft hyphen a cell.
  if (codePoint === 0xad) return 1;
  const kind = kindOf(codePoint);
  return kind === MARK || kind === DROPPED ? 0 : kind === WIDE ? 2 : 1;
}

/** How a character that must not be printed is shown: a control picture for C0 and DEL, else U+FFFD. */
function pictureOf(codePoint: number): string {
  if (codePoint === 0x09) return ' ';
  if (codePoint < 0x20) return String.fromCharCode(0x2400 + codePoint);
  return codePoint === 0x7f ? '\u2421' : '\ufffd';
}

/** Whether `text` is nothing but printable ASCII, which is most of what is ever painted. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/**
 * Calls `visit` with each printable cluster of `text` (a character and the marks on it) and its width in cells, until
 * `visit` answers false. Control characters come as pictures; what has no width and is no mark does not come at all.
 */
export function eachCluster(text: string, visit: (cluster: string, width: 1 | 2, index: number) => boolean): void {
  let i = 0;
  while (i < text.length) {
    const start = i;
    const codePoint = text.codePointAt(i)!;
    i += codePoint > 0xffff ? 2 : 1;
    const kind = kindOf(codePoint);
    if (kind === DROPPED || kind === MARK) continue;
    let cluster = kind === REPLACED ? pictureOf(codePoint) : text.slice(start, i);
    let marks = 0;
    while (i < text.length) {
      const next = text.codePointAt(i)!;
      if (next < 0x300) break;
      const nextKind = kindOf(next);
      if (nextKind !== MARK && nextKind !== DROPPED) break;
      const length = next > 0xffff ? 2 : 1;
      if (nextKind === MARK && marks++ < MARKS_PER_CELL) cluster += text.slice(i, i + length);
      i += length;
    }
    if (!visit(cluster, kind === WIDE ? 2 : 1, start)) return;
  }
}

/** Width of `text` in cells, as the canvas would paint it. */
export function widthOf(text: string): number {
  if (isAscii(text)) return text.length;
  let width = 0;
  eachCluster(text, (_cluster, cells) => {
    width += cells;
    return true;
  });
  return width;
}

/** `text` as it may be shown and written out: clusters only, controls as pictures. */
export function printable(text: string): string {
  if (isAscii(text)) return text;
  let result = '';
  eachCluster(text, (cluster) => {
    result += cluster;
    return true;
  });
  return result;
}

/** The first `width` cells of `text`; where it is longer the last cell is `ellipsis`. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return '';
  if (isAscii(text)) return text.length <= width ? text : text.slice(0, width - 1) + ellipsis;
  if (widthOf(text) <= width) return printable(text);
  let used = 0;
  let head = '';
  eachCluster(text, (cluster, cells) => {
    if (used + cells > width - 1) return false;
    used += cells;
    head += cluster;
    return true;
  });
  return head + ellipsis;
}

export type Align = 'left' | 'right' | 'centre';

/** `text` cut or filled with spaces to exactly `width` cells. */
export function pad(text: string, width: number, align: Align = 'left', ellipsis = '…'): string {
  const cut = truncate(text, width, ellipsis);
  const space = width - widthOf(cut);
  if (space <= 0) return cut;
  const left = align === 'left' ? 0 : align === 'right' ? space : Math.floor(space / 2);
  return ' '.repeat(left) + cut + ' '.repeat(space - left);
}

/** Lines of at most `width` cells, broken at spaces where there are any, else anywhere. Newlines break too. */
export function wrap(text: string, width: number): string[] {
  if (width <= 0) return [];
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const word of line.split(/(?<= )/)) {
    const cells = widthOf(word.trimEnd());
    if (used > 0 && used + cells > width) {
      rows.push(row.trimEnd());
      row = '';
      used = 0;
    }
    eachCluster(word, (cluster, w) => {
      if (used + w > width) {
        if (cluster === ' ') return true;
        rows.push(row);
        row = '';
        used = 0;
      }
      row += cluster;
      used += w;
      return true;
    });
  }
  rows.push(row);
  return rows;
}
