// How wide the emulator takes each character to be: a code point at a time, as the programs inside reckon (wcwidth). By
// grapheme clusters the cursor would be elsewhere than the program believes it is.
import type { IUnicodeVersionProvider } from '@xterm/headless';
import { cellWidth } from '../screen/index.js';

// The emulator packs what it knows of a character: bit 0 says that it joins the one before, bits 1-2 are the width.
const NARROW = 1 << 1;
const JOINS = 1;

function widthIn(properties: number): number {
  return (properties >> 1) & 3;
}

export const ourWidths: IUnicodeVersionProvider = {
  version: 'tscontain',
  wcwidth: cellWidth,
  charProperties(codePoint, preceding) {
    if (codePoint >= 0x20 && codePoint < 0x7f) return NARROW;
    const width = cellWidth(codePoint);
    const before = widthIn(preceding);
    // A mark joins the character before it and leaves its width as it is; with none before it, it is lost.
    if (width === 0 && before > 0) return (before << 1) | JOINS;
    return width << 1;
  },
};
